//! An input in this format: V8 processed log.

use firesteel_formats::Format;

use super::Example;

pub(crate) fn example() -> Example {
    let head = r#"{"code":[{"name":"/usr/bin/node","type":"SHARED_LIB"},{"name":"_init","type":"CPP"},
        {"name":"run /srv/busy.js:3:15","type":"JS","kind":"Unopt","func":0,"tm":38450,"source":{"script":1}},
        {"name":"fib /srv/busy.js:1:13","type":"JS","kind":"Opt","func":1,"tm":39472}],
        "functions":[{"name":"run /srv/busy.js:3:15","codes":[2]},{"name":"fib /srv/busy.js:1:13","codes":[3]}],
        "ticks":[{"tm":113376,"vm":0,"s":[3,220,3,151,2,8]}"#;
    let body = r#",{"tm":114503,"vm":0,"s":[3,220,2,8]},{"tm":115643,"vm":5,"s":[-1,17666492,2,8]}"#;
    Example {
        format: Format::V8Profile,
        head: head.into(),
        body: body.into(),
        tail: r#"],"scripts":[null,{"name":"/srv/busy.js"}]}"#.into(),
    }
}
