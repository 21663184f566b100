//! pprof protobuf (`profile.proto` of google/pprof), read and written without generated code.
//!
//! Reading borrows from the buffer and goes straight into the model's tables: a sample is decoded
//! once, a location is looked up once. Unknown fields are skipped, ids that point to nothing are
//! counted, and what comes before a broken place is used.

mod decode;
mod difference;
mod encode;
mod language;
mod reader;
mod sniff;
mod wire;
mod writer;

pub use difference::difference;
pub use reader::read as read_bytes;
pub(crate) use sniff::looks_like;
pub use writer::{WriteOptions, write, write_gzip, write_with};

use crate::content::Content;
use crate::error::Error;
use crate::options::ReadOptions;
use crate::read::Read;

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    read_bytes(&content.whole(options)?, options.limits)
}
