//! Goroutines with their stacks as the Go runtime prints them: `debug=2` of the goroutine profile, `runtime.Stack`, and
//! what a crash leaves, with whatever text stands around it.
//!
//! Each goroutine counts one. What it waits for, how long, and who started it are labels.

mod frame;
mod header;
mod reader;

use crate::content::{Content, Line};
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::read::Read;
use header::GoroutineHeader;
use reader::DumpReader;

/// Whether one of the lines begins a goroutine.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"goroutine ").is_some()
        && head.split(|&byte| byte == b'\n').any(|line| GoroutineHeader::find(line.trim_ascii_end()).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = DumpReader::new(options);
    content.each_line(|number, line| match line {
        Line::Whole(line) => reader.take(number, line),
        // No goroutine has such a line; it belongs to what stands around.
        Line::TooLong => reader.end(),
    })?;
    let read = reader.finish();
    if read.profile.sample_count() == 0 {
        return Err(Error::NoSamples { format: Format::GoroutineDump, hint: String::new() });
    }
    Ok(read)
}
