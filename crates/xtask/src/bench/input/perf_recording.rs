//! A recording of perf made longer: its samples again and again, each time later.
//!
//! Layout: `tools/perf/Documentation/perf.data-file-format.txt` of Linux and `perf_event_open(2)`.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::Input;

/// A recording, its records repeated until there are enough bytes.
#[derive(Clone, Debug)]
pub(in super::super) struct PerfRecording {
    pub(in super::super) path: PathBuf,
    pub(in super::super) bytes: u64,
}

/// Kinds of records that are repeated: samples, and the marks behind which older ones cannot come.
const SAMPLE: u32 = 9;
const FINISHED_ROUND: u32 = 68;

/// Bits of `sample_type` whose fields come before the time of a sample: its identifier, address and thread.
const BEFORE_TIME: [u64; 3] = [1 << 16, 1 << 0, 1 << 1];

/// A pause between repetitions, in nanoseconds.
const PAUSE: u64 = 1_000_000;

/// The parts of the file.
struct Parts {
    /// Everything in front of the records.
    front: Vec<u8>,
    data: u64,
    size: u64,
    /// Where the time of a sample is.
    time: usize,
    features: u32,
}

impl Parts {
    fn read(file: &mut File) -> io::Result<Self> {
        let mut header = [0u8; 104];
        file.read_exact(&mut header)?;
        let (attributes, data, size) = (number(&header, 24), number(&header, 40), number(&header, 48));
        let mut front = header.to_vec();
        let rest = data.checked_sub(front.len() as u64).ok_or(io::ErrorKind::InvalidData)?;
        Read::by_ref(file).take(rest).read_to_end(&mut front)?;
        let attribute = usize::try_from(attributes).map_err(|_| io::ErrorKind::InvalidData)?;
        let sample_type = number(&front, attribute + 24);
        let time = 8 + 8 * BEFORE_TIME.iter().filter(|&bit| sample_type & bit != 0).count();
        let features = (72..104).step_by(8).map(|place| number(&header, place).count_ones()).sum();
        Ok(Self { front, data, size, time, features })
    }

    /// Calls `take` with each record.
    fn each_record(&self, file: &mut File, mut take: impl FnMut(&mut [u8]) -> io::Result<()>) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.data))?;
        let mut data = BufReader::with_capacity(1 << 16, file).take(self.size);
        let mut record = vec![0; 8];
        loop {
            record.resize(8, 0);
            if data.read(&mut record[..1])? == 0 {
                return Ok(());
            }
            data.read_exact(&mut record[1..])?;
            let size = usize::from(u16::from_le_bytes([record[6], record[7]]));
            record.resize(size.max(8), 0);
            data.read_exact(&mut record[8..])?;
            take(&mut record)?;
        }
    }
}

impl Input for PerfRecording {
    fn name(&self) -> String {
        let size = self.path.metadata().map_or(0, |metadata| metadata.len());
        format!("perf-{size}-{}.data", self.bytes)
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        let mut parts = Parts::read(&mut file)?;
        let (mut first, mut last, mut repeated) = (u64::MAX, 0, 0u64);
        let time = parts.time;
        parts.each_record(&mut file, |record| {
            if kind(record) == SAMPLE {
                let time = number(record, time);
                (first, last) = (first.min(time), last.max(time));
            }
            if matches!(kind(record), SAMPLE | FINISHED_ROUND) {
                repeated += record.len() as u64;
            }
            Ok(())
        })?;
        if repeated == 0 {
            return Err(io::Error::other("the recording has no samples"));
        }
        let times = self.bytes.div_ceil(repeated);
        let added = repeated * (times - 1);
        let size = parts.size + added;
        parts.front[48..56].copy_from_slice(&size.to_le_bytes());
        output.write_all(&parts.front)?;
        for repetition in 0..times {
            let shift = repetition * (last - first + PAUSE);
            parts.each_record(&mut file, |record| {
                match kind(record) {
                    SAMPLE => {
                        let shifted = number(record, time) + shift;
                        record[time..time + 8].copy_from_slice(&shifted.to_le_bytes());
                    }
                    FINISHED_ROUND => {}
                    _ if repetition == 0 => {}
                    _ => return Ok(()),
                }
                output.write_all(record)
            })?;
        }
        // What is behind the records moves, and says where it is.
        file.seek(SeekFrom::Start(parts.data + parts.size))?;
        for _ in 0..parts.features {
            let mut entry = [0u8; 16];
            file.read_exact(&mut entry)?;
            let place = number(&entry, 0) + added;
            entry[..8].copy_from_slice(&place.to_le_bytes());
            output.write_all(&entry)?;
        }
        io::copy(&mut BufReader::new(file), output).map(|_| ())
    }
}

fn kind(record: &[u8]) -> u32 {
    number(record, 0) as u32
}

/// The number at a place; zero behind the end.
fn number(bytes: &[u8], place: usize) -> u64 {
    bytes.get(place..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
