//! Compares what is read from real Go binaries with what their own runtimes say about the same addresses.
//!
//! Each binary is its own oracle: it is run with a list of addresses and prints, for each, every frame that
//! `runtime.CallersFrames` gives (inlined ones too), with name, file, line and start line, and the stack depth that the
//! runtime's unwinder would use. So the comparison is exact, also for stripped binaries.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]
#![expect(clippy::print_stdout, reason = "tells how much was compared")]

mod toolchain;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use pclntab::{FunctionKind, Machine, Pclntab};
use toolchain::{Mode, Toolchain};

type Table = Pclntab<Vec<u8>>;

/// Addresses to compare: all in the functions of the program's own packages, a few in every other function, and an even
/// spread over the code and beyond both ends.
fn addresses(table: &Table) -> Vec<u64> {
    let mut addresses = BTreeSet::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for function in table.functions() {
        let (entry, end) = (function.entry(), function.end());
        let name = function.name();
        if name.starts_with("main.") || name.starts_with("example.com/symbols/") {
            addresses.extend(entry..end.min(entry + 4096));
        }
        addresses.extend([entry, entry + 1, end - 2]);
        for _ in 0..3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            addresses.insert(entry + random % (end - entry).max(1));
        }
    }
    let text = table.text_range();
    addresses.extend((text.start.saturating_sub(4096)..text.end + 4096).step_by(173));
    // The oracle takes return addresses, so it cannot be asked about the last byte of a function.
    let entry = |address| table.function_at(address).map(|function| function.entry());
    addresses.retain(|&address| entry(address) == entry(address + 1));
    addresses.into_iter().collect()
}

/// What this crate says about an address, as the oracle prints it.
fn described(table: &Table, address: u64, minor: u32) -> String {
    let mut line = match table.stack_delta(address) {
        _ if minor < 22 => "?".to_owned(),
        Some(delta) => delta.to_string(),
        None => "-".to_owned(),
    };
    let frames: Vec<_> = table.frames(address).collect();
    // The oracle leaves wrappers out wherever something was inlined, unless they called a panic function. Before Go 1.21 it
    // kept the outermost function in any case.
    let expanded = frames.len() > 1;
    let mut callee = FunctionKind::Normal;
    for frame in frames {
        let hidden =
            expanded && frame.kind == FunctionKind::Wrapper && callee.hides_wrapper() && (frame.inlined || minor >= 21);
        callee = frame.kind;
        if !hidden {
            let file = frame.file.as_deref().unwrap_or("?");
            let start_line = if minor < 21 { 0 } else { frame.start_line };
            write!(line, "\t{}|{file}|{}|{start_line}", frame.function, frame.line).unwrap();
        }
    }
    line
}

/// Runs the binary as the oracle.
fn asked(binary: &Path, table: &Table, addresses: &[u64]) -> Vec<String> {
    let anchor = table.functions().find(|function| function.name() == "example.com/symbols/oracle.Anchor");
    let mut input = format!("{:x}\n", anchor.expect("the anchor is in the table").entry());
    for address in addresses {
        writeln!(input, "{address:x}").unwrap();
    }
    answered(Command::new(binary), input).lines().map(str::to_owned).collect()
}

/// Runs a command with that standard input; returns its standard output.
fn answered(mut command: Command, input: String) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).unwrap()
}

/// Compares one binary; returns how many addresses were compared, and how many of them had inlined frames.
fn compare(toolchain: &Toolchain, program: &str, mode: Mode) -> (usize, usize) {
    let what = format!("{program} of {} {}", toolchain.version, mode.name);
    let binary = toolchain.build(program, mode);
    let data = fs::read(&binary).unwrap();
    let table = Pclntab::parse(data).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(
        table.go_version().map(|version| version.split(' ').next().unwrap()),
        Some(&*toolchain.version),
        "{what}"
    );
    assert!(table.has_inline_trees(), "{what}: no inline trees");

    let addresses = addresses(&table);
    let answers = asked(&binary, &table, &addresses);
    assert_eq!(answers.len(), addresses.len(), "{what}");
    let nameless = format!("\t{}|", table.functions().next().unwrap().name());
    let mut inlined = 0;
    let mut wrong = Vec::new();
    for (&address, expected) in addresses.iter().zip(&answers) {
        let found = described(&table, address, toolchain.minor());
        if table.frames(address).count() > 1 {
            inlined += 1;
        }
        // The runtime takes name offset 0 for "no name", though the linker puts the first function's name there.
        if found != *expected && found.replace(&nameless, "\t|") != *expected {
            wrong.push(format!("{address:#x}\n  found    {found}\n  expected {expected}"));
        }
    }
    let first: Vec<_> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{what}: {} of {} addresses differ:\n{}", wrong.len(), addresses.len(), first.join("\n"));
    without_sections(&what, &table, &addresses);
    println!("{what}: {} addresses agree, {inlined} with inlined frames", addresses.len());
    (addresses.len(), inlined)
}

/// The same file without section headers must read the same: everything is found by scanning.
fn without_sections(what: &str, table: &Table, addresses: &[u64]) {
    let mut data = table.data().clone();
    data[40..48].fill(0); // e_shoff
    data[58..64].fill(0); // e_shentsize, e_shnum, e_shstrndx
    let scanned = Pclntab::parse(data).unwrap_or_else(|error| panic!("{what} without sections: {error}"));
    assert_eq!(scanned.text_range(), table.text_range(), "{what} without sections");
    assert_eq!(scanned.build_info(), table.build_info(), "{what} without sections");
    for &address in addresses.iter().step_by(5) {
        let (found, expected) = (described(&scanned, address, 27), described(table, address, 27));
        assert_eq!(found, expected, "{what} without sections at {address:#x}");
    }
}

fn compare_all_modes(toolchain: &Toolchain) {
    for mode in toolchain::MODES {
        let (compared, inlined) = compare(toolchain, "chain", mode);
        assert!(compared > 10_000 && inlined > 1_000, "{compared} compared, {inlined} inlined");
    }
}

fn compare_standard_library(toolchain: &Toolchain) {
    for mode in [toolchain::STRIPPED, toolchain::PIE, toolchain::INTERNAL_CGO] {
        let (compared, inlined) = compare(toolchain, "standard", mode);
        assert!(compared > 20_000 && inlined > 5_000, "{compared} compared, {inlined} inlined");
    }
}

#[test]
fn every_link_mode_of_the_newest_release() {
    compare_all_modes(&Toolchain::newest());
}

#[test]
fn every_link_mode_of_an_older_release() {
    compare_all_modes(&Toolchain::installed("1.22.10"));
}

#[test]
fn the_standard_library_of_the_newest_release() {
    compare_standard_library(&Toolchain::newest());
}

#[test]
fn the_standard_library_of_an_older_release() {
    compare_standard_library(&Toolchain::installed("1.22.10"));
}

/// Without a processor to run it on, Go's own tool is the oracle: it gives the outermost function and the innermost place.
#[test]
fn arm64() {
    let toolchain = Toolchain::newest();
    for mode in [toolchain::PLAIN, toolchain::STRIPPED, toolchain::PIE] {
        let data = fs::read(toolchain.build_for("chain", mode, "arm64")).unwrap();
        let table = Pclntab::parse(data).unwrap_or_else(|error| panic!("{}: {error}", mode.name));
        assert_eq!(table.machine(), Machine::Arm64);
        assert!(table.has_inline_trees(), "{}", mode.name);
        // The instructions of a call chain, by names that the source gives.
        let outer = table.functions().find(|function| function.name() == "main.outer").unwrap();
        let chains: BTreeSet<String> = outer
            .range()
            .step_by(4)
            .map(|address| table.frames(address).map(|frame| frame.function.into_owned()).collect::<Vec<_>>().join("<"))
            .collect();
        assert!(chains.contains("main.leaf<main.inner<main.middle<main.outer"), "{}: {chains:?}", mode.name);
        assert_eq!(table.stack_delta(outer.entry()), Some(0), "{}", mode.name);
    }

    let binary = toolchain.build_for("chain", toolchain::PLAIN, "arm64");
    let table = Pclntab::parse(fs::read(&binary).unwrap()).unwrap();
    let addresses: Vec<u64> = table.text_range().step_by(52).collect();
    let input = addresses.iter().fold(String::new(), |input, address| format!("{input}{address:#x}\n"));
    let mut command = toolchain.command();
    command.args(["tool", "addr2line"]).arg(&binary);
    let output = answered(command, input);
    let answers: Vec<_> = output.lines().collect();
    assert_eq!(answers.len(), 2 * addresses.len());
    let mut compared = 0;
    for (address, answer) in addresses.iter().zip(answers.chunks(2)) {
        let frames: Vec<_> = table.frames(*address).collect();
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { panic!("nothing at {address:#x}") };
        let Some(file) = &first.file else { continue };
        // The tool reports the last known place for padding, and shortens the folder of the runtime.
        assert_eq!(answer, [&*last.function, &*format!("{file}:{}", first.line)], "at {address:#x}");
        compared += 1;
    }
    assert!(compared > 5_000, "{compared} compared");
}

#[test]
#[ignore = "builds with every installed Go release, which takes minutes: run by `make matrix`"]
fn matrix() {
    for toolchain in Toolchain::all() {
        compare_all_modes(&toolchain);
        compare_standard_library(&toolchain);
    }
}
