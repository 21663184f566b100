//! What to filter, as a command line says it.

use firesteel_model::Nanoseconds;

/// What becomes of functions that call themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recursion {
    /// Every call is shown.
    #[default]
    Keep,
    /// A function that directly calls itself is one frame, like `stackcollapse-recursive.pl` makes it.
    Direct,
    /// A stack that comes back to a function goes on from where it was first, so that no function occurs twice.
    Cycles,
}

/// The filters by pprof's names, each as it is written there. All are regular expressions in Go's syntax unless said
/// otherwise, and match anywhere in a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterOptions {
    /// Only samples with a frame whose function, file or mapped file matches.
    pub focus: Option<String>,
    /// No samples with a frame whose function, file or mapped file matches.
    pub ignore: Option<String>,
    /// Frames that match leave their stacks; samples that have no frame left go.
    pub hide: Option<String>,
    /// Frames that do not match leave their stacks; samples that have no frame left go.
    pub show: Option<String>,
    /// Callers of the outermost frame that matches leave the stack; samples without such a frame go.
    pub show_from: Option<String>,
    /// Callees of the innermost frame whose function matches leave the stack.
    pub prune_from: Option<String>,
    /// Inlined functions are counted to the function that they were inlined into.
    pub no_inlines: bool,
    /// Only samples with a label that matches: `REGEX` against `key:value`, `key=REGEX` against the value, or a range
    /// of numbers such as `1mb:10mb`, `:64kb`, `bytes=4kb:`. Several expressions with commas between.
    pub tag_focus: Option<String>,
    /// No samples with a label that matches, in the same syntax.
    pub tag_ignore: Option<String>,
    /// Labels whose key does not match go.
    pub tag_show: Option<String>,
    /// Labels whose key matches go.
    pub tag_hide: Option<String>,
    /// Keys of labels whose values become frames at the root, with commas between; the first is the outermost.
    pub tag_root: Option<String>,
    /// Keys of labels whose values become frames at the leaf, with commas between; the last is the innermost.
    pub tag_leaf: Option<String>,
    /// The unit of numbers in frames made from labels; the best for each number if not given.
    pub unit: Option<String>,
    /// Only samples taken at or after this time, counted from the first sample.
    pub from: Option<Nanoseconds>,
    /// Only samples taken before this time, counted from the first sample.
    pub to: Option<Nanoseconds>,
    /// Only samples of threads that match, written as `NAME-PID/TID`.
    pub thread: Option<String>,
    /// Only samples of threads whose name matches.
    pub comm: Option<String>,
    /// What becomes of functions that call themselves.
    pub recursion: Recursion,
    /// Keep the frames that the profile itself says are to be dropped (`drop_frames`).
    pub all_frames: bool,
}
