//! `firesteel top`: the functions that cost the most, as a table.

use std::io::Write;

use firesteel_filter::{Filter, Granularity};
use firesteel_model::{Profile, SampleList, TopSums, TopTable};
use firesteel_normalize::{Rule, StackCleaner};
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
    let granularity = filters::granularity(&arguments.input.filters);
    let text = if arguments.format == TopFormat::Pprof {
        let profile = load(arguments, &filter, terminal)?;
        let sample_type = view::sample_type(&profile, arguments.sample_index.as_deref())?;
        let filtered = filters::apply(&filter, &profile, terminal)?;
        pprof_top(&filtered.profile, &filtered.outcome, &pprof_options(arguments, granularity, sample_type))
    } else if let ([path], Granularity::Functions, true) = (arguments.files.as_slice(), granularity, filter.is_empty())
    {
        let (mut profile, samples) = input::load_samples(path, &filter, &arguments.input.symbols, terminal)?;
        let column = column(&profile, arguments)?;
        match samples.and_then(|samples| table_of(&mut profile, &samples, column, arguments, terminal)) {
            Some(table) => shown(&profile, &table, table.whole, arguments, terminal),
            None => table_of_profile(&profile, &filter, granularity, arguments, terminal)?,
        }
    } else {
        let profile = load(arguments, &filter, terminal)?;
        table_of_profile(&profile, &filter, granularity, arguments, terminal)?
    };
    terminal.out.write_all(text.as_bytes()).map_err(|source| CommandError::Output { source })?;
    terminal.flush()?;
    Ok(Exit::Success)
}

fn load(arguments: &TopArguments, filter: &Filter, terminal: &mut Terminal<'_>) -> Result<Profile, CommandError> {
    input::load(&arguments.files, &input::options_for(filter), &arguments.input.symbols, terminal)
}

fn column(profile: &Profile, arguments: &TopArguments) -> Result<usize, CommandError> {
    let sample_type = view::sample_type(profile, arguments.sample_index.as_deref())?;
    Ok(sample_type.unwrap_or_else(|| profile.default_sample_type()))
}

/// The functions of what filters leave of a profile.
fn table_of_profile(
    profile: &Profile,
    filter: &Filter,
    granularity: Granularity,
    arguments: &TopArguments,
    terminal: &mut Terminal<'_>,
) -> Result<String, CommandError> {
    let column = column(profile, arguments)?;
    let filtered = filters::apply(filter, profile, terminal)?;
    let cleaned = view::for_people(&filtered.profile, &arguments.names, terminal);
    let named = granularity.name_frames(&cleaned);
    let table = TopTable::of_profile(&named, column);
    let whole = filtered.outcome.totals.get(column).copied().unwrap_or(table.whole);
    Ok(shown(&named, &table, whole, arguments, terminal))
}

/// The functions of samples, the same as of a profile of them. Nothing, and the samples are added to the profile, when
/// that takes a tree of stacks.
fn table_of(
    profile: &mut Profile,
    samples: &SampleList,
    column: usize,
    arguments: &TopArguments,
    terminal: &mut Terminal<'_>,
) -> Option<TopTable> {
    let Some(mut cleaner) = StackCleaner::new(profile, samples, &arguments.names.rules(&Rule::DEFAULT)) else {
        profile.add_samples(samples);
        return None;
    };
    let mut sums = TopSums::new(profile, column);
    let mut cleaned = Vec::new();
    for (stack, values) in samples.iter() {
        cleaner.clean(stack, &mut cleaned);
        sums.add(&cleaned, values);
    }
    view::tell(&cleaner.warnings(), terminal);
    Some(sums.table(profile))
}

/// The table as text. `whole` is what percentages are of.
fn shown(
    profile: &Profile,
    table: &TopTable,
    whole: i64,
    arguments: &TopArguments,
    terminal: &mut Terminal<'_>,
) -> String {
    let limit = match arguments.format {
        TopFormat::Text | TopFormat::Markdown => ENOUGH,
        TopFormat::Csv | TopFormat::Json | TopFormat::Pprof => 0,
    };
    let options = TopOptions {
        limit: arguments.node_count.unwrap_or(limit),
        order: order(arguments),
        fraction: arguments.node_fraction.unwrap_or(0.0),
        unit: arguments.unit.clone(),
        whole: Some(whole),
    };
    match arguments.format {
        TopFormat::Csv => top_csv(profile, table, &options),
        TopFormat::Json => top_json(profile, table, &options),
        TopFormat::Markdown => top_markdown(profile, table, &options),
        TopFormat::Text | TopFormat::Pprof => top_table(profile, table, &options, &terminal.output_style()),
    }
}

fn order(arguments: &TopArguments) -> TopOrder {
    if arguments.cum { TopOrder::Total } else { TopOrder::SelfValue }
}

fn pprof_options(arguments: &TopArguments, granularity: Granularity, sample_type: Option<usize>) -> PprofOptions {
    let defaults = PprofOptions::default();
    PprofOptions {
        sample_type,
        granularity,
        order: order(arguments),
        node_count: arguments.node_count.unwrap_or(0),
        node_fraction: arguments.node_fraction.unwrap_or(defaults.node_fraction),
        unit: arguments.unit.clone().unwrap_or(defaults.unit),
        time_zone: jiff::tz::TimeZone::system(),
        ..PprofOptions::default()
    }
}
