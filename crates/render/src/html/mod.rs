//! Self-contained HTML reports: the viewer with the profile's data inside, in one file that works offline.

mod columns;
mod difference;
mod payload;
mod tables;
mod template;

pub use difference::render_difference;
pub use payload::{HtmlOptions, NamedProfile};
pub use template::{render, render_all};
