//! An input in this format: speedscope.

use firesteel_formats::Format;

use super::Example;

/// The frames stand last, as py-spy writes them.
pub(crate) fn example() -> Example {
    let profile = r#"{"type":"sampled","name":"worker","unit":"seconds","startValue":0.0,"endValue":0.03,
        "samples":[[0,1],[0],[0,1]],"weights":[0.01,0.01,0.01]}"#;
    let head = r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":["#;
    let tail = r#"],"shared":{"frames":[{"name":"main","file":"a.py","line":3},{"name":"work","file":"a.py"}]},
        "activeProfileIndex":null,"exporter":"py-spy@0.4.0","name":"py-spy profile"}"#;
    Example {
        format: Format::Speedscope,
        head: format!("{head}{profile}").into_bytes(),
        body: format!(",{profile}").into_bytes(),
        tail: tail.into(),
    }
}
