//! What people are shown of a profile: cleaned names, and the program's name where there are several.

use std::borrow::Cow;

use firesteel_filter::{Granularity, Outcome};
use firesteel_model::{Profile, RootBy, ThreadId};
use firesteel_normalize::{Rule, Warning, clean, clean_in_place};

use crate::arguments::NameArguments;
use crate::error::CommandError;
use crate::filters;
use crate::terminal::Terminal;

/// Property of a profile whose stacks are shown under the name of their program.
pub(crate) const ROOT_PROPERTY: &str = "root";

/// A profile as it was captured or read, and as it is shown.
pub(crate) struct View<'a> {
    /// What tells it from others of the same report: its kind; empty when it is the only one.
    pub(crate) name: String,
    /// Everything that is known: what data formats are written from.
    pub(crate) raw: &'a Profile,
    /// What pictures and tables are made from.
    pub(crate) shown: Cow<'a, Profile>,
    /// What it tells apart.
    pub(crate) granularity: Granularity,
    /// What percentages are of: the sums of the value columns before filters.
    pub(crate) totals: Vec<i64>,
}

impl<'a> View<'a> {
    /// A view of a profile; says what cleaning could not do properly.
    pub(crate) fn new(name: &str, raw: &'a Profile, names: &NameArguments, terminal: &mut Terminal<'_>) -> Self {
        let shown = for_people(raw, names, terminal);
        Self { name: name.to_owned(), raw, shown, granularity: Granularity::Functions, totals: raw.totals() }
    }

    /// The same view of what filters left, telling apart what is wanted.
    pub(crate) fn filtered(mut self, outcome: &Outcome, granularity: Granularity) -> Self {
        self.totals.clone_from(&outcome.totals);
        self.granularity = granularity;
        if granularity != Granularity::Functions {
            self.shown = Cow::Owned(granularity.name_frames(&self.shown).into_owned());
        }
        self
    }
}

/// The profile as pictures and tables show it.
pub(crate) fn for_people<'a>(
    profile: &'a Profile,
    names: &NameArguments,
    terminal: &mut Terminal<'_>,
) -> Cow<'a, Profile> {
    let mut shown = cleaned(profile, &names.rules(&Rule::DEFAULT), terminal);
    if shows_root(profile) {
        shown = Cow::Owned(shown.rooted(RootBy::Name));
    }
    shown
}

/// The same for a profile that nobody needs as it was.
pub(crate) fn make_for_people(profile: &mut Profile, names: &NameArguments, terminal: &mut Terminal<'_>) {
    let shows_root = shows_root(profile);
    make_clean(profile, &names.rules(&Rule::DEFAULT), terminal);
    if shows_root {
        *profile = profile.rooted(RootBy::Name);
    }
}

/// The profile with names as people think of them; says what could not be done properly.
pub(crate) fn cleaned<'a>(profile: &'a Profile, rules: &[Rule], terminal: &mut Terminal<'_>) -> Cow<'a, Profile> {
    let (cleaned, warnings) = clean(profile, rules);
    tell(&warnings, terminal);
    cleaned
}

/// The same for a profile that nobody needs as it was.
pub(crate) fn make_clean(profile: &mut Profile, rules: &[Rule], terminal: &mut Terminal<'_>) {
    tell(&clean_in_place(profile, rules), terminal);
}

pub(crate) fn tell(warnings: &[Warning], terminal: &mut Terminal<'_>) {
    for warning in warnings {
        terminal.say(format!("note: {warning}"));
    }
}

/// Whether stacks are shown under the name of their program.
pub(crate) fn shows_root(profile: &Profile) -> bool {
    profile.metadata.property(ROOT_PROPERTY).is_some() || has_several_processes(profile)
}

fn has_several_processes(profile: &Profile) -> bool {
    let mut first = None;
    profile.samples().filter(|sample| sample.thread != ThreadId::NONE).any(|sample| {
        let process = profile.thread(sample.thread).process;
        *first.get_or_insert(process) != process
    })
}

/// The value column of a name or number; `None` for the profile's default.
pub(crate) fn sample_type(profile: &Profile, name: Option<&str>) -> Result<Option<usize>, CommandError> {
    name.map(|name| firesteel_filter::sample_index(profile, name)).transpose().map_err(filters::explain)
}
