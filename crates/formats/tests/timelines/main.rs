//! Formats that know times and threads: what comes out of them, and what survives writing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chrome_cpu_profile;
mod firefox;
mod gecko;
mod otlp;
mod round_trip;
mod speedscope;
mod trace_events;
mod v8_profile;

use std::fmt::Write as _;

use firesteel_formats::{Read, ReadOptions, read_profile};
use firesteel_model::{LabelValue, Profile, SampleView};

/// Reads an input.
fn read(input: &[u8], times: bool) -> Read {
    read_profile("x", &mut &input[..], &ReadOptions { times, ..ReadOptions::default() }).unwrap()
}

/// Reads an input and shows what is in it, first what was wrong.
fn show(input: &str, times: bool) -> String {
    let read = read(input.as_bytes(), times);
    let mut shown = String::new();
    for warning in read.warnings.iter() {
        writeln!(shown, "{:?} {}", warning.kind, warning.count).unwrap();
    }
    for (key, value) in &read.profile.metadata.properties {
        writeln!(shown, "{key}: {value}").unwrap();
    }
    shown + &show_profile(&read.profile)
}

/// The columns of a profile and its samples, a line each.
fn show_profile(profile: &Profile) -> String {
    let types: Vec<String> =
        profile.sample_types().iter().map(|known| format!("{}/{}", known.name, known.unit)).collect();
    let mut shown = format!("{}\n", types.join(" "));
    for sample in profile.samples() {
        writeln!(shown, "{}", show_sample(profile, &sample, true)).unwrap();
    }
    shown
}

/// Stack, values, labels, thread and time of a sample.
fn show_sample(profile: &Profile, sample: &SampleView<'_>, with_places: bool) -> String {
    let mut frames: Vec<String> = profile
        .stacks()
        .frames(sample.stack)
        .map(|id| {
            let frame = profile.frame(id);
            let mut shown = profile.frame_name(id).to_owned();
            if with_places {
                let file = profile.string(profile.function(frame.function).file);
                if !file.is_empty() || frame.line.0 != 0 {
                    write!(shown, " {file}:{}", frame.line).unwrap();
                }
                if frame.address.0 != 0 {
                    write!(shown, " {}", frame.address).unwrap();
                }
                if frame.flags.inlined {
                    shown.push_str(" inlined");
                }
                write!(shown, " {:?}", frame.kind).unwrap();
            }
            shown
        })
        .collect();
    frames.reverse();
    let mut shown = format!("{} {:?}", frames.join("; "), sample.values);
    for label in profile.labels(sample.labels) {
        let key = profile.string(label.key);
        match label.value {
            LabelValue::Text(text) => write!(shown, " {key}={}", profile.string(text)).unwrap(),
            LabelValue::Number { value, unit } => write!(shown, " {key}={value}{}", profile.string(unit)).unwrap(),
        }
    }
    let thread = profile.thread(sample.thread);
    if thread.process.is_some() || thread.thread.is_some() || !profile.string(thread.name).is_empty() {
        let number = |number: Option<u32>| number.map_or("?".to_owned(), |number| number.to_string());
        let (process, thread, name) = (thread.process, thread.thread, profile.string(thread.name));
        let numbers = (number(process.map(|process| process.0)), number(thread.map(|thread| thread.0)));
        write!(shown, " [{name} {}/{}]", numbers.0, numbers.1).unwrap();
    }
    if let Some(time) = sample.time {
        write!(shown, " at {time}").unwrap();
    }
    shown
}
