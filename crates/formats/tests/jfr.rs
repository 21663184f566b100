//! Java Flight Recorder: what becomes of events with stacks.

#[expect(dead_code, reason = "one of the examples is used here")]
mod examples;

use firesteel_formats::{Column, FoldOptions, Format, ReadOptions, folded, read_profile};
use firesteel_model::RootBy;

#[test]
fn events_become_samples_of_threads() {
    let example = examples::all().into_iter().find(|example| example.format == Format::Jfr).unwrap();
    let options = ReadOptions { times: true, ..ReadOptions::default() };
    let read = read_profile("recording", &mut example.once().as_slice(), &options).unwrap();
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let mut text = String::new();
    for column in ["samples", "alloc_objects", "alloc_space"] {
        let column = Column::Named(column.to_owned());
        let options = FoldOptions { column, root: RootBy::Thread, ..FoldOptions::default() };
        let mut output = Vec::new();
        folded::write(&read.profile, &options, &mut output).unwrap();
        text += &String::from_utf8(output).unwrap();
    }
    insta::assert_snapshot!(text, @r"
    worker-1-?/4711;app/Main.run;app/Main.parse 1
    worker-1-?/4711;app/Main.run;app/Main.write 1
    worker-1-?/4711;app/Main.run;app/Main.write 1
    worker-1-?/4711;app/Main.run;app/Main.write 4096
    ");
    let times: Vec<u64> = read.profile.samples().map(|sample| sample.time.unwrap().0).collect();
    assert_eq!(times, [500, 1_500, 2_500]);
    let lines: Vec<u32> = read
        .profile
        .stacks()
        .frames(read.profile.sample(0).stack)
        .map(|frame| read.profile.frame(frame).line.0)
        .collect();
    assert_eq!(lines, [10, 20]);
    assert_eq!(read.profile.metadata.start.unwrap().0, 1_700_000_000_000_000_000);
}
