//! The profile model: everything that enters Firesteel becomes one [`Profile`], everything that
//! leaves is made from one.
//!
//! Strings, functions, frames and label sets are interned, stacks are nodes of one tree, samples
//! are a few integers in columns. Merging, folding, comparing and drawing are walks over arrays, and
//! memory grows with distinct stacks, not with the size of the input.
//!
//! Non-goals: no I/O, no clocks, no file formats, no rendering. See ARCHITECTURE.md for the layers.

mod change;
mod comparison;
mod diff_table;
mod diff_tree;
mod flame_tree;
mod frame;
mod id;
mod intern;
mod label;
mod merge;
mod metadata;
mod profile;
mod rewrite;
mod sample;
mod sample_list;
mod stack_sums;
mod stack_tree;
mod string_table;
mod thread;
mod top_table;
mod units;
mod value_type;

pub use change::{Change, ChangeKind};
pub use comparison::{Comparison, Normalization};
pub use diff_table::{DiffRow, DiffTable};
pub use diff_tree::{DiffTree, WidthBy};
pub use flame_tree::{FlameNode, FlameTree, PrunedFlameTree, Pruning};
pub use frame::{Frame, FrameFlags, FrameKind, Function, Mapping};
pub use id::{FrameId, FunctionId, LabelSetId, MappingId, StackId, StringId, ThreadId};
pub use label::{Label, LabelValue};
pub use merge::MergeError;
pub use metadata::{Losses, Metadata, Period};
pub use profile::Profile;
pub use rewrite::{FrameEdit, RootBy};
pub use sample::{Sample, SampleView};
pub use sample_list::SampleList;
pub use stack_tree::StackTree;
pub use string_table::StringTable;
pub use thread::Thread;
pub use top_table::{TopRow, TopSums, TopTable};
pub use units::{Address, Hertz, LineNumber, Nanoseconds, ProcessId, Share, ThreadNumber, UnixNanoseconds};
pub use value_type::{Unit, ValueType};
