//! The binaries that the target runs, opened while it runs, so that names are found after it has gone.
#![expect(unsafe_code, reason = "memory maps of files")]

use std::fs::File;
use std::io::Read;
use std::ops::Deref;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use firesteel_symbols::Binary;
use hashbrown::HashMap;
use memmap2::Mmap;
use rapidhash::fast::SeedableState;

/// The bytes of a binary, shared between its tables.
#[derive(Clone, Debug)]
pub(crate) enum BinaryBytes {
    Mapped(Arc<Mmap>),
    Copied(Arc<[u8]>),
}

impl Deref for BinaryBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Copied(bytes) => bytes,
        }
    }
}

/// Index of a binary in [`Binaries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BinaryIndex(u32);

impl BinaryIndex {
    pub(crate) const fn position(self) -> usize {
        self.0 as usize
    }
}

/// A file that code ran from.
#[derive(Debug)]
pub(crate) struct MappedBinary {
    /// Its path as the target sees it, or a name in brackets.
    pub(crate) path: String,
    /// What it holds; `None` when it could not be opened or is no ELF file.
    pub(crate) content: Option<Binary<BinaryBytes>>,
}

/// Every binary seen, once.
#[derive(Debug, Default)]
pub(crate) struct Binaries {
    items: Vec<MappedBinary>,
    by_key: HashMap<(u64, String), BinaryIndex, SeedableState<'static>>,
}

impl Binaries {
    /// The binary that `process` has mapped from `path`, opened now if it is new.
    pub(crate) fn open(&mut self, process: u32, path: &str, inode: u64) -> BinaryIndex {
        let key = (inode, path.to_owned());
        if let Some(&known) = self.by_key.get(&key) {
            return known;
        }
        let content = read_binary(process, path, inode).and_then(|bytes| Binary::parse(bytes).ok());
        let index = BinaryIndex(self.items.len() as u32);
        let path = path.strip_suffix(" (deleted)").unwrap_or(path).to_owned();
        self.items.push(MappedBinary { path, content });
        self.by_key.insert(key, index);
        index
    }

    pub(crate) fn get(&self, index: BinaryIndex) -> &MappedBinary {
        &self.items[index.position()]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &MappedBinary> {
        self.items.iter()
    }
}

fn read_binary(process: u32, path: &str, inode: u64) -> Option<BinaryBytes> {
    if path == "[vdso]" {
        return own_vdso();
    }
    if !path.starts_with('/') || path.starts_with("//") {
        return None;
    }
    let path = path.strip_suffix(" (deleted)").unwrap_or(path);
    // The target's own view of the file system first, which differs inside a container.
    let candidates = [format!("/proc/{process}/root{path}"), path.to_owned(), format!("/proc/{process}/exe")];
    candidates.iter().find_map(|candidate| map_file(Path::new(candidate), Some(inode)))
}

/// Maps a file, if it is the one with that inode (when known).
pub(crate) fn map_file(path: &Path, inode: Option<u64>) -> Option<BinaryBytes> {
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || inode.is_some_and(|inode| inode != 0 && inode != metadata.ino()) {
        return None;
    }
    // SAFETY: the map is private and read-only. A program's file is not changed in place while it runs
    // (the kernel refuses with ETXTBSY); linkers and package managers write a new file and rename it.
    let map = unsafe { Mmap::map(&file) }.ok()?;
    Some(BinaryBytes::Mapped(Arc::new(map)))
}

/// The vdso of this process, which is the kernel's for every process of this architecture.
fn own_vdso() -> Option<BinaryBytes> {
    use std::io::{Seek, SeekFrom};
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|line| line.ends_with("[vdso]"))?;
    let (start, end) = line.split_once(' ')?.0.split_once('-')?;
    let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    let mut memory = File::open("/proc/self/mem").ok()?;
    memory.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = vec![0; usize::try_from(end.checked_sub(start)?).ok()?];
    memory.read_exact(&mut bytes).ok()?;
    Some(BinaryBytes::Copied(bytes.into()))
}
