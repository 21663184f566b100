//! Go execution traces: what becomes of the states of goroutines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "one of the examples is used here")]
mod examples;

use firesteel_formats::{Column, FoldOptions, Format, Read, ReadOptions, folded, read_profile};

fn read(options: &ReadOptions) -> Read {
    let example = examples::all().into_iter().find(|example| example.format == Format::GoTrace).unwrap();
    read_profile("trace", &mut example.once().as_slice(), options).unwrap()
}

#[test]
fn each_state_is_a_column() {
    let read = read(&ReadOptions::default());
    let mut text = String::new();
    for column in ["running", "blocked", "sched_wait", "syscall", "cpu_samples"] {
        let options = FoldOptions { column: Column::Named(column.to_owned()), ..FoldOptions::default() };
        let mut output = Vec::new();
        folded::write(&read.profile, &options, &mut output).unwrap();
        text.push_str(column);
        text.push('\n');
        text.push_str(std::str::from_utf8(&output).unwrap());
    }
    insta::assert_snapshot!(text, @r"
    running
    main.main 6720
    main.main;main.wait 12800
    blocked
    main.main;main.wait;[blocked: chan receive] 64640
    sched_wait
    main.main 640
    main.main;main.wait 3840
    syscall
    cpu_samples
    main.main;main.wait 1
    ");
}

#[test]
fn goroutines_are_rows_of_the_timeline() {
    let read = read(&ReadOptions { times: true, ..ReadOptions::default() });
    let rows: Vec<String> = read
        .profile
        .samples()
        .map(|sample| {
            let thread = read.profile.thread(sample.thread);
            let name = read.profile.string(thread.name);
            format!("{:?} {} at {}: {:?}", thread.thread.unwrap(), name, sample.time.unwrap().0, sample.values)
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    ThreadNumber(1) main.main at 0: [0, 0, 640, 0, 0]
    ThreadNumber(1) main.main at 640: [6400, 0, 0, 0, 0]
    ThreadNumber(1) main.main at 7040: [0, 64000, 0, 0, 0]
    ThreadNumber(1) main.main at 71040: [0, 0, 3200, 0, 0]
    ThreadNumber(1) main.main at 74240: [12800, 0, 0, 0, 0]
    ThreadNumber(1) main.main at 87040: [0, 640, 0, 0, 0]
    ThreadNumber(1) main.main at 87680: [0, 0, 640, 0, 0]
    ThreadNumber(1) main.main at 88320: [320, 0, 0, 0, 0]
    ThreadNumber(1) main.main at 2560: [0, 0, 0, 0, 1]
    ");
}
