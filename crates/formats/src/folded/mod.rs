//! Folded stacks: one line a stack, frames from the root separated by `;`, then a space and a count.
//!
//! The format of `stackcollapse-*.pl` and `flamegraph.pl`. Reading departs from `flamegraph.pl` where
//! that loses data: CRLF line ends, `# ` comments and blank lines are understood, fractions are kept
//! exactly, and every line that is skipped is counted.

mod annotation;
mod count;
mod differential;
mod level_sort;
mod names;
mod options;
mod output;
mod reader;
mod stacks;
mod sums;
mod tokens;
mod writer;

pub(crate) use annotation::{Annotated, annotated, root_label};
pub use differential::write_differential;
pub(crate) use level_sort::sort_by_levels;
pub use options::{Column, CountColumns, FoldOptions, FoldedOptions, InlinedSuffix};
pub(crate) use output::{LabelId, StackList};
pub use reader::FoldedReader;
pub use writer::write;
pub(crate) use writer::{FrameLabels, root_text};

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::read::Read;

/// Whether one of the first lines is a stack, white space and a number.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.raw_lines().any(ends_in_count)
}

fn ends_in_count(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let Some(space) = line.iter().rposition(|byte| matches!(byte, b' ' | b'\t')) else { return false };
    let (stack, count) = line.split_at(space);
    let mut digits = count.trim_ascii().iter().filter(|&&byte| byte != b'.');
    !stack.is_empty() && !stack.starts_with(b"#") && count.len() > 1 && digits.all(u8::is_ascii_digit)
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = FoldedReader::new(options.folded);
    content.each_chunk(|chunk| reader.feed(chunk))?;
    Ok(reader.finish())
}
