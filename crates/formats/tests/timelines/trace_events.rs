//! What becomes of inputs in this format: `trace_events`.

use crate::show;

#[test]
fn slices_become_self_time() {
    // Callers first, callees last to end.
    let sorted = r#"[
        {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"main"}},
        {"ph":"X","name":"outer","pid":1,"tid":2,"ts":0,"dur":100},
        {"ph":"X","name":"inner","pid":1,"tid":2,"ts":10,"dur":20},
        {"ph":"X","name":"leaf","pid":1,"tid":2,"ts":12,"dur":3},
        {"ph":"X","name":"inner","pid":1,"tid":2,"ts":40,"dur":10.125},
        {"ph":"C","name":"counter","pid":1,"tid":2,"ts":40,"args":{"value":3}}]"#;
    let shown = show(sorted, false);
    insta::assert_snapshot!(shown, @"
    events without a stack: 1
    wall/nanoseconds
    outer Unknown [69875] [main 1/2]
    outer Unknown; inner Unknown [27125] [main 1/2]
    outer Unknown; inner Unknown; leaf Unknown [3000] [main 1/2]
    ");
    // As programs write them that tell a slice when it has ended.
    let by_end = r#"{"traceEvents":[
        {"ph":"X","name":"leaf","pid":1,"tid":2,"ts":12,"dur":3},
        {"ph":"X","name":"inner","pid":1,"tid":2,"ts":10,"dur":20},
        {"ph":"X","name":"inner","pid":1,"tid":2,"ts":40,"dur":10.125},
        {"ph":"X","name":"outer","pid":1,"tid":2,"ts":0,"dur":100},
        {"ph":"C","name":"counter","pid":1,"tid":2,"ts":40,"args":{"value":3}},
        {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"main"}}]}"#;
    assert_eq!(show(by_end, false), shown);
    // As pairs.
    let pairs = r#"[
        {"ph":"B","name":"outer","pid":1,"tid":2,"ts":0},{"ph":"B","name":"inner","pid":1,"tid":2,"ts":10},
        {"ph":"B","name":"leaf","pid":1,"tid":2,"ts":12},{"ph":"E","pid":1,"tid":2,"ts":15},
        {"ph":"E","name":"inner","pid":1,"tid":2,"ts":30},{"ph":"B","name":"inner","pid":1,"tid":2,"ts":40},
        {"ph":"E","pid":1,"tid":2,"ts":50.125},{"ph":"E","pid":1,"tid":2,"ts":100},
        {"ph":"C","name":"counter","pid":1,"tid":2,"ts":40,"args":{"value":3}},
        {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"main"}},"#;
    assert_eq!(show(pairs, false), shown);
    insta::assert_snapshot!(show(pairs, true), @"
    events without a stack: 1
    wall/nanoseconds
    outer Unknown [10000] [main 1/2] at 0
    outer Unknown; inner Unknown [2000] [main 1/2] at 10000
    outer Unknown; inner Unknown; leaf Unknown [3000] [main 1/2] at 12000
    outer Unknown; inner Unknown [15000] [main 1/2] at 15000
    outer Unknown [10000] [main 1/2] at 30000
    outer Unknown; inner Unknown [10125] [main 1/2] at 40000
    outer Unknown [49875] [main 1/2] at 50125
    ");
}

#[test]
fn recordings_may_follow_each_other() {
    let recording = r#"{"ph":"B","name":"a","pid":1,"tid":2,"ts":0},{"ph":"X","name":"b","pid":1,"tid":2,"ts":2,"dur":90},
        {"ph":"E","pid":1,"tid":2,"ts":100},{"ph":"X","name":"c","pid":1,"tid":2,"ts":100,"dur":50},"#;
    insta::assert_snapshot!(show(&format!("[{recording}{recording}{recording}"), false), @"
    events out of order: 2
    wall/nanoseconds
    a Unknown [30000] [ 1/2]
    a Unknown; b Unknown [270000] [ 1/2]
    c Unknown [150000] [ 1/2]
    ");
}

#[test]
fn a_trace_may_have_nothing_to_count() {
    let text = r#"{"traceEvents":[{"ph":"M","name":"process_name","pid":1,"tid":2,"args":{"name":"app"}},
        {"ph":"C","name":"counter","pid":1,"tid":2,"ts":40,"args":{"value":3}}]}"#;
    insta::assert_snapshot!(show(text, false), @"
    events without a stack: 1
    samples/count
    ");
}

#[test]
fn broken_nesting_is_counted() {
    let text = r#"[{"ph":"E","pid":"x","tid":"io","ts":5},{"ph":"B","name":"a","pid":"x","tid":"io","ts":6},
        {"ph":"X","name":"b","pid":"x","tid":"io","ts":7,"dur":100},{"ph":"E","pid":"x","tid":"io","ts":9},
        {"ph":"B","name":"open","pid":"x","tid":"io","ts":10},{"ph":"i","name":"mark","pid":"x","tid":"io","ts":12},
        {"ph":"B","name":"last","pid":"x","tid":"io","ts":20},{"ph":"X","name":"no time","pid":"x","tid":"io"}]"#;
    insta::assert_snapshot!(show(text, false), @r"
    BrokenMessage 2
    events without a stack: 1
    wall/nanoseconds
    a Unknown [1000] [io ?/?]
    a Unknown; b Unknown [2000] [io ?/?]
    open Unknown [10000] [io ?/?]
    ");
}

#[test]
fn cpu_profiles_within_are_read() {
    let text = r#"{"metadata":{"source":"DevTools"},"traceEvents":[
        {"ph":"M","name":"thread_name","pid":9,"tid":1,"args":{"name":"CrRendererMain"}},
        {"ph":"P","name":"Profile","id":"0x1","pid":9,"tid":1,"ts":1000,"args":{"data":{"startTime":1000}}},
        {"ph":"P","name":"ProfileChunk","id":"0x1","pid":9,"tid":5,"ts":1500,"args":{"data":{"cpuProfile":{"nodes":[
           {"callFrame":{"codeType":"other","functionName":"(root)","scriptId":0},"id":1},
           {"callFrame":{"functionName":"run","scriptId":3,"url":"http://x/a.js","lineNumber":4},"id":2,"parent":1}],
           "samples":[1,2]},"lines":[0,5],"timeDeltas":[100,200]}}},
        {"ph":"P","name":"ProfileChunk","id":"0x1","pid":9,"tid":5,"ts":1600,"args":{"data":{"cpuProfile":{"nodes":[
           {"callFrame":{"functionName":"work","scriptId":3,"url":"http://x/a.js","lineNumber":9},"id":3,"parent":2}],
           "samples":[3,3]},"timeDeltas":[300,400]}}}]}"#;
    insta::assert_snapshot!(show(text, true), @"
    samples/count sampled_wall/nanoseconds
     [1, 200000] [CrRendererMain 9/1] at 1100000
    run http://x/a.js:5 Jit [1, 300000] [CrRendererMain 9/1] at 1300000
    run http://x/a.js:5 Jit; work http://x/a.js:10 Jit [1, 400000] [CrRendererMain 9/1] at 1600000
    run http://x/a.js:5 Jit; work http://x/a.js:10 Jit [1, 0] [CrRendererMain 9/1] at 2000000
    ");
}

#[test]
fn samples_have_stack_frames() {
    let text = r#"{"traceEvents":[{"ph":"P","name":"cpu","pid":1,"tid":2,"ts":5,"sf":7},
        {"ph":"P","name":"cpu","pid":1,"tid":2,"ts":6,"stack":["leaf","main"]}],
        "samples":[{"cpu":0,"pid":1,"tid":2,"ts":10.0,"name":"cycles:HG","sf":7,"weight":3},
                   {"cpu":0,"pid":1,"tid":2,"ts":11.0,"name":"cycles:HG","sf":9,"weight":1}],
        "stackFrames":{"5":{"category":"a.out","name":"main"},"7":{"category":"a.out","name":"work","parent":"5"}}}"#;
    insta::assert_snapshot!(show(text, false), @"
    DanglingReference 1
    samples/count sampled_wall/nanoseconds
    main Unknown; leaf Unknown [1, 0] [ 1/2]
    main Unknown; work Unknown [4, 0] [ 1/2]
     [1, 0] [ 1/2]
    ");
}
