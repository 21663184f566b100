//! `firesteel top`: the functions that cost the most, as a table.

use std::io::Write;

use firesteel_render::text::{
    PprofOptions, TopOptions, TopOrder, pprof_top, top_csv, top_json, top_markdown, top_table,
};

use crate::arguments::{TopArguments, TopFormat};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::terminal::Terminal;
use crate::view;

/// How many functions people are shown if they do not say.
const ENOUGH: usize = 20;

pub(crate) fn run(arguments: &TopArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let filter = filters::compile(&arguments.input.filters, arguments.unit.as_deref())?;
    let options = input::options_for(&filter);
    let profile = input::load(&arguments.files, &options, &arguments.input.symbols, terminal)?;
    let sample_type = view::sample_type(&profile, arguments.sample_index.as_deref())?;
    let filtered = filters::apply(&filter, &profile, terminal)?;
    let granularity = filters::granularity(&arguments.input.filters);
    let order = if arguments.cum { TopOrder::Total } else { TopOrder::SelfValue };
    let table = if arguments.format == TopFormat::Pprof {
        let defaults = PprofOptions::default();
        let options = PprofOptions {
            sample_type,
            granularity,
            order,
            node_count: arguments.node_count.unwrap_or(0),
            node_fraction: arguments.node_fraction.unwrap_or(defaults.node_fraction),
            unit: arguments.unit.clone().unwrap_or(defaults.unit),
            time_zone: jiff::tz::TimeZone::system(),
            ..PprofOptions::default()
        };
        pprof_top(&filtered.profile, &filtered.outcome, &options)
    } else {
        let shown = view::for_people(&filtered.profile, &arguments.names, terminal);
        let shown = granularity.name_frames(&shown);
        let column = sample_type.unwrap_or_else(|| profile.default_sample_type());
        let limit = match arguments.format {
            TopFormat::Text | TopFormat::Markdown => ENOUGH,
            TopFormat::Csv | TopFormat::Json | TopFormat::Pprof => 0,
        };
        let options = TopOptions {
            sample_type,
            limit: arguments.node_count.unwrap_or(limit),
            order,
            fraction: arguments.node_fraction.unwrap_or(0.0),
            unit: arguments.unit.clone(),
            whole: filtered.outcome.totals.get(column).copied(),
        };
        match arguments.format {
            TopFormat::Csv => top_csv(&shown, &options),
            TopFormat::Json => top_json(&shown, &options),
            TopFormat::Markdown => top_markdown(&shown, &options),
            TopFormat::Text | TopFormat::Pprof => top_table(&shown, &options, &terminal.output_style()),
        }
    };
    terminal.out.write_all(table.as_bytes()).map_err(|source| CommandError::Output { source })?;
    terminal.flush()?;
    Ok(Exit::Success)
}
