//! What bpftrace prints of maps keyed by stacks: `@[kstack, ustack, comm, pid] = count()`.
//!
//! An entry of a map is `@NAME[KEY, KEY, …]: VALUE`. A stack among its keys is printed as lines, the leaf first, and
//! several stacks follow each other with the outer part last, so that lines come from the leaf to the root throughout.
//! Each map is a value column of its own; the same map printed again adds up. Other keys say whose stack it is: the
//! first text is the name of the thread, a number behind it the process; the rest are labels. An entry without a
//! stack becomes a stack of one frame, its keys. Histograms have no one value and are left out, counted.
//!
//! `bpftrace -f json` prints a JSON document on each line, with the same keys as strings.

mod entry;
mod json;
mod maps;

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{TextReader, read_lines};
use crate::warning::{Place, WarningKind};
use entry::{Key, entry_start, split_end};
use maps::Maps;

/// How many bytes of an entry's keys are gathered.
const MAX_KEYS: usize = 16 << 20;

/// Whether content begins like this format: an entry of a map.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().any(|line| match entry_start(line) {
        Some((_, "")) => true,
        Some((_, rest)) => split_end(rest).is_some() || rest.starts_with(", "),
        None => line.starts_with("{\"type\": \"map\", \"data\": {\"@"),
    })
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader { maps: Maps::new(options), open: None };
    read_lines(content, &mut reader)?;
    if let Some(open) = reader.open.take() {
        reader.builder().warnings.add(WarningKind::OrphanFrame, open.begin);
    }
    Ok(reader.maps.finish())
}

/// An entry whose value is still to come.
struct Open {
    map: String,
    keys: Vec<Key>,
    size: usize,
    begin: Place,
}

struct Reader {
    maps: Maps,
    open: Option<Open>,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if let Some(open) = &mut self.open {
            if let Some(frame) = line.strip_prefix("    ").or_else(|| line.strip_prefix('\t')) {
                open.size += frame.len();
                if open.size > MAX_KEYS {
                    self.maps.builder().warnings.add(WarningKind::DeepStack, open.begin);
                } else {
                    open.keys.push(Key::Frame(frame.trim().to_owned()));
                }
                return;
            }
            if !line.starts_with(']') && !line.starts_with(',') {
                // Something else was printed in between: the entry is torn.
                self.maps.builder().warnings.add(WarningKind::UnreadableLine, open.begin);
                self.open = None;
            } else if let Some(open) = self.open.take() {
                self.more_keys(open, line);
                return;
            }
        }
        if let Some((map, rest)) = entry_start(line) {
            let open = Open { map: map.to_owned(), keys: Vec::new(), size: 0, begin: place };
            self.more_keys(open, rest);
        } else if line.starts_with("{\"type\"") {
            json::line(line, place, &mut self.maps);
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        self.maps.builder()
    }
}

impl Reader {
    /// Takes keys that stand on one line, and the value behind them.
    fn more_keys(&mut self, mut open: Open, text: &str) {
        if let Some((keys, value)) = split_end(text) {
            Key::parse_all(keys, open.size > 0, &mut open.keys);
            self.maps.add(&open.map, &open.keys, value, open.begin);
            return;
        }
        Key::parse_all(text, open.size > 0, &mut open.keys);
        open.size += text.len() + 1;
        self.open = Some(open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::test_text::{details, folded, read};

    /// Printed by bpftrace 0.17 for `@[kstack, ustack, comm, pid] = count()`.
    const STACKS: &str = "\
Attaching 2 probes...


@[
    vm_area_alloc+26
    ksys_mmap_pgoff+344
    entry_SYSCALL_64_after_hwframe+118
,\x20
    0x7f34e067f9b3
    std::map<int, char>::find(int const&)+12
, timeout, 1710]: 1
@[,\x20
    __GI___libc_malloc+362
, bash, 17]: 3
@[
    do_exit+647
, , git, 5]: 2
";

    #[test]
    fn reads_stacks_with_other_keys() {
        insta::assert_snapshot!(details(&read(Format::Bpftrace, STACKS)), @r#"
        samples/count
        [1] process 1710 "timeout"
          std::map<int, char>::find(int const&)
          [unknown] 0x7f34e067f9b3
          entry_SYSCALL_64_after_hwframe
          ksys_mmap_pgoff
          vm_area_alloc
        [3] process 17 "bash"
          __GI___libc_malloc
        [2] process 5 "git"
          do_exit
        "#);
    }

    #[test]
    fn each_map_is_a_column_and_histograms_are_counted() {
        let text = "\
Attaching 3 probes...
@a[bpftrace]: 5
@c: 1
@h:\x20
[2, 4)                 1 |@@@@|

@lat[
    read+1
, cat]:\x20
[2, 4)                 1 |@@@@|

@s[
    0x7f9804838409
, timeout]: 1
@s[, timeout]: 2
@total_ns[
\tffffffff821eb0e7 clear_page_erms+7
\tffffffff81000130 entry_SYSCALL_64_after_hwframe+118
\t7f2d8f2d1a5d __write+61 (/usr/lib/libc.so.6)
]: 700
@total_ns[
    main+16
]: count 2, average 5, total 10
";
        let read = read(Format::Bpftrace, text);
        assert_eq!(read.warnings.count(WarningKind::UnreadableLine), 3, "{:?}", read.warnings);
        insta::assert_snapshot!(details(&read), @r#"
        a/count s/count total_ns/nanoseconds
        [5, 0, 0]
          bpftrace
        [0, 1, 0] "timeout"
          [unknown] 0x7f9804838409
        [0, 2, 0] "timeout"
        [0, 0, 700]
          __write [/usr/lib/libc.so.6] 0x7f2d8f2d1a5d
          entry_SYSCALL_64_after_hwframe 0xffffffff81000130 Kernel
          clear_page_erms 0xffffffff821eb0e7 Kernel
        [0, 0, 10]
          main
        "#);
    }

    #[test]
    fn reads_json() {
        insta::assert_snapshot!(folded(Format::Bpftrace, r#"{"type": "attached_probes", "data": {"probes": 2}}
{"type": "map", "data": {"@s": {"\n    handle_mm_fault+208\n    ret_from_fork_asm+26\n,\n    0x7f92880d7353\n,timeout": 1, ",\n    0x7f6d4fa68645\n,timeout": 2, "\n    dup_mmap+555\n,,git": 4}}}
"#), @r"
        git;dup_mmap 4
        timeout;[unknown] 2
        timeout;[unknown];ret_from_fork_asm;handle_mm_fault 1
        ");
    }

    #[test]
    fn newer_versions_say_where_a_frame_is() {
        insta::assert_snapshot!(details(&read(Format::Bpftrace, "\
@[
    leaf+4 [inlined] (/src/app.c:12:3)
    main+16 (/src/app.c:20)
    read+9 (/usr/lib/libc.so.6)
]: 7
")), @r"
        samples/count
        [7]
          read [/usr/lib/libc.so.6]
          main /src/app.c:20
          leaf /src/app.c:12 inlined
        ");
    }

    #[test]
    fn output_without_a_map_has_nothing_to_count() {
        let options = ReadOptions { format: Some(Format::Bpftrace), ..ReadOptions::default() };
        let read = crate::read_profile("x", &mut "Attaching 1 probe...\n".as_bytes(), &options).unwrap();
        assert_eq!(read.profile.totals(), [0]);
    }
}
