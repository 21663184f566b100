//! An input in this format: Gecko profile.

use firesteel_formats::Format;

use super::Example;

/// The tables that samples refer to stand behind them, as the browser writes them.
pub(crate) fn example() -> Example {
    let head = r#"{"meta":{"version":27,"startTime":1753867325123.5,"interval":1,"stackwalk":1,"processType":0,
        "product":"Firefox","categories":[{"name":"Idle","color":"transparent","subcategories":["Other"]}],
        "sampleUnits":{"time":"ms","eventDelay":"ms","threadCPUDelta":"ns"}},
        "libs":[{"start":4096,"end":8192,"offset":0,"name":"libxul.so","path":"/usr/lib/libxul.so",
        "debugName":"libxul.so","debugPath":"/usr/lib/libxul.so","breakpadId":"AB0","arch":"x86_64"}],
        "threads":[{"processType":"default","processName":"Parent Process","name":"GeckoMain","tid":8,"pid":7,
        "registerTime":0,"samples":{"schema":{"stack":0,"time":1,"eventDelay":2},"data":[[0,1.5,0.0]"#;
    let tail = r#"]},"markers":{"schema":{"name":0,"startTime":1,"endTime":2,"phase":3,"category":4,"data":5},"data":[]},
        "stackTable":{"schema":{"prefix":0,"frame":1},"data":[[null,0],[0,1]]},
        "frameTable":{"schema":{"location":0,"relevantForJS":1,"innerWindowID":2,"implementation":3,"line":4,"column":5,
        "category":6,"subcategory":7},"data":[[0,false,0,null,null,null,0,0],[1,true,0,null,4,2,0,0]]},
        "stringTable":["0x1100","run (resource://gre/a.js:12:7)"]}],"pausedRanges":[],"processes":[]}"#;
    Example {
        format: Format::Gecko,
        head: head.into(),
        body: ",[1,2.5,0.0],[1,3.5,0.0],[0,4.5,0.0]".into(),
        tail: tail.into(),
    }
}
