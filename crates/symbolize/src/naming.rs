//! The frames of a profile, one address at a time.

use std::path::Path;

use firesteel_model::{Address, Frame, FrameId, FrameKind, Function, Mapping, MappingId, Profile, StringId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::code_file::{CodeFile, VDSO};
use crate::kernel::{KernelNames, RecordedKernel};
use crate::options::SymbolizeOptions;
use crate::perf_map::PerfMap;
use crate::report::{Problem, Report};

/// What code lies in, by the name of its mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Kernel,
    /// The list of symbols of a runtime.
    PerfMap,
    File,
    /// Nothing that could be asked.
    Nowhere,
}

impl Place {
    fn of(frame: &Frame, file: &str) -> Self {
        if file.is_empty() || file.starts_with("[guest.") || file == "[hypervisor]" {
            Self::Nowhere
        } else if frame.kind == FrameKind::Kernel || file.starts_with("[kernel") {
            Self::Kernel
        } else if file.strip_prefix("/tmp/perf-").is_some_and(|rest| rest.strip_suffix(".map").is_some()) {
            Self::PerfMap
        } else if file.starts_with('[') && file != VDSO {
            Self::Nowhere
        } else {
            Self::File
        }
    }
}

/// Whether a profile has frames that are nothing but addresses in files.
#[must_use]
pub fn has_addresses_only(profile: &Profile) -> bool {
    profile.stacks().iter().any(|(_, _, frame)| profile.frame(frame).is_address_only())
}

/// Gives names to frames that are nothing but addresses. Each address is asked for once, inlined functions become frames
/// of their own, and addresses in files become those that the files were linked for.
#[must_use]
pub fn symbolize(profile: &Profile, options: &SymbolizeOptions) -> (Profile, Report) {
    let mut naming = Naming {
        options,
        kernel: kernel_names(profile, options),
        files: HashMap::with_hasher(SeedableState::fixed()),
        maps: HashMap::with_hasher(SeedableState::fixed()),
        report: Report::default(),
        is_from_here: is_from_here(profile),
    };
    let named = profile.with_frames(|result, frame, replacement| naming.frames(result, frame, replacement));
    let mut report = naming.report;
    report.sort();
    (named, report)
}

/// Whether a profile may be from this machine, as far as it says its name.
fn is_from_here(profile: &Profile) -> bool {
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    profile.metadata.property("host").is_none_or(|host| host == own.trim())
}

fn kernel_names(profile: &Profile, options: &SymbolizeOptions) -> Result<KernelNames, Problem> {
    let mut addresses = Vec::new();
    let mut recorded = RecordedKernel {
        release: profile.metadata.property("kernel").unwrap_or_default().to_owned(),
        ..RecordedKernel::default()
    };
    for (_, _, frame) in profile.stacks().iter() {
        let frame = profile.frame(frame);
        let mapping = profile.mapping(frame.mapping);
        let file = profile.string(mapping.file);
        if frame.is_address_only() && Place::of(frame, file) == Place::Kernel {
            addresses.push(frame.address.0);
            if file.starts_with("[kernel.kallsyms]") {
                recorded.text = mapping.start.0;
                profile.string(mapping.build_id).clone_into(&mut recorded.build_id);
            }
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(Problem::Missing);
    }
    KernelNames::find(&recorded, &addresses, options)
}

/// A table with a fixed seed.
type Table<K, V> = HashMap<K, V, SeedableState<'static>>;

struct Naming<'a> {
    options: &'a SymbolizeOptions,
    kernel: Result<KernelNames, Problem>,
    /// By name and build id.
    files: Table<(StringId, StringId), Result<KnownFile, Problem>>,
    maps: Table<StringId, Option<PerfMap>>,
    report: Report,
    is_from_here: bool,
}

/// A file that was found, with the mapping of frames that have its link-time addresses.
struct KnownFile {
    file: CodeFile,
    mapping: MappingId,
}

impl Naming<'_> {
    /// Adds what stands for a frame, outermost first.
    fn frames(&mut self, profile: &mut Profile, id: FrameId, replacement: &mut Vec<FrameId>) {
        let frame = *profile.frame(id);
        let before = replacement.len();
        if frame.is_address_only() {
            let mapping = *profile.mapping(frame.mapping);
            let place = Place::of(&frame, profile.string(mapping.file));
            let found = match place {
                Place::Nowhere => return replacement.push(id),
                Place::Kernel => self.kernel_frame(profile, &frame, replacement),
                Place::PerfMap => self.made_frame(profile, &frame, &mapping, replacement),
                Place::File => self.file_frames(profile, &frame, &mapping, replacement),
            };
            match found {
                Ok(()) => self.report.named += 1,
                Err(problem) => self.report.add(profile.string(mapping.file), problem),
            }
        }
        if replacement.len() == before {
            replacement.push(id);
        }
    }

    fn kernel_frame(
        &self,
        profile: &mut Profile,
        frame: &Frame,
        replacement: &mut Vec<FrameId>,
    ) -> Result<(), Problem> {
        let names = self.kernel.as_ref().map_err(|&problem| problem)?;
        let name = names.name(frame.address.0).ok_or(Problem::NoSymbols)?;
        replacement.push(named(profile, &name, frame, FrameKind::Kernel));
        Ok(())
    }

    fn made_frame(
        &mut self,
        profile: &mut Profile,
        frame: &Frame,
        mapping: &Mapping,
        replacement: &mut Vec<FrameId>,
    ) -> Result<(), Problem> {
        let Self { maps, options, is_from_here, .. } = self;
        let map = maps.entry(mapping.file).or_insert_with(|| {
            // A process of the same number on another machine is another one.
            let is_ours = *is_from_here || options.symfs.is_some();
            let path = options.resolve(Path::new(profile.string(mapping.file)));
            PerfMap::open(&path).filter(|_| is_ours)
        });
        let map = map.as_ref().ok_or(Problem::Missing)?;
        let name = map.find(frame.address.0).ok_or(Problem::NoSymbols)?;
        replacement.push(named(profile, name, frame, FrameKind::Jit));
        Ok(())
    }

    fn file_frames(
        &mut self,
        profile: &mut Profile,
        frame: &Frame,
        mapping: &Mapping,
        replacement: &mut Vec<FrameId>,
    ) -> Result<(), Problem> {
        let known = self
            .files
            .entry((mapping.file, mapping.build_id))
            .or_insert_with(|| KnownFile::open(profile, mapping, self.options));
        let KnownFile { file, mapping: linked } = known.as_ref().map_err(|&problem| problem)?;
        let position = frame.address.0.wrapping_sub(mapping.start.0).wrapping_add(mapping.file_offset);
        let address = file.address_of(position).ok_or(Problem::NoSymbols)?;
        let start = replacement.len();
        let mut ask = |asked: u64| {
            file.frames(asked, |symbol| replacement.push(symbol.intern(profile, *linked, Address(address))))
        };
        // The kernel makes signal handlers return to the first instruction of a function that nobody called.
        let is_named = ask(address) || ask(address.wrapping_add(1));
        // Symbols come innermost first, stacks grow from the root.
        if let Some(added) = replacement.get_mut(start..) {
            added.reverse();
        }
        if is_named {
            return Ok(());
        }
        replacement.push(profile.intern_unnamed_frame(*linked, Address(address), frame.kind));
        Err(Problem::NoSymbols)
    }
}

impl KnownFile {
    fn open(profile: &mut Profile, mapping: &Mapping, options: &SymbolizeOptions) -> Result<Self, Problem> {
        let file = CodeFile::open(profile.string(mapping.file), profile.string(mapping.build_id), options)?;
        // Frames get link-time addresses, so the mapping is the file's own, as if loaded there.
        let (code, file_offset) = file.code_segment().unwrap_or_default();
        let build_id =
            if mapping.build_id == StringId::EMPTY { profile.intern(file.build_id()) } else { mapping.build_id };
        let (start, limit) = (Address(code.start), Address(code.end));
        let mapping = profile.intern_mapping(Mapping { start, limit, file_offset, file: mapping.file, build_id });
        Ok(Self { file, mapping })
    }
}

/// A frame that keeps its place and gets a name.
fn named(profile: &mut Profile, name: &str, frame: &Frame, kind: FrameKind) -> FrameId {
    let name = profile.intern(name);
    let function = profile.intern_function(Function { name, ..Function::default() });
    profile.intern_frame(Frame { function, mapping: frame.mapping, address: frame.address, kind, ..Frame::default() })
}
