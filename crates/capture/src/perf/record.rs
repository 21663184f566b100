//! Records of the kernel, decoded. Sources: `perf_event_open(2)`, `include/uapi/linux/perf_event.h`.

use perf_event_open_sys::bindings;

use crate::perf::arch::{Architecture, UserRegisters};

/// A record; borrowed from the buffer that it was copied to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record<'a> {
    /// A sample.
    Sample(SampleRecord<'a>),
    /// A file or anonymous memory was mapped executable.
    Map(MapRecord<'a>),
    /// A thread got its name; with `exec`, its process runs a new program.
    Name { process: u32, thread: u32, name: &'a [u8], exec: bool },
    /// A thread or process began.
    Fork { process: u32, parent_process: u32, thread: u32, parent_thread: u32 },
    /// A thread ended.
    Exit,
    /// The kernel dropped records.
    Lost { count: u64 },
    /// The kernel slowed sampling down.
    Throttle,
    /// A record that tells nothing that is needed.
    Other,
}

/// A sample.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SampleRecord<'a> {
    pub(crate) process: u32,
    pub(crate) thread: u32,
    pub(crate) period: u64,
    /// Addresses, leaf first, with context markers between them; 8 bytes each.
    pub(crate) chain: Words<'a>,
    /// `None` for a kernel thread.
    pub(crate) registers: Option<UserRegisters>,
    /// The words from the stack pointer upwards.
    pub(crate) stack: Words<'a>,
}

/// An executable mapping.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MapRecord<'a> {
    pub(crate) process: u32,
    pub(crate) start: u64,
    pub(crate) length: u64,
    pub(crate) file_offset: u64,
    pub(crate) inode: u64,
    pub(crate) executable: bool,
    pub(crate) path: &'a [u8],
}

/// A row of 64-bit words in native order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    /// The words that bytes hold; a rest shorter than a word is left out.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(&bytes[..bytes.len() & !7])
    }

    /// The word at a position.
    pub(crate) fn get(self, index: usize) -> Option<u64> {
        self.iter().nth(index)
    }

    /// The words in order.
    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + 'a {
        self.0.chunks_exact(8).map(|chunk| {
            u64::from_ne_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]])
        })
    }
}

/// A record's type, time and body as they lie in the buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawRecord<'a> {
    kind: u32,
    misc: u16,
    body: &'a [u8],
}

/// Splits the next record off a buffer; `None` at its end or when its length is impossible.
pub(crate) fn split_record(buffer: &[u8]) -> Option<(RawRecord<'_>, &[u8])> {
    let header = buffer.first_chunk::<8>()?;
    let kind = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]);
    let misc = u16::from_ne_bytes([header[4], header[5]]);
    let size = usize::from(u16::from_ne_bytes([header[6], header[7]]));
    let body = buffer.get(8..size)?;
    Some((RawRecord { kind, misc, body }, &buffer[size..]))
}

impl<'a> RawRecord<'a> {
    /// When the record was made, on the monotonic clock; 0 when the record is too short to say.
    pub(crate) fn time(&self) -> u64 {
        // A sample begins with pid, tid, time; every other record ends with them (`sample_id_all`).
        let start = if self.kind == bindings::PERF_RECORD_SAMPLE { Some(8) } else { self.body.len().checked_sub(8) };
        start.and_then(|start| Cursor(self.body.get(start..)?).u64()).unwrap_or(0)
    }

    /// Decodes the record; `None` when it is shorter than its kind demands.
    pub(crate) fn decode(&self) -> Option<Record<'a>> {
        let mut cursor = Cursor(self.body);
        Some(match self.kind {
            bindings::PERF_RECORD_SAMPLE => Record::Sample(sample(cursor)?),
            bindings::PERF_RECORD_MMAP2 => Record::Map(map(cursor, self.misc)?),
            bindings::PERF_RECORD_COMM => {
                let (process, thread) = (cursor.u32()?, cursor.u32()?);
                let exec = u32::from(self.misc) & bindings::PERF_RECORD_MISC_COMM_EXEC != 0;
                Record::Name { process, thread, name: until_nul(cursor.0), exec }
            }
            bindings::PERF_RECORD_FORK => Record::Fork {
                process: cursor.u32()?,
                parent_process: cursor.u32()?,
                thread: cursor.u32()?,
                parent_thread: cursor.u32()?,
            },
            bindings::PERF_RECORD_EXIT => Record::Exit,
            bindings::PERF_RECORD_LOST => {
                cursor.u64()?;
                Record::Lost { count: cursor.u64()? }
            }
            bindings::PERF_RECORD_LOST_SAMPLES => Record::Lost { count: cursor.u64()? },
            bindings::PERF_RECORD_THROTTLE => Record::Throttle,
            _ => Record::Other,
        })
    }
}

fn sample(mut cursor: Cursor<'_>) -> Option<SampleRecord<'_>> {
    let (process, thread) = (cursor.u32()?, cursor.u32()?);
    let _time = cursor.u64()?;
    let period = cursor.u64()?;
    let chain = cursor.words()?;
    let architecture = Architecture::current();
    // PERF_SAMPLE_REGS_ABI_NONE (0): no user space behind this sample.
    let registers = if cursor.u64()? == 0 {
        None
    } else {
        let mut values = [0u64; 8];
        let values = values.get_mut(..architecture.register_count())?;
        for value in &mut *values {
            *value = cursor.u64()?;
        }
        Some(architecture.registers(values))
    };
    let stack = cursor.stack().unwrap_or_default();
    Some(SampleRecord { process, thread, period, chain, registers, stack })
}

fn map(mut cursor: Cursor<'_>, misc: u16) -> Option<MapRecord<'_>> {
    let process = cursor.u32()?;
    let _thread = cursor.u32()?;
    let (start, length, file_offset) = (cursor.u64()?, cursor.u64()?, cursor.u64()?);
    // Device numbers and inode, or a build id when asked for, which we do not.
    let _device = cursor.u64()?;
    let inode = cursor.u64()?;
    let _generation = cursor.u64()?;
    let (protection, _flags) = (cursor.u32()?, cursor.u32()?);
    let is_data = u32::from(misc) & bindings::PERF_RECORD_MISC_MMAP_DATA != 0;
    let executable = !is_data && protection & libc::PROT_EXEC as u32 != 0;
    Some(MapRecord { process, start, length, file_offset, inode, executable, path: until_nul(cursor.0) })
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// Reads a record's body from front to back.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn u32(&mut self) -> Option<u32> {
        let (value, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_ne_bytes(*value))
    }

    fn u64(&mut self) -> Option<u64> {
        let (value, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_ne_bytes(*value))
    }

    /// A count and so many words.
    fn words(&mut self) -> Option<Words<'a>> {
        let bytes = usize::try_from(self.u64()?).ok()?.checked_mul(8)?;
        let (words, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(Words::new(words))
    }

    /// The copied part of the user stack: its size, the bytes, and how many of them are real.
    fn stack(&mut self) -> Option<Words<'a>> {
        let size = usize::try_from(self.u64()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        let real = usize::try_from(self.u64()?).ok()?.min(size);
        bytes.get(..real).map(Words::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(values: &[u64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_ne_bytes()).collect()
    }

    fn raw(kind: u32, misc: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = kind.to_ne_bytes().to_vec();
        bytes.extend(misc.to_ne_bytes());
        bytes.extend(((body.len() + 8) as u16).to_ne_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_sample_is_read_field_by_field() {
        let mut body = Vec::new();
        body.extend(7u32.to_ne_bytes());
        body.extend(8u32.to_ne_bytes());
        body.extend(words(&[123, 1_001_001, 2, 0xffff_ffff_ffff_fe00, 0x40_1000]));
        let mut registers = vec![0u64; Architecture::current().register_count()];
        registers[0] = 0x99;
        body.extend(words(&[2]));
        body.extend(words(&registers));
        // Sixteen bytes asked for, eight of them real.
        body.extend(words(&[16, 0x40_2000, 0, 8]));
        let bytes = raw(bindings::PERF_RECORD_SAMPLE, 0, &body);
        let (record, rest) = split_record(&bytes).unwrap();
        assert!(rest.is_empty());
        assert_eq!(record.time(), 123);
        let Some(Record::Sample(sample)) = record.decode() else { panic!("not a sample") };
        assert_eq!((sample.process, sample.thread, sample.period), (7, 8, 1_001_001));
        assert_eq!(sample.chain.iter().collect::<Vec<_>>(), [0xffff_ffff_ffff_fe00, 0x40_1000]);
        assert_eq!(sample.registers, Some(Architecture::current().registers(&registers)));
        assert_eq!(sample.stack.iter().collect::<Vec<_>>(), [0x40_2000]);
        // Every shorter body is refused or read as far as it goes, never a panic.
        for length in 0..body.len() {
            let bytes = raw(bindings::PERF_RECORD_SAMPLE, 0, &body[..length]);
            let _ = split_record(&bytes).unwrap().0.decode();
        }
    }

    #[test]
    fn names_and_losses() {
        let mut body = words(&[0x0000_0008_0000_0007]);
        body.extend(b"shop\0\0\0\0");
        body.extend(words(&[0, 55]));
        let bytes = raw(bindings::PERF_RECORD_COMM, bindings::PERF_RECORD_MISC_COMM_EXEC as u16, &body);
        let (record, _) = split_record(&bytes).unwrap();
        assert_eq!(record.time(), 55);
        assert_eq!(record.decode(), Some(Record::Name { process: 7, thread: 8, name: b"shop", exec: true }));

        let bytes = raw(bindings::PERF_RECORD_LOST, 0, &words(&[1, 42, 0, 0]));
        assert_eq!(split_record(&bytes).unwrap().0.decode(), Some(Record::Lost { count: 42 }));
        assert!(split_record(&[0; 4]).is_none());
        assert!(split_record(&raw(9, 0, &[0; 8])[..12]).is_none());
    }
}
