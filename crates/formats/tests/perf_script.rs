//! Dialects of `perf script` text, each folded on the short way and through a profile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use firesteel_formats::perf_script::{PerfScriptOptions, PerfScriptReader};
use firesteel_formats::{
    FoldOptions, Folder, Format, InlinedSuffix, Read, ReadOptions, WarningKind, fold, folded, read_profile,
};
use firesteel_model::{FrameKind, LineNumber, ProcessId, RootBy, ThreadNumber, Unit};
use proptest::prelude::*;

/// Text recorded with perf 6.1 from `seq | sort -r | gzip` at 199 Hz on the CPU clock.
const RECORDED: &str = include_str!("fixtures/recorded.perf-script.txt");

fn annotating_all() -> FoldOptions {
    FoldOptions { annotate_kernel: true, annotate_jit: true, ..FoldOptions::default() }
}

fn read_with(text: &str, options: &PerfScriptOptions) -> Read {
    let read_options =
        ReadOptions { format: Some(Format::PerfScript), perf_script: options.clone(), ..ReadOptions::default() };
    read_profile("test", &mut text.as_bytes(), &read_options).unwrap()
}

fn read(text: &str) -> Read {
    read_with(text, &PerfScriptOptions::default())
}

/// Folds on both ways, which have to agree.
fn fold_with(text: &str, perf_script: &PerfScriptOptions, options: &FoldOptions) -> String {
    let read_options =
        ReadOptions { format: Some(Format::PerfScript), perf_script: perf_script.clone(), ..ReadOptions::default() };
    let mut short = Vec::new();
    fold("test", &mut text.as_bytes(), &read_options, options, &mut short).unwrap();
    let mut long = Vec::new();
    folded::write(&read_with(text, perf_script).profile, options, &mut long).unwrap();
    // Where there are several events, only the profile tells tracepoints apart.
    if read_with(text, perf_script).profile.sample_types().len() < 2 {
        assert_eq!(String::from_utf8_lossy(&short), String::from_utf8_lossy(&long), "short way against profile");
    }
    String::from_utf8(short).unwrap()
}

fn folds_to(text: &str, expect: &str) {
    assert_eq!(fold_with(text, &PerfScriptOptions::default(), &annotating_all()), expect, "{text}");
}

#[test]
fn last_sample_needs_no_blank_line() {
    folds_to("app 1 [000] 1.5: cycles: \n\t  401000 main (/app)", "app;main 1\n");
    folds_to("app 1 [000] 1.5: cycles: \n\t  401000 main (/app)\n", "app;main 1\n");
    folds_to("app 1 [000] 1.5: cycles: \n\t  401000 main (/app)\n\n", "app;main 1\n");
    folds_to("app 1 [000] 1.5: cycles:", "app 1\n");
}

#[test]
fn frames_are_named_as_the_collapser_names_them() {
    let sample = |frame: &str| format!("my app 1 [000] 1.5: cycles: \n\t{frame}\n\n");
    let check = |frame: &str, expect: &str| folds_to(&sample(frame), &format!("my_app;{expect} 1\n"));
    check("ffffffff8104f45a native_write_msr_safe ([kernel.kallsyms])", "native_write_msr_safe_[k]");
    check("          414b3b fsnotify+0x1b (/lib/modules/4.1.0-virtual/build/vmlinux)", "fsnotify_[k]");
    check("          414b3b fsnotify (/usr/lib/debug/boot/vmlinux-5.4.0-42-generic)", "fsnotify_[k]");
    check("          414b3b nf_hook (/lib/modules/5.4.0/kernel/net/nf.ko.xz)", "nf_hook_[k]");
    check(
        "    7f1e11300e8b Lio/netty/Buffer;.write(Ljava/lang/Object;)V (/tmp/perf-3236.map)",
        "Lio/netty/Buffer:.write_[j]",
    );
    check(
        "    7f1e11300e8b LFoo;::a->LBar;::b->LBaz;::c (/tmp/perf-3236.map)",
        "LFoo:::a_[j];LBar:::b_[i];LBaz:::c_[i]",
    );
    check("    7f1e11300e8b jit_fn (/home/a/.debug/jit/jitted-99-3.so)", "jit_fn_[j]");
    check("     13a80b608e0a RegExp:[&<>\\\"\\'] (/tmp/perf-7539.map)", "RegExp:[&<>\\\\]_[j]");
    check("    7f0000000000 [unknown] (/lib/x86_64-linux-gnu/libc-2.19.so)", "[libc-2.19.so]");
    check("    7f0000000000 [unknown] ([unknown])", "[unknown]");
    check("    7ffc00000000 [unknown] ([vdso])", "[[vdso]]_[k]");
    check("    7ffc00000000 __vdso_gettimeofday ([vdso])", "__vdso_gettimeofday_[k]");
    check("    7f1e2215d058  (/lib/x86_64-linux-gnu/libc-2.15.so)", " ");
    check("    7f1e2215d058 [unknown] (/tmp/deploy (deleted))", "[deploy]");
    check("          46a3b2 net/http.(*conn).serve+0x9c (/app)", "net/http.(*conn).serve");
    check(
        "          46a3b2 main.Map[go.shape.int,go.shape.func(int) string]+0x9c (/app)",
        "main.Map[go.shape.int,go.shape.func(int) string]",
    );
    check("          46a3b2 std::unique_ptr<T>::operator->() const+0x4 (/app)", "std::unique_ptr<T>::operator->");
    check("          46a3b2 (anonymous namespace)::run(int) (/app)", "(anonymous namespace)::run");
    check("          46a3b2 a::(anonymous namespace)::run(int) (/app)", "a::(anonymous namespace)::run");
    check("          46a3b2 main", "main");
}

#[test]
fn frames_without_a_name_are_skipped() {
    // perf prints the name of the process as a frame in some versions.
    folds_to("a 1 1.5: cycles:\n 1 f (/x)\n 2 (app) (/x)\n\n", "a;f 1\n");
}

#[test]
fn java_names_lose_their_l() {
    folds_to(
        "java 7/8 [001] 1.5: cycles: \n\t 7f LFoo/Bar;::baz (/tmp/perf-7.map)\n\n\
         node 7/8 [001] 1.6: cycles: \n\t 7f LFoo/Bar;::baz (/tmp/perf-7.map)\n\n",
        "java;Foo/Bar:::baz_[j] 1\nnode;LFoo/Bar:::baz_[j] 1\n",
    );
}

#[test]
fn threads_are_told_apart_when_asked() {
    let text = "V8 Worker 24/25 [000] 1.5: 3 cycles: \n\t 1 main (/app)\n\n\
                V8 Worker 24/26 [000] 1.6: 4 cycles: \n\t 1 main (/app)\n\n\
                V8 Worker 27 [000] 1.7: 5 cycles: \n\t 1 main (/app)\n\n";
    let by =
        |root: RootBy| fold_with(text, &PerfScriptOptions::default(), &FoldOptions { root, ..FoldOptions::default() });
    assert_eq!(by(RootBy::Nothing), "main 12\n");
    assert_eq!(by(RootBy::Name), "V8_Worker;main 12\n");
    assert_eq!(by(RootBy::Process), "V8_Worker-24;main 7\nV8_Worker-?;main 5\n");
    assert_eq!(by(RootBy::Thread), "V8_Worker-24/25;main 3\nV8_Worker-24/26;main 4\nV8_Worker-?/27;main 5\n");
}

#[test]
fn unnamed_frames_show_addresses_when_asked() {
    let text = "app 1 [000] 1.5: cycles: \n\t    7f00 [unknown] (/lib/libc.so)\n\t       0 [unknown] ([unknown])\n\t 12 f (/app)\n\n\
                app 1 [000] 1.5: cycles: \n\t    7f01 [unknown] (/lib/libc.so)\n\t 13 f (/app)\n\n";
    let perf_script = PerfScriptOptions { addresses: true, ..PerfScriptOptions::default() };
    let options = FoldOptions { addresses: true, ..FoldOptions::default() };
    insta::assert_snapshot!(fold_with(text, &perf_script, &options), @r"
    app;f;[libc.so <7f01>] 1
    app;f;[unknown <0>];[libc.so <7f00>] 1
    ");
}

#[test]
fn first_event_is_read_by_default() {
    let text = "app 1 [000] 1.5: 10 cycles: \n\t 1 a (/app)\n\n\
                app 1 [000] 1.6: 20 instructions: \n\t 1 b (/app)\n\n\
                app 1 [000] 1.7: 30 cycles: \n\t 1 c (/app)\n\n";
    folds_to(text, "app;a 10\napp;c 30\n");
    let mut output = Vec::new();
    let folded = fold("test", &mut text.as_bytes(), &ReadOptions::default(), &FoldOptions::default(), &mut output);
    assert_eq!(folded.unwrap().warnings.count(WarningKind::OtherEvent), 1);
    let chosen = PerfScriptOptions { event_filter: Some("instructions".to_owned()), ..PerfScriptOptions::default() };
    assert_eq!(fold_with(text, &chosen, &FoldOptions::default()), "app;b 20\n");
}

#[test]
fn events_are_columns_of_a_profile() {
    let text = "app 1 [000] 1.5: 10 cpu-clock: \n\t 1 a (/app)\n\n\
                app 1 [000] 1.6: 20 instructions:u: \n\t 1 a (/app)\n\n\
                app 1 [000] 1.7: 30 cpu-clock: \n\t 1 c (/app)\n\n\
                app 1 [000] 1.8: 40 syscalls:sys_enter_brk: \n\t 1 a (/app)\n\n";
    let read = read(text);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let profile = &read.profile;
    let types: Vec<String> =
        profile.sample_types().iter().map(|column| format!("{} {:?}", column.name, column.unit)).collect();
    assert_eq!(types, ["cpu-clock Nanoseconds", "instructions:u Count", "syscalls:sys_enter_brk Count"]);
    assert_eq!(profile.metadata.default_sample_type, 0);
    let values: Vec<Vec<i64>> = profile.samples().map(|sample| sample.values.to_vec()).collect();
    assert_eq!(values, [[10, 20, 40], [30, 0, 0]]);
    let chosen = PerfScriptOptions { event_filter: Some("instructions:u".to_owned()), ..PerfScriptOptions::default() };
    assert_eq!(read_with(text, &chosen).profile.totals(), [20]);
}

#[test]
fn times_and_order_are_kept_when_asked() {
    let text = "app 7/8 [000] 1.5: 10 cycles: \n\t 1 a (/app)\n\n\
                app 7/8 [001] 1.500000250: 10 cycles: \n\t 1 a (/app)\n\n\
                app 7/9 cycles: \n\t 1 a (/app)\n\n\
                app 7/9 [000] 0.1: 10 cycles: \n\t 1 a (/app)\n  a.c:5\n\n\
                \x20  app 7/9 0.2: 10 cycles:   401000 a (/app)\n";
    let options = ReadOptions { times: true, format: Some(Format::PerfScript), ..ReadOptions::default() };
    let profile = read_profile("test", &mut text.as_bytes(), &options).unwrap().profile;
    let times: Vec<Option<u64>> = profile.samples().map(|sample| sample.time.map(|time| time.0)).collect();
    assert_eq!(times, [Some(1_500_000_000), Some(1_500_000_250), None, Some(100_000_000), Some(200_000_000)]);
    assert_eq!(profile.totals(), [41]);
    assert_eq!(read(text).profile.sample_count(), 3, "the same samples without times");
}

#[test]
fn tracepoints_with_fields_count_once_each() {
    let brk = "dd 1234 [000] 10.5: syscalls:sys_enter_brk: brk: 0x0\n\t 2 main (/bin/dd)\n\t 1 _start (/bin/dd)\n\n";
    folds_to(&brk.repeat(2), "dd;_start;main 2\n");
    let probe = "srv 1234/1240 [000] 10.5: probe_srv:main_handle: (4a1200)\n\t 2 main.handle (/srv)\n\n";
    folds_to(probe, "srv;main.handle 1\n");
}

#[test]
fn samples_without_call_chain_are_read() {
    folds_to(
        "            app  1234 10.5: 250000 cpu-clock:u:  46a3b2 main.work+0x12 (/app)\n\
         \x20           app  1234 10.6: 250000 cpu-clock:u:  46a3b9 main.work+0x19 (/app)\n\
         \x20           app  1234 10.7: 250000 cpu-clock:u:  7fff [unknown] ([vdso])\n",
        "app;[[vdso]]_[k] 250000\napp;main.work 500000\n",
    );
    folds_to(
        "   dd 1 [000] 10.5: syscalls:sys_enter_brk: brk: 0x0\n   dd 1 [000] 10.6: syscalls:sys_enter_brk: brk: 0x0\n",
        "dd 2\n",
    );
}

#[test]
fn records_that_are_no_samples_are_passed_over() {
    let text = "# ========\n# captured on: today\n# ========\n#\n\
                perf 9/9 [000] 1.1: PERF_RECORD_COMM exec: app:9/9\n\
                app 9/9 [000] 1.2: PERF_RECORD_MMAP2 9/9: [0x55(0x13) @ 0x4000 fe:00 24 0]: r-xp /bin/app\n\
                app 9/9 [000] 1.3: 1 cycles: \n\t 1 main (/bin/app)\n\n\
                app 9/9 [000] 1.4: PERF_RECORD_LOST lost 70\n\
                app 9/9 [000] 1.4: PERF_RECORD_LOST_SAMPLES lost 7\n\
                app 9/9 [000] 1.5: 1 cycles: \n\t 1 main (/bin/app)\n\n";
    folds_to(text, "app;main 2\n");
    let read = read(text);
    assert_eq!(read.profile.metadata.losses.lost_samples, 77);
    assert_eq!(read.warnings.skipped_records(), 0, "{:?}", read.warnings);
}

#[test]
fn other_layouts_are_read() {
    // CRLF, no indentation, no time, no address, white space in a blank line, source lines.
    folds_to(
        "app 1 1.5: cycles:\r\n\t 1 main (/app)\r\n\r\napp 1 1.6: cycles:\r\n\t 1 main (/app)\r\n",
        "app;main 2\n",
    );
    folds_to(
        "java 19983 cycles:\nffffffff8103d0ca native_write_msr_safe ([kernel.kallsyms])\n\n",
        "java;native_write_msr_safe_[k] 1\n",
    );
    folds_to("app 1 1.5: cycles:\n\tstd::foo<a b>(int)+0x2 (/app)\n\tmain (/app)\n\n", "app;main;std::foo<a b> 1\n");
    folds_to("app 1 1.5: cycles:\n\t 1 main (/app)\n \t \napp 1 1.6: cycles:\n\t 1 main (/app)\n", "app;main 2\n");
    folds_to("app 1 1.5: cycles:\n\t 2 f (/app)\n  f.c:12\n\t 1 main (/app)\n  ??:0\n\n", "app;main;f 1\n");
    // Two samples without a blank line between them.
    folds_to("app 1 1.5: cycles:\n\t 2 f (/app)\napp 1 1.6: cycles:\n\t 2 g (/app)\n\n", "app;f 1\napp;g 1\n");
    folds_to("\n\n\napp 1 1.5: cycles:\n\t 2 f (/app)\n\n\n\n\n", "app;f 1\n");
}

/// What perf 6.1 printed of one recording with several choices of fields: two samples of a thread whose
/// name looks like other fields, one of the main thread.
#[test]
fn any_choice_of_fields_is_read() {
    let with_call_chain = |headers: [&str; 3], frames: [&str; 3], between: &str| -> String {
        headers.iter().map(|header| format!("{header}\n{}\n{between}", frames.join("\n"))).collect()
    };
    let plain = ["\t            1256 leaf+0x16 (/home/me/w)", "\t            12ba thread+0x3a (/home/me/w)", ""];
    let bare = ["\t            1256 leaf", "\t            12ba thread", ""];
    let check = |name: &str, text: &str, expect: &str| {
        assert_eq!(fold_with(text, &PerfScriptOptions::default(), &FoldOptions::default()), expect, "{name}");
        let read = read_profile(name, &mut text.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!((read.format, read.warnings.is_empty()), (Format::PerfScript, true), "{name}: {:?}", read.warnings);
    };
    let threads = "my_[w]_12_x;thread;leaf 2\nw;thread;leaf 1\n";
    let same = |header: &str, with: [&str; 2]| {
        [header.replace("T", with[0]), header.replace("T", with[0]), header.replace("T", with[1])]
    };
    for (fields, header) in
        [("comm,ip,sym", "T "), ("comm,time,ip,sym", "T 15577.101415: "), ("comm,event,ip,sym", "T cpu-clock:ppp: ")]
    {
        let headers = same(header, ["my [w] 12 x", "w"]);
        let headers = headers.each_ref().map(String::as_str);
        check(fields, &with_call_chain(headers, bare, ""), threads);
        check(fields, &with_call_chain(headers, plain, ""), threads);
    }
    for (fields, header) in [
        ("comm,tid,ip,sym", "T "),
        ("default, processor-wide", "T [001] 15577.101415: cpu-clock:ppp: "),
        ("+misc", "T U     15577.101415: cpu-clock:ppp: "),
        ("+flags", "T 15577.101415: cpu-clock:ppp:                         "),
    ] {
        let headers = same(header, ["my [w] 12 x 13719", "w 13717"]);
        check(fields, &with_call_chain(headers.each_ref().map(String::as_str), plain, ""), threads);
        let headers = same(header, ["my [w] 12 x 13717/13719", "w 13717/13717"]);
        check(fields, &with_call_chain(headers.each_ref().map(String::as_str), plain, ""), threads);
    }
    check("ip,sym", &with_call_chain([""; 3], bare, "\n"), "thread;leaf 3\n");
    check("tid,ip,sym", &with_call_chain(["13719 ", "13719 ", "13717 "], bare, ""), "thread;leaf 3\n");
    check("event,ip,sym,dso", &with_call_chain(["cpu-clock:ppp: "; 3], plain, ""), "thread;leaf 3\n");
    check("time,ip,sym", &with_call_chain(["15577.101415: "; 3], bare, ""), "thread;leaf 3\n");
    let weighted = same("T 15577.101415:    7 ", ["my [w] 12 x 13719", "w 13717"]);
    let weighted = with_call_chain(weighted.each_ref().map(String::as_str), plain, "");
    check("-event", &weighted, "my_[w]_12_x;thread;leaf 14\nw;thread;leaf 7\n");
    let columns = same(
        "T 15577.101415:    7 cpu-clock:ppp:                0      1e05080021 |OP N/A|LVL N/A or N/A|SNP N/A  0",
        ["my [w] 12 x 13719", "w 13717"],
    );
    let columns = with_call_chain(columns.each_ref().map(String::as_str), plain, "");
    check("+addr,+data_src,+weight", &columns, "my_[w]_12_x;thread;leaf 14\nw;thread;leaf 7\n");
}

#[test]
fn fields_behind_frames_are_passed_over() {
    let frames = "\t            1256 leaf+0x16 (/home/me/w)\n\t            12ba thread+0x3a (/home/me/w)\n";
    for extra in [
        " insn: 05 5f f3 6e 3c",
        " ABI:2    AX:0x31fedc2a    BX:0x7efd91d606c0 ",
        " 0x401000/0x401020/P/-/-/0  0x401010/0x401000/P/-/-/0 ",
        " ilen: 5 insn: 05 5f f3 6e 3c",
        "\tthread+58:\n\t00000000000012ba\tinsn: e8 11 22 33 44 \t# PRED 3 cycles\n",
    ] {
        let sample = |time: &str| format!("w 13717 {time}: 5 cpu-clock:ppp: \n{frames}{extra}\n");
        folds_to(&format!("{}{}", sample("1.5"), sample("1.6")), "w;thread;leaf 10\n");
    }
    folds_to(&format!("w 1 1.5: cycles: \n{frames}\n|5        x=x*1664525u;\n"), "w;thread;leaf 1\n");
}

#[test]
fn samples_without_call_chain_have_any_fields() {
    let check = |text: &str, expect: &str| {
        folds_to(text, expect);
        let read = read_profile("test", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!((read.format, read.warnings.is_empty()), (Format::PerfScript, true), "{:?}", read.warnings);
    };
    check(
        "     my [w] 12 x      55d277957256 leaf\n               w      55d277957256 leaf\n",
        "my_[w]_12_x;leaf 1\nw;leaf 1\n",
    );
    check("     55d277957256 leaf\n     55d277957260 leaf\n ffffffff8103d0ca do_idle\n", "do_idle 1\nleaf 2\n");
    check(
        "cpu-clock:ppp:      55d277957256 leaf (/home/me/w)\ncpu-clock:ppp:      55d277957256 leaf (/home/me/w)\n",
        "leaf 2\n",
    );
}

#[test]
fn source_lines_say_what_is_inlined() {
    let text = "w 16516 1.5:   10101010 cpu-clock:ppp: \n\t            1256 mix+0x16\n  w.c:5 (inlined)\n\
                \t            1256 leaf+0x16 (/home/me/w)\n  src/w.c:6\n\t            1170 _start+0x20 (/home/me/w)\n  ??:0\n\n";
    folds_to(text, "w;_start;leaf;mix 10101010\n");
    let lines = FoldOptions { source_lines: true, annotate_inlined: InlinedSuffix::Always, ..FoldOptions::default() };
    let folded = fold_with(text, &PerfScriptOptions::default(), &lines);
    assert_eq!(folded, "w;_start;leaf:w.c:6;mix:w.c:5_[i] 10101010\n");
    let inlined = "w 16516 1.5: 5 cpu-clock:ppp: \n\t            1256 mix+0x16 (inlined)\n\t            1256 leaf+0x16 (/home/me/w)\n\n";
    folds_to(inlined, "w;leaf;mix 5\n");
    assert_eq!(fold_with(inlined, &PerfScriptOptions::default(), &lines), "w;leaf;mix_[i] 5\n");
}

#[test]
fn callers_are_left_out_when_asked() {
    let text = "w 1 1.5: cycles: \n\t 3 c (/w)\n\t 2 b (/w)\n\t 1 a (/w)\n\n\
                w 1 1.6: cycles: \n\t 3 c (/w)\n\t 2 b (/w)\n\t 1 x (/w)\n\n\
                w 1 1.7: cycles: \n\t 1 x (/w)\n\n";
    let check = |skip: &[&str], expect: &str| {
        let skip_after = skip.iter().map(|&name| name.to_owned()).collect();
        let options = FoldOptions { skip_after, ..FoldOptions::default() };
        assert_eq!(fold_with(text, &PerfScriptOptions::default(), &options), expect, "{skip:?}");
    };
    check(&["b"], "w;b;c 2\nw;x 1\n");
    check(&["c", "a"], "w;c 2\nw;x 1\n");
    check(&["nothing"], "w;a;b;c 1\nw;x 1\nw;x;b;c 1\n");
}

#[test]
fn what_cannot_be_read_is_counted() {
    let read = read("\t 1 orphan (/app)\n\nnonsense\napp 1 1.5: cycles:\n\t 1 main (/app)\n???\n\n");
    assert_eq!(read.warnings.count(WarningKind::OrphanFrame), 1);
    assert_eq!(read.warnings.count(WarningKind::UnreadableLine), 2);
    assert_eq!(read.profile.metadata.losses.skipped_records, 3);
    let text: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    frames without a sample were skipped (1; first at line 1)
    lines that are neither sample nor frame were skipped (2; first at line 3, line 6)
    ");
}

#[test]
fn profile_keeps_what_text_says() {
    let read = read(
        "my app 7/8 [001] 1.5: 5025125 cpu-clock: \n\t 7f LFoo;::a->LBar;::b (/tmp/perf-7.map)\n\t 2 f (/app)\n  dir/f.c:12\n\
         \t ffffffff81 do_it ([kernel.kallsyms])\n\t 3 [unknown] (/lib/libc.so)\n\n",
    );
    let profile = &read.profile;
    assert_eq!((profile.sample_types()[0].name.as_str(), &profile.sample_types()[0].unit), ("cpu", &Unit::Nanoseconds));
    assert_eq!(profile.metadata.property("event"), Some("cpu-clock"));
    let sample = profile.sample(0);
    assert_eq!(sample.values, [5_025_125]);
    let thread = profile.thread(sample.thread);
    assert_eq!((thread.process, thread.thread), (Some(ProcessId(7)), Some(ThreadNumber(8))));
    assert_eq!(profile.string(thread.name), "my app");
    let frames: Vec<String> = profile
        .stacks()
        .frames(sample.stack)
        .map(|id| {
            let frame = profile.frame(id);
            let function = profile.function(frame.function);
            format!(
                "{} {:?}{}{} {} {}:{}",
                profile.frame_name(id),
                frame.kind,
                if frame.flags.inlined { " inlined" } else { "" },
                if frame.flags.unnamed { " unnamed" } else { "" },
                profile.string(profile.mapping(frame.mapping).file),
                profile.string(function.file),
                frame.line,
            )
        })
        .collect();
    insta::assert_snapshot!(frames.join("\n"), @r"
    LBar:::b Jit inlined /tmp/perf-7.map :0
    LFoo:::a Jit /tmp/perf-7.map :0
    f Unknown /app dir/f.c:12
    do_it Kernel [kernel.kallsyms] :0
    [libc.so] Unknown unnamed /lib/libc.so :0
    ");
    assert_eq!(profile.frame(profile.stacks().frames(sample.stack).nth(2).unwrap()).line, LineNumber(12));
    assert_eq!(FrameKind::Kernel, profile.frame(profile.stacks().frames(sample.stack).nth(3).unwrap()).kind);
}

#[test]
fn several_inputs_are_folded_as_one() {
    let text = |name: &str| format!("app 1 1.5: 3 cycles:\n\t 1 {name} (/app)\n");
    let (read_options, fold_options) = (ReadOptions::default(), FoldOptions::default());
    let fold_all = |inputs: &[&str]| {
        let mut folder = Folder::new(&read_options, &fold_options);
        for input in inputs {
            folder.add("test", &mut input.as_bytes(), &mut |profile| profile).unwrap();
        }
        let mut output = Vec::new();
        folder.finish(&mut output).unwrap();
        String::from_utf8(output).unwrap()
    };
    assert_eq!(fold_all(&[&text("a"), &text("b"), &text("a")]), "app;a 6\napp;b 3\n");
    assert_eq!(fold_all(&["a;b 1\n", "a;b 2\nc 3\n"]), "a;b 3\nc 3\n");
    // A header at the end of an input is not that of the next one's frames.
    let orphans = "\t 1 x (/app)\n\napp 1 1.5: 3 cycles:\n\t 1 b (/app)\n";
    assert_eq!(fold_all(&["app 1 1.5: 3 cycles:\n", orphans]), "app 3\napp;b 3\n");
}

#[test]
fn recorded_text_is_read_whole() {
    let read = read(RECORDED);
    assert_eq!(read.profile.totals(), [41 * 5_025_125]);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let folded = fold_with(RECORDED, &PerfScriptOptions::default(), &annotating_all());
    insta::assert_snapshot!(folded.lines().filter(|line| line.contains("vfs_read")).collect::<Vec<_>>().join("\n"), @"sort;[unknown];read;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];ksys_read_[k];vfs_read_[k];anon_pipe_read_[k];anon_pipe_buf_release_[k] 5025125");
}

#[test]
fn memory_is_bounded_by_distinct_stacks() {
    // A reader that kept samples or text would hold 10 MB here.
    let mut reader = PerfScriptReader::new(PerfScriptOptions::default());
    for _ in 0..1_700 {
        reader.feed(RECORDED.as_bytes());
        reader.feed(b"\n");
    }
    let read = reader.finish();
    assert_eq!(read.profile.totals(), [1_700 * 41 * 5_025_125]);
    assert!(read.profile.sample_count() <= 41);
}

/// Samples of which no two are alike, with every kind of line.
fn distinct_samples(count: usize) -> Vec<String> {
    let mut state = 1u64;
    let mut random = move |below: u64| {
        // Constants of Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut sample = |number: usize| {
        let comm = ["my app", "java", "kworker/0:1"][number % 3];
        let mut text = format!(
            "{comm} {}/{} [00{}] {number}.5: {} cycles: \n",
            random(3) + 1,
            random(9) + 1,
            random(4),
            random(5)
        );
        for _ in 0..8 + random(8) {
            let address = random(1 << 40);
            let (function, offset) = (random(300), random(4096));
            let line = match random(12) {
                0 => format!("\t{address:16x} [unknown] (/lib/lib{}.so)\n", function % 5),
                1 => format!("\t{address:16x} [unknown] ([unknown])\n"),
                2 => format!("\t{address:16x} La/b;::c{function}->Ld/e;::f (/tmp/perf-1.map)\n"),
                3 => format!("{address:20x} f{function}(int)+0x{offset:x} (/srv/app (deleted))\n"),
                4 => format!("\t{address:16x}  (/lib/libc.so.6)\n"),
                5 => format!("\t{address:16x} sys{function}+0x{offset:x} ([kernel.kallsyms])\n"),
                _ => format!("\t{address:16x} main.f{function}+0x{offset:x} (/srv/app/bin/application)\n"),
            };
            text.push_str(&line);
        }
        text + "\n"
    };
    (0..count).map(&mut sample).collect()
}

#[test]
fn a_long_text_is_the_sum_of_its_samples() {
    // Enough for every cache to be judged useless; read one by one, samples never get that far.
    let samples = distinct_samples(2_000);
    for addresses in [false, true] {
        let perf_script = PerfScriptOptions { addresses, ..PerfScriptOptions::default() };
        let options = FoldOptions { addresses, root: RootBy::Thread, ..annotating_all() };
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for sample in &samples {
            let read_options = ReadOptions { perf_script: perf_script.clone(), ..ReadOptions::default() };
            let mut line = Vec::new();
            fold("test", &mut sample.as_bytes(), &read_options, &options, &mut line).unwrap();
            let line = String::from_utf8(line).unwrap();
            let (stack, count) = line.trim_end().rsplit_once(' ').unwrap();
            *sums.entry(stack.to_owned()).or_default() += count.parse::<u64>().unwrap();
        }
        let expect: Vec<String> = sums.iter().map(|(stack, count)| format!("{stack} {count}\n")).collect();
        assert!(fold_with(&samples.concat(), &perf_script, &options) == expect.concat(), "addresses: {addresses}");
    }
}

#[test]
fn deep_stacks_and_long_names_are_read() {
    let mut text = "app 1 1.5: cycles:\n".to_owned();
    for depth in 0..100_000 {
        writeln!(text, "\t{depth:16x} f{} (/app)", depth % 7).unwrap();
    }
    let read_deep = read(&text);
    assert_eq!(read_deep.profile.stacks().frames(read_deep.profile.sample(0).stack).count(), 100_000);
    let name = "x".repeat(1 << 20);
    let text = format!("app 1 1.5: cycles:\n\t 1 {name} (/app)\n\n").repeat(3);
    folds_to(&text, &format!("app;{name} 3\n"));
}

/// Pieces of text from which odd inputs are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("app 1 [000] 1.5: 3 cycles: \n".to_owned()),
        Just("java 5/6 2.5: instructions: \n".to_owned()),
        Just("  dd 9 [001] 3.5: 7 cycles:  ffff main+0x1 (/bin/dd)\n".to_owned()),
        Just("\t          401000 main (/app)\n".to_owned()),
        Just("\tffffffff8104f45a native_write_msr_safe ([kernel.kallsyms])\n".to_owned()),
        Just("\t    7f0000001000 LFoo/A;::a->LBar;::b (/tmp/perf-1.map)\n".to_owned()),
        Just("\t    7f0000001000 [unknown] (/lib/libc.so)\n".to_owned()),
        Just("  main.c:12\n".to_owned()),
        Just("# comment\n".to_owned()),
        "[ -~\t\n]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However the input is cut into pieces, the same comes out, on both ways.
    #[test]
    fn cuts_do_not_matter(pieces in proptest::collection::vec(piece(), 0..40), cuts in proptest::collection::vec(0usize..600, 0..8)) {
        let text = pieces.concat();
        let mut whole = PerfScriptReader::new(PerfScriptOptions::default());
        whole.feed(text.as_bytes());
        let whole = whole.finish();
        let mut cut_reader = PerfScriptReader::new(PerfScriptOptions::default());
        let mut cuts = cuts;
        cuts.sort_unstable();
        let mut start = 0;
        for cut in cuts.into_iter().filter(|&cut| cut <= text.len()) {
            cut_reader.feed(&text.as_bytes()[start..cut]);
            start = cut;
        }
        cut_reader.feed(&text.as_bytes()[start..]);
        let cut = cut_reader.finish();
        prop_assert_eq!(&whole.warnings, &cut.warnings);
        let fold_profile = |read: &Read| {
            let mut output = Vec::new();
            folded::write(&read.profile, &annotating_all(), &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        prop_assert_eq!(fold_profile(&whole), fold_profile(&cut));
        if whole.profile.sample_count() > 0 {
            prop_assert_eq!(fold_with(&text, &PerfScriptOptions::default(), &annotating_all()), fold_profile(&whole));
        }
    }
}
