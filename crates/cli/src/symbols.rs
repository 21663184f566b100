//! Names for the addresses of profiles that have only these.

use firesteel_model::Profile;
use firesteel_symbolize::{Report, SymbolizeOptions, has_addresses_only, symbolize};

use crate::arguments::SymbolArguments;
use crate::terminal::Terminal;

/// How many files without names are told one by one.
const TOLD: usize = 5;

/// Gives names to addresses, unless told not to. The report is empty when there was nothing to name.
pub(crate) fn name_addresses(profile: Profile, arguments: &SymbolArguments) -> (Profile, Report) {
    if arguments.no_symbols || !has_addresses_only(&profile) {
        return (profile, Report::default());
    }
    let mut options = SymbolizeOptions::default();
    options.inlined = !arguments.no_inline;
    options.symfs.clone_from(&arguments.symfs);
    symbolize(&profile, &options)
}

/// Says what has no names and why.
pub(crate) fn tell(name: &str, report: &Report, terminal: &mut Terminal<'_>) {
    for unnamed in report.unnamed.iter().take(TOLD) {
        terminal.say(format!("note: {name}: {unnamed}"));
    }
    let rest = report.unnamed.get(TOLD..).unwrap_or_default();
    if !rest.is_empty() {
        let addresses: usize = rest.iter().map(|unnamed| unnamed.addresses).sum();
        terminal.say(format!("note: {name}: {addresses} more addresses without names in {} other files", rest.len()));
    }
}
