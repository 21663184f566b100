//! What becomes of inputs in this format: `gecko`.

use crate::show;

#[test]
fn processes_are_within_others() {
    let thread = |name: &str, pid: u32| {
        format!(
            r#"{{"name":"{name}","tid":{pid},"pid":{pid},
            "samples":{{"schema":{{"stack":0,"time":1,"eventDelay":2,"threadCPUDelta":3}},
              "data":[[1,10.5,0,null],[2,11.5,0,700],[null,12.5,0,10],[9,13.5,0,20]]}},
            "markers":{{"schema":{{"name":0}},"data":[[1],[2]]}},
            "stackTable":{{"schema":{{"prefix":0,"frame":1}},"data":[[null,0],[0,1],[1,2]]}},
            "frameTable":{{"schema":{{"location":0,"relevantForJS":1,"implementation":2,"line":3,"category":4}},
              "data":[[0],[1,false,null,null,0],[2,true,null,14,0]]}},
            "stringTable":["(root)","0x1100","run (http://x/a.js:12:7)"]}}"#
        )
    };
    let process = |start: u32, threads: &str, more: &str| {
        format!(
            r#"{{"meta":{{"version":27,"interval":1,"stackwalk":1,"startTime":{start},
            "sampleUnits":{{"threadCPUDelta":"µs"}},"categories":[{{"name":"Other"}}]}},
            "libs":[{{"start":4096,"end":8192,"offset":512,"name":"libxul.so","path":"/lib/libxul.so",
            "breakpadId":"AB0"}}],"threads":[{threads}]{more}}}"#
        )
    };
    let content = process(1005, &thread("Content", 9), "");
    let text = process(1000, &thread("GeckoMain", 7), &format!(r#","processes":[{content}]"#));
    insta::assert_snapshot!(show(&text, true), @"
    DanglingReference 2
    markers left out: 4
    samples without a stack: 2
    samples/count cpu/nanoseconds
    [libxul.so] 0x1100 Native [1, 0] [GeckoMain 7/7] at 10500000
    [libxul.so] 0x1100 Native; run http://x/a.js:14 Jit [1, 700000] [GeckoMain 7/7] at 11500000
     [1, 20000] [GeckoMain 7/7] at 13500000
    [libxul.so] 0x1100 Native [1, 0] [Content 9/9] at 15500000
    [libxul.so] 0x1100 Native; run http://x/a.js:14 Jit [1, 700000] [Content 9/9] at 16500000
     [1, 20000] [Content 9/9] at 18500000
    ");
}
