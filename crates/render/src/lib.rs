//! Profiles as pictures and text: [`svg`] flame graphs, self-contained [`html`] reports, [`text`] for terminals.
//!
//! Everything here is a pure function from a profile and options to a string, and the same input gives the same
//! bytes. Names come from binaries that anybody may have built: they only ever become text, never markup, and
//! characters that would hide or reorder what is shown become visible marks.
//!
//! Non-goals: no files, no terminal detection, no cleaning of stacks (see `firesteel-normalize`).

mod annotation;
mod color;
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
