//! perf's own recordings: addresses of a real Go program become names. The recording is made byte by byte, so that the
//! test needs no perf.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use firesteel_testkit::addresses::{frames_by_dwarf, frames_in_profile};
use firesteel_testkit::perf_recording::{ByteOrder, IN_USER, PerfEvent, PerfRecording, PerfSample};
use firesteel_testkit::{GoProgram, LinkMode, Toolchain, text_section};

use crate::symbols::{compare, same_places};
use crate::{SCRATCH, firesteel, folder, run};

/// Where Go's linker puts a program, and where the kernel maps it.
const START: u64 = 0x40_0000;

/// A recording with one sample at each address of a program, whose file is called `name`.
fn recording(name: &str, addresses: &[u64]) -> PerfRecording {
    let mut recording = PerfRecording::new(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    recording.named((7, 7), 0, "my app", true);
    recording.mapped(7, 0, START, 0x200_0000, 0, name);
    for (number, &address) in addresses.iter().enumerate() {
        let chain = [IN_USER, address];
        let time = 1000 + number as u64;
        recording.sample(&PerfSample { event: 0, thread: (7, 7), time, period: 1000, chain: &chain });
    }
    recording
}

/// The stripped program, and addresses in it all over.
fn program() -> (PathBuf, Vec<u64>) {
    let stripped = GoProgram::SPIN.build_stripped(&Toolchain::newest(), LinkMode::Plain, SCRATCH);
    let (start, code) = text_section(&stripped);
    let step = code.len() as u64 / 400;
    (stripped, (1..400).map(|number| start + number * step).collect())
}

fn fold(arguments: &[&str], file: &Path) -> (String, String) {
    let finished = run(firesteel().arg("fold").args(arguments).arg(file));
    let finished = finished.succeeded();
    (finished.stdout_text(), finished.stderr)
}

#[test]
fn a_go_program_has_names_lines_and_inlined_functions() {
    let toolchain = Toolchain::newest();
    let (stripped, addresses) = program();
    let unstripped = GoProgram::SPIN.build(&toolchain, LinkMode::Plain, SCRATCH);
    assert_eq!(text_section(&unstripped), text_section(&stripped), "the twins have the same code");
    let folder = folder();
    let (data, profile) = (folder.path().join("perf.data"), folder.path().join("cpu.pb.gz"));
    fs::write(&data, recording(stripped.to_str().unwrap(), &addresses).file()).unwrap();
    let _ = run(firesteel().arg("-o").arg(&profile).arg(&data)).succeeded();
    let found = frames_in_profile(&toolchain, &profile, stripped.to_str().unwrap());
    let mut expected = frames_by_dwarf(&unstripped, &addresses, SCRATCH);
    // Between functions, where nothing runs, there is nothing to know.
    expected.retain(|_, frames| !frames.is_empty());
    let compared = compare("perf.data by DWARF", &found, &expected, same_places);
    assert!(compared > 200, "{compared} addresses");
    assert!(found.values().any(|frames| frames.len() > 1), "there are inlined functions");
}

#[test]
fn files_are_taken_from_where_they_are_said_to_be() {
    let (stripped, addresses) = program();
    let folder = folder();
    let data = folder.path().join("perf.data");
    fs::write(&data, recording("/srv/app", &addresses).pipe()).unwrap();
    let (unnamed, errors) = fold(&[], &data);
    assert_eq!(unnamed, format!("my_app;[app] {}\n", 1000 * addresses.len()));
    assert!(errors.contains("`/srv/app` is not on this machine; `--symfs DIR` says where"), "{errors}");

    fs::create_dir(folder.path().join("srv")).unwrap();
    fs::copy(&stripped, folder.path().join("srv/app")).unwrap();
    let (named, _) = fold(&["--symfs", folder.path().to_str().unwrap()], &data);
    assert!(named.lines().count() > 100 && named.contains("my_app;main.main"), "{named}");
    let total: usize = named.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse::<usize>().unwrap()).sum();
    assert_eq!(total, 1000 * addresses.len());
    let (inlined, _) = fold(&["--symfs", folder.path().to_str().unwrap(), "--no-inline"], &data);
    assert!(inlined.lines().count() < named.lines().count());
    let (unnamed_again, errors) = fold(&["--symfs", folder.path().to_str().unwrap(), "--no-symbols"], &data);
    assert_eq!((unnamed_again, errors.as_str()), (unnamed, ""));
}

#[test]
fn another_build_of_a_file_gives_no_names() {
    let (stripped, addresses) = program();
    let folder = folder();
    let data = folder.path().join("perf.data");
    let path = stripped.to_str().unwrap();
    let mut recording = recording(path, &addresses);
    recording.build_id(path, &[1, 2, 3, 4, 5, 6, 7, 8]);
    fs::write(&data, recording.file()).unwrap();
    let (folded, errors) = fold(&[], &data);
    assert_eq!(folded, format!("my_app;[spin] {}\n", 1000 * addresses.len()));
    assert!(errors.contains("is another build than the one that was profiled"), "{errors}");
}

#[test]
fn a_recording_may_come_from_a_pipe() {
    let (stripped, addresses) = program();
    let folder = folder();
    let data = folder.path().join("perf.data");
    fs::write(&data, recording(stripped.to_str().unwrap(), &addresses).file()).unwrap();
    let (expected, _) = fold(&[], &data);
    let mut command = firesteel();
    command.args(["fold", "-"]).stdin(Stdio::from(fs::File::open(&data).unwrap()));
    assert_eq!(command.output().map(|output| String::from_utf8(output.stdout).unwrap()).unwrap(), expected);
}
