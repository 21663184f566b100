//! legacy pprof text.

use crate::content::Content;
use crate::error::Error;
use crate::options::ReadOptions;
use crate::read::Read;

/// Whether content begins like this format.
pub(crate) fn looks_like(_head: &[u8]) -> bool {
    false
}

/// Reads content of this format.
pub(crate) fn read(_content: &mut Content<'_>, _options: &ReadOptions) -> Result<Read, Error> {
    Err(Error::Empty)
}
