//! What becomes of inputs in this format: `speedscope`.

use crate::show;

#[test]
fn events_become_stretches() {
    let text = r#"{"$schema":"https://www.speedscope.app/file-format-schema.json",
        "shared":{"frames":[{"name":"a"},{"name":"b","file":"x.rs","line":4},{"name":"c"}]},
        "profiles":[{"type":"evented","name":"one","unit":"microseconds","startValue":10,"endValue":30,"events":[
          {"type":"O","frame":0,"at":10},{"type":"O","frame":1,"at":12},{"type":"C","frame":1,"at":15.5},
          {"type":"C","frame":0,"at":20},{"type":"C","frame":2,"at":21},{"type":"O","frame":2,"at":25}]},
         {"type":"evented","name":"two","unit":"microseconds","startValue":0,"endValue":5,"events":[
          {"type":"O","frame":0,"at":1},{"type":"O","frame":7,"at":1},{"type":"C","frame":0,"at":5}]}]}"#;
    insta::assert_snapshot!(show(text, true), @"
    BrokenMessage 1
    DanglingReference 1
    time/nanoseconds
    a Unknown [2000] [one ?/?] at 10000
    a Unknown; b x.rs:4 Unknown [3500] [one ?/?] at 12000
    a Unknown [4500] [one ?/?] at 15500
    c Unknown [5000] [one ?/?] at 25000
    a Unknown; [unknown] Unknown [4000] [two ?/?] at 1000
    ");
    insta::assert_snapshot!(show(text, false), @"
    BrokenMessage 1
    DanglingReference 1
    time/nanoseconds
    a Unknown [6500] [one ?/?]
    a Unknown; b x.rs:4 Unknown [3500] [one ?/?]
    c Unknown [5000] [one ?/?]
    a Unknown; [unknown] Unknown [4000] [two ?/?]
    ");
}

#[test]
fn samples_have_weights_in_any_unit() {
    let text = r#"{"version":"0.1","profiles":[
        {"type":"sampled","name":"t","unit":"milliseconds","startValue":1,"endValue":9,
         "samples":[[0],[],[0,1]],"weights":[1.5,3,2]},
        {"type":"sampled","name":"t","unit":"bytes","startValue":0,"endValue":9,"samples":[[1]],"weights":[4096]},
        {"type":"sampled","name":"t","unit":"none","startValue":0,"endValue":9,"samples":[[1],[0]],"weights":[2.5]}],
        "shared":{"frames":[{"name":"a"},{"name":"b"}]}}"#;
    insta::assert_snapshot!(show(text, true), @"
    time/nanoseconds bytes/bytes samples/count
    a Unknown [1500000, 0, 0] [t ?/?] at 1000000
    a Unknown; b Unknown [2000000, 0, 0] [t ?/?] at 5500000
    b Unknown [0, 4096, 2500] [t ?/?]
    a Unknown [0, 0, 1000] [t ?/?]
    ");
}
