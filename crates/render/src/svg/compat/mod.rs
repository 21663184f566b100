//! Flame graphs with exactly the boxes of `flamegraph.pl`: made from lines of folded text, not from merged stacks.
//!
//! The rules are those of the original at commit 41fee1f (2024), its odd ones included. Lines are sorted as text, so a
//! function may be drawn twice under one caller, because `;` sorts behind `+` and the space. A difference belongs to
//! the last frame of the line that opens it; those of further lines are lost. What has a count of zero after has no
//! box. Fractions are floating-point. What is not a matter of boxes is as in our own pictures: escaping, the script,
//! a fixed order in the file.

mod boxes;
mod document;
mod lines;

pub use document::{CompatPicture, render};
