//! An example of austin's text.

use firesteel_formats::Format;

use super::Example;

/// Written by austin 3.7.0, with shorter files.
pub(crate) fn example() -> Example {
    let head = "# austin: 3.7.0\n# interval: 20000\n# mode: wall\n\n";
    let body = "\
P7021;T0:7023;/lib/threading.py:Thread._bootstrap:1002;/lib/threading.py:Thread.run:982;/src/hot.py:worker:14 20087
P7021;T0:7021;/src/hot.py:<module>:21;/lib/threading.py:Thread.join:1119 20122
";
    let tail = "\n# duration: 2071797\n";
    Example { format: Format::Austin, head: head.into(), body: body.into(), tail: tail.into() }
}
