//! An input in this format: Firefox processed profile.

use firesteel_formats::Format;

use super::Example;

/// One thread after the other, as samply writes them.
pub(crate) fn example() -> Example {
    let head = r#"{"meta":{"categories":[{"name":"Other","color":"grey","subcategories":["Other"]},
        {"name":"User","color":"yellow","subcategories":["Other"]}],"interval":1.0,"preprocessedProfileVersion":49,
        "processType":0,"product":"busy","sampleUnits":{"time":"ms","eventDelay":"ms","threadCPUDelta":"µs"},
        "startTime":1753867325123.5,"symbolicated":true,"version":24,"markerSchema":[]},
        "libs":[{"name":"busy","path":"/srv/busy","debugName":"busy","debugPath":"/srv/busy",
        "breakpadId":"6C974EBE5E3256E15E1ED7D9F5BD1CFA0","codeId":"be4e976c325ee1565e1ed7d9f5bd1cfa","arch":null}],
        "threads":["#;
    let thread = r#"{"frameTable":{"length":2,"address":[4096,8192],"inlineDepth":[0,0],"category":[1,1],
        "subcategory":[0,0],"func":[0,1],"nativeSymbol":[null,null],"innerWindowID":[null,null],
        "implementation":[null,null],"line":[null,12],"column":[null,null]},
        "funcTable":{"length":2,"name":[0,1],"isJS":[false,false],"relevantForJS":[false,false],"resource":[0,0],
        "fileName":[null,3],"lineNumber":[null,null],"columnNumber":[null,null]},
        "markers":{"length":0,"category":[],"data":[],"endTime":[],"name":[],"phase":[],"startTime":[]},
        "name":"busy","isMainThread":true,"nativeSymbols":{"length":0,"address":[],"functionSize":[],"libIndex":[],
        "name":[]},"pausedRanges":[],"pid":"7","processName":"busy","processShutdownTime":null,
        "processStartupTime":0.0,"processType":"default","registerTime":0.0,
        "resourceTable":{"length":1,"lib":[0],"name":[2],"host":[null],"type":[1]},
        "samples":{"length":3,"weightType":"samples","stack":[1,0,1],"time":[1.0,2.0,3.0],"weight":[1,1,1],
        "threadCPUDelta":[0,990,1000]},
        "stackTable":{"length":2,"prefix":[null,0],"frame":[0,1],"category":[1,1],"subcategory":[0,0]},
        "stringArray":["main","work","busy","busy.c"],"tid":"8","unregisterTime":null}"#;
    Example {
        format: Format::Firefox,
        head: format!("{head}{thread}").into_bytes(),
        body: format!(",{thread}").into_bytes(),
        tail: r#"],"pages":[],"profilerOverhead":[],"counters":[]}"#.into(),
    }
}
