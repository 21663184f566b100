//! An example of a call tree of Visual Studio.

use firesteel_formats::Format;

use super::Example;

/// As `vsperfreport /summary:calltree` writes it.
pub(crate) fn example() -> Example {
    let head = "Level,Function Name,Number of Calls,Elapsed Inclusive Time %,Elapsed Exclusive Time %,\
Avg Elapsed Inclusive Time,Avg Elapsed Exclusive Time,Module Name,\r
0,\"prog.exe\",0,100.00,0.00,\"5,106.38\",0.00,\"prog.exe\",\r\n";
    let body = "1,\"main\",1,100.00,0.00,\"5,106.29\",0.02,\"prog.exe\",\r
2,\"leaf(int, char)\",\"1,000\",12.00,12.00,1.50,1.25,\"prog.exe\",\r\n";
    Example { format: Format::VisualStudio, head: head.into(), body: body.into(), tail: Vec::new() }
}
