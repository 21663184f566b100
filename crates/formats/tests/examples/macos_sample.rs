//! An example of a report of macOS sample.

use firesteel_formats::Format;

use super::Example;

/// As macOS `sample` writes it.
pub(crate) fn example() -> Example {
    let head = "\
Analysis of sampling app (pid 12345) every 1 millisecond
Process:         app [12345]
Path:            /usr/local/bin/app
----

Call graph:
";
    let body = "    2650 Thread_1234567   DispatchQueue_1: com.apple.main-thread  (serial)
    + 2650 start  (in libdyld.dylib) + 1  [0x7fff6b5c8015]
    +   2600 main  (in app) + 123,45,...  [0x10f5b1234,0x10f5b1288,...]  main.c:12
    +   ! 1500 leaf  (in app) + 4  [0x10f5b3456]
    +   50 idle  (in app) + 4  [0x10f5b3456]
";
    let tail = "
Total number in stack (recursive counted multiple, when >=5):

Sort by top of stack, same collapsed (when >= 5):
        leaf  (in app)        1500

Binary Images:
       0x10f5b0000 -        0x10f5b3fff +app (0) <AAAA-BBBB> /usr/local/bin/app
";
    Example { format: Format::MacosSample, head: head.into(), body: body.into(), tail: tail.into() }
}
