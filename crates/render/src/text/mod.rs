//! Summaries for terminals: the top table and the heaviest functions with bars.
//!
//! Plain strings; whether colours and block characters are wanted, and how wide the terminal is, the caller says.

mod heaviest;
mod style;
mod top;

pub use heaviest::heaviest;
pub use style::TextStyle;
pub use top::{TopOptions, TopOrder, top_table};
