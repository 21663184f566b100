//! Inputs for benchmarks: made once by a generator with a fixed seed, the same everywhere.

mod folded_text;
mod perf_recording;
mod perf_text;
mod pprof_file;
mod program;
mod random;
mod repeated;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub(super) use folded_text::FoldedText;
pub(super) use perf_recording::PerfRecording;
pub(super) use perf_text::{PerfText, Variety};
pub(super) use pprof_file::{PprofFile, TOTAL_SAMPLES};
pub(super) use repeated::Repeated;

use super::error::BenchError;
use super::place::Places;

/// Part of every made file's name; changes with the generator, so that no old file is taken for a new one.
const GENERATION: u32 = 1;

/// Something that can be made as a file.
pub(super) trait Input {
    /// The file's name without the generation, which tells all that the content depends on.
    fn name(&self) -> String;
    /// Writes the content.
    fn write(&self, output: &mut dyn Write) -> io::Result<()>;
}

/// Makes an input unless it is there from an earlier run.
pub(super) fn make(places: &Places, input: &dyn Input) -> Result<PathBuf, BenchError> {
    let path = places.scratch(&format!("v{GENERATION}-{}", input.name()));
    if path.is_file() {
        return Ok(path);
    }
    let draft = path.with_extension("part");
    write(input, &draft).map_err(BenchError::file("make", &draft))?;
    fs::rename(&draft, &path).map_err(BenchError::file("make", &path))?;
    Ok(path)
}

fn write(input: &dyn Input, path: &Path) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 18, File::create(path)?);
    input.write(&mut output)?;
    output.flush()
}

/// Counts the bytes written through it.
struct Counted<'a> {
    output: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.output.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
