//! The kinds of profiles that pprof reads, as `go tool pprof` reads them; and its `-raw` text, as we read it back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use firesteel_formats::{Format, Limits, ReadOptions, pprof, read_profile};
use firesteel_model::{LabelValue, Profile};
use firesteel_testkit::{GoProgram, LinkMode, Toolchain, run};

const LIMIT: Duration = Duration::from_mins(2);

/// What samples add up to, by addresses from the leaf, lines, and labels. What pprof leaves of the zeros that Go fills
/// stacks up with is not there, nor are sums of zero.
type Sums = BTreeMap<(Vec<u64>, Vec<String>, Vec<String>), Vec<i64>>;

fn sums(profile: &Profile, with_lines: bool) -> Sums {
    let mut sums = Sums::new();
    for sample in profile.samples() {
        let frames = || profile.stacks().frames(sample.stack).map(|id| (id, profile.frame(id)));
        let addresses = frames().filter(|(_, frame)| !frame.flags.inlined).map(|(_, frame)| frame.address.0);
        let lines = frames().filter(|_| with_lines).map(|(id, frame)| {
            let function = profile.function(frame.function);
            format!("{} {}:{}", profile.frame_name(id), profile.string(function.file), frame.line)
        });
        let labels = profile.labels(sample.labels).iter().map(|label| match label.value {
            LabelValue::Text(value) => format!("{}={}", profile.string(label.key), profile.string(value)),
            LabelValue::Number { value, .. } => format!("{}={value}", profile.string(label.key)),
        });
        let key = (addresses.filter(|&address| address != u64::MAX).collect(), lines.collect(), labels.collect());
        let slots = sums.entry(key).or_insert_with(|| vec![0; sample.values.len()]);
        slots.iter_mut().zip(sample.values).for_each(|(slot, value)| *slot += value);
    }
    sums.retain(|_, values| values.iter().any(|&value| value != 0));
    sums
}

/// Fails at the first difference: all of it is too much to read.
#[track_caller]
fn assert_same(ours: &Sums, theirs: &Sums, what: &str) {
    let differs = ours.iter().find(|&(key, values)| theirs.get(key) != Some(values));
    assert!(differs.is_none(), "{what}: only ours is {differs:?}");
    let differs = theirs.iter().find(|&(key, values)| ours.get(key) != Some(values));
    assert!(differs.is_none(), "{what}: only theirs is {differs:?}");
}

fn read(data: &[u8], format: Format) -> Profile {
    let read = read_profile("x", &mut &data[..], &ReadOptions::default()).unwrap();
    assert_eq!(read.format, format);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    read.profile
}

/// The `pprof` program, which `go tool pprof` builds when it is first asked.
fn pprof_program(toolchain: &Toolchain) -> PathBuf {
    let _ = run(toolchain.command().args(["tool", "pprof", "-h"]), LIMIT);
    let named = run(toolchain.command().args(["tool", "-n", "pprof"]), LIMIT).succeeded();
    PathBuf::from(named.stdout_text().trim())
}

/// What pprof prints of a file with `-raw`.
fn raw(program: &Path, file: &Path, scratch: &Path) -> String {
    let mut command = Command::new(program);
    command.args(["-raw", "-symbolize=none"]).arg(file).env("PPROF_TMPDIR", scratch).env("HOME", scratch);
    run(&mut command, LIMIT).succeeded().stdout_text()
}

/// Reads data as we do and as pprof does.
#[track_caller]
fn compare(name: &str, data: &[u8], format: Format, program: &Path, scratch: &Path) {
    let file = scratch.join(name);
    fs::write(&file, data).unwrap();
    let text = raw(program, &file, scratch);
    let (ours, theirs) = (read(data, format), read(text.as_bytes(), Format::PprofRaw));
    let types = |profile: &Profile| -> Vec<String> {
        profile.sample_types().iter().map(|column| format!("{}/{}", column.name, column.unit)).collect()
    };
    assert_eq!(types(&ours), types(&theirs), "{name}");
    assert_eq!(ours.default_sample_type(), theirs.default_sample_type(), "{name}");
    let period = |profile: &Profile| profile.metadata.period.as_ref().map(|period| period.value);
    assert_eq!(period(&ours).unwrap_or(0), period(&theirs).unwrap_or(0), "{name}");
    assert_same(&sums(&ours, false), &sums(&theirs, false), name);
    assert!(ours.sample_count() > 0, "{name}");
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program that writes its profiles; returns what it says when it crashes.
fn profiled(toolchain: &Toolchain, folder: &Path, traceback: &str) -> String {
    let program = GoProgram::TEXTS.build(toolchain, LinkMode::Plain, env!("CARGO_TARGET_TMPDIR"));
    let finished = run(Command::new(program).arg(folder).env("GOTRACEBACK", traceback), LIMIT);
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
    finished.stderr
}

#[test]
fn text_profiles_of_go() {
    for toolchain in [Toolchain::newest(), Toolchain::older()] {
        let folder = folder(&format!("texts-{}", toolchain.version()));
        let program = pprof_program(&toolchain);
        let crash = profiled(&toolchain, &folder, "all");
        for name in ["heap", "allocs", "goroutine", "threadcreate", "block", "mutex"] {
            let text = fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
            // pprof does not read the names, for which Go leaves functions out.
            let bare =
                text.lines().filter(|line| !line.starts_with('#')).fold(String::new(), |bare, line| bare + line + "\n");
            // Threads that nobody created have no stack, which pprof takes for a malformed line.
            if !bare.lines().any(|line| line.trim_end().ends_with('@')) {
                compare(name, bare.as_bytes(), Format::PprofText, &program, &folder);
            }
            let named = read(text.as_bytes(), Format::PprofText);
            assert_eq!(named.totals(), read(bare.as_bytes(), Format::PprofText).totals(), "{name}");
        }
        goroutines_agree(&folder, &crash);
    }
}

/// Goroutines of `main.(*server).handle` and `main.leak` by name and creator: text, dump, crash and protobuf.
fn goroutines_agree(folder: &Path, crash: &str) {
    let count = |profile: &Profile, name: &str| -> i64 {
        let has = |stack| profile.stacks().frames(stack).any(|frame| profile.frame_name(frame) == name);
        profile.samples().filter(|sample| has(sample.stack)).map(|sample| sample.values[0]).sum()
    };
    let labelled = |profile: &Profile, text: &str| -> i64 {
        let has = |value| matches!(value, LabelValue::Text(id) if profile.string(id) == text);
        let labelled = |set| profile.labels(set).iter().any(|label| has(label.value));
        profile.samples().filter(|sample| labelled(sample.labels)).map(|sample| sample.values[0]).sum()
    };
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    let protobuf = read(&file("goroutine.0"), Format::Pprof);
    let text = read(&file("goroutine.1"), Format::PprofText);
    let dump = read(&file("goroutine.2"), Format::GoroutineDump);
    let crash = read(crash.as_bytes(), Format::GoroutineDump);
    for (kind, profile) in [("protobuf", &protobuf), ("text", &text), ("dump", &dump), ("crash", &crash)] {
        assert_eq!(count(profile, "main.(*server).handle"), 5, "{kind}");
        assert_eq!(count(profile, "main.leak"), 1, "{kind}");
        assert_eq!(count(profile, "main.main"), 1, "{kind}");
    }
    assert_eq!(labelled(&protobuf, "leak"), 1);
    assert_eq!(labelled(&text, "leak"), 1);
    assert_eq!(labelled(&text, "a b"), labelled(&protobuf, "a b"));
    for profile in [&dump, &crash] {
        assert_eq!(labelled(profile, "chan receive"), 6);
        assert_eq!(labelled(profile, "main.main.func2"), 1);
        assert_eq!(labelled(profile, "to thread"), 1);
        assert_eq!(labelled(profile, "running"), 1);
    }
    assert_eq!(crash.metadata.comments, ["panic: assignment to entry in nil map"]);
}

#[test]
fn crashes_with_addresses() {
    for toolchain in [Toolchain::newest(), Toolchain::older()] {
        let folder = folder(&format!("crash-{}", toolchain.version()));
        let crash = read(profiled(&toolchain, &folder, "system").as_bytes(), Format::GoroutineDump);
        let named = |name: &str| {
            let mut frames = (0..crash.frame_count()).map(firesteel_model::FrameId::from_index);
            frames.any(|frame| crash.frame_name(frame) == name && crash.frame(frame).address.0 > 0)
        };
        assert!(named("runtime.gopark") && named("runtime.goexit") && named("main.(*server).handle"));
    }
}

#[test]
fn text_profiles_of_gperftools() {
    let folder = folder("gperftools-texts");
    let program = pprof_program(&Toolchain::newest());
    let map = "00400000-00fcb000 r-xp 00000000 9b:00 15564 /home/bench\n\
        7f7949a9d000-7f7949c52000 r-xp 00000000 9b:00 3466 /lib/libc-2.15.so\n";
    let check = |name: &str, text: &str| {
        // These end at dashes only.
        let title = if matches!(name, "contention" | "threads") { "--- Memory map: ---" } else { "MAPPED_LIBRARIES:" };
        compare(name, format!("{text}{title}\n{map}").as_bytes(), Format::PprofText, &program, &folder);
    };
    let samples = "     1:     1000 [     3:     2050] @ 0x40c1f3 0x4059b5 0x7f7949a9e100\n\
        \x20    0:        0 [    16:  1048576] @ 0x40c1f3 0x4059b6\n     5:      320 [     5:      320] @ 0x40c1f3\n";
    for kind in ["heap_v2/524288", "heapz_v2/4096", "heap/1048576", "heapprofile", "heap_v2/1"] {
        check("heap", &format!("heap profile:  6: 1320 [ 24: 1050946] @ {kind}\n{samples}"));
        check("in-use", &format!("heap profile:  6: 1320 [ 0: 0] @ {kind}\n{samples}"));
    }
    check("growth", &format!("heap profile:  6: 1320 [ 6: 1320] @ growthz\n{samples}"));
    check("fragmentation", &format!("heap profile:  6: 1320 [ 6: 1320] @ fragmentationz\n{samples}"));
    check(
        "contention",
        "--- contentionz 1 ---\ncycles/second = 3201000000\nsampling period = 100\nms since reset = 16502830\n\
         discarded samples = 0\n  19490304       27 @ 0x40c1f3 0x4059b5\n     768        1 @ 0x4059b5\n",
    );
    check(
        "threads",
        "--- threadz 1 ---\n\n--- Thread 7f794ab90940 (name: main/14748) stack: ---\n  PC: 0x00bc8f1c: helper(arg *)\n\
         \x20 0x0040be31: main\n--- Thread 7f794700c700 (name: thread-0/14749) stack: ---\n  0x7f794a32bf7d\n\
         \x20 0x7f794a32bf7d 0x0040be31\n--- Thread 7f7948010700 (name: one/14750) stack: ---\n\
         \x20 [same as previous thread]\n",
    );
}

#[test]
fn java_profiles() {
    let folder = folder("java-texts");
    let program = pprof_program(&Toolchain::newest());
    // pprof leaves no addresses of Java, so names are compared.
    for (name, text) in [
        (
            "heap",
            "--- heapz 1 ---\nformat = java\nresolution = bytes\n  7048 1 @ 0x0000000a 0x0000000b\n  4752 19 @ 0x0000000b\n\
             \x20 0x0000000a com.example.function003 (source.java:14)\n  0x0000000b com.example.Other (/lib/other.so)\n",
        ),
        (
            "contention",
            "--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\n\
             ms since reset = 6019923\n            1     1 @ 0x00000001 0x00000002\n            4     2 @ 0x00000002\n\
             \x20 0x00000001 GC\n  0x00000002 com.example.run (Main.java:3)\n",
        ),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        let theirs = read(raw(&program, &file, &folder).as_bytes(), Format::PprofRaw);
        let without_addresses = |sums: Sums| -> BTreeMap<_, _> {
            sums.into_iter().map(|((_, lines, labels), values)| ((lines, labels), values)).collect()
        };
        let ours = read(text.as_bytes(), Format::PprofText);
        assert_eq!(without_addresses(sums(&ours, true)), without_addresses(sums(&theirs, true)), "{name}");
    }
}

#[test]
fn binary_profiles_of_gperftools() {
    let folder = folder("gperftools-binary");
    let program = pprof_program(&Toolchain::newest());
    for (name, encode) in [
        ("little-32", (|word| (word as u32).to_le_bytes().to_vec()) as fn(u64) -> Vec<u8>),
        ("big-32", |word| (word as u32).to_be_bytes().to_vec()),
        ("little-64", |word| word.to_le_bytes().to_vec()),
        ("big-64", |word| word.to_be_bytes().to_vec()),
    ] {
        for handler in [false, true] {
            let mut words = vec![0, 3, 0, 10_000, 0];
            for stack in 0..40u64 {
                let second = if handler { 0x40_9001 } else { 0x40_9001 + stack };
                // The leaf may be there twice, too.
                let third = if stack % 3 == 0 { 0x40_1000 + stack } else { 0x40_7001 + stack };
                words.extend([1 + stack % 5, 4, 0x40_1000 + stack, second, third, 0x40_5001 + stack % 2]);
            }
            words.extend([0, 1, 0]);
            let mut data: Vec<u8> = words.into_iter().flat_map(encode).collect();
            data.extend(b"00400000-00fcb000 r-xp 00000000 9b:00 15564 /home/bench\n");
            compare(name, &data, Format::Gperftools, &program, &folder);
        }
    }
}

#[test]
fn raw_text_says_what_the_protobuf_says() {
    for toolchain in [Toolchain::newest(), Toolchain::older()] {
        let folder = folder(&format!("raw-{}", toolchain.version()));
        let program = pprof_program(&toolchain);
        let _ = profiled(&toolchain, &folder, "none");
        for name in ["heap", "allocs", "goroutine", "block", "mutex"] {
            let file = folder.join(format!("{name}.0"));
            let protobuf = pprof::read_bytes(&fs::read(&file).unwrap(), Limits::default()).unwrap().profile;
            let text = read(raw(&program, &file, &folder).as_bytes(), Format::PprofRaw);
            let what = format!("{name} of {}", toolchain.version());
            assert_same(&sums(&text, true), &sums(&protobuf, true), &what);
            // And what we write is to pprof what it was.
            let ours = folder.join(format!("{name}.pb"));
            fs::write(&ours, pprof::write(&protobuf)).unwrap();
            let again = read(raw(&program, &ours, &folder).as_bytes(), Format::PprofRaw);
            assert_same(&sums(&again, true), &sums(&protobuf, true), &format!("{what}, written"));
        }
    }
}
