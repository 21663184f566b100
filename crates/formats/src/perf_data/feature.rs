//! What a recording says about itself: sections behind the records of a file, records of their own in a pipe.
//!
//! Source: `tools/perf/Documentation/perf.data-file-format.txt` of Linux; for those from 128 on,
//! `system/extras/simpleperf/record_file.h` of Android.

use linux_perf_data::SimpleperfFileRecord;
use linux_perf_data::prost::Message;

use super::attribute::Attribute;
use super::byte_order::{ByteOrder, Fields, text_of};

/// Numbers of features.
pub(super) mod number {
    pub(crate) const BUILD_ID: u32 = 2;
    pub(crate) const HOSTNAME: u32 = 3;
    pub(crate) const OS_RELEASE: u32 = 4;
    pub(crate) const ARCHITECTURE: u32 = 6;
    pub(crate) const CPU_DESCRIPTION: u32 = 8;
    pub(crate) const COMMAND_LINE: u32 = 11;
    pub(crate) const EVENT_DESCRIPTION: u32 = 12;
    pub(crate) const SIMPLEPERF_META: u32 = 129;
    pub(crate) const SIMPLEPERF_FILES: u32 = 132;
}

/// The bit of a build id's record that says that the length of the id is given.
const BUILD_ID_SIZE: u16 = 1 << 15;

/// An event with its name, as the recording describes it.
#[derive(Clone, Debug)]
pub(super) struct EventDescription {
    pub(super) attribute: Option<Attribute>,
    pub(super) name: String,
    pub(super) ids: Vec<u64>,
}

/// What a recording says about itself.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Build ids by the name of the mapped file.
    pub(super) build_ids: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) host: String,
    pub(super) kernel_release: String,
    pub(super) architecture: String,
    pub(super) processor: String,
    /// The command that recorded, with its arguments.
    pub(super) command: Vec<String>,
    pub(super) events: Vec<EventDescription>,
    /// Symbol tables that simpleperf brought along.
    pub(super) files: Vec<SimpleperfFileRecord>,
}

impl Features {
    /// Takes a feature; what cannot be read of it is left out, what is not needed is passed over.
    pub(super) fn add(&mut self, feature: u32, bytes: &[u8], order: ByteOrder) -> Option<()> {
        let mut fields = Fields::new(bytes, order);
        match feature {
            number::BUILD_ID => self.add_build_ids(bytes, order)?,
            number::HOSTNAME => self.host = string(&mut fields)?,
            number::OS_RELEASE => self.kernel_release = string(&mut fields)?,
            number::ARCHITECTURE => self.architecture = string(&mut fields)?,
            number::CPU_DESCRIPTION => self.processor = string(&mut fields)?,
            number::COMMAND_LINE => {
                let count = fields.u32()?;
                self.command.clear();
                for _ in 0..count {
                    self.command.push(string(&mut fields)?);
                }
            }
            number::EVENT_DESCRIPTION => self.add_events(&mut fields, order)?,
            number::SIMPLEPERF_META => self.add_simpleperf_events(bytes),
            number::SIMPLEPERF_FILES => {
                while !fields.rest().is_empty() {
                    let size = fields.u32()? as usize;
                    self.files.push(SimpleperfFileRecord::decode(fields.bytes(size)?).ok()?);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn add_build_ids(&mut self, bytes: &[u8], order: ByteOrder) -> Option<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let size = usize::from(order.u16_at(rest, 6)?);
            let (record, behind) = rest.split_at_checked(size)?;
            rest = behind;
            self.add_build_id(record, order)?;
        }
        Some(())
    }

    /// A record of a build id: header, process, 20 bytes of id with their number, name.
    pub(super) fn add_build_id(&mut self, record: &[u8], order: ByteOrder) -> Option<()> {
        let misc = order.u16_at(record, 4)?;
        let id = record.get(12..32)?;
        let length = if misc & BUILD_ID_SIZE == 0 { id.len() } else { usize::from(*record.get(32)?) };
        let name = text_of(record.get(36..)?);
        self.build_ids.push((name.to_vec(), id.get(..length.min(id.len()))?.to_vec()));
        Some(())
    }

    fn add_events(&mut self, fields: &mut Fields<'_>, order: ByteOrder) -> Option<()> {
        let (count, size) = (fields.u32()?, fields.u32()? as usize);
        for _ in 0..count {
            let attribute = Attribute::read(fields.bytes(size)?, order);
            let ids = fields.u32()?;
            let name = string(fields)?;
            let mut description = EventDescription { attribute, name, ids: Vec::new() };
            for _ in 0..ids {
                description.ids.push(fields.u64()?);
            }
            self.events.push(description);
        }
        Some(())
    }

    /// simpleperf names events in its list of keys and values, each ended by a zero byte: `name,type,config` by lines.
    fn add_simpleperf_events(&mut self, bytes: &[u8]) {
        let mut texts = bytes.split(|&byte| byte == 0);
        while let (Some(key), Some(value)) = (texts.next(), texts.next()) {
            if key == b"event_type_info" {
                for line in String::from_utf8_lossy(value).lines() {
                    let name = line.split(',').next().unwrap_or(line).to_owned();
                    self.events.push(EventDescription { attribute: None, name, ids: Vec::new() });
                }
            }
        }
    }
}

/// A text with its length in front.
fn string(fields: &mut Fields<'_>) -> Option<String> {
    let length = fields.u32()? as usize;
    Some(String::from_utf8_lossy(text_of(fields.bytes(length)?)).into_owned())
}
