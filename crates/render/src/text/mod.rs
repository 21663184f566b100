//! Summaries for terminals: the top table and the heaviest functions with bars. The same table for other programs: CSV,
//! JSON, Markdown, and in the words of `go tool pprof`.
//!
//! Plain strings; whether colours and block characters are wanted, and how wide the terminal is, the caller says.

mod difference;
mod difference_data;
mod heaviest;
mod pprof;
mod style;
mod top;
mod top_data;

pub use difference::{DifferenceTableOptions, difference_table};
pub use difference_data::{difference_csv, difference_json, difference_markdown};
pub use heaviest::heaviest;
pub use pprof::{PprofOptions, pprof_raw, pprof_top, pprof_traces};
pub use style::TextStyle;
pub use top::{TopOptions, TopOrder, top_table};
pub use top_data::{top_csv, top_json, top_markdown};
