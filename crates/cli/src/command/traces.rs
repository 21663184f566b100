//! `firesteel traces`: every sample with its stack, as `go tool pprof` prints them.

use std::io::Write;

use firesteel_render::text::{PprofOptions, pprof_raw, pprof_traces};

use crate::arguments::{TracesArguments, TracesFormat};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::terminal::Terminal;
use crate::view;

pub(crate) fn run(arguments: &TracesArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let filter = filters::compile(&arguments.input.filters, arguments.unit.as_deref())?;
    let profile = input::load(&arguments.files, &input::options_for(&filter), &arguments.input.symbols, terminal)?;
    let sample_type = view::sample_type(&profile, arguments.sample_index.as_deref())?;
    // Readers add up samples that are alike; merging leaves them apart.
    let profile = if arguments.files.len() > 1 { profile.compacted() } else { profile };
    let filtered = filters::apply(&filter, &profile, terminal)?;
    let time_zone = jiff::tz::TimeZone::system();
    let text = match arguments.format {
        TracesFormat::Raw => pprof_raw(&filtered.profile, &time_zone),
        TracesFormat::Text => {
            let defaults = PprofOptions::default();
            let options = PprofOptions {
                sample_type,
                granularity: filters::granularity(&arguments.input.filters),
                unit: arguments.unit.clone().unwrap_or(defaults.unit),
                time_zone,
                ..PprofOptions::default()
            };
            pprof_traces(&filtered.profile, &filtered.outcome, &options)
        }
    };
    terminal.out.write_all(text.as_bytes()).map_err(|source| CommandError::Output { source })?;
    terminal.flush()?;
    Ok(Exit::Success)
}
