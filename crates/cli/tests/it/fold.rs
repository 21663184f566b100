//! `firesteel fold` in place of `stackcollapse-perf.pl` and the `inferno-collapse` programs.

use std::fs;
use std::process::Command;

use crate::{firesteel, folder, run};

const TEXT: &str = "my app 7/8 [001] 1.5: 1 cycles: \n\
    \t 3 LFoo;::a->LBar;::b (/tmp/perf-7.map)\n\t 2 [unknown] (/lib/libc.so)\n\t 1 main (/app)\n  src/main.c:12\n\n\
    my app 7/9 [001] 1.6: 1 cycles: \n\t ffffffff81 do_it ([kernel.kallsyms])\n\t 1 main (/app)\n\n\
    my app 7/9 [001] 1.7: 1 instructions: \n\t 1 main (/app)\n\n";

#[test]
fn flags_of_the_scripts_are_taken() {
    let folder = folder();
    let path = folder.path().join("perf.txt");
    fs::write(&path, TEXT).unwrap();
    let check = |arguments: &[&str], expect: &str| {
        let finished = run(firesteel().arg("fold").args(arguments).arg(&path)).succeeded();
        assert_eq!(finished.stdout_text(), expect, "{arguments:?}");
    };
    let plain = "my_app;main;[libc.so];LFoo:::a;LBar:::b_[i] 1\nmy_app;main;do_it 1\n";
    check(&[], plain);
    for ignored in [&["--inline"][..], &["-n", "1"], &["-n", "8"], &["--nthreads=4"], &["--event-filter", "cycles"]] {
        check(ignored, plain);
    }
    check(&["--event-filter=instructions"], "my_app;main 1\n");
    check(&["--pid"], &plain.replace("my_app", "my_app-7"));
    check(&["--tid"], "my_app-7/8;main;[libc.so];LFoo:::a;LBar:::b_[i] 1\nmy_app-7/9;main;do_it 1\n");
    check(&["--kernel"], &plain.replace("do_it", "do_it_[k]"));
    check(&["--jit"], &plain.replace("LFoo:::a", "LFoo:::a_[j]"));
    check(&["--all"], &plain.replace("do_it", "do_it_[k]").replace("LFoo:::a", "LFoo:::a_[j]"));
    check(&["--addrs"], &plain.replace("[libc.so]", "[libc.so <2>]"));
    let located = "my_app;main:main.c:12;[libc.so];LFoo:::a;LBar:::b_[i] 1\nmy_app;main;do_it 1\n";
    check(&["--srcline"], located);
    check(&["--inline", "--context"], located);
    check(
        &["--skip-after", "do_it"],
        &plain.replace("main;do_it", "do_it").replace("my_app;do_it 1\n", "").replacen(
            "my_app",
            "my_app;do_it 1\nmy_app",
            1,
        ),
    );
    check(&["--skip-after", "do_it", "--skip-after", "LFoo:::a"], "my_app;LFoo:::a;LBar:::b_[i] 1\nmy_app;do_it 1\n");
}

#[test]
fn inputs_are_folded_as_one() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("perf.txt"), TEXT).unwrap();
    fs::write(path("x.folded"), "my_app;main;do_it 5\n").unwrap();
    let expect = "my_app;main;[libc.so];LFoo:::a;LBar:::b_[i] 3\nmy_app;main;do_it 3\n";
    let piped = |script: &str| {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(firesteel().get_program()).current_dir(folder.path());
        run(&mut command).succeeded().stdout_text()
    };
    assert_eq!(piped("cat perf.txt | \"$0\" fold perf.txt - perf.txt"), expect);
    assert_eq!(piped("\"$0\" fold < x.folded"), "my_app;main;do_it 5\n");
    let mut command = firesteel();
    command.args(["fold", "-o"]).arg(path("out")).arg(path("x.folded")).arg(path("x.folded"));
    assert_eq!(run(&mut command).succeeded().stdout_text(), "");
    assert_eq!(fs::read_to_string(path("out")).unwrap(), "my_app;main;do_it 10\n");
}
