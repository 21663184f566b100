//! The filters and tables compared with `go tool pprof` itself, line by line.
//!
//! Each row of [`ROWS`] is run by both on the same file; standard output has to be the same text. Where it is not, the
//! row says why, and what is compared instead.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use firesteel_testkit::{Finished, Toolchain};
use tempfile::TempDir;

use crate::{firesteel, pprof_profiles, run};

/// How outputs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    /// Byte by byte.
    Text,
    /// Line by line in any order: pprof sorts rows that read alike by chance. It tells files of functions apart by
    /// the lines where those begin, and so writes a file several times.
    Lines,
    /// The samples of `-raw` with their locations written out: pprof numbers locations as the file does, and lists
    /// those that filters left without samples.
    Samples,
}

/// Profile, command, options, and how outputs are compared.
type Row = (&'static str, &'static str, &'static str, As);

const ROWS: &[Row] = &[
    // No filters.
    ("cpu", "top", "", As::Text),
    ("cpu", "traces", "", As::Text),
    ("cpu", "raw", "", As::Text),
    ("heap", "top", "", As::Text),
    ("heap", "traces", "", As::Text),
    ("heap", "raw", "", As::Text),
    ("negative", "top", "", As::Text),
    ("negative", "traces", "", As::Text),
    ("negative", "raw", "", As::Text),
    ("random", "top", "", As::Text),
    ("random", "traces", "", As::Text),
    ("random", "raw", "", As::Text),
    ("small", "top", "", As::Text),
    ("small", "traces", "", As::Text),
    ("small", "raw", "", As::Text),
    ("unsymbolised", "top", "", As::Text),
    ("unsymbolised", "traces", "", As::Text),
    ("unsymbolised", "raw", "", As::Samples),
    // Values, units, order, number of rows.
    ("cpu", "top", "-cum", As::Text),
    ("cpu", "top", "-flat", As::Text),
    ("cpu", "top", "-sample_index=0", As::Text),
    ("cpu", "top", "-sample_index=samples -cum", As::Text),
    ("cpu", "traces", "-sample_index=samples", As::Text),
    ("heap", "top", "-sample_index=alloc_space", As::Text),
    ("heap", "top", "-sample_index=alloc_objects -cum", As::Text),
    ("heap", "top", "-sample_index=2", As::Text),
    ("heap", "traces", "-sample_index=1", As::Text),
    ("heap", "top", "-unit=mb", As::Text),
    ("heap", "top", "-unit=auto", As::Text),
    ("heap", "traces", "-unit=kb", As::Text),
    ("cpu", "top", "-unit=ms", As::Text),
    ("cpu", "top", "-unit=seconds", As::Text),
    ("cpu", "top", "-unit=parsecs", As::Text),
    ("negative", "top", "-unit=hours", As::Text),
    ("negative", "top", "-sample_index=widgets", As::Text),
    ("negative", "top", "-sample_index=0 -unit=gadgets", As::Text),
    ("random", "top", "-nodecount=5", As::Text),
    ("random", "top", "-nodecount=7 -cum", As::Text),
    ("random", "top", "-nodefraction=0.05", As::Text),
    ("random", "top", "-nodefraction=0.2 -cum", As::Text),
    ("random", "top", "-nodefraction=0", As::Text),
    ("random", "top", "-nodefraction=0.1 -nodecount=3 -lines", As::Text),
    // What is one row.
    ("cpu", "top", "-functions", As::Text),
    ("cpu", "top", "-filefunctions", As::Text),
    ("cpu", "top", "-files", As::Lines),
    ("cpu", "top", "-lines", As::Text),
    ("cpu", "top", "-addresses", As::Text),
    ("cpu", "traces", "-filefunctions", As::Text),
    ("cpu", "traces", "-files", As::Text),
    ("cpu", "traces", "-lines", As::Text),
    ("cpu", "traces", "-addresses", As::Text),
    ("random", "top", "-files", As::Text),
    ("random", "top", "-files -cum", As::Text),
    ("random", "top", "-filefunctions -cum", As::Text),
    ("random", "top", "-lines", As::Text),
    ("random", "top", "-addresses -nodefraction=0", As::Text),
    ("unsymbolised", "top", "-addresses", As::Text),
    ("unsymbolised", "traces", "-addresses", As::Text),
    ("unsymbolised", "top", "-lines", As::Text),
    // Inlined functions.
    ("cpu", "top", "-noinlines", As::Text),
    ("cpu", "traces", "-noinlines", As::Text),
    ("cpu", "top", "-noinlines -lines", As::Text),
    ("cpu", "top", "-noinlines -addresses", As::Text),
    ("random", "top", "-noinlines", As::Text),
    ("random", "traces", "-noinlines -lines", As::Text),
    ("random", "raw", "-noinlines", As::Samples),
    // Focus and ignore, by functions, files and mapped files, also within inlined lines.
    ("cpu", "top", "-focus=main.parse", As::Text),
    ("cpu", "top", "-focus=handler.go", As::Text),
    ("cpu", "top", "-focus=libc", As::Text),
    ("cpu", "traces", "-focus=^main\\.walk$", As::Text),
    ("cpu", "top", "-ignore=malloc", As::Text),
    ("cpu", "top", "-ignore=main.route", As::Text),
    ("cpu", "traces", "-focus=main -ignore=vdso|visit", As::Text),
    ("cpu", "top", "-focus=no.such.thing", As::Text),
    ("cpu", "traces", "-ignore=.", As::Text),
    ("cpu", "top", "-focus=Map\\[go.shape.int\\]", As::Text),
    ("cpu", "top", "-focus=(?i)MAIN.WALK", As::Text),
    ("random", "top", "-focus=alpha -ignore=beta", As::Text),
    ("random", "top", "-focus=alpha.go -ignore=pkg1 -lines -cum", As::Text),
    ("random", "raw", "-focus=zeta", As::Samples),
    ("unsymbolised", "top", "-focus=stripped", As::Text),
    ("unsymbolised", "traces", "-ignore=libx", As::Text),
    ("negative", "top", "-focus=c", As::Text),
    // Hide and show: lines of a location, whole mapped files, samples that lose every frame.
    ("cpu", "top", "-hide=main.handle", As::Text),
    ("cpu", "traces", "-hide=main.handle", As::Text),
    ("cpu", "traces", "-hide=main.route", As::Text),
    ("cpu", "traces", "-hide=main.parse", As::Text),
    ("cpu", "top", "-hide=main.route -lines", As::Text),
    ("cpu", "top", "-hide=libc.so", As::Text),
    ("cpu", "traces", "-hide=.", As::Text),
    ("cpu", "traces", "-show=main", As::Text),
    ("cpu", "top", "-show=main.walk|main.visit", As::Text),
    ("cpu", "traces", "-show=service", As::Text),
    ("cpu", "top", "-show=handle -hide=parse", As::Text),
    ("random", "top", "-hide=alpha|beta", As::Text),
    ("random", "traces", "-show=gamma", As::Text),
    ("random", "top", "-focus=gamma -hide=delta -show=pkg[01]", As::Text),
    ("random", "raw", "-hide=alpha", As::Samples),
    ("unsymbolised", "top", "-hide=libx", As::Text),
    ("unsymbolised", "traces", "-show=named", As::Text),
    // Cutting at either end.
    ("cpu", "traces", "-show_from=main.handle", As::Text),
    ("cpu", "top", "-show_from=main.walk", As::Text),
    ("cpu", "top", "-show_from=libc", As::Text),
    ("cpu", "traces", "-show_from=visit", As::Text),
    ("cpu", "top", "-show_from=nothing", As::Text),
    ("cpu", "traces", "-prune_from=main.handle", As::Text),
    ("cpu", "top", "-prune_from=main.walk", As::Text),
    ("cpu", "top", "-prune_from=^operator.new$", As::Text),
    ("cpu", "traces", "-prune_from=^.anonymous.namespace.::copy$", As::Text),
    ("random", "top", "-show_from=theta", As::Text),
    ("random", "traces", "-show_from=theta.go -prune_from=alpha", As::Text),
    ("random", "top", "-prune_from=pkg2 -cum", As::Text),
    // Labels.
    ("cpu", "top", "-tagfocus=/a", As::Text),
    ("cpu", "top", "-tagfocus=route:/b", As::Text),
    ("cpu", "top", "-tagfocus=route=/b", As::Text),
    ("cpu", "traces", "-tagfocus=/a,GET", As::Text),
    ("cpu", "traces", "-tagfocus=route=/a,/c", As::Text),
    ("cpu", "top", "-tagignore=GET", As::Text),
    ("cpu", "traces", "-tagignore=method=POST", As::Text),
    ("cpu", "top", "-tagfocus=1kb:10mb", As::Text),
    ("cpu", "top", "-tagfocus=bytes=2kb", As::Text),
    ("cpu", "traces", "-tagfocus=latency=:2ms", As::Text),
    ("cpu", "traces", "-tagfocus=4:", As::Text),
    ("cpu", "traces", "-tagfocus=depth=5:", As::Text),
    ("cpu", "traces", "-tagfocus=request=4kb", As::Text),
    ("cpu", "top", "-tagignore=bytes=1kb:", As::Text),
    ("cpu", "traces", "-tagfocus=1kb:2ms", As::Text),
    ("cpu", "traces", "-tagfocus=tenant=y", As::Text),
    ("cpu", "traces", "-tagshow=route", As::Text),
    ("cpu", "traces", "-taghide=route|bytes", As::Text),
    ("cpu", "traces", "-tagshow=e -taghide=^t -tagfocus=GET", As::Text),
    ("heap", "top", "-tagfocus=1mb:", As::Text),
    ("heap", "traces", "-tagfocus=:2kb", As::Text),
    ("random", "top", "-tagfocus=size=1kb:64kb -tagignore=group=3", As::Text),
    ("random", "raw", "-taghide=size", As::Samples),
    // Labels as frames.
    ("cpu", "top", "-tagroot=route", As::Text),
    ("cpu", "traces", "-tagroot=route,method", As::Text),
    ("cpu", "traces", "-tagleaf=bytes", As::Text),
    ("cpu", "traces", "-tagleaf=latency,tenant -tagroot=depth", As::Text),
    ("cpu", "traces", "-tagleaf=bytes -unit=kb", As::Text),
    ("cpu", "top", "-tagroot=route -show_from=^/a$", As::Text),
    ("cpu", "top", "-tagroot=route -focus=route", As::Text),
    ("cpu", "top", "-tagroot=absent", As::Text),
    ("cpu", "top", "-tagroot=route -filefunctions", As::Text),
    ("random", "top", "-tagroot=group -tagleaf=size -cum", As::Text),
    ("random", "raw", "-tagroot=group -tagfocus=group", As::Samples),
    // Frames that the profile wants to be dropped.
    ("dropping", "top", "", As::Text),
    ("dropping", "traces", "", As::Text),
    ("dropping", "raw", "", As::Samples),
    ("dropping", "top", "-all_frames", As::Text),
    ("dropping", "traces", "-all_frames -hide=work", As::Text),
    ("dropping", "traces", "-show_from=helper", As::Text),
    // Several files.
    ("random random", "top", "-cum", As::Text),
    ("cpu cpu", "traces", "-focus=main", As::Text),
    ("heap heap", "top", "-sample_index=0", As::Text),
    ("heap heap", "traces", "-tagfocus=1kb", As::Text),
    ("negative negative", "top", "", As::Text),
    ("negative negative", "traces", "", As::Text),
    // All at once.
    ("cpu", "top", "-focus=main -ignore=init -hide=serve -show=. -tagfocus=route -tagshow=route -cum -lines", As::Text),
    (
        "random",
        "top",
        "-focus=alpha -hide=beta -show_from=gamma -prune_from=delta -tagfocus=group -noinlines -lines -nodecount=9",
        As::Text,
    ),
    ("random", "traces", "-tagroot=group -focus=0|1 -hide=eta -show_from=pkg -noinlines -unit=ms -lines", As::Text),
];

/// The profiles as files, and pprof as a program.
struct Bench {
    folder: TempDir,
    pprof: PathBuf,
}

impl Bench {
    fn get() -> &'static Self {
        static BENCH: OnceLock<Bench> = OnceLock::new();
        BENCH.get_or_init(|| {
            let folder = crate::folder();
            for (name, bytes) in pprof_profiles::all() {
                fs::write(folder.path().join(name), bytes).unwrap();
            }
            // Builds it where a release does not bring it.
            let found = run(Toolchain::newest().command().args(["tool", "-n", "pprof"])).succeeded();
            let pprof = PathBuf::from(found.stdout_text().trim());
            Self { folder, pprof }
        })
    }

    fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn profiles(&self, names: &str) -> Vec<PathBuf> {
        names.split_whitespace().map(|name| self.profile(name)).collect()
    }

    fn pprof(&self, profiles: &[PathBuf], command: &str, options: &str) -> Finished {
        let mut pprof = Command::new(&self.pprof);
        pprof.env("HOME", self.folder.path()).env("PPROF_TMPDIR", self.folder.path()).env("TZ", "UTC");
        pprof.args(["-symbolize=none", &format!("-{command}")]).args(options.split_whitespace()).args(profiles);
        run(&mut pprof)
    }

    fn firesteel(&self, names: &str, command: &str, options: &str) -> Finished {
        let mut ours = firesteel();
        ours.env("TZ", "UTC").args(match command {
            "top" => ["top", "--format=pprof"],
            "traces" => ["traces", "--format=text"],
            _ => ["traces", "--format=raw"],
        });
        ours.args(options.split_whitespace().map(|option| format!("-{option}"))).args(self.profiles(names));
        run(&mut ours)
    }
}

#[test]
fn every_row_agrees_with_pprof() {
    assert!(ROWS.len() >= 40, "{} rows", ROWS.len());
    let bench = Bench::get();
    let mut failures = String::new();
    for &(name, command, options, compare) in ROWS {
        let expect = bench.pprof(&bench.profiles(name), command, options).succeeded().stdout_text();
        let got = bench.firesteel(name, command, options).succeeded().stdout_text();
        let (expect, got) = match compare {
            As::Text => (expect, got),
            As::Lines => (sorted(&expect), sorted(&got)),
            As::Samples => (samples_of(&expect), samples_of(&got)),
        };
        if expect != got {
            let _ = writeln!(failures, "── {name} -{command} {options}\n{}", difference(&expect, &got));
        }
    }
    assert!(failures.is_empty(), "{failures}");
    println!("{} option sets agree with {}", ROWS.len(), Toolchain::newest().version());
}

/// The same holds for what pprof makes of our filtered profile: what is written is what is shown.
#[test]
fn a_filtered_profile_can_be_written_and_read_again() {
    let bench = Bench::get();
    for (name, options) in [
        ("cpu", "-hide=main.route|libc"),
        ("cpu", "-tagroot=route -tagfocus=route:. -show_from=/a|handle"),
        ("random", "-focus=alpha -prune_from=gamma"),
        ("random", "-noinlines -tagfocus=group=1"),
    ] {
        let written = bench.folder.path().join(format!("filtered-{name}.pb.gz"));
        let mut render = firesteel();
        render.arg("render").args(options.split_whitespace().map(|option| format!("-{option}")));
        let _ = run(render.arg(bench.profile(name)).arg("-o").arg(&written)).succeeded();
        let direct = bench.pprof(&bench.profiles(name), "raw", options).succeeded().stdout_text();
        let again = bench.pprof(&[written], "raw", "").succeeded().stdout_text();
        assert_eq!(sums_of(&direct), sums_of(&again), "{name} {options}");
    }
}

/// Stands in for a name that a label does not give: pprof shows `<unknown>` for what we call `[no route]`, and matches
/// an empty name. Whatever is shown can be matched, so these expressions find more with us.
#[test]
fn what_is_shown_can_be_matched() {
    let bench = Bench::get();
    let ours = bench.firesteel("unsymbolised", "traces", "-hide=^\\[unknown\\]$").succeeded();
    assert!(!ours.stdout_text().contains("<unknown>"), "{}", ours.stdout_text());
    let theirs = bench.pprof(&bench.profiles("unsymbolised"), "traces", "-hide=^\\[unknown\\]$").succeeded();
    assert!(theirs.stdout_text().contains("<unknown>"), "{}", theirs.stdout_text());
}

#[test]
fn an_expression_without_a_match_is_said() {
    let bench = Bench::get();
    for (option, called) in [
        ("focus", "Focus"),
        ("ignore", "Ignore"),
        ("hide", "Hide"),
        ("show", "Show"),
        ("show_from", "ShowFrom"),
        ("tagfocus", "TagFocus"),
        ("tagignore", "TagIgnore"),
        ("tagshow", "TagShow"),
        ("taghide", "TagHide"),
        ("tagroot", "TagRoot"),
        ("tagleaf", "TagLeaf"),
    ] {
        let options = format!("-{option}=zzz");
        let theirs = bench.pprof(&bench.profiles("cpu"), "top", &options).succeeded().stderr;
        assert!(theirs.contains(&format!("{called} expression matched no samples")), "{theirs}");
        let ours = bench.firesteel("cpu", "top", &options).succeeded().stderr;
        assert!(ours.contains(&format!("warning: {option} expression matched no samples\n")), "{ours}");
    }
    for option in ["tagfocus", "tagignore"] {
        let ours = bench.firesteel("cpu", "top", &format!("-{option}=1kb:2kb")).succeeded().stderr;
        assert!(ours.contains("is taken as a range"), "{ours}");
    }
    let ours = bench.firesteel("cpu", "top", "-focus=a(b");
    assert_eq!(ours.code(), Some(2));
    assert!(ours.stderr.contains("`a(b` of focus is no regular expression: unclosed group"), "{}", ours.stderr);
}

fn sorted(text: &str) -> String {
    // The sum column depends on the order.
    let without_sum = |line: &str| -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_row = words.get(2).is_some_and(|word| word.ends_with('%'));
        if is_row { [&words[..2], &words[3..]].concat().join(" ") } else { line.to_owned() }
    };
    let mut lines: Vec<String> = text.lines().map(without_sum).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The first lines that differ.
fn difference(expect: &str, got: &str) -> String {
    let (expect, got): (Vec<&str>, Vec<&str>) = (expect.lines().collect(), got.lines().collect());
    let mut out = String::new();
    for index in 0..expect.len().max(got.len()) {
        let (expect, got) = (expect.get(index).unwrap_or(&"<end>"), got.get(index).unwrap_or(&"<end>"));
        if expect != got {
            let _ = writeln!(out, "line {}\n  pprof     {expect}\n  firesteel {got}", index + 1);
            if out.lines().count() > 9 {
                break;
            }
        }
    }
    if out.is_empty() {
        out.push_str("they differ in the last line's end");
    }
    out
}

/// The samples of a `-raw` text with the lines of each location in place of its number.
fn samples_of(raw: &str) -> String {
    let (samples, rest) = raw.split_once("\nLocations\n").unwrap();
    let (locations, _) = rest.split_once("Mappings\n").unwrap();
    let mut lines_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut number = "";
    for line in locations.lines() {
        let (before, after) = line.split_once(": ").unwrap_or(("", line));
        let is_new = !before.trim().is_empty() && before.trim().bytes().all(|byte| byte.is_ascii_digit());
        if is_new {
            number = before.trim();
        }
        lines_of.entry(number).or_default().push(if is_new { after.trim() } else { line.trim() });
    }
    let mut out = String::new();
    for line in samples.lines().skip_while(|line| *line != "Samples:").skip(2) {
        match line.split_once(": ").filter(|_| !line.contains(":[")) {
            Some((values, numbers)) => {
                let _ = writeln!(out, "={values}");
                for number in numbers.split_whitespace() {
                    // The functions that pprof makes of labels have no name in any symbol table.
                    let _ = writeln!(out, "    {}", lines_of[number].join(" < ").replace("s=0()", "s=0"));
                }
            }
            None => {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    out
}

/// The sums of samples alike in stack and labels: writing a profile adds them up.
fn sums_of(raw: &str) -> BTreeMap<String, Vec<i64>> {
    let mut sums: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let text = samples_of(raw);
    let mut lines = text.lines().peekable();
    while let Some(values) = lines.next().and_then(|line| line.strip_prefix('=')) {
        let mut stack = String::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
            stack.push_str(line);
            stack.push('\n');
        }
        let values: Vec<i64> = values.split_whitespace().map(|value| value.parse().unwrap()).collect();
        let sum = sums.entry(stack).or_insert_with(|| vec![0; values.len()]);
        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    sums
}
