//! What others say about the addresses in a profile: Go's own tools, and the DWARF of an unstripped binary.
//!
//! Three oracles, because none says everything:
//!
//! * `go tool pprof`, given nothing but addresses and the unstripped binary, names the outermost function and gives the
//!   innermost file and line. It does not report inlined functions.
//! * DWARF, read with Go's own library, has the inlined functions with the lines of their calls.
//! * The program's own CPU profile has what the runtime itself says, start lines included, but only for the addresses
//!   that the runtime sampled. It leaves out compiler-made wrappers.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use object::read::elf::{ElfFile64, ProgramHeader as _};

use crate::go_program::{GoProgram, LinkMode};
use crate::toolchain::Toolchain;

/// A frame at an address, as an oracle gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFrame {
    /// Function.
    pub function: String,
    /// Source file.
    pub file: String,
    /// Line in the file.
    pub line: u32,
    /// Line where the function begins; 0 where the oracle does not say.
    pub start_line: u32,
}

impl std::fmt::Display for SourceFrame {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}:{} ({})", self.function, self.file, self.line, self.start_line)
    }
}

/// For each address its frames, innermost first.
pub type FramesByAddress = BTreeMap<u64, Vec<SourceFrame>>;

/// The frames that a pprof file gives for the addresses in a binary, as `go tool pprof -raw` reads them.
/// `binary` is how the path of the mapping ends.
#[must_use]
pub fn frames_in_profile(toolchain: &Toolchain, profile: &Path, binary: &str) -> FramesByAddress {
    let mut command = toolchain.command();
    command.args(["tool", "pprof", "-raw", "-symbolize=none"]).arg(profile);
    parse_raw(&answer(command, String::new()), binary)
}

/// The frames that `go tool pprof` finds by itself in an unstripped, position-dependent binary.
#[must_use]
pub fn frames_by_pprof(toolchain: &Toolchain, binary: &Path, addresses: &[u64], scratch: &Path) -> FramesByAddress {
    let profile = scratch.join("addresses.pb");
    fs::write(&profile, bare_profile(binary, addresses)).expect("the scratch folder can be written");
    let mut command = toolchain.command();
    command.args(["tool", "pprof", "-raw", "-symbolize=local"]).arg(binary).arg(&profile);
    parse_raw(&answer(command, String::new()), &binary.to_string_lossy())
}

/// The frames that an unstripped binary's DWARF gives, read with the newest Go.
#[must_use]
pub fn frames_by_dwarf(binary: &Path, addresses: &[u64], scratch: &str) -> FramesByAddress {
    let oracle = GoProgram::INLINES.build(&Toolchain::newest(), LinkMode::Plain, scratch);
    let mut command = Command::new(oracle);
    command.arg(binary);
    let input: Vec<String> = addresses.iter().map(|address| format!("{address:x}\n")).collect();
    let output = answer(command, input.concat());
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), addresses.len(), "one line for each address");
    let frame = |text: &str| {
        let mut parts = text.rsplitn(3, '|');
        let line = parts.next().and_then(|line| line.parse().ok()).unwrap_or(0);
        let file = parts.next().unwrap_or_default().to_owned();
        SourceFrame { function: parts.next().unwrap_or_default().to_owned(), file, line, start_line: 0 }
    };
    let frames = |line: &str| line.split('\t').filter(|text| !text.is_empty()).map(frame).collect();
    addresses.iter().zip(lines).map(|(&address, line)| (address, frames(line))).collect()
}

/// Runs a command with that input; returns its standard output.
fn answer(mut command: Command, input: String) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // An oracle that fails says so itself.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()).is_ok());
    let output = child.wait_with_output().expect("the output can be read");
    let _ = writer.join();
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Reads the locations that `go tool pprof -raw` prints:
///
/// ```text
/// Locations
///      1: 0x4ae6bd M=1 cmp.Less[go.shape.int] cmp/cmp.go:29:0 s=28
///              slices.order2Ordered[go.shape.int] slices/zsortordered.go:301:0 s=300
/// Mappings
/// 1: 0x400000/0x4d2000/0x0 /bin/app f610481011312eb79617bed39d546c9908a55a63 [FN]
/// ```
fn parse_raw(text: &str, binary: &str) -> FramesByAddress {
    let mut locations: Vec<(u64, &str, Vec<SourceFrame>)> = Vec::new();
    let mut mappings = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if matches!(line, "Samples:" | "Locations" | "Mappings") {
            section = line;
        } else if section == "Locations" {
            let mut words = line.trim_start().splitn(4, ' ');
            let (id, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if id.ends_with(':') && address.starts_with("0x") {
                let address = u64::from_str_radix(address.trim_start_matches("0x"), 16).expect("an address");
                let mapping = words.next().unwrap_or_default().trim_start_matches("M=");
                locations.push((address, mapping, words.next().and_then(parse_frame).into_iter().collect()));
            } else if let (Some((_, _, frames)), Some(frame)) = (locations.last_mut(), parse_frame(line.trim_start())) {
                frames.push(frame);
            }
        } else if section == "Mappings"
            && let Some((id, rest)) = line.split_once(": ")
            && rest.split(' ').nth(1).is_some_and(|path| path.ends_with(binary))
        {
            mappings.push(id);
        }
    }
    locations.retain(|(_, mapping, _)| mappings.contains(mapping));
    locations.into_iter().map(|(address, _, frames)| (address, frames)).collect()
}

/// `NAME FILE:LINE[:COLUMN] s=START`, of which the name may have spaces.
fn parse_frame(text: &str) -> Option<SourceFrame> {
    let (rest, start_line) = text.rsplit_once(" s=")?;
    let (function, place) = rest.rsplit_once(' ')?;
    let parts: Vec<&str> = place.split(':').collect();
    // Releases differ in whether they print a column. An unknown line is -1 to some.
    let numbers = parts.iter().rev().take(2).take_while(|part| part.parse::<i64>().is_ok()).count();
    let file = parts[..parts.len() - numbers].join(":");
    let line = parts.get(parts.len() - numbers).and_then(|line| line.parse().ok()).unwrap_or(0);
    Some(SourceFrame { function: function.to_owned(), file, line, start_line: start_line.trim().parse().ok()? })
}

/// A pprof profile with addresses and nothing else: a sample, a location for each address, the binary's mapping.
/// Field numbers are those of `profile.proto`.
fn bare_profile(binary: &Path, addresses: &[u64]) -> Vec<u8> {
    let data = fs::read(binary).unwrap_or_else(|error| panic!("cannot read {}: {error}", binary.display()));
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("Go builds ELF files");
    let code = file.elf_program_headers().iter().find(|header| {
        header.p_type(file.endian()) == object::elf::PT_LOAD
            && header.p_flags(file.endian()).0 & object::elf::PF_X.0 != 0
    });
    let code = code.expect("there is code");
    let (start, size) = (code.p_vaddr(file.endian()), code.p_memsz(file.endian()));
    let mut profile = Vec::new();
    // sample_type: samples, count.
    message(1, &[(1, 1), (2, 2)], &mut profile);
    for id in 1..=addresses.len() as u64 {
        message(2, &[(1, id), (2, 1)], &mut profile);
    }
    let offset = code.p_offset(file.endian());
    message(3, &[(1, 1), (2, start), (3, start + size), (4, offset), (5, 3)], &mut profile);
    for (id, &address) in (1..).zip(addresses) {
        message(4, &[(1, id), (2, 1), (3, address)], &mut profile);
    }
    for text in ["", "samples", "count", &binary.to_string_lossy()] {
        profile.push(6 << 3 | 2);
        varint(text.len() as u64, &mut profile);
        profile.extend(text.as_bytes());
    }
    profile
}

fn message(field: u8, numbers: &[(u8, u64)], out: &mut Vec<u8>) {
    let mut body = Vec::new();
    for &(field, value) in numbers {
        body.push(field << 3);
        varint(value, &mut body);
    }
    out.push(field << 3 | 2);
    varint(body.len() as u64, out);
    out.extend(body);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_locations() {
        let text = "Samples:\nsamples/count\n 1: 1 2\nLocations\n     1: 0x4ae6bd M=1 cmp.Less[go.shape.int] cmp/cmp.go:29:0 s=28\n             \
                    sort.Ints[a b] sort/sort.go:170 s=169\n     2: 0x10 M=2 clock_gettime :0:0 s=0\n     3: 0x4 M=1 runtime.x :-1 s=0\nMappings\n1: 0x400000/0x4d2000/0x0 /bin/app f610 [FN]\n2: 0x0/0x0/0x0 [vdso]  [FN]\n";
        let shown = |frames: FramesByAddress| {
            let lines = frames.iter().map(|(address, frames)| {
                format!("{address:x} {}", frames.iter().map(ToString::to_string).collect::<Vec<_>>().join(" < "))
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        let expected = "4 runtime.x :0 (0)\n4ae6bd cmp.Less[go.shape.int] cmp/cmp.go:29 (28) < sort.Ints[a b] sort/sort.go:170 (169)";
        assert_eq!(shown(parse_raw(text, "/app")), expected);
        assert_eq!(shown(parse_raw(text, "[vdso]")), "10 clock_gettime :0 (0)");
    }
}
