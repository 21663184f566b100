//! Samples by when they were taken and in which thread.

use firesteel_model::{LabelSetId, LabelValue, Nanoseconds, Profile, StringId, ThreadId};

use crate::error::FilterError;
use crate::located::Located;
use crate::pattern::Pattern;

/// Keeps samples of a part of the time, counted from the first sample of all. Gives the number of samples that do not
/// say when they were taken, which are dropped.
pub(crate) fn by_time(
    located: &mut Located<'_>,
    from: Option<Nanoseconds>,
    to: Option<Nanoseconds>,
) -> Result<usize, FilterError> {
    let first = located.samples.iter().filter_map(|sample| sample.time).min().ok_or(FilterError::NoTimes)?;
    let mut without = 0;
    located.samples.retain(|sample| {
        let Some(time) = sample.time else {
            without += 1;
            return false;
        };
        let time = Nanoseconds(time.0 - first.0);
        from.is_none_or(|from| time >= from) && to.is_none_or(|to| time < to)
    });
    Ok(without)
}

/// Who a sample belongs to, from its thread or else from the labels `comm`, `pid` and `tid`.
struct Owner<'a> {
    name: &'a str,
    process: Option<i64>,
    thread: Option<i64>,
}

impl<'a> Owner<'a> {
    fn of(tables: &'a Profile, thread: ThreadId, labels: LabelSetId) -> Self {
        if thread != ThreadId::NONE {
            let known = tables.thread(thread);
            return Self {
                name: tables.string(known.name),
                process: known.process.map(|process| process.0.into()),
                thread: known.thread.map(|thread| thread.0.into()),
            };
        }
        let mut owner = Self { name: "", process: None, thread: None };
        for label in tables.labels(labels) {
            match (tables.string(label.key), label.value) {
                ("comm" | "thread", LabelValue::Text(text)) if text != StringId::EMPTY => {
                    owner.name = tables.string(text);
                }
                ("pid", LabelValue::Number { value, .. }) => owner.process = Some(value),
                ("tid", LabelValue::Number { value, .. }) => owner.thread = Some(value),
                _ => {}
            }
        }
        owner
    }

    /// `NAME-PID/TID`, with `?` for what is not known.
    fn in_full(&self) -> String {
        let number = |number: Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        format!("{}-{}/{}", self.name, number(self.process), number(self.thread))
    }
}

/// Keeps samples of threads that match `thread` by name and numbers and `comm` by name. Says for each whether it
/// matched.
pub(crate) fn by_thread(located: &mut Located<'_>, thread: Option<&Pattern>, comm: Option<&Pattern>) -> (bool, bool) {
    let (mut any_thread, mut any_comm) = (false, false);
    let Located { samples, tables, .. } = located;
    let mut last = None;
    samples.retain(|sample| {
        // Neighbours often belong to the same thread.
        let key = (sample.thread, if sample.thread == ThreadId::NONE { sample.labels } else { LabelSetId::EMPTY });
        if let Some((known, keep)) = last
            && known == key
        {
            return keep;
        }
        let owner = Owner::of(tables, sample.thread, sample.labels);
        let is_thread = thread.is_none_or(|pattern| pattern.matches(&owner.in_full()));
        let is_comm = comm.is_none_or(|pattern| pattern.matches(owner.name));
        any_thread |= is_thread;
        any_comm |= is_comm;
        last = Some((key, is_thread && is_comm));
        is_thread && is_comm
    });
    (any_thread, any_comm)
}
