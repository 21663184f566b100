//! All filters, in the order in which pprof applies them.

use std::borrow::Cow;

use firesteel_model::Profile;

use crate::error::FilterError;
use crate::located::Located;
use crate::measurement::label;
use crate::names::{self, NamePatterns};
use crate::options::{FilterOptions, Recursion};
use crate::outcome::{Outcome, Warning};
use crate::pattern::Pattern;
use crate::prune::{self, DropFrames};
use crate::pseudo_frames;
use crate::recursion;
use crate::sample_choice;
use crate::tags::{self, TagFilter};

/// The property of a filtered profile that says what was filtered.
const FILTERS_PROPERTY: &str = "filters";

/// Filters ready to be applied.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    options: FilterOptions,
    names: NamePatterns,
    show_from: Option<Pattern>,
    prune_from: Option<Pattern>,
    tag_focus: Option<TagFilter>,
    tag_ignore: Option<TagFilter>,
    tag_show: Option<Pattern>,
    tag_hide: Option<Pattern>,
    tag_root: Vec<String>,
    tag_leaf: Vec<String>,
    thread: Option<Pattern>,
    comm: Option<Pattern>,
}

/// A filtered profile and what was found on the way.
#[derive(Clone, Debug)]
pub struct Filtered<'a> {
    /// The profile, borrowed when there was nothing to filter.
    pub profile: Cow<'a, Profile>,
    /// What was found.
    pub outcome: Outcome,
}

impl Filter {
    /// Compiles the expressions.
    ///
    /// # Errors
    ///
    /// When one of them is no regular expression, or the number of a range does not fit.
    pub fn new(options: &FilterOptions) -> Result<Self, FilterError> {
        let tag = |option, text: Option<&str>| {
            text.filter(|text| !text.is_empty()).map(|text| TagFilter::new(option, text)).transpose()
        };
        Ok(Self {
            names: NamePatterns {
                focus: Pattern::optional("focus", options.focus.as_deref())?,
                ignore: Pattern::optional("ignore", options.ignore.as_deref())?,
                hide: Pattern::optional("hide", options.hide.as_deref())?,
                show: Pattern::optional("show", options.show.as_deref())?,
            },
            show_from: Pattern::optional("show_from", options.show_from.as_deref())?,
            prune_from: Pattern::optional("prune_from", options.prune_from.as_deref())?,
            tag_focus: tag("tagfocus", options.tag_focus.as_deref())?,
            tag_ignore: tag("tagignore", options.tag_ignore.as_deref())?,
            tag_show: Pattern::optional("tagshow", options.tag_show.as_deref())?,
            tag_hide: Pattern::optional("taghide", options.tag_hide.as_deref())?,
            tag_root: pseudo_frames::keys(options.tag_root.as_deref()),
            tag_leaf: pseudo_frames::keys(options.tag_leaf.as_deref()),
            thread: Pattern::optional("thread", options.thread.as_deref())?,
            comm: Pattern::optional("comm", options.comm.as_deref())?,
            options: options.clone(),
        })
    }

    /// Whether nothing is filtered, unless a profile itself asks for frames to be dropped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let FilterOptions { from, to, recursion, no_inlines, .. } = &self.options;
        self.names.is_empty()
            && [&self.show_from, &self.prune_from, &self.tag_show, &self.tag_hide, &self.thread, &self.comm]
                .into_iter()
                .all(Option::is_none)
            && self.tag_focus.is_none()
            && self.tag_ignore.is_none()
            && self.tag_root.is_empty()
            && self.tag_leaf.is_empty()
            && from.is_none()
            && to.is_none()
            && *recursion == Recursion::Keep
            && !no_inlines
    }

    /// Whether a profile stays as it is: nothing is filtered, and it does not ask for frames to be dropped either.
    #[must_use]
    pub fn keeps(&self, profile: &Profile) -> bool {
        self.is_empty() && (self.options.all_frames || !prune::asks_to_drop(profile))
    }

    /// Whether samples have to be read with their times.
    #[must_use]
    pub fn needs_times(&self) -> bool {
        self.options.from.is_some() || self.options.to.is_some()
    }

    /// Filters a profile.
    ///
    /// # Errors
    ///
    /// When a part of the time is wanted and no sample says when it was taken.
    pub fn apply<'a>(&self, profile: &'a Profile) -> Result<Filtered<'a>, FilterError> {
        let mut outcome = Outcome::before(profile);
        let mut drop_frames = None;
        if !self.options.all_frames && prune::asks_to_drop(profile) {
            match DropFrames::of(profile) {
                Ok(found) => drop_frames = found,
                Err(reason) => outcome.warnings.push(Warning::DropFrames { reason }),
            }
        }
        if self.is_empty() && drop_frames.is_none() {
            return Ok(Filtered { profile: Cow::Borrowed(profile), outcome });
        }
        outcome.active = self.active();
        let mut located = Located::new(profile);
        if let Some(drop_frames) = drop_frames {
            drop_frames.apply(&mut located);
        }
        self.choose_samples(&mut located, &mut outcome)?;
        self.filter_as_pprof(&mut located, &mut outcome);
        if self.options.no_inlines {
            for location in &mut located.locations {
                location.lines.drain(..location.lines.len().saturating_sub(1));
            }
        }
        recursion::collapse(&mut located, self.options.recursion);
        outcome.samples_after = located.samples.len();
        if outcome.samples_after == 0 && outcome.samples_before > 0 {
            outcome.warnings.push(Warning::NothingLeft);
        }
        let mut filtered = located.into_profile();
        let facts = self.facts();
        if !facts.is_empty() {
            filtered.metadata.set_property(FILTERS_PROPERTY, facts.join(", "));
        }
        Ok(Filtered { profile: Cow::Owned(filtered), outcome })
    }

    /// What was asked for, so that whoever gets the report knows.
    fn facts(&self) -> Vec<String> {
        let options = &self.options;
        let mut facts = self.active();
        let more = [
            ("prune_from", &options.prune_from),
            ("tagroot", &options.tag_root),
            ("tagleaf", &options.tag_leaf),
            ("thread", &options.thread),
            ("comm", &options.comm),
        ];
        let given = more.into_iter().filter_map(|(option, text)| Some((option, text.as_deref()?)));
        facts.extend(given.filter(|(_, text)| !text.is_empty()).map(|(option, text)| format!("{option}={text}")));
        for (option, time) in [("from", options.from), ("to", options.to)] {
            facts.extend(time.map(|time| format!("{option}={}", label(time.0 as i64, "nanoseconds"))));
        }
        if options.no_inlines {
            facts.push("noinlines".to_owned());
        }
        facts.extend(match options.recursion {
            Recursion::Keep => None,
            Recursion::Direct => Some("collapse_recursion=direct".to_owned()),
            Recursion::Cycles => Some("collapse_recursion=cycles".to_owned()),
        });
        facts
    }

    fn choose_samples(&self, located: &mut Located<'_>, outcome: &mut Outcome) -> Result<(), FilterError> {
        if self.needs_times() {
            let samples = sample_choice::by_time(located, self.options.from, self.options.to)?;
            if samples > 0 {
                outcome.warnings.push(Warning::NoTime { samples });
            }
        }
        let (thread, comm) = (self.thread.as_ref(), self.comm.as_ref());
        if thread.is_some() || comm.is_some() {
            let (any_thread, any_comm) = sample_choice::by_thread(located, thread, comm);
            warn(outcome, thread.is_none() || any_thread, "thread");
            warn(outcome, comm.is_none() || any_comm, "comm");
        }
        Ok(())
    }

    fn filter_as_pprof(&self, located: &mut Located<'_>, outcome: &mut Outcome) {
        for (option, filter) in [("tagfocus", &self.tag_focus), ("tagignore", &self.tag_ignore)] {
            if let Some(text) = filter.as_ref().and_then(TagFilter::as_range) {
                outcome.warnings.push(Warning::Range { option, text: text.to_owned() });
            }
        }
        // Before the other filters, which may match these frames.
        let unit = self.options.unit.as_deref().unwrap_or("minimum");
        let made = pseudo_frames::add_frames(located, &self.tag_root, &self.tag_leaf, unit);
        warn(outcome, self.tag_root.is_empty() || made.root, "tagroot");
        warn(outcome, self.tag_leaf.is_empty() || made.leaf, "tagleaf");
        if !self.names.is_empty() {
            let (matches, emptied) = self.names.apply(located);
            warn(outcome, self.names.focus.is_none() || matches.focus, "focus");
            warn(outcome, self.names.ignore.is_none() || matches.ignore, "ignore");
            warn(outcome, self.names.hide.is_none() || matches.hide, "hide");
            warn(outcome, self.names.show.is_none() || matches.show, "show");
            if emptied > 0 {
                outcome.warnings.push(Warning::Emptied { samples: emptied });
            }
        }
        if let Some(pattern) = &self.show_from {
            warn(outcome, names::show_from(located, pattern), "show_from");
        }
        let (focus, ignore) = (self.tag_focus.as_ref(), self.tag_ignore.as_ref());
        if focus.is_some() || ignore.is_some() {
            let (focused, ignored) = tags::filter(located, focus, ignore, &outcome.label_units);
            warn(outcome, focus.is_none() || focused, "tagfocus");
            warn(outcome, ignore.is_none() || ignored, "tagignore");
        }
        let (show, hide) = (self.tag_show.as_ref(), self.tag_hide.as_ref());
        if show.is_some() || hide.is_some() {
            let (shown, hidden) = tags::filter_labels(located, show, hide);
            warn(outcome, show.is_none() || shown, "tagshow");
            warn(outcome, hide.is_none() || hidden, "taghide");
        }
        if let Some(pattern) = &self.prune_from {
            prune::prune_from(located, pattern);
        }
    }

    /// The filters that pprof's headers name, in their order there.
    fn active(&self) -> Vec<String> {
        let options = &self.options;
        let named = [
            ("focus", &options.focus),
            ("ignore", &options.ignore),
            ("hide", &options.hide),
            ("show", &options.show),
            ("show_from", &options.show_from),
            ("tagfocus", &options.tag_focus),
            ("tagignore", &options.tag_ignore),
            ("tagshow", &options.tag_show),
            ("taghide", &options.tag_hide),
        ];
        let given = named.into_iter().filter_map(|(option, text)| Some((option, text.as_deref()?)));
        given.filter(|(_, text)| !text.is_empty()).map(|(option, text)| format!("{option}={text}")).collect()
    }
}

fn warn(outcome: &mut Outcome, matched: bool, option: &'static str) {
    if !matched {
        outcome.warnings.push(Warning::NoMatch { option });
    }
}
