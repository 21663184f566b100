//! Names from a real file with debug information: this test's own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use firesteel_model::{Address, FrameKind, Mapping, Profile, Sample, StackId, ValueType};
use firesteel_symbolize::{Problem, SymbolizeOptions, has_addresses_only, symbolize};
use object::{Object, ObjectSection, ObjectSymbol};

#[inline(always)]
#[expect(clippy::inline_always, reason = "the test is about a function that is inlined in every build")]
fn put_into_its_caller(value: u64) -> u64 {
    black_box(value).wrapping_mul(7) ^ black_box(value)
}

/// A function that the compiler keeps, so that it has a symbol.
#[inline(never)]
fn kept_function(value: u64) -> u64 {
    put_into_its_caller(black_box(value)).wrapping_add(3)
}

/// Link-time address, size and position in the file of [`kept_function`], and the file's build id.
fn kept(data: &[u8]) -> (u64, u64, u64, String) {
    black_box(kept_function(1));
    let file = object::File::parse(data).unwrap();
    let symbol = file.symbols().find(|symbol| symbol.name().is_ok_and(|name| name.contains("kept_function"))).unwrap();
    let section = file.section_by_index(symbol.section_index().unwrap()).unwrap();
    let position = symbol.address() - section.address() + section.file_range().unwrap().0;
    let mut build_id = String::new();
    for byte in file.build_id().unwrap().unwrap_or_default() {
        write!(build_id, "{byte:02x}").unwrap();
    }
    (symbol.address(), symbol.size(), position, build_id)
}

/// A profile with a stack of one frame for each position.
fn profile(file: &str, build_id: &str, positions: impl Iterator<Item = u64>) -> Profile {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let (file, build_id) = (profile.intern(file), profile.intern(build_id));
    // As a process maps it: anywhere.
    let (start, file_offset) = (Address(0x7f00_0000_1000), 0x1000);
    let limit = Address(0x7fff_0000_0000);
    let mapping = profile.intern_mapping(Mapping { start, limit, file_offset, file, build_id });
    for position in positions {
        let address = Address(0x7f00_0000_0000 + position);
        let frame = profile.intern_unnamed_frame(mapping, address, FrameKind::Native);
        let stack = profile.push_stack(StackId::ROOT, frame);
        profile.add_sample(Sample::new(stack, &[1]));
    }
    profile
}

fn own_path() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Names of the frames of a profile's samples, root first, `*` behind those that were inlined.
fn names(profile: &Profile) -> Vec<Vec<String>> {
    let stack = |stack| {
        let name = |id| {
            let mark = if profile.frame(id).flags.inlined { "*" } else { "" };
            format!("{}{mark}", profile.frame_name(id))
        };
        let mut names: Vec<String> = profile.stacks().frames(stack).map(name).collect();
        names.reverse();
        names
    };
    profile.samples().map(|sample| stack(sample.stack)).collect()
}

#[test]
fn functions_have_names_lines_and_what_was_inlined_into_them() {
    let path = own_path();
    let (address, size, position, build_id) = kept(&fs::read(&path).unwrap());
    let before = profile(path.to_str().unwrap(), &build_id, position..position + size);
    assert!(has_addresses_only(&before));
    let (after, report) = symbolize(&before, &SymbolizeOptions::default());
    assert!(!has_addresses_only(&after));
    assert_eq!((report.named as u64, report.unnamed.len()), (size, 0));
    let outer = "own_binary::kept_function";
    let names = names(&after);
    assert!(names.iter().all(|stack| stack[0] == outer), "{names:?}");
    let inlined = names.iter().filter(|stack| stack.get(1).is_some_and(|name| name.ends_with("put_into_its_caller*")));
    assert!(inlined.count() > 0, "{names:?}");
    for (number, sample) in after.samples().enumerate() {
        let frame = after.frame(after.stacks().frame(sample.stack));
        assert_eq!(frame.address, Address(address + number as u64), "addresses are those of the file");
        let source = Path::new(after.string(after.function(frame.function).file));
        assert_eq!(source.extension().and_then(|ending| ending.to_str()), Some("rs"));
    }
    let mut lines = after.stacks().iter().map(|(_, _, frame)| after.frame(frame).line.0);
    assert!(lines.any(|line| line > 0));

    let mut options = SymbolizeOptions::default();
    options.inlined = false;
    let (plain, _) = symbolize(&before, &options);
    assert!(self::names(&plain).iter().all(|stack| stack == &[outer]));
}

#[test]
fn the_wrong_file_is_not_asked() {
    let path = own_path();
    let (_, _, position, build_id) = kept(&fs::read(&path).unwrap());
    let check = |file: &str, build_id: &str, symfs: Option<&Path>, expect: Option<Problem>| {
        let before = profile(file, build_id, std::iter::once(position));
        let mut options = SymbolizeOptions::default();
        options.symfs = symfs.map(Path::to_owned);
        let (after, report) = symbolize(&before, &options);
        assert_eq!(report.unnamed.first().map(|unnamed| unnamed.problem), expect, "{file} {build_id} {symfs:?}");
        assert_eq!(has_addresses_only(&after), expect.is_some());
        assert_eq!(after.totals(), [1]);
    };
    let own = path.to_str().unwrap();
    check(own, "", None, None);
    // Without a build id of its own, a file is taken at its name.
    check(own, "0123456789", None, Some(Problem::OtherBuild).filter(|_| !build_id.is_empty()));
    check("/no/such/file", "", None, Some(Problem::Missing));
    check("relative", "", None, Some(Problem::Missing));
    let folder = tempfile::tempdir().unwrap();
    check(own, "", Some(folder.path()), Some(Problem::Missing));
    fs::create_dir(folder.path().join("srv")).unwrap();
    fs::write(folder.path().join("srv/app"), "no program").unwrap();
    check("/srv/app", "", Some(folder.path()), Some(Problem::Unreadable));
    fs::copy(&path, folder.path().join("srv/app")).unwrap();
    check("/srv/app", "", Some(folder.path()), None);
    check("/srv/app (deleted)", "", Some(folder.path()), None);
}

#[test]
fn a_file_that_is_gone_is_found_in_the_cache() {
    let path = own_path();
    let (_, _, position, build_id) = kept(&fs::read(&path).unwrap());
    // Not every linker is told to write one.
    let build_id = if build_id.is_empty() { "abcdef0123456789".to_owned() } else { build_id };
    let folder = tempfile::tempdir().unwrap();
    let (first, rest) = build_id.split_at(2);
    let cached = folder.path().join(".build-id").join(first).join(rest);
    fs::create_dir_all(&cached).unwrap();
    fs::copy(&path, cached.join("elf")).unwrap();
    let mut options = SymbolizeOptions::default();
    options.build_id_cache = Some(folder.path().to_owned());
    let before = profile("/gone/app", &build_id, std::iter::once(position));
    let (after, report) = symbolize(&before, &options);
    assert_eq!(report.unnamed, []);
    assert_eq!(names(&after)[0][0], "own_binary::kept_function");
}

#[test]
fn code_made_at_run_time_is_named_by_its_list() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    fs::write(folder.path().join("tmp/perf-77.map"), "7f0000000010 8 LazyCompile:*run a.js:1\n").unwrap();
    let mut options = SymbolizeOptions::default();
    options.symfs = Some(folder.path().to_owned());
    let before = profile("/tmp/perf-77.map", "", [0x10, 0x20].into_iter());
    let (after, report) = symbolize(&before, &options);
    assert_eq!(names(&after), [["LazyCompile:*run a.js:1"], ["[perf-77.map]"]]);
    assert_eq!(after.frame(after.stacks().frame(after.sample(0).stack)).kind, FrameKind::Jit);
    let text: Vec<String> = report.unnamed.iter().map(ToString::to_string).collect();
    assert_eq!(text, ["1 address without a name: `/tmp/perf-77.map` has no symbols there"]);
}
