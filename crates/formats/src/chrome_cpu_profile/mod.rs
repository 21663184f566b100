//! CPU profiles of V8, as Chrome's developer tools and `node --cpu-prof` write them.
//!
//! Nodes of a call tree, and the node of each sample with the time since the sample before (`Profiler.Profile` of the
//! Chrome DevTools protocol). Before 2016 the tree was nested below `head`.

mod head_tree;
mod nodes;
mod reader;

pub(crate) use nodes::{NewNode, Nodes};
pub(crate) use reader::read;

use crate::json::sniff;

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    sniff(head).is_some_and(|sniffed| {
        !sniffed.is_array && (sniffed.has_inner("nodes", "callFrame") || sniffed.has_inner("head", "functionName"))
    })
}
