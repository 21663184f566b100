//! Opening a stripped Go binary and naming addresses.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use pclntab::Pclntab;

use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::measure::median;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};

pub(super) const TITLE: &str = "Naming Go addresses";

const ABOUT: &str = "\
The crate `pclntab` on the stripped sample service, in this process: opening and indexing the table, and the frames,
with inlined ones, of 10,000 addresses spread over the code. Time that passes, one thread.";

const ADDRESSES: usize = 10_000;

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let path = bench.places.example("shop-stripped")?;
    let data = fs::read(&path).map_err(BenchError::file("read", &path))?;
    let table = open(&path, &data)?;
    let text = table.text_range();
    // A step that is prime to the length visits every part of the code, in no order that a cache would like.
    let span = (text.end - text.start).max(1);
    let addresses: Vec<u64> =
        (0..ADDRESSES as u64).map(|index| text.start + index.wrapping_mul(0x9e37_79b9_7f4a_7c15) % span).collect();
    let (mut opening, mut naming) = (Vec::new(), Vec::new());
    for _ in 0..bench.arguments.runs {
        let start = Instant::now();
        black_box(open(&path, &data)?);
        opening.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for &address in &addresses {
            black_box(table.frames(address).map(|frame| frame.function.len()).sum::<usize>());
        }
        naming.push(start.elapsed().as_secs_f64());
    }
    for (what, times, limit) in [("open and index", opening, 0.005), ("10,000 addresses", naming, 0.020)] {
        section.lines.push(Line {
            what: what.to_owned(),
            ours: Quantity::Time(median(times)),
            peer: "",
            theirs: PeerResult::None,
            budget: Budget::AtMost(Quantity::Time(limit)),
        });
    }
    let frames: usize = addresses.iter().map(|&address| table.frames(address).count()).sum();
    section.notes.push(format!(
        "A binary of {} with {} functions; the addresses have {} frames.",
        Quantity::bytes(data.len() as u64),
        Quantity::Count(table.functions().count() as u64),
        Quantity::Count(frames as u64)
    ));
    Ok(section)
}

fn open<'a>(path: &Path, data: &'a [u8]) -> Result<Pclntab<&'a [u8]>, BenchError> {
    Pclntab::parse(data).map_err(|source| BenchError::Symbols { path: path.to_owned(), source })
}
