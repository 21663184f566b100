//! Properties of the model, each checked on generated profiles and most against a naive computation.

mod comparison;
mod described;
mod extremes;
mod flame_tree;
mod merge;
mod rewrite;
mod tables;
mod top_table;
mod written_out;
