//! Flame graphs as SVG, in the manner of `flamegraph.pl`: same geometry, palettes and interaction.
//!
//! Differences on purpose: stacks are merged by path, so no function is drawn twice under one caller; every name
//! and title is escaped; the same profile gives the same bytes; search looks at names only and counts only what is
//! on screen; a link survives rendering newer data; a legend explains the default colours. Geometry follows
//! double-precision arithmetic as in the original.

mod by_category;
mod differential;
mod document;
mod fixed;
mod interaction;
mod label;
mod layout;
mod legend;
mod name_cache;
mod options;
mod package_palette;
mod palette;
mod tooltip;

pub use differential::{render_difference, write_difference};
pub use document::{render, write};
pub(crate) use label::without_directories;
pub use options::{Background, MinWidth, SvgOptions};
pub use palette::Palette;
