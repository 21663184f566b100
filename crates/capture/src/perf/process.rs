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
