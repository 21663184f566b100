//! Flame graphs as SVG, in the manner of `flamegraph.pl`: same geometry, palettes and interaction.
//!
//! Differences on purpose: stacks are merged by path, so no function is drawn twice under one caller; every name
//! and title is escaped; the same profile gives the same bytes; search looks at names only and counts only what is
//! on screen; a link survives rendering newer data; a legend explains the default colours. Geometry follows
//! double-precision arithmetic as in the original.

mod box_writer;
mod by_category;
mod coloring;
pub mod compat;
mod differences;
mod differential;
mod document;
mod encoding;
pub(crate) mod fixed;
mod flame_chart;
mod interaction;
mod known_names;
mod label;
mod language_palette;
mod layout;
mod legend;
mod name_attributes;
mod name_cache;
mod options;
mod package_palette;
mod page;
mod palette;
mod palette_map;
mod prepare;
mod shading;
mod tooltip;

pub use differences::{DifferenceWidth, Differences};
pub use differential::{render_difference, write_difference};
pub use document::{render, write, write_with_palette};
pub(crate) use label::without_directories;
pub use name_attributes::{NameAttributes, NoTab};
pub use options::{Background, MinWidth, SvgOptions};
pub use palette::Palette;
pub use palette_map::PaletteMap;
pub use shading::Shading;
