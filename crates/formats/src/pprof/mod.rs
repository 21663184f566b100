//! pprof protobuf (`profile.proto` of google/pprof), read and written without generated code.
//!
//! Reading is a stream: samples stay encoded and are added up by what they refer to until the end is seen, so memory
//! grows with the number of distinct stacks and fields may come in any order. Unknown fields are skipped, ids that
//! point to nothing are counted, and what comes before a broken place is used.

pub(crate) mod decode;
mod difference;
mod encode;
mod id_table;
pub(crate) mod language;
mod reader;
mod sample_table;
mod sniff;
mod table_builder;
pub(crate) mod wire;
mod writer;

pub(crate) use decode::Decoder;
pub use difference::difference;
pub use reader::read_bytes;
pub(crate) use reader::{fold, profile_of, read_samples};
pub(crate) use sniff::looks_like;
pub use writer::{WriteOptions, write, write_gzip, write_with};

use crate::content::Content;
use crate::error::Error;
use crate::options::ReadOptions;
use crate::read::Read;

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, _options: &ReadOptions) -> Result<Read, Error> {
    reader::read(content)
}
