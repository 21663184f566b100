//! One file with code: found, checked, and asked for names.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firesteel_model::FrameKind;
use firesteel_symbols::{Binary, SymbolFrame};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection};

use crate::debug_info::DebugInfo;
use crate::locate;
use crate::options::SymbolizeOptions;
use crate::report::Problem;

/// The vdso, which the kernel maps into every process.
pub(crate) const VDSO: &str = "[vdso]";

/// A file with code, and what else names it.
#[derive(Debug)]
pub(crate) struct CodeFile {
    binary: Binary<Arc<[u8]>>,
    path: PathBuf,
    has_debug_info: bool,
    link: Option<String>,
    options: SymbolizeOptions,
    debug: OnceCell<Debug>,
}

/// Debug information, in the file itself or in another.
#[derive(Debug, Default)]
struct Debug {
    info: Option<DebugInfo>,
    /// The symbols of the other file.
    symbols: Option<Binary<Arc<[u8]>>>,
}

impl CodeFile {
    /// Finds a file by what a profile says of it.
    pub(crate) fn open(file: &str, build_id: &str, options: &SymbolizeOptions) -> Result<Self, Problem> {
        let mut problem = Problem::Missing;
        if file == VDSO {
            let bytes = own_vdso().ok_or(problem)?;
            return Self::parse(bytes, PathBuf::from(file), build_id, options);
        }
        for path in locate::files(file, build_id, options) {
            let Some(bytes) = read(&path) else { continue };
            match Self::parse(bytes, path, build_id, options) {
                Ok(found) => return Ok(found),
                Err(found) => problem = problem.max(found),
            }
        }
        Err(problem)
    }

    fn parse(bytes: Arc<[u8]>, path: PathBuf, build_id: &str, options: &SymbolizeOptions) -> Result<Self, Problem> {
        let (has_debug_info, link) = describe(&bytes);
        let binary = Binary::parse(bytes).map_err(|_| Problem::Unreadable)?;
        if !locate::is_same_build(build_id, binary.build_id()) {
            return Err(Problem::OtherBuild);
        }
        Ok(Self { binary, path, has_debug_info, link, options: options.clone(), debug: OnceCell::new() })
    }

    /// GNU build id in hexadecimal; empty when the file has none.
    pub(crate) fn build_id(&self) -> &str {
        self.binary.build_id()
    }

    /// The first code segment: the link-time addresses it covers and its position in the file.
    pub(crate) fn code_segment(&self) -> Option<(Range<u64>, u64)> {
        self.binary.code_segment()
    }

    /// The link-time address of a position in the file.
    pub(crate) fn address_of(&self, file_offset: u64) -> Option<u64> {
        self.binary.address_of(file_offset)
    }

    /// Calls `visit` with the frames at a link-time address, innermost first. Gives `false` when nothing names it.
    pub(crate) fn frames(&self, address: u64, mut visit: impl FnMut(&SymbolFrame<'_>)) -> bool {
        let mut symbol: Option<SymbolFrame<'static>> = None;
        let mut is_go = false;
        self.binary.frames(address, |frame| {
            if frame.kind == FrameKind::Go {
                is_go = true;
                if self.options.inlined || !frame.inlined {
                    visit(&frame);
                }
            } else {
                symbol = Some(owned(&frame));
            }
        });
        if is_go {
            return true;
        }
        let debug = self.debug.get_or_init(|| self.find_debug());
        // A stripped file only knows the names that others link with.
        if let Some(symbols) = &debug.symbols {
            symbols.frames(address, |frame| symbol = Some(owned(&frame)));
        }
        let mut frames: Vec<SymbolFrame<'static>> = Vec::new();
        if let Some(info) = &debug.info {
            info.frames(address, |frame| frames.push(owned(&frame)));
        }
        if !self.options.inlined {
            frames.drain(..frames.len().saturating_sub(1));
        }
        // The outermost function has a symbol, whose name tells copies that the compiler made apart.
        match (frames.last_mut(), symbol) {
            (Some(outermost), Some(symbol)) => {
                (outermost.name, outermost.system_name) = (symbol.name, symbol.system_name);
            }
            (None, Some(symbol)) => frames.push(symbol),
            _ => {}
        }
        frames.retain(|frame| !frame.name.is_empty());
        frames.iter().for_each(visit);
        !frames.is_empty()
    }

    fn find_debug(&self) -> Debug {
        if self.has_debug_info {
            return Debug { info: DebugInfo::open(&self.path), symbols: None };
        }
        let build_id = self.build_id();
        for path in locate::debug_files(&self.path, build_id, self.link.as_deref(), &self.options) {
            let Some(bytes) = read(&path) else { continue };
            let (has_debug_info, _) = describe(&bytes);
            let Ok(symbols) = Binary::parse(bytes) else { continue };
            if locate::is_same_build(build_id, symbols.build_id()) {
                let info = if has_debug_info { DebugInfo::open(&path) } else { None };
                return Debug { info, symbols: Some(symbols) };
            }
        }
        Debug::default()
    }
}

fn owned(frame: &SymbolFrame<'_>) -> SymbolFrame<'static> {
    let own = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
    SymbolFrame { name: own(&frame.name), system_name: own(&frame.system_name), file: own(&frame.file), ..*frame }
}

/// A regular file as a whole; a device or pipe could block or never end.
fn read(path: &Path) -> Option<Arc<[u8]>> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    fs::read(path).ok().map(Into::into)
}

/// Whether a file has debug information, and the name of the file that has it instead.
fn describe(bytes: &[u8]) -> (bool, Option<String>) {
    let Ok(file) = ElfFile64::<Endianness>::parse(bytes) else { return (false, None) };
    let has_debug_info = file.section_by_name(".debug_info").is_some_and(|section| section.size() > 0);
    let link = file.gnu_debuglink().ok().flatten();
    (has_debug_info, link.and_then(|(name, _)| String::from_utf8(name.to_vec()).ok()))
}

/// The vdso of this process, which is the kernel's for every process of this architecture.
fn own_vdso() -> Option<Arc<[u8]>> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|line| line.ends_with(VDSO))?;
    let (start, end) = line.split_once(' ')?.0.split_once('-')?;
    let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    let mut memory = File::open("/proc/self/mem").ok()?;
    memory.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = vec![0; usize::try_from(end.checked_sub(start)?).ok()?];
    memory.read_exact(&mut bytes).ok()?;
    Some(bytes.into())
}
