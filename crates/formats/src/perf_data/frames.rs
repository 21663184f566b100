//! Distinct addresses as frames without names.

use std::hash::BuildHasher;

use firesteel_model::{FrameId, FrameKind};
use hashbrown::{HashMap, HashTable};
use rapidhash::fast::SeedableState;

use super::address_space::Region;

/// The kernel where no record says which part of it lies at an address.
pub(super) const KERNEL: &[u8] = b"[kernel.kallsyms]";

/// Number of a file in [`Frames`]; the first stands for "none known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct MappedFile(u32);

impl MappedFile {
    pub(super) const NONE: Self = Self(0);

    #[cfg(test)]
    pub(super) fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What code was mapped from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FileIdentity {
    /// Path, or a name in brackets.
    pub(super) name: Vec<u8>,
    /// Build id, empty when the record of the mapping has none.
    pub(super) build_id: Vec<u8>,
    /// Device, inode and generation, zero when unknown: a program that was built anew has the same path.
    pub(super) inode: [u64; 3],
    /// What its addresses count from: zero for a file, whose frames have positions in it as addresses.
    pub(super) start: u64,
    /// Whether it is one function, called by its name: a BPF program.
    pub(super) is_function: bool,
}

/// A file that code was mapped from.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) identity: FileIdentity,
    /// Behind the last address that was mapped.
    pub(super) limit: u64,
}

/// A frame before it has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RawFrame {
    pub(super) file: MappedFile,
    /// Position in the file; the address in memory for the kernel and for what is in no file.
    pub(super) address: u64,
    pub(super) kind: FrameKind,
}

/// Every distinct frame and file once.
#[derive(Debug)]
pub(super) struct Frames {
    files: Vec<File>,
    by_identity: HashMap<FileIdentity, u32, SeedableState<'static>>,
    list: Vec<RawFrame>,
    lookup: HashTable<u32>,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            files: vec![File::default()],
            by_identity: HashMap::with_hasher(SeedableState::fixed()),
            list: Vec::new(),
            lookup: HashTable::new(),
        }
    }
}

impl Frames {
    /// The file of an identity, of which memory up to `limit` is mapped.
    pub(super) fn file(&mut self, identity: FileIdentity, limit: u64) -> MappedFile {
        let files = &mut self.files;
        let index = *self.by_identity.entry(identity).or_insert_with_key(|identity| {
            files.push(File { identity: identity.clone(), limit: 0 });
            files.len() as u32 - 1
        });
        if let Some(file) = files.get_mut(index as usize) {
            file.limit = file.limit.max(limit);
        }
        MappedFile(index)
    }

    /// The frame at an address of a region.
    pub(super) fn in_file(&mut self, region: &Region, address: u64) -> FrameId {
        let address = address.wrapping_sub(region.start).wrapping_add(region.file_offset);
        let kind = match self.files.get(region.file.index()) {
            Some(file) if is_perf_map(&file.identity.name) => FrameKind::Jit,
            _ => FrameKind::Native,
        };
        self.intern(RawFrame { file: region.file, address, kind })
    }

    /// The frame at an address of the kernel.
    pub(super) fn in_kernel(&mut self, file: MappedFile, address: u64) -> FrameId {
        self.intern(RawFrame { file, address, kind: FrameKind::Kernel })
    }

    /// The frame at an address where nothing is known to lie.
    pub(super) fn unmapped(&mut self, address: u64, kind: FrameKind) -> FrameId {
        self.intern(RawFrame { file: MappedFile::NONE, address, kind })
    }

    /// All frames in order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = RawFrame> {
        self.list.iter().copied()
    }

    /// All files in order of their numbers.
    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    fn intern(&mut self, frame: RawFrame) -> FrameId {
        let Self { list, lookup, .. } = self;
        let state = SeedableState::fixed();
        let hash = state.hash_one(frame);
        if let Some(&index) = lookup.find(hash, |&index| list.get(index as usize) == Some(&frame)) {
            return FrameId::from_index(index as usize);
        }
        let index = list.len();
        list.push(frame);
        lookup.insert_unique(hash, index as u32, |&index| list.get(index as usize).map_or(0, |f| state.hash_one(f)));
        FrameId::from_index(index)
    }
}

/// Whether a name is that of the list of symbols that a runtime leaves for code that it makes.
fn is_perf_map(name: &[u8]) -> bool {
    name.strip_prefix(b"/tmp/perf-").and_then(|rest| rest.strip_suffix(b".map")).is_some()
}
