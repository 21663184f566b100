//! Prints how long it takes to open a Go binary and to symbolize 10,000 addresses spread at random over its code.
//!
//! `cargo run --release -p pclntab --example speed -- BINARY`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use pclntab::Pclntab;

const ROUNDS: usize = 41;
const ADDRESSES: usize = 10_000;

/// Median and best time of a piece of work, as text.
fn timed(mut work: impl FnMut()) -> String {
    let mut times: Vec<Duration> = std::iter::repeat_with(|| {
        let start = Instant::now();
        work();
        start.elapsed()
    })
    .take(ROUNDS)
    .collect();
    times.sort();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    let best = times.first().copied().unwrap_or_default();
    format!("{median:.1?} (best {best:.1?})")
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: speed BINARY")?;
    let data = std::fs::read(path)?;
    let table = Pclntab::parse(&*data)?;
    let text = table.text_range();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let addresses: Vec<u64> = std::iter::repeat_with(|| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        text.start + random % (text.end - text.start)
    })
    .take(ADDRESSES)
    .collect();

    println!("{} bytes, {} functions, {:?}", data.len(), table.functions().count(), table.version());
    let open = timed(|| {
        black_box(Pclntab::parse(&*data).is_ok());
    });
    println!("open and index: {open}");
    let frames = timed(|| {
        for &address in &addresses {
            black_box(table.frames(address).map(|frame| frame.function.len()).sum::<usize>());
        }
    });
    let count: usize = addresses.iter().map(|&address| table.frames(address).count()).sum();
    println!("frames of {ADDRESSES} addresses: {frames} for {count} frames");
    let deltas = timed(|| {
        for &address in &addresses {
            black_box(table.stack_delta(address));
        }
    });
    println!("stack depths of {ADDRESSES} addresses: {deltas}");
    Ok(())
}
