//! One event.

use crate::json::{JsonError, JsonReader, Number, Scalar};
use crate::profile_builder::ProfileBuilder;

use super::chunks::Chunks;

/// How many nanoseconds a microsecond has: times are microseconds in this format, with fractions.
const MICROSECOND: i64 = 1000;

/// An event, without what is read from it right away.
#[derive(Debug, Default)]
pub(super) struct Event {
    /// Its phase: what kind of event it is.
    pub(super) phase: u8,
    pub(super) name: String,
    pub(super) process: Scalar,
    pub(super) thread: Scalar,
    /// Nanoseconds.
    pub(super) time: Option<i64>,
    /// Nanoseconds.
    pub(super) duration: Option<i64>,
    pub(super) id: String,
    /// `args.name` of metadata.
    pub(super) argument: String,
    /// Its stack, as a number of `stackFrames`.
    pub(super) stack_frame: Option<String>,
    /// Its stack, from the leaf.
    pub(super) stack: Vec<String>,
}

impl Event {
    /// Reads an event. What it says of a CPU profile goes to `chunks`.
    pub(super) fn read(
        json: &mut JsonReader<'_>,
        chunks: &mut Chunks,
        builder: &mut ProfileBuilder,
    ) -> Result<Self, JsonError> {
        let mut event = Self::default();
        json.object(|json, key| {
            match key {
                "ph" => event.phase = json.text()?.bytes().next().unwrap_or(0),
                "name" => event.name = json.text()?,
                "pid" => event.process = json.scalar()?,
                "tid" => event.thread = json.scalar()?,
                "ts" => event.time = nanoseconds(json)?,
                "dur" => event.duration = nanoseconds(json)?,
                "id" => event.id = json.text()?,
                "sf" => event.stack_frame = Some(json.text()?),
                "stack" => json.array(|json| {
                    event.stack.push(json.text()?);
                    Ok(())
                })?,
                "args" => json.object(|json, key| {
                    match key {
                        "name" => event.argument = json.text()?,
                        "data" => chunks.read(json, builder)?,
                        _ => {}
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(event)
    }
}

fn nanoseconds(json: &mut JsonReader<'_>) -> Result<Option<i64>, JsonError> {
    Ok(json.number()?.map(|number: Number| number.scaled(MICROSECOND)))
}
