//! What `/proc` tells of processes and of the machine.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use firesteel_symbols::KernelSymbols;

/// A line of `/proc/PID/maps` that maps code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MapsLine {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) file_offset: u64,
    pub(crate) inode: u64,
    pub(crate) path: String,
}

/// The executable mappings of a process.
pub(crate) fn executable_maps(process: u32) -> io::Result<Vec<MapsLine>> {
    let text = fs::read(format!("/proc/{process}/maps"))?;
    Ok(String::from_utf8_lossy(&text).lines().filter_map(parse_maps_line).collect())
}

/// Reads a line such as `55d0-55e0 r-xp 00001000 08:01 1234   /usr/bin/app`; `None` unless it maps code.
fn parse_maps_line(line: &str) -> Option<MapsLine> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let (protection, rest) = rest.split_once(' ')?;
    if protection.as_bytes().get(2) != Some(&b'x') {
        return None;
    }
    let (offset, rest) = rest.split_once(' ')?;
    let (_device, rest) = rest.split_once(' ')?;
    let (inode, path) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(MapsLine {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        file_offset: u64::from_str_radix(offset, 16).ok()?,
        inode: inode.parse().ok()?,
        path: path.trim_start().to_owned(),
    })
}

/// The kernel's symbols at some addresses; none when there is no address, or the kernel hides them.
pub(crate) fn kernel_symbols(addresses: impl IntoIterator<Item = u64>) -> KernelSymbols {
    let mut addresses = addresses.into_iter().peekable();
    // The kernel formats its list anew for every reader, which takes tens of milliseconds.
    let list = addresses.peek().and_then(|_| File::open("/proc/kallsyms").ok());
    let mut symbols = KernelSymbols::of(addresses);
    let Some(mut list) = list else { return symbols };
    let mut buffer = vec![0; 1 << 15];
    while let Ok(length @ 1..) = list.read(&mut buffer) {
        symbols.feed(&buffer[..length]);
    }
    symbols
}

/// The threads of a process.
pub(crate) fn threads(process: u32) -> io::Result<Vec<u32>> {
    let mut threads: Vec<u32> = fs::read_dir(format!("/proc/{process}/task"))?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    threads.sort_unstable();
    Ok(threads)
}

/// Name of a thread, `None` when it has ended.
pub(crate) fn thread_name(process: u32, thread: u32) -> Option<String> {
    let name = fs::read(format!("/proc/{process}/task/{thread}/comm")).ok()?;
    Some(String::from_utf8_lossy(&name).trim_end_matches('\n').to_owned())
}

/// The command line of a process, separated by spaces; its name for one that has none.
pub(crate) fn command_line(process: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&bytes).trim_end_matches('\0').replace('\0', " ");
    if text.is_empty() { thread_name(process, process) } else { Some(text) }
}

/// Path of the program that a process runs.
pub(crate) fn executable(process: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{process}/exe"))
}

/// The CPUs that are online.
pub(crate) fn online_cpus() -> io::Result<Vec<usize>> {
    let text = fs::read_to_string("/sys/devices/system/cpu/online")?;
    parse_cpu_list(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "unreadable list of online CPUs"))
}

/// Reads a list such as `0-3,8`.
fn parse_cpu_list(text: &str) -> Option<Vec<usize>> {
    let mut cpus = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        if last.checked_sub(first)? > 1 << 16 {
            return None;
        }
        cpus.extend(first..=last);
    }
    Some(cpus)
}

/// The value of a setting below `/proc/sys/kernel`.
pub(crate) fn kernel_setting(name: &str) -> Option<i64> {
    fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_mapped() {
        let line =
            parse_maps_line("7f00a000-7f00b000 r-xp 00028000 fe:00 1234      /usr/lib/a b.so (deleted)").unwrap();
        assert_eq!(line.path, "/usr/lib/a b.so (deleted)");
        assert_eq!((line.start, line.end, line.file_offset, line.inode), (0x7f00_a000, 0x7f00_b000, 0x28000, 1234));
        assert_eq!(parse_maps_line("c000000000-c000400000 rw-p 00000000 00:00 0 "), None);
        assert_eq!(parse_maps_line("7ffd1000-7ffd3000 r-xp 00000000 00:00 0     [vdso]").unwrap().path, "[vdso]");
        assert_eq!(parse_maps_line("7ffd1000-7ffd3000 r-xp 00000000 00:00 0").unwrap().path, "");
        assert_eq!(parse_maps_line("nonsense"), None);
    }

    #[test]
    fn cpu_lists() {
        assert_eq!(parse_cpu_list("0\n"), Some(vec![0]));
        assert_eq!(parse_cpu_list("0-2,7"), Some(vec![0, 1, 2, 7]));
        assert_eq!(parse_cpu_list("3-1"), None);
        assert_eq!(parse_cpu_list(""), None);
    }

    #[test]
    fn this_process_is_listed() {
        let process = std::process::id();
        assert!(executable_maps(process).unwrap().iter().any(|line| line.path == "[vdso]"));
        assert!(threads(process).unwrap().contains(&process));
        assert!(command_line(process).is_some());
    }
}
