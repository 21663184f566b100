//! An input in this format: Chrome CPU profile.

use firesteel_formats::Format;

use super::Example;

/// Samples without times, as a profile that was taken apart has them.
pub(crate) fn example() -> Example {
    let head = r#"{"nodes":[
        {"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},
         "hitCount":0,"children":[2]},
        {"id":2,"callFrame":{"functionName":"run","scriptId":"80","url":"file:///a.js","lineNumber":0,"columnNumber":0},
         "hitCount":1,"children":[3]},
        {"id":3,"callFrame":{"functionName":"fib","scriptId":"80","url":"file:///a.js","lineNumber":6,"columnNumber":3},
         "hitCount":2}],"startTime":1000,"endTime":1500,"samples":[2"#;
    Example { format: Format::ChromeCpuProfile, head: head.into(), body: ",3,3,2".into(), tail: "]}".into() }
}
