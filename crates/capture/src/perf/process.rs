//! Processes as the kernel's records tell of them: what is mapped where, and what threads are called.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::perf::binary::{Binaries, BinaryIndex};
use crate::perf::proc_files;
use crate::perf::record::MapRecord;

/// An address in the code of a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CodeAddress {
    /// The binary; `None` for memory that no file backs, or of which nothing is known.
    pub(crate) binary: Option<BinaryIndex>,
    /// Link-time address in the binary, or the address as sampled.
    pub(crate) address: u64,
}

#[derive(Clone, Copy, Debug)]
struct Region {
    start: u64,
    end: u64,
    file_offset: u64,
    binary: BinaryIndex,
}

/// The code mapped by one process.
#[derive(Clone, Debug, Default)]
struct AddressSpace {
    /// Sorted by start, not overlapping.
    regions: Vec<Region>,
    /// What was looked up since the regions last changed.
    cache: HashMap<u64, CodeAddress, SeedableState<'static>>,
}

impl AddressSpace {
    fn insert(&mut self, region: Region) {
        self.cache.clear();
        let mut regions = Vec::with_capacity(self.regions.len() + 2);
        for old in self.regions.drain(..) {
            // A new mapping replaces what it covers; parts beside it stay.
            if old.start < region.start {
                regions.push(Region { end: old.end.min(region.start), ..old });
            }
            if old.end > region.end {
                let start = old.start.max(region.end);
                regions.push(Region { start, file_offset: old.file_offset + (start - old.start), ..old });
            }
        }
        regions.push(region);
        regions.sort_unstable_by_key(|region| region.start);
        self.regions = regions;
    }

    fn lookup(&mut self, binaries: &Binaries, address: u64) -> CodeAddress {
        if let Some(&known) = self.cache.get(&address) {
            return known;
        }
        let found = self.find(binaries, address).unwrap_or(CodeAddress { binary: None, address });
        self.cache.insert(address, found);
        found
    }

    fn find(&self, binaries: &Binaries, address: u64) -> Option<CodeAddress> {
        let index = self.regions.partition_point(|region| region.start <= address).checked_sub(1)?;
        let region = self.regions.get(index).filter(|region| address < region.end)?;
        let file_offset = region.file_offset + (address - region.start);
        let content = binaries.get(region.binary).content.as_ref();
        let link_time = content.and_then(|content| content.address_of(file_offset)).unwrap_or(file_offset);
        Some(CodeAddress { binary: Some(region.binary), address: link_time })
    }
}

/// All processes of a recording.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    pub(crate) binaries: Binaries,
    spaces: HashMap<u32, AddressSpace, SeedableState<'static>>,
    names: HashMap<u32, String, SeedableState<'static>>,
}

impl Processes {
    /// Takes over what `/proc` says of a process that ran before recording began.
    pub(crate) fn adopt(&mut self, process: u32) {
        for line in proc_files::executable_maps(process).unwrap_or_default() {
            self.map(process, line.start, line.end, line.file_offset, line.inode, &line.path);
        }
        for thread in proc_files::threads(process).unwrap_or_default() {
            if let Some(name) = proc_files::thread_name(process, thread) {
                self.names.insert(thread, name);
            }
        }
    }

    /// A mapping came.
    pub(crate) fn map_record(&mut self, record: &MapRecord<'_>) {
        if record.executable {
            let path = String::from_utf8_lossy(record.path);
            let end = record.start.saturating_add(record.length);
            self.map(record.process, record.start, end, record.file_offset, record.inode, &path);
        }
    }

    fn map(&mut self, process: u32, start: u64, end: u64, file_offset: u64, inode: u64, path: &str) {
        if start >= end {
            return;
        }
        // The offset that the kernel gives for the vdso is its address; in our copy it starts at zero.
        let file_offset = if path == "[vdso]" { 0 } else { file_offset };
        let binary = self.binaries.open(process, path, inode);
        self.spaces.entry(process).or_default().insert(Region { start, end, file_offset, binary });
    }

    /// A thread or process began: it inherits the mappings and the name.
    pub(crate) fn fork(&mut self, process: u32, parent_process: u32, thread: u32, parent_thread: u32) {
        if process != parent_process
            && let Some(space) = self.spaces.get(&parent_process)
        {
            let space = space.clone();
            self.spaces.insert(process, space);
        }
        if let Some(name) = self.names.get(&parent_thread) {
            let name = name.clone();
            self.names.insert(thread, name);
        }
    }

    /// A thread got a name; with `exec` its process starts over with an empty address space.
    pub(crate) fn name(&mut self, process: u32, thread: u32, name: &[u8], exec: bool) {
        self.names.insert(thread, String::from_utf8_lossy(name).into_owned());
        if exec {
            self.spaces.remove(&process);
        }
    }

    /// Name of a thread, empty when unknown.
    pub(crate) fn thread_name(&self, thread: u32) -> &str {
        self.names.get(&thread).map_or("", String::as_str)
    }

    /// Which code lies at an address of a process.
    pub(crate) fn lookup(&mut self, process: u32, address: u64) -> CodeAddress {
        self.spaces.entry(process).or_default().lookup(&self.binaries, address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Maps made-up files, which cannot be opened: addresses are then positions in the file.
    fn processes(maps: &[(u32, u64, u64, u64, &str)]) -> Processes {
        let mut processes = Processes::default();
        for &(process, start, end, file_offset, path) in maps {
            processes.map(process, start, end, file_offset, 0, path);
        }
        processes
    }

    fn check(processes: &mut Processes, process: u32, address: u64, expect: Option<(&str, u64)>) {
        let found = processes.lookup(process, address);
        let path = found.binary.map(|binary| processes.binaries.get(binary).path.clone());
        assert_eq!(path.as_deref().map(|path| (path, found.address)), expect, "{process} {address:#x}");
    }

    #[test]
    fn a_new_mapping_replaces_what_it_covers() {
        let mut processes = processes(&[(1, 0x1000, 0x5000, 0, "/no/a"), (1, 0x2000, 0x3000, 0x800, "/no/b")]);
        check(&mut processes, 1, 0xfff, None);
        check(&mut processes, 1, 0x1fff, Some(("/no/a", 0xfff)));
        check(&mut processes, 1, 0x2010, Some(("/no/b", 0x810)));
        check(&mut processes, 1, 0x3000, Some(("/no/a", 0x2000)));
        check(&mut processes, 1, 0x5000, None);
        // What was looked up before is forgotten when the mapping changes.
        processes.map(1, 0x1000, 0x5000, 0, 0, "/no/c");
        check(&mut processes, 1, 0x2010, Some(("/no/c", 0x1010)));
    }

    #[test]
    fn a_forked_process_inherits_and_exec_starts_over() {
        let mut processes = processes(&[(1, 0x1000, 0x2000, 0, "/no/a")]);
        processes.name(1, 1, b"shop", false);
        processes.fork(2, 1, 2, 1);
        check(&mut processes, 2, 0x1000, Some(("/no/a", 0)));
        assert_eq!(processes.thread_name(2), "shop");
        processes.name(2, 2, b"ls", true);
        check(&mut processes, 2, 0x1000, None);
        check(&mut processes, 1, 0x1000, Some(("/no/a", 0)));
        // A thread of the same process shares its mappings.
        processes.fork(1, 1, 3, 1);
        assert_eq!(processes.thread_name(3), "shop");
    }
}
