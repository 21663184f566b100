//! Names of kernel addresses: from the running kernel if it is the one that was profiled, or from what is kept of that
//! one.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firesteel_symbols::{Binary, KernelSymbols};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSymbol};

use crate::locate;
use crate::options::SymbolizeOptions;
use crate::report::Problem;

/// What a profile says of its kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecordedKernel {
    /// Build id, empty when unknown.
    pub(crate) build_id: String,
    /// Release, such as `6.1.0-18-amd64`; empty when unknown.
    pub(crate) release: String,
    /// Where `_text` lay; zero when unknown.
    pub(crate) text: u64,
}

/// The symbols of a kernel.
#[derive(Debug)]
pub(crate) struct KernelNames {
    source: Source,
    /// What to subtract from a recorded address to get the symbols' own: the kernel lies elsewhere after each boot.
    shift: u64,
}

#[derive(Debug)]
enum Source {
    List(KernelSymbols),
    Image(Box<Binary<Arc<[u8]>>>),
}

/// The symbols whose address a recording gives, the first that there is.
const TEXT: [&str; 2] = ["_text", "_stext"];

impl KernelNames {
    /// Finds the symbols of a kernel at some addresses.
    pub(crate) fn find(
        recorded: &RecordedKernel,
        addresses: &[u64],
        options: &SymbolizeOptions,
    ) -> Result<Self, Problem> {
        let mut problem = Problem::OtherKernel;
        let mut lists: Vec<PathBuf> = Vec::new();
        if is_running(recorded) {
            lists.push(PathBuf::from("/proc/kallsyms"));
            problem = Problem::HiddenKernel;
        }
        lists.extend(locate::cached(&recorded.build_id, "kallsyms", options));
        for path in lists {
            if let Some(names) = Self::from_list(&path, recorded, addresses) {
                return Ok(names);
            }
        }
        let found = images(recorded, options).iter().find_map(|path| Self::from_image(path, recorded));
        found.ok_or(problem)
    }

    fn from_list(path: &Path, recorded: &RecordedKernel, addresses: &[u64]) -> Option<Self> {
        let text = text_in_list(path)?;
        let shift = if recorded.text == 0 { 0 } else { recorded.text.wrapping_sub(text) };
        let mut symbols = KernelSymbols::of(addresses.iter().map(|address| address.wrapping_sub(shift)));
        each_chunk(path, |chunk| {
            symbols.feed(chunk);
            true
        })?;
        Some(Self { source: Source::List(symbols), shift })
    }

    fn from_image(path: &Path, recorded: &RecordedKernel) -> Option<Self> {
        fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let bytes: Arc<[u8]> = fs::read(path).ok()?.into();
        let file = ElfFile64::<Endianness>::parse(&*bytes).ok()?;
        let text = TEXT
            .iter()
            .find_map(|name| file.symbols().find(|symbol| symbol.name() == Ok(name)).map(|symbol| symbol.address()))?;
        let binary = Binary::parse(Arc::clone(&bytes)).ok()?;
        if !locate::is_same_build(&recorded.build_id, binary.build_id()) {
            return None;
        }
        let shift = if recorded.text == 0 { 0 } else { recorded.text.wrapping_sub(text) };
        Some(Self { source: Source::Image(Box::new(binary)), shift })
    }

    /// The function at an address, which has to be one of those that were asked for.
    pub(crate) fn name(&self, address: u64) -> Option<String> {
        let address = address.wrapping_sub(self.shift);
        match &self.source {
            Source::List(symbols) => symbols.find(address).map(|symbol| symbol.name.to_owned()),
            Source::Image(binary) => {
                let mut name = None;
                binary.frames(address, |frame| name = Some(frame.name.into_owned()));
                name
            }
        }
    }
}

/// Whether this machine runs the kernel that was profiled. A profile that says nothing of its kernel could be from
/// anywhere.
fn is_running(recorded: &RecordedKernel) -> bool {
    let build_id = running_build_id();
    if !recorded.build_id.is_empty() && !build_id.is_empty() {
        return locate::is_same_build(&recorded.build_id, &build_id);
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if !recorded.release.is_empty() {
        return recorded.release == release.trim();
    }
    recorded.text != 0 && text_in_list(Path::new("/proc/kallsyms")) == Some(recorded.text)
}

/// Build id of the running kernel, from its ELF notes; empty when they cannot be read.
fn running_build_id() -> String {
    let notes = fs::read("/sys/kernel/notes").unwrap_or_default();
    build_id_in_notes(&notes).map(hexadecimal).unwrap_or_default()
}

/// The build id among notes: each has the sizes of name and content, a type, and both padded to four bytes.
fn build_id_in_notes(notes: &[u8]) -> Option<&[u8]> {
    const BUILD_ID: u32 = 3;
    let mut rest = notes;
    loop {
        let (header, behind) = rest.split_first_chunk::<12>()?;
        let word = |index: usize| {
            let bytes = header.get(index * 4..)?.first_chunk()?;
            Some(u32::from_ne_bytes(*bytes))
        };
        let (name_size, size, kind) = (word(0)? as usize, word(1)? as usize, word(2)?);
        let (name, behind) = behind.split_at_checked(name_size.checked_next_multiple_of(4)?)?;
        let content = behind.get(..size)?;
        if kind == BUILD_ID && name.starts_with(b"GNU\0") {
            return Some(content);
        }
        rest = behind.get(size.checked_next_multiple_of(4)?..)?;
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Address of the kernel's first symbol in a list like `/proc/kallsyms`; `None` when the list hides it.
fn text_in_list(path: &Path) -> Option<u64> {
    let mut text = Vec::new();
    let mut found = None;
    each_chunk(path, |chunk| {
        text.extend_from_slice(chunk);
        found = text_in(&text);
        // It is among the first; only per-cpu variables come before it.
        found.is_none() && text.len() < 1 << 20
    })?;
    found.filter(|&address| address != 0)
}

fn text_in(list: &[u8]) -> Option<u64> {
    let end = memchr::memrchr(b'\n', list)?;
    let lines = std::str::from_utf8(list.get(..end)?).ok()?;
    let symbol = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let (address, _kind, name) = (fields.next()?, fields.next()?, fields.next()?);
        TEXT.contains(&name).then(|| u64::from_str_radix(address, 16).ok()).flatten()
    };
    lines.lines().find_map(symbol)
}

/// Reads a file in chunks until `take` says that it is enough; `None` when it cannot be opened.
fn each_chunk(path: &Path, mut take: impl FnMut(&[u8]) -> bool) -> Option<()> {
    let mut file = File::open(path).ok()?;
    let mut buffer = vec![0; 1 << 15];
    while let Ok(length @ 1..) = file.read(&mut buffer) {
        if !take(buffer.get(..length)?) {
            break;
        }
    }
    Some(())
}

/// Where an image of a kernel with symbols may be.
fn images(recorded: &RecordedKernel, options: &SymbolizeOptions) -> Vec<PathBuf> {
    let release = &recorded.release;
    let mut candidates: Vec<PathBuf> = locate::cached(&recorded.build_id, "vmlinux", options).into_iter().collect();
    candidates.extend(locate::cached(&recorded.build_id, "elf", options));
    if !release.is_empty() && !release.contains('/') {
        let paths = [
            format!("/boot/vmlinux-{release}"),
            format!("/usr/lib/debug/boot/vmlinux-{release}"),
            format!("/usr/lib/debug/lib/modules/{release}/vmlinux"),
            format!("/lib/modules/{release}/build/vmlinux"),
        ];
        candidates.extend(paths.iter().map(|path| options.resolve(Path::new(path))));
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_id_in_notes_of_several_kinds() {
        let note = |name: &[u8], kind: u32, content: &[u8]| {
            let mut bytes = Vec::new();
            for word in [name.len() as u32, content.len() as u32, kind] {
                bytes.extend(word.to_ne_bytes());
            }
            for part in [name, content] {
                bytes.extend_from_slice(part);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
            bytes
        };
        let notes = [note(b"Xen\0", 6, b"linux"), note(b"GNU\0", 3, &[0xab, 1, 2])].concat();
        assert_eq!(build_id_in_notes(&notes).map(hexadecimal).as_deref(), Some("ab0102"));
        assert_eq!(build_id_in_notes(&notes[..notes.len() - 4]), None);
    }

    #[test]
    fn the_kernels_beginning_is_in_its_list() {
        let list = b"0000000000000000 A fixed_percpu_data\nffffffff9a000000 T startup_64\nffffffff9a000000 T _text\nf";
        assert_eq!(text_in(list), Some(0xffff_ffff_9a00_0000));
        assert_eq!(text_in(b"0 A x\n"), None);
    }

    #[test]
    fn a_kernel_that_has_moved_is_still_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let cached = folder.path().join(".build-id/ab/cdef0123");
        fs::create_dir_all(&cached).expect("folders");
        let list = "ffffffff81000000 T _text\nffffffff81000100 T vfs_read\nffffffff81000200 t after\n";
        fs::write(cached.join("kallsyms"), list).expect("a file");
        let options = SymbolizeOptions {
            build_id_cache: Some(folder.path().to_owned()),
            symfs: Some(folder.path().to_owned()),
            ..SymbolizeOptions::default()
        };
        let recorded =
            RecordedKernel { build_id: "abcdef0123".to_owned(), text: 0xffff_ffff_9a00_0000, ..Default::default() };
        let names = KernelNames::find(&recorded, &[0xffff_ffff_9a00_0108], &options).expect("names");
        assert_eq!(names.name(0xffff_ffff_9a00_0108).as_deref(), Some("vfs_read"));
        let other = RecordedKernel { build_id: "0123456789".to_owned(), ..recorded };
        assert_eq!(KernelNames::find(&other, &[1], &options).map(|_| ()), Err(Problem::OtherKernel));
    }
}
