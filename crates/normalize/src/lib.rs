//! Naming and cleaning rules over profiles.
//!
//! [`GoName`] takes a Go symbol name apart, [`Categorizer`] says whose code a frame is, and [`clean`] applies
//! named, switchable rules that give people the stacks they think in. Cleaning never fails: what cannot be
//! cleaned stays as it is, and what a rule could not do properly is counted in a [`Warning`].
//!
//! Non-goals: no I/O, no rendering, no colours; values are never changed.

mod category;
mod clean;
mod go_name;
mod standard_library;
mod type_arguments;

pub use category::{Categorizer, Category, MAIN_MODULE_PROPERTY};
pub use clean::{Rule, Warning, clean};
pub use go_name::{GoName, package_of};
pub use type_arguments::shorten_type_arguments;
