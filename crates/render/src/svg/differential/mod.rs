//! Differential flame graphs: the boxes of two profiles in one picture, coloured by what changed.
//!
//! Boxes are laid out over the union of both profiles, so that what appeared and what vanished are both there. Red is
//! more and blue is less, the deeper the greater the change is for the box itself; both hues keep apart for colour-blind
//! eyes, and signs are in the tooltips. Where widths follow one side only, what that side lacks has no width of its own:
//! it stands in a lane beside the graph, on the stacks that it was or is on.

mod document;
mod layout;
mod legend;
mod palette;
mod tooltip;

pub use document::{render_difference, write_difference};
