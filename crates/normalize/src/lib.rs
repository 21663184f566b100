//! Naming and cleaning rules over profiles.
//!
//! [`GoName`] takes a Go symbol name apart, [`Categorizer`] says whose code a frame is, and [`clean`] applies
//! named, switchable rules that give people the stacks they think in. Cleaning never fails: what cannot be
//! cleaned stays as it is, and what a rule could not do properly is counted in a [`Warning`].
//!
//! Non-goals: no I/O, no rendering, no colours; values are never changed.

mod address;
mod category;
mod clean;
mod closure;
mod go_name;
mod import_path;
mod root;
mod rule;
mod runtime_leaf;
mod stack_cleaner;
mod standard_library;
mod truncation;
mod type_arguments;

pub use category::{Categorizer, Category, MAIN_MODULE_PROPERTY};
pub use clean::{Warning, clean, clean_in_place};
pub use go_name::{GoName, package_of};
pub use import_path::plain_import_path;
pub use rule::Rule;
pub use stack_cleaner::StackCleaner;
pub use type_arguments::shorten_type_arguments;
