//! Profiles of programs that GHC compiled: `prog +RTS -p` or `-P` (a table), `-pj` (JSON).
//!
//! Both are trees of cost centres with what each of them cost itself. Frames are called `Module.costCentre`. The table
//! of `-p` says shares with one decimal, which become times and bytes through the totals at its top; `-P` and JSON have
//! the ticks and bytes themselves. See "Profiling" in the GHC user's guide.

mod json;
mod json_tokens;
mod table;

use firesteel_model::{FrameId, Unit, ValueType};

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::TextFrame;
use crate::text_number::decimal;

/// How many lines from the top the title of a table may be.
const TITLE_WITHIN: usize = 5;

/// Whether content begins like this format: the title of a table, or an object with cost centres.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let is_table = |line: &str| line.contains("Time and Allocation Profiling Report");
    is_json(head) || head.lines().take(TITLE_WITHIN).any(is_table)
}

fn is_json(head: &[u8]) -> bool {
    let has = |key: &[u8]| memchr::memmem::find(head, key).is_some();
    head.trim_ascii_start().starts_with(b"{") && has(b"\"rts_arguments\"") && has(b"\"total_ticks\"")
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    if is_json(content.head()) { json::read(content, options) } else { table::read(content, options) }
}

/// The columns of a profile that counts ticks.
fn columns_with_ticks() -> Vec<ValueType> {
    let mut columns = vec![ValueType::samples()];
    columns.extend(columns_with_shares());
    columns
}

/// The columns of a profile that knows shares.
fn columns_with_shares() -> Vec<ValueType> {
    vec![ValueType::cpu(), ValueType::new("alloc_space", Unit::Bytes), ValueType::new("entries", Unit::Count)]
}

/// The frame of a cost centre: its source is `Main.hs:3:1-20`, `Main.hs:(3,1)-(4,20)`, or a note such as `<built-in>`.
fn frame(module: &str, name: &str, source: &str, builder: &mut ProfileBuilder) -> FrameId {
    let name = if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") };
    let (file, line) = match source.split_once(':').filter(|_| !source.starts_with('<')) {
        Some((file, place)) => {
            let place = place.trim_start_matches('(');
            let end = place.find(|c: char| !c.is_ascii_digit()).unwrap_or(place.len());
            (file, place.get(..end).and_then(decimal).and_then(|line| u32::try_from(line).ok()).unwrap_or(0))
        }
        None => ("", 0),
    };
    builder.text_frame(&TextFrame { name: &name, file, line, ..TextFrame::default() })
}
