//! Lines to protobuf, which the pprof reader takes.

use super::line::{self, RawLabel, RawLine};
use crate::byte_table::ByteTable;
use crate::error::Error;
use crate::format::Format;
use crate::pprof::decode::field::profile as field;
use crate::pprof::wire::{put_bytes, put_field, put_number};
use crate::pprof::{Decoder, profile_of};
use crate::read::Read;
use crate::warning::{Place, WarningKind, Warnings};

/// Where in the text reading stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Facts,
    SampleTypes,
    Samples,
    Locations,
    Mappings,
}

/// Reads line by line.
#[derive(Default)]
pub(super) struct RawReader {
    decoder: Decoder,
    warnings: Warnings,
    part: Part,
    strings: ByteTable,
    functions: ByteTable,
    output: Vec<u8>,
    /// A sample whose labels may follow.
    sample: Vec<u8>,
    /// A location whose inlined functions may follow.
    location: Vec<u8>,
}

impl RawReader {
    /// Counts a line that cannot be read.
    pub(super) fn skip_line(&mut self, number: u64) {
        self.warnings.add(WarningKind::UnreadableLine, Place::Line(number));
    }

    /// Takes a line.
    pub(super) fn take(&mut self, number: u64, line: &[u8]) {
        if self.strings.len() == 0 {
            self.string("");
        }
        let text = String::from_utf8_lossy(line);
        let is_read = match text.trim_end() {
            "" => true,
            "Samples:" => self.enter(Part::SampleTypes),
            "Locations" => self.enter(Part::Locations),
            "Mappings" => self.enter(Part::Mappings),
            _ => self.line_of_part(&text).is_some(),
        };
        if !is_read {
            self.skip_line(number);
        }
        if !self.output.is_empty() {
            self.decoder.feed(&self.output);
            self.output.clear();
        }
    }

    fn enter(&mut self, part: Part) -> bool {
        self.flush();
        self.part = part;
        true
    }

    fn line_of_part(&mut self, line: &str) -> Option<()> {
        match self.part {
            Part::Facts => self.fact(line),
            Part::SampleTypes => {
                self.part = Part::Samples;
                for sample_type in line::sample_types(line.as_bytes())? {
                    let message = self.value_type(sample_type.name, sample_type.unit);
                    put_bytes(field::SAMPLE_TYPE, &message, &mut self.output);
                    if sample_type.is_default {
                        let name = self.string(sample_type.name);
                        put_field(field::DEFAULT_SAMPLE_TYPE, name, &mut self.output);
                    }
                }
                Some(())
            }
            Part::Samples => self.sample_line(line),
            Part::Locations => self.location_line(line),
            Part::Mappings => self.mapping_line(line),
        }
    }

    fn fact(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name {
            "Comment" => {
                let comment = self.string(value);
                put_bytes(field::COMMENT, &packed([comment]), &mut self.output);
            }
            "Doc" => {
                let url = self.string(value);
                put_field(field::DOC_URL, url, &mut self.output);
            }
            "PeriodType" => {
                let (name, unit) = value.rsplit_once(' ').unwrap_or((value, ""));
                let message = self.value_type(name, unit);
                put_bytes(field::PERIOD_TYPE, &message, &mut self.output);
            }
            "Period" => put_field(field::PERIOD, value.parse::<i64>().ok()? as u64, &mut self.output),
            "Time" => put_field(field::TIME_NANOS, line::time(value)? as u64, &mut self.output),
            // Most durations are cut in a way that leaves nothing to be sure of.
            "Duration" => put_field(field::DURATION_NANOS, line::duration(value).unwrap_or(0), &mut self.output),
            _ => return None,
        }
        Some(())
    }

    fn sample_line(&mut self, line: &str) -> Option<()> {
        if let Some((values, locations)) = line::sample(line) {
            self.flush();
            put_bytes(1, &packed(locations), &mut self.sample);
            put_bytes(2, &packed(values.into_iter().map(|value| value as u64)), &mut self.sample);
            return Some(());
        }
        let labels = line::labels(line).filter(|_| !self.sample.is_empty())?;
        for label in labels {
            let mut message = Vec::new();
            match label {
                RawLabel::Text { key, value } => {
                    put_field(1, self.string(key), &mut message);
                    put_field(2, self.string(value), &mut message);
                }
                RawLabel::Number { key, value, unit } => {
                    put_field(1, self.string(key), &mut message);
                    put_field(3, value as u64, &mut message);
                    put_field(4, self.string(unit), &mut message);
                }
            }
            put_bytes(3, &message, &mut self.sample);
        }
        Some(())
    }

    fn location_line(&mut self, line: &str) -> Option<()> {
        if let Some(location) = line::location(line) {
            self.flush();
            put_field(1, location.id, &mut self.location);
            put_field(2, location.mapping, &mut self.location);
            put_field(3, location.address, &mut self.location);
            if let Some(first) = location.line {
                self.line(&first);
            }
            return Some(());
        }
        if self.location.is_empty() || !line.starts_with("      ") {
            return None;
        }
        self.line(&RawLine::parse(line));
        Some(())
    }

    /// Adds a line to the location.
    fn line(&mut self, line: &RawLine<'_>) {
        let (name, system_name) = (self.string(line.name), self.string(line.system_name));
        let file = self.string(line.file);
        let mut function = Vec::new();
        put_field(2, name, &mut function);
        put_field(3, system_name, &mut function);
        put_field(4, file, &mut function);
        put_field(5, line.start_line as u64, &mut function);
        let (number, is_new) = self.functions.intern(&function);
        let id = u64::from(number) + 1;
        if is_new {
            put_field(1, id, &mut function);
            put_bytes(field::FUNCTION, &function, &mut self.output);
        }
        let mut message = Vec::new();
        put_field(1, id, &mut message);
        put_field(2, line.line as u64, &mut message);
        put_bytes(4, &message, &mut self.location);
    }

    fn mapping_line(&mut self, line: &str) -> Option<()> {
        let mapping = line::mapping(line)?;
        let mut message = Vec::new();
        put_field(1, mapping.id, &mut message);
        put_field(2, mapping.start, &mut message);
        put_field(3, mapping.limit, &mut message);
        put_field(4, mapping.offset, &mut message);
        put_field(5, self.string(mapping.file), &mut message);
        put_field(6, self.string(mapping.build_id), &mut message);
        for (flag, number) in [("[FN]", 7), ("[FL]", 8), ("[LN]", 9), ("[IN]", 10)] {
            put_field(number, u64::from(mapping.flags.contains(flag)), &mut message);
        }
        put_bytes(field::MAPPING, &message, &mut self.output);
        Some(())
    }

    fn value_type(&mut self, name: &str, unit: &str) -> Vec<u8> {
        let mut message = Vec::new();
        put_field(1, self.string(name), &mut message);
        put_field(2, self.string(unit), &mut message);
        message
    }

    /// The index of a string, which is written when it is new.
    fn string(&mut self, text: &str) -> u64 {
        let (index, is_new) = self.strings.intern(text.as_bytes());
        if is_new {
            put_bytes(field::STRING_TABLE, text.as_bytes(), &mut self.output);
        }
        u64::from(index)
    }

    /// Writes what is complete.
    fn flush(&mut self) {
        for (number, message) in [(field::SAMPLE, &mut self.sample), (field::LOCATION, &mut self.location)] {
            if !message.is_empty() {
                put_bytes(number, message, &mut self.output);
                message.clear();
            }
        }
    }

    /// The profile.
    pub(super) fn finish(mut self) -> Result<Read, Error> {
        self.flush();
        self.decoder.feed(&self.output);
        let mut decoded = self.decoder.finish();
        // Their places are in what the lines became.
        let inner = std::mem::replace(&mut decoded.warnings, self.warnings);
        let mut read = profile_of(decoded, Format::PprofRaw)?;
        for warning in inner.iter() {
            read.warnings.add_many(warning.kind, warning.count, None);
        }
        Ok(read)
    }
}

fn packed(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut packed = Vec::new();
    for number in numbers {
        put_number(number, &mut packed);
    }
    packed
}
