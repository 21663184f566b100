//! Folded stacks: one line a stack, frames from the root separated by `;`, then a space and a count.
//!
//! The format of `stackcollapse-*.pl` and `flamegraph.pl`. Reading departs from `flamegraph.pl` where
//! that loses data: CRLF line ends, `# ` comments and blank lines are understood, fractions are kept
//! exactly, and every line that is skipped is counted.

mod annotation;
mod count;
mod level_sort;
mod options;
mod output;
mod reader;
mod stacks;
mod sums;
mod tokens;
mod writer;

pub(crate) use annotation::{Annotated, annotated, root_label};
pub use options::{Column, CountColumns, FoldOptions, FoldedOptions, InlinedSuffix};
pub(crate) use output::{LabelId, StackList};
pub use reader::FoldedReader;
pub(crate) use writer::root_text;
pub use writer::write;
