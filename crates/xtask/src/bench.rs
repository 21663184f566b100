//! Compares Firesteel with its peers on the same inputs and programs, and writes BENCHMARKS.md.
//!
//! Everything is a ratio within one run: ours and the peers' runs alternate, so that a slow moment of the machine
//! meets both. Times are CPU time (user + system) as `wait4` reports it for the measured processes; a profiled
//! program is started apart and attached to, so that its own time is never part of a profiler's. This program holds
//! no input in memory, because a child's peak memory starts at that of its parent.

mod arguments;
mod document;
mod error;
mod input;
mod machine;
mod measure;
mod peer;
mod place;
mod process;
mod quantity;
mod row;
mod section;
mod sysctl;
mod target;

use std::error::Error;
use std::fs;
use std::io::Write;

use arguments::Arguments;
use document::Document;
pub use error::BenchError;
use peer::Peers;
use place::Places;
use row::Row;

/// What rows are given.
struct Bench<'a> {
    arguments: &'a Arguments,
    places: Places,
    peers: Peers,
}

/// The command: runs the rows asked for, or all. Whether all went well; a missed budget is a result, not a failure.
pub fn run(arguments: &[String], output: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let arguments = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(message) => {
            write!(output, "{message}{}", arguments::usage())?;
            return Ok(message.is_empty());
        }
    };
    process::catch_interrupts()?;
    let places = Places::find(crate::repository())?;
    fs::create_dir_all(&places.scratch).map_err(BenchError::file("create", &places.scratch))?;
    place::build_firesteel(&places)?;
    let peers = Peers::find(&places, &arguments, output);
    let machine = machine::describe(&peers);
    let bench = Bench { arguments: &arguments, places, peers };
    let path = bench.places.root.join("BENCHMARKS.md");
    let existing = Document::parse(&fs::read_to_string(&path).unwrap_or_default());
    let mut sections = Vec::new();
    let mut is_written = false;
    for row in Row::ALL.into_iter().filter(|row| bench.arguments.wants(*row)) {
        writeln!(output, "bench: {} ({})", row.name(), row.about())?;
        let section = row.run(&bench)?;
        writeln!(output, "{}", section.text())?;
        sections.push(section);
        // After every row, so that what was measured stays when a later one is interrupted.
        if let Some(text) = existing.update(&machine, &sections).filter(|_| bench.arguments.write) {
            fs::write(&path, text).map_err(BenchError::file("write", &path))?;
            is_written = true;
        }
    }
    if is_written {
        writeln!(output, "bench: wrote {}", path.display())?;
    } else if bench.arguments.write {
        writeln!(
            output,
            "bench: BENCHMARKS.md is of another machine or other versions and keeps its figures; run all rows to replace it"
        )?;
    }
    Ok(true)
}
