//! Folded stacks: one line a stack, frames from the root separated by `;`, then a space and a count.
//!
//! The format of `stackcollapse-*.pl` and `flamegraph.pl`. Reading departs from `flamegraph.pl` where
//! that loses data: CRLF line ends, `# ` comments and blank lines are understood, fractions are kept
//! exactly, and every line that is skipped is counted.

mod count;
mod options;
mod output;
mod reader;
mod stacks;
mod sums;
mod writer;

pub use options::{Column, CountColumns, FoldOptions, FoldedOptions, InlinedSuffix};
pub(crate) use output::{Annotated, LabelId, StackList, annotated, root_label};
pub use reader::FoldedReader;
pub use writer::write;
pub(crate) use writer::root_text;
