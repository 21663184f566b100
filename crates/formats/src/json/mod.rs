//! JSON as a stream: a reader that hands values over as they come, and a writer.
//!
//! Profiles in JSON are a few big arrays. The reader never holds more than one string of them, calls back for each
//! entry, does not recurse by itself, and is lenient where tools are sloppy: a comma more or less, a missing end, a byte
//! order mark, numbers within quotes. What it cannot make sense of ends the reading at that place; what came before is
//! used.

mod column;
mod number;
mod reader;
mod sniff;
mod tokens;
mod writer;

pub(crate) use column::Column;
pub(crate) use number::{Number, Scalar, whole};
pub(crate) use reader::{JsonError, JsonReader, Kind};
pub(crate) use sniff::{Sniffed, sniff};
pub(crate) use writer::{Decimal, JsonWriter};
