//! OTLP to a profile.

use std::io::{self, BufReader, Read as _};

use firesteel_model::{Nanoseconds, Period, Sample, Unit, UnixNanoseconds, ValueType};
use prost::Message as _;

use super::attributes::{SampleFacts, hexadecimal};
use super::dictionary::{Stacks, Tables};
use super::messages::{Dictionary, ResourceProfiles};
use super::samples::RawSamples;
use crate::content::{Content, fill};
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Reads content of this format. One resource is in memory at a time; the dictionary comes last, so samples are added up
/// by the numbers that they refer to.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut builder = ProfileBuilder::new(Vec::new(), options);
    let mut samples = RawSamples::default();
    let mut dictionary = Dictionary::default();
    let mut fields = Fields { input: BufReader::new(content), offset: 0, limit: options.limits.bytes };
    loop {
        let place = Place::Byte(fields.offset);
        match fields.next()? {
            Next::Field(1, data) => match ResourceProfiles::decode(data.as_slice()) {
                Ok(profiles) => samples.add(&profiles, builder.keeps_times(), &mut builder.warnings),
                Err(_) => builder.warnings.add(WarningKind::BrokenMessage, place),
            },
            // Fields of several dictionaries are those of one, as protobuf defines it.
            Next::Field(2, data) => {
                if dictionary.merge(data.as_slice()).is_err() {
                    builder.warnings.add(WarningKind::BrokenMessage, place);
                }
            }
            Next::Field(_, _) => {}
            Next::End => break,
            Next::Broken => {
                builder.warnings.add(WarningKind::BrokenTail, place);
                break;
            }
        }
    }
    resolve(&samples, dictionary, &mut builder);
    Ok(builder.finish(Format::Otlp))
}

fn resolve(samples: &RawSamples, dictionary: Dictionary, builder: &mut ProfileBuilder) {
    let tables = Tables::new(dictionary, &mut builder.warnings);
    let mut stacks = Stacks::new(&tables);
    let base = samples.start.unwrap_or(0);
    let mut resources = samples.resources.items.iter();
    let first = resources.next().map(|resource| &resource.program);
    let has_programs = resources.any(|resource| Some(&resource.program) != first);
    // Stack, labels, thread and column of each key.
    let mut facts = Vec::with_capacity(samples.keys.items.len());
    for key in &samples.keys.items {
        let Some(context) = samples.contexts.items.get(key.context) else { continue };
        let Some(resource) = samples.resources.items.get(context.resource) else { continue };
        let (name, unit) = context.sample_type;
        let sample_type = match tables.string(name) {
            "" => ValueType::samples(),
            name => ValueType::new(name, Unit::parse(tables.string(unit))),
        };
        let column = builder.column(&sample_type);
        let profile = &mut builder.profile;
        let stack = stacks.stack(key.stack, profile, &mut builder.warnings);
        let mut about = SampleFacts::default();
        for &index in context.attributes.iter().chain(&key.attributes) {
            if tables.attribute(index).is_none() {
                builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
            }
            about.add(index, &tables, profile);
        }
        if let Some(link) = tables.link(key.link) {
            about.add_text("trace_id", &hexadecimal(&link.trace), profile);
            about.add_text("span_id", &hexadecimal(&link.span), profile);
        }
        let (labels, thread) = about.intern(resource, has_programs, profile);
        facts.push((stack, labels, thread, column));
    }
    for row in &samples.rows {
        let Some(&(stack, labels, thread, column)) = facts.get(row.key) else { continue };
        let time = row.time.map(|time| Nanoseconds(time.saturating_sub(base)));
        builder.add_value(Sample { stack, values: &[], labels, thread, time }, column, row.value);
    }
    if builder.keeps_times() {
        // What a sample has in several columns comes as several samples.
        builder.profile = builder.profile.compacted();
    }
    let metadata = &mut builder.profile.metadata;
    metadata.start = samples.start.and_then(|start| i64::try_from(start).ok()).map(UnixNanoseconds);
    metadata.duration = Some(samples.duration).filter(|&duration| duration > 0).map(Nanoseconds);
    metadata.period = samples.period.map(|(name, unit, value)| {
        let value_type = ValueType::new(tables.string(name), Unit::parse(tables.string(unit)));
        Period { value_type, value }
    });
    if let [resource] = samples.resources.items.as_slice() {
        metadata.title.clone_from(if resource.service.is_empty() { &resource.program } else { &resource.service });
        for (key, value) in &resource.others {
            metadata.set_property(key, value);
        }
    } else {
        let services = samples.resources.items.iter().map(|resource| &resource.service);
        metadata.title = services.into_iter().find(|service| !service.is_empty()).cloned().unwrap_or_default();
    }
}

/// The outermost fields, one in memory at a time.
struct Fields<R> {
    input: R,
    offset: u64,
    limit: u64,
}

enum Next {
    Field(u64, Vec<u8>),
    End,
    Broken,
}

impl<R: io::Read> Fields<R> {
    fn next(&mut self) -> Result<Next, Error> {
        let tag = match self.number()? {
            Varint::Number(tag) => tag,
            Varint::End => return Ok(Next::End),
            Varint::Broken => return Ok(Next::Broken),
        };
        // Every field of the format is a message.
        if tag & 7 != 2 {
            return Ok(Next::Broken);
        }
        let Varint::Number(length) = self.number()? else { return Ok(Next::Broken) };
        if length > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        let mut data = Vec::new();
        let count = self.input.by_ref().take(length).read_to_end(&mut data).map_err(Error::reading)?;
        self.offset += count as u64;
        if (count as u64) < length {
            return Ok(Next::Broken);
        }
        Ok(Next::Field(tag >> 3, data))
    }

    fn number(&mut self) -> Result<Varint, Error> {
        let mut value = 0u64;
        for index in 0..10 {
            let mut byte = [0u8];
            if fill(&mut self.input, &mut byte)? == 0 {
                return Ok(if index == 0 { Varint::End } else { Varint::Broken });
            }
            self.offset += 1;
            let [byte] = byte;
            value |= u64::from(byte & 0x7f).wrapping_shl(7 * index);
            if byte < 0x80 {
                return Ok(Varint::Number(value));
            }
        }
        Ok(Varint::Broken)
    }
}

/// A number of protobuf.
enum Varint {
    Number(u64),
    /// There is none, the input ends.
    End,
    /// It does not end.
    Broken,
}
