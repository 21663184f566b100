//! What the figures were measured on, without anything that names one machine.

use std::fs;
use std::process::Command;

use super::peer::{Peer, Peers};
use super::process;

/// Name and value of each fact, in the order they are shown.
pub(super) type Machine = Vec<(&'static str, String)>;

/// Describes this machine.
pub(super) fn describe(peers: &Peers) -> Machine {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let version = |peer: &Option<Peer>| peer.as_ref().map(|peer| peer.version.clone());
    let mut facts = vec![
        ("processor", processor_of(&processor)),
        ("memory", memory_of(&memory)),
        ("kernel", format!("Linux {}", kernel_of(&kernel))),
        ("Rust", process::output_of(Command::new("rustc").arg("--version")).unwrap_or_default()),
        ("Go", peers.go_version.clone().unwrap_or_default()),
    ];
    let versions: Vec<String> = [&peers.collapse, &peers.samply, &peers.perf].into_iter().filter_map(version).collect();
    facts.push(("peers", versions.join(", ")));
    facts.push(("date", jiff::Zoned::now().strftime("%Y-%m-%d").to_string()));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// `2 × AMD EPYC, virtual`
fn processor_of(text: &str) -> String {
    let values = |name: &str| {
        let named = text.lines().filter_map(|line| line.split_once(':')).filter(move |(key, _)| key.trim() == name);
        named.map(|(_, value)| value.trim().to_owned()).collect::<Vec<_>>()
    };
    let models = values("model name");
    let model = models.first().map_or("unknown processor", String::as_str);
    let is_virtual = values("flags").first().is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"));
    let count = text.lines().filter(|line| line.starts_with("processor")).count();
    format!("{count} × {model}{}", if is_virtual { ", virtual" } else { "" })
}

/// Whole gigabytes.
fn memory_of(text: &str) -> String {
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes: Option<u64> = total.and_then(|total| total.trim().trim_end_matches("kB").trim().parse().ok());
    kibibytes.map(|kibibytes| format!("{} GB", (kibibytes * 1024).div_ceil(1_000_000_000))).unwrap_or_default()
}

/// `6.18.44`, without the suffix that says who built it.
fn kernel_of(release: &str) -> &str {
    let release = release.trim();
    release.split(|c: char| c != '.' && !c.is_ascii_digit()).next().unwrap_or(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_general() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu hypervisor sse\n\nprocessor\t: 1\nmodel name\t: AMD EPYC\n";
        assert_eq!(processor_of(text), "2 × AMD EPYC, virtual");
        assert_eq!(processor_of(""), "0 × unknown processor");
        assert_eq!(memory_of("MemTotal:       24689284 kB\nMemFree: 1 kB\n"), "26 GB");
        assert_eq!(kernel_of("6.18.44-build-9\n"), "6.18.44");
    }
}
