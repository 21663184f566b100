//! What becomes of inputs in this format: `firefox`.

use crate::show;

/// Version 58: strings and sources are shared, times are differences, one function is inlined and one has no name.
#[test]
fn addresses_stand_in_for_names() {
    // As samply writes code without symbols: the first in a library, the second in none.
    let text = r#"{"meta":{"preprocessedProfileVersion":49,"categories":[{"name":"Other","color":"grey"}]},
        "libs":[{"name":"app","path":"/srv/app","breakpadId":"AB0","codeId":"ab"}],
        "threads":[{"name":"main","pid":"7","tid":8,"samples":{"length":1,"stack":[1],"weight":null},
          "stackTable":{"length":2,"prefix":[null,0],"frame":[0,1]},
          "frameTable":{"length":2,"address":[64,-1],"inlineDepth":[0,0],"category":[0,0],"func":[0,1]},
          "funcTable":{"length":2,"name":[0,1],"resource":[0,-1]},"resourceTable":{"length":1,"lib":[0]},
          "stringArray":["0x40","0x7ff5b465623f"]}]}"#;
    insta::assert_snapshot!(show(text, false), @"
    samples/count
    [app] 0x40 Native; [unknown] 0x7ff5b465623f Unknown [1] [main 7/8]
    ");
}

#[test]
fn tables_may_be_shared() {
    let text = r#"{"meta":{"preprocessedProfileVersion":58,"interval":1,"startTime":1000.5,"product":"app","version":31,
        "categories":[{"name":"Other","color":"grey"},{"name":"Kernel","color":"orange"}],
        "sampleUnits":{"time":"ms","eventDelay":"ms","threadCPUDelta":"ns"}},
        "libs":[{"name":"app","path":"/srv/app","debugName":"app","debugPath":"/srv/app",
                 "breakpadId":"6C974EBE5E3256E15E1ED7D9F5BD1CFA0","codeId":"be4e976c","arch":null}],
        "threads":[{"name":"main","pid":"7.1","tid":8,"markers":{"length":3,"data":[{},{},{}]},
          "samples":{"length":4,"stack":[2,2,3,null],"timeDeltas":[10.25,1,1,1],"weight":[1,2,1,1],
                     "weightType":"samples","threadCPUDelta":[null,900,800,5]},
          "stackTable":{"length":4,"prefix":[null,0,1,0],"frame":[0,1,2,3]},
          "frameTable":{"length":4,"address":[16,32,32,64],"inlineDepth":[0,0,1,0],"category":[0,0,0,1],
                        "func":[0,1,2,3],"line":[3,8,90,null]},
          "funcTable":{"length":4,"name":[0,1,2,3],"isJS":[false,false,true,false],"resource":[0,0,0,0],
                       "source":[0,null,0,null],"lineNumber":[1,null,80,null]},
          "resourceTable":{"length":1,"lib":[0],"name":[5]},
          "nativeAllocations":{"length":1,"time":[12],"weight":[4096],"weightType":"bytes","stack":[0]}}],
        "shared":{"stringArray":["main","work","leaf","0x40","app.c","app"],
                  "sources":{"length":1,"uuid":[null],"filename":[4]}}}"#;
    insta::assert_snapshot!(show(text, true), @"
    markers left out: 3
    samples without a stack: 1
    samples/count cpu/nanoseconds native_allocations/bytes
    main app.c:3 0x10 Native; work :8 0x20 Native; leaf app.c:90 0x20 inlined Jit [1, 0, 0] [main 7/8] at 10250000
    main app.c:3 0x10 Native; work :8 0x20 Native; leaf app.c:90 0x20 inlined Jit [2, 900, 0] [main 7/8] at 11250000
    main app.c:3 0x10 Native; [app] 0x40 Kernel [1, 800, 0] [main 7/8] at 12250000
    main app.c:3 0x10 Native [0, 0, 4096] [main 7/8] at 12000000
    ");
    insta::assert_snapshot!(show(text, false), @"
    markers left out: 3
    samples without a stack: 1
    samples/count cpu/nanoseconds native_allocations/bytes
    main app.c:3 0x10 Native; work :8 0x20 Native; leaf app.c:90 0x20 inlined Jit [3, 900, 0] [main 7/8]
    main app.c:3 0x10 Native; [app] 0x40 Kernel [1, 800, 0] [main 7/8]
    main app.c:3 0x10 Native [0, 0, 4096] [main 7/8]
    ");
}
