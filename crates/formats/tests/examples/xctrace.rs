//! An input in this format: xctrace XML.

use firesteel_formats::Format;

use super::Example;

/// The layout of `xctrace export` of Xcode 15. Numbers repeat with the body, which only says the same again.
pub(crate) fn example() -> Example {
    let head = "<?xml version=\"1.0\"?>\n<trace-query-result>\n\
        <node xpath='//trace-toc[1]/run[1]/data[1]/table[11]'><schema name=\"time-profile\"><col>\
        <mnemonic>time</mnemonic><name>Sample Time</name><engineering-type>sample-time</engineering-type></col></schema>";
    let body = "<row><sample-time id=\"1\" fmt=\"00:00.057.246\">57246708</sample-time>\
        <thread id=\"2\" fmt=\"main  0x8480c1 (app, pid: 493)\"><tid id=\"3\" fmt=\"0x8480c1\">8683713</tid>\
        <process id=\"4\" fmt=\"app (493)\"><pid id=\"5\" fmt=\"493\">493</pid></process></thread><process ref=\"4\"/>\
        <core id=\"7\" fmt=\"CPU 3 (P Core)\">3</core><weight id=\"9\" fmt=\"1.00 ms\">1000000</weight>\
        <backtrace id=\"10\"><frame id=\"11\" name=\"app::parse(char const*, int&amp;)\" addr=\"0x1001\">\
        <binary id=\"12\" name=\"app\" UUID=\"C144ED77\" arch=\"arm64\" load-addr=\"0x1000\" path=\"/opt/app\"/>\
        <source line=\"7\"><path id=\"13\">/src/app.cc</path></source></frame>\
        <frame id=\"14\" name=\"main\" addr=\"0x1101\"><binary ref=\"12\"/></frame></backtrace></row>\n\
        <row><sample-time id=\"15\" fmt=\"00:00.058.246\">58246708</sample-time><thread ref=\"2\"/><process ref=\"4\"/>\
        <core ref=\"7\"/><weight ref=\"9\"/><backtrace id=\"16\"><frame id=\"17\" name=\"0x2001\" addr=\"0x2001\">\
        <binary ref=\"12\"/></frame><frame ref=\"14\"/></backtrace></row>\n\
        <row><sample-time id=\"18\" fmt=\"00:00.059.246\">59246708</sample-time><thread ref=\"2\"/><weight ref=\"9\"/>\
        <backtrace ref=\"10\"/></row>\n";
    let tail = "</node></trace-query-result>\n";
    Example { format: Format::Xctrace, head: head.into(), body: body.into(), tail: tail.into() }
}
