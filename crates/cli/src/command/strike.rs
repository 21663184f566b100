//! `firesteel THING…`: does what is meant.

use crate::arguments::{FetchCommandArguments, StrikeArguments};
use crate::command::{diff, fetch, record, render};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::terminal::Terminal;
use crate::thing::Thing;

pub(crate) fn run(
    arguments: StrikeArguments,
    command_follows: bool,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    let StrikeArguments { duration, sampling, fetching, input, output, things } = arguments;
    match Thing::judge(&things, command_follows)? {
        Thing::Command(command) => {
            let target = firesteel_capture::perf::Target::Launch(command);
            record::record(&target, duration, &sampling, &output, &input.filters, terminal)
        }
        Thing::Process(process) => {
            let target = firesteel_capture::perf::Target::Attach(process);
            record::record(&target, duration, &sampling, &output, &input.filters, terminal)
        }
        Thing::Service(url) => {
            fetch::run(FetchCommandArguments { duration, url, fetching, output }, &input.filters, terminal)
        }
        Thing::Comparison(before, after) => diff::report(before, after, &input, output, terminal),
        Thing::Profiles(files) => render::report(&files, &input, &output, terminal),
    }
}
