//! The text profiles that pprof reads beside its protobuf: those of gperftools and of Go's `debug=1`.
//!
//! Heap and growth profiles, contention (mutex, block), threads, counts (goroutines, created threads), and the Java
//! kinds of heap and contention. After the readers of google/pprof, which makes the same values of them; unlike it,
//! the names that Go writes beneath each stack are used.

mod cursor;
mod header;
mod reader;
mod sample;
mod symbol;

use crate::content::{Content, Line};
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::read::Read;
use header::Header;
use reader::TextReader;

/// How many lines may stand before the first that says what it is.
const MAX_LINES: usize = 200;

/// Whether the first line that is neither empty nor a comment is the title of such a profile.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).take(MAX_LINES);
    let mut said = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    said.next().is_some_and(|line| Header::parse(line).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, _options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = TextReader::default();
    content.each_line(|number, line| match line {
        Line::Whole(line) => reader.take(number, line),
        Line::TooLong => reader.skip(number),
    })?;
    reader.finish().ok_or_else(|| Error::NoSamples { format: Format::PprofText, hint: String::new() })
}

/// Address, name, file and line of a line of the list at the end of a Java profile.
pub(crate) fn java_name(line: &[u8]) -> Option<(u64, &[u8], &[u8], u32)> {
    symbol::Symbol::of_java(line).map(|symbol| (symbol.address, symbol.name, symbol.file, symbol.line.0))
}
