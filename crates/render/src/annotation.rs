//! The marks that stack collapsing scripts put behind names.

/// A name without the mark that stack collapsing scripts put behind it for kernel, inlined, compiled and waker
/// frames.
pub(crate) fn without_annotation(name: &str) -> &str {
    ["_[k]", "_[w]", "_[i]", "_[j]"].iter().find_map(|mark| name.strip_suffix(mark)).unwrap_or(name)
}
