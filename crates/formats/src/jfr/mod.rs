//! Java Flight Recorder recordings, of the JDK and of async-profiler.
//!
//! A recording is a row of chunks. Each describes its own types, has its own tables of constants, and events that refer
//! to them, so a chunk is all that has to be in memory. Events with a stack become samples: CPU and wall-clock
//! samples, allocations, waiting for locks, and input and output.
//!
//! The format is described by the sources of the JDK's parser (`jdk.jfr.internal.consumer`) and by
//! <https://www.morling.dev/blog/jdk-flight-recorder-file-format/>.

mod chunk;
mod events;
mod metadata;
mod pools;
mod value;

use std::io::Read as _;

use firesteel_model::{Unit, ValueType};

use self::chunk::{Chunk, HEADER, Header};
use self::events::{Recorder, columns};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// What every chunk begins with.
const MAGIC: &[u8] = b"FLR\0";

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let types: Vec<ValueType> = columns().map(|(name, unit)| ValueType::new(name, Unit::parse(unit))).collect();
    let mut builder = ProfileBuilder::new(types, options);
    let mut recorder = Recorder::default();
    let mut offset = 0u64;
    loop {
        let mut data = Vec::new();
        std::io::Read::take(&mut *content, HEADER as u64).read_to_end(&mut data).map_err(Error::reading)?;
        if data.is_empty() {
            break;
        }
        let Some(header) = Header::parse(&data) else {
            builder.warnings.add(WarningKind::BrokenTail, Place::Byte(offset));
            break;
        };
        if header.size > options.limits.bytes {
            return Err(Error::TooLarge { limit: options.limits.bytes });
        }
        let rest = header.size.saturating_sub(HEADER as u64);
        std::io::Read::take(&mut *content, rest).read_to_end(&mut data).map_err(Error::reading)?;
        let is_cut = (data.len() as u64) < header.size;
        if is_cut {
            builder.warnings.add(WarningKind::BrokenTail, Place::Byte(offset.saturating_add(data.len() as u64)));
        }
        match Chunk::open(&data, &header) {
            Some(chunk) => recorder.read(&chunk, offset, &mut builder),
            None if is_cut => {}
            None => builder.warnings.add(WarningKind::BrokenMessage, Place::Byte(offset)),
        }
        offset = offset.saturating_add(data.len() as u64);
        if is_cut {
            break;
        }
    }
    recorder.finish(&mut builder);
    Ok(builder.finish(Format::Jfr))
}
