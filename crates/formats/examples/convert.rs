//! Reads a profile in any format and writes it as gzip pprof protobuf: `convert INPUT OUTPUT`.

use std::fs::{self, File};

use firesteel_formats::pprof::{self, WriteOptions};
use firesteel_formats::{Error, ReadOptions, read_profile};

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (input, output) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let mut file = File::open(&input).map_err(|source| Error::Io { action: "opening", source })?;
    let read = read_profile(&input, &mut file, &ReadOptions::default())?;
    let bytes = pprof::write_gzip(&read.profile, &WriteOptions { threads: true });
    fs::write(output, bytes).map_err(|source| Error::Io { action: "writing", source })
}
