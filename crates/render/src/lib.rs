//! Profiles as pictures and text: [`svg`] flame graphs, self-contained [`html`] reports, [`text`] for terminals.
//!
//! Everything here is a pure function from a profile and options to a string, and the same input gives the same
//! bytes. Names come from binaries that anybody may have built: they only ever become text, never markup, and
//! characters that would hide or reorder what is shown become visible marks.
//!
//! ```
//! use firesteel_model::{FrameKind, Profile, Sample, StackId, ValueType};
//! use firesteel_render::svg::{self, SvgOptions};
//!
//! let mut profile = Profile::new(vec![ValueType::samples()]);
//! let main = profile.intern_named_frame("main.main", FrameKind::Go);
//! let stack = profile.push_stack(StackId::ROOT, main);
//! profile.add_sample(Sample::new(stack, &[42]));
//! let picture = svg::render(&profile, &SvgOptions::default());
//! assert!(picture.contains("main.main (42 samples, 100.00%)"));
//! ```
//!
//! Non-goals: no files, no terminal detection, no cleaning of stacks (see `firesteel-normalize`).

mod annotation;
mod color;
pub mod difference;
mod facts;
pub mod html;
mod markup;
pub mod quantity;
pub mod svg;
pub mod text;
mod visible;

pub use color::Rgb;
pub use facts::{loss_notes, profile_facts};
pub use visible::visible;
