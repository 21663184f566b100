//! Which file lay at an address of a process at a moment.

use firesteel_model::{FrameId, FrameKind};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::frames::{Frames, MappedFile};

/// Executable memory of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Position of `start` in the file.
    pub(super) file_offset: u64,
    pub(super) file: MappedFile,
}

/// Regions in order of address, none over another.
#[derive(Clone, Debug, Default)]
pub(super) struct Regions(Vec<Region>);

impl Regions {
    /// Puts a region over whatever was there before.
    pub(super) fn insert(&mut self, region: Region) {
        if region.start >= region.end {
            return;
        }
        let first = self.0.partition_point(|known| known.end <= region.start);
        let behind = self.0.partition_point(|known| known.start < region.end).max(first);
        // Of the outermost ones that it covers, what sticks out stays.
        let mut parts = Vec::with_capacity(3);
        if let Some(&left) = self.0.get(first).filter(|left| left.start < region.start) {
            parts.push(Region { end: region.start, ..left });
        }
        parts.push(region);
        let right = behind.checked_sub(1).filter(|&last| last >= first).and_then(|last| self.0.get(last));
        if let Some(&right) = right.filter(|right| right.end > region.end) {
            let skipped = region.end - right.start;
            let file_offset = right.file_offset.wrapping_add(skipped);
            parts.push(Region { start: region.end, file_offset, ..right });
        }
        self.0.splice(first..behind, parts);
    }

    /// The region at an address.
    pub(super) fn find(&self, address: u64) -> Option<&Region> {
        let region = self.0.get(self.0.partition_point(|known| known.end <= address))?;
        (region.start <= address).then_some(region)
    }

    /// All of them, by address.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Region> {
        self.0.iter()
    }
}

/// The memory of a process, and the frames of addresses that were looked up since it last changed.
#[derive(Clone, Debug)]
pub(super) struct AddressSpace {
    regions: Regions,
    known: HashMap<u64, FrameId, SeedableState<'static>>,
    /// Number of its present state, which no other one has.
    pub(super) version: u64,
}

impl Default for AddressSpace {
    fn default() -> Self {
        Self { regions: Regions::default(), known: HashMap::with_hasher(SeedableState::fixed()), version: 0 }
    }
}

impl AddressSpace {
    /// The copy that a forked child has.
    pub(super) fn forked(&self) -> Self {
        Self { regions: self.regions.clone(), ..Self::default() }
    }

    pub(super) fn insert(&mut self, region: Region) {
        self.regions.insert(region);
        self.known.clear();
    }

    /// The frame at an address.
    pub(super) fn frame(&mut self, address: u64, frames: &mut Frames) -> FrameId {
        if let Some(&known) = self.known.get(&address) {
            return known;
        }
        let frame = match self.regions.find(address) {
            Some(region) => frames.in_file(region, address),
            None => frames.unmapped(address, FrameKind::Native),
        };
        self.known.insert(address, frame);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_regions_cover_old_ones() {
        let file = |number: u32| MappedFile::from_number(number);
        let region = |start, end, file_offset, number| Region { start, end, file_offset, file: file(number) };
        let mut regions = Regions::default();
        regions.insert(region(0x1000, 0x9000, 0, 1));
        regions.insert(region(0x3000, 0x5000, 0x700, 2));
        regions.insert(region(0x4000, 0x6000, 0x10, 3));
        regions.insert(region(0x9000, 0x9000, 0, 4));
        let all: Vec<Region> = regions.iter().copied().collect();
        assert_eq!(
            all,
            [
                region(0x1000, 0x3000, 0, 1),
                region(0x3000, 0x4000, 0x700, 2),
                region(0x4000, 0x6000, 0x10, 3),
                region(0x6000, 0x9000, 0x5000, 1),
            ]
        );
        assert_eq!(regions.find(0x3fff).map(|region| region.file), Some(file(2)));
        assert_eq!(regions.find(0x0fff), None);
        assert_eq!(regions.find(0x9000), None);
        regions.insert(region(0, u64::MAX, 0, 5));
        assert_eq!(regions.iter().count(), 1);
    }
}
