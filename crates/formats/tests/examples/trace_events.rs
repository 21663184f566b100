//! An input in this format: Chrome trace events.

use firesteel_formats::Format;

use super::Example;

/// An array that lacks its end, which is legal.
pub(crate) fn example() -> Example {
    let head = r#"[{"ph":"M","name":"process_name","pid":7,"tid":8,"args":{"name":"server"}}"#;
    let body = r#",
{"ph":"B","name":"request","cat":"x","pid":7,"tid":8,"ts":100.5},
{"ph":"X","name":"parse","pid":7,"tid":8,"ts":101,"dur":2.25,"args":{"a":{"b":[1]}}},
{"ph":"E","pid":7,"tid":8,"ts":110}"#;
    Example { format: Format::TraceEvents, head: head.into(), body: body.into(), tail: Vec::new() }
}
