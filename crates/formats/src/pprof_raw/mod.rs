//! The text that `go tool pprof -raw` prints: a whole profile, meant for people, which scripts have come to read.
//!
//! It becomes protobuf line by line, which the pprof reader takes, so both mean the same. What the text does not say
//! for sure is guessed: whether a label is a number, where a name ends that has spaces.

mod line;
mod reader;

use crate::content::{Content, Line};
use crate::error::Error;
use crate::options::ReadOptions;
use crate::read::Read;
use reader::RawReader;

/// Whether content begins with the facts that stand before the samples.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let begins = [&b"PeriodType: "[..], b"Period: ", b"Comment: ", b"Doc: ", b"Samples:"];
    let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    begins.iter().any(|begin| head.starts_with(begin))
        && lines.any(|line| line == b"Samples:")
        && lines.next().is_some_and(|types| line::sample_types(types).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, _options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = RawReader::default();
    content.each_line(|number, line| match line {
        Line::Whole(line) => reader.take(number, line),
        Line::TooLong => reader.skip_line(number),
    })?;
    reader.finish()
}
