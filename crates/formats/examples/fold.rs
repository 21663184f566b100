//! Folds a file or standard input to standard output: the shortest program around the crate, for measuring.
//!
//! `cargo run --release --example fold -- [--pid|--tid] [--kernel] [--jit] [--all] [--addrs] [--profile] [FILE]`

use std::fs::File;
use std::io;

use firesteel_formats::{Error, FoldOptions, ReadOptions, fold, folded, read_profile};
use firesteel_model::RootBy;

fn main() -> Result<(), Error> {
    let mut read_options = ReadOptions::default();
    let mut fold_options = FoldOptions::default();
    let mut path = None;
    let mut through_profile = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--pid" => fold_options.root = RootBy::Process,
            "--tid" => fold_options.root = RootBy::Thread,
            "--kernel" => fold_options.annotate_kernel = true,
            "--jit" => fold_options.annotate_jit = true,
            "--all" => (fold_options.annotate_kernel, fold_options.annotate_jit) = (true, true),
            "--addrs" => (fold_options.addresses, read_options.perf_script.addresses) = (true, true),
            "--profile" => through_profile = true,
            _ => path = Some(argument),
        }
    }
    let reading = |source| Error::Io { action: "opening", source };
    let mut input: Box<dyn io::Read> = match &path {
        Some(path) => Box::new(File::open(path).map_err(reading)?),
        None => Box::new(io::stdin()),
    };
    let name = path.as_deref().unwrap_or("standard input");
    let mut output = io::stdout().lock();
    if through_profile {
        let read = read_profile(name, &mut input, &read_options)?;
        folded::write(&read.profile, &fold_options, &mut output)?;
    } else {
        fold(name, &mut input, &read_options, &fold_options, &mut output)?;
    }
    Ok(())
}
