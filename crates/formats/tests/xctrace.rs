//! xctrace: rows refer to what was said before.

#[expect(dead_code, reason = "one of the examples is used here")]
mod examples;

use firesteel_formats::{Column, FoldOptions, Format, ReadOptions, folded, read_profile};
use firesteel_model::RootBy;

#[test]
fn rows_become_samples() {
    let example = examples::all().into_iter().find(|example| example.format == Format::Xctrace).unwrap();
    let options = ReadOptions { times: true, ..ReadOptions::default() };
    let read = read_profile("export", &mut example.once().as_slice(), &options).unwrap();
    let profile = &read.profile;
    let column = Column::Named("cpu".to_owned());
    let options = FoldOptions { column, root: RootBy::Thread, ..FoldOptions::default() };
    let mut output = Vec::new();
    folded::write(profile, &options, &mut output).unwrap();
    insta::assert_snapshot!(String::from_utf8(output).unwrap(), @r"
    main-493/8683713;main;[app] 1000000
    main-493/8683713;main;app::parse(char const*, int&) 2000000
    ");
    let times: Vec<u64> = profile.samples().map(|sample| sample.time.unwrap().0).collect();
    assert_eq!(times, [57_246_708, 58_246_708, 59_246_708]);
    let leaf = profile.frame(profile.stacks().frame(profile.sample(0).stack));
    let function = profile.function(leaf.function);
    assert_eq!((profile.string(function.file), leaf.line.0), ("/src/app.cc", 7));
    assert_eq!(profile.string(profile.mapping(leaf.mapping).build_id), "C144ED77");
}
