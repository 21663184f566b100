//! How tests of readers show what came out.

use firesteel_model::RootBy;

use crate::folded::{self, FoldOptions};
use crate::format::Format;
use crate::options::ReadOptions;
use crate::read::{Read, read_profile};

/// Reads text, which must be recognised.
pub(crate) fn read(format: Format, text: &str) -> Read {
    let read = read_profile("test", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.format, format);
    read
}

/// The stacks of the first column of text that is read without a warning, under their threads.
pub(crate) fn folded(format: Format, text: &str) -> String {
    let read = read(format, text);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    folded_column(&read, 0)
}

/// The stacks of one column, under the names of their threads.
pub(crate) fn folded_column(read: &Read, column: usize) -> String {
    let mut output = Vec::new();
    let options = FoldOptions { column: folded::Column::Index(column), root: RootBy::Name, ..FoldOptions::default() };
    folded::write(&read.profile, &options, &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

/// Every sample with all that is known of it: thread, labels, frames from the root, values.
pub(crate) fn details(read: &Read) -> String {
    use std::fmt::Write as _;

    use firesteel_model::LabelValue;
    let profile = &read.profile;
    let mut text = String::new();
    let types: Vec<String> =
        profile.sample_types().iter().map(|column| format!("{}/{}", column.name, column.unit)).collect();
    writeln!(text, "{}", types.join(" ")).unwrap();
    for sample in profile.samples() {
        write!(text, "{:?}", sample.values).unwrap();
        let thread = profile.thread(sample.thread);
        if let Some(process) = thread.process {
            write!(text, " process {process}").unwrap();
        }
        if let Some(number) = thread.thread {
            write!(text, " thread {number}").unwrap();
        }
        if !profile.string(thread.name).is_empty() {
            write!(text, " {:?}", profile.string(thread.name)).unwrap();
        }
        for label in profile.labels(sample.labels) {
            let key = profile.string(label.key);
            match label.value {
                LabelValue::Text(value) => write!(text, " {key}={:?}", profile.string(value)),
                LabelValue::Number { value, unit } => write!(text, " {key}={value}{}", profile.string(unit)),
            }
            .unwrap();
        }
        writeln!(text).unwrap();
        let mut frames: Vec<_> = profile.stacks().frames(sample.stack).collect();
        frames.reverse();
        for id in frames {
            let frame = profile.frame(id);
            let function = profile.function(frame.function);
            write!(text, "  {}", profile.frame_name(id)).unwrap();
            let file = profile.string(function.file);
            if !file.is_empty() || frame.line.0 != 0 {
                write!(text, " {file}:{}", frame.line).unwrap();
            }
            let module = profile.string(profile.mapping(frame.mapping).file);
            if !module.is_empty() {
                write!(text, " [{module}]").unwrap();
            }
            if frame.address.0 != 0 {
                write!(text, " {}", frame.address).unwrap();
            }
            if frame.kind != firesteel_model::FrameKind::Unknown {
                write!(text, " {:?}", frame.kind).unwrap();
            }
            if frame.flags.inlined {
                write!(text, " inlined").unwrap();
            }
            writeln!(text).unwrap();
        }
    }
    text
}
