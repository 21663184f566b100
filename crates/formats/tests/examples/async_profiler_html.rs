//! An input in this format: async-profiler HTML.

use firesteel_formats::Format;

use super::Example;

pub(crate) fn example() -> Example {
    let head = "<!DOCTYPE html>\n<html lang='en'>\n<body>\n<h1>Flame Graph</h1>\n\
                <header>Produced by <a href='#'>async-profiler</a></header>\n<canvas id='canvas'></canvas>\n<script>\n\
                const cpool = [\n'all',\n' app/Main.parse',\n')run',\n')write'\n];\nunpack(cpool);\n\n";
    let body = "f(0,0,0,100)\nu(17)\nu(9,60)\nn(25,30)\n";
    Example {
        format: Format::AsyncProfilerHtml,
        head: head.into(),
        body: body.into(),
        tail: b"\nsearch();\n</script></body></html>\n".to_vec(),
    }
}
