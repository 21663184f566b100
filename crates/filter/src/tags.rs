//! Filters by labels: tagfocus, tagignore, tagshow and taghide.

use firesteel_model::{Label, LabelSetId, LabelValue, Profile};

use crate::error::FilterError;
use crate::label_units::{LabelUnits, is_there};
use crate::located::Located;
use crate::measurement::scale;
use crate::pattern::Pattern;

/// An expression for labels.
#[derive(Clone, Debug)]
pub(crate) struct TagFilter {
    /// The key that it is for; any when empty.
    key: String,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    /// Numbers in a range, in a unit.
    Range { text: String, unit: String, least: Option<f64>, most: Option<f64> },
    /// Texts. Without a key all have to match some `key:value`; with one, any may match a value.
    Patterns(Vec<Pattern>),
}

impl TagFilter {
    /// Reads the value of an option: `REGEX,…`, `key=REGEX,…`, or a range of numbers, with a key or without.
    pub(crate) fn new(option: &'static str, text: &str) -> Result<Self, FilterError> {
        let (key, text) = text.split_once('=').unwrap_or(("", text));
        let values = match range(option, text)? {
            Some(range) => range,
            None => Values::Patterns(
                text.split(',').map(|pattern| Pattern::new(option, pattern)).collect::<Result<_, _>>()?,
            ),
        };
        Ok(Self { key: key.to_owned(), values })
    }

    /// The range that the expression was taken for.
    pub(crate) fn as_range(&self) -> Option<&str> {
        match &self.values {
            Values::Range { text, .. } => Some(text),
            Values::Patterns(_) => None,
        }
    }

    fn matches(&self, tables: &Profile, labels: &[Label], units: &LabelUnits) -> bool {
        let of_key = |label: &&Label| is_there(label) && (self.key.is_empty() || tables.string(label.key) == self.key);
        let labels = || labels.iter().filter(of_key);
        match &self.values {
            Values::Range { unit, least, most, .. } => labels().any(|label| {
                let LabelValue::Number { value, .. } = label.value else { return false };
                let (value, in_unit) = scale(value, units.get(tables.string(label.key)), unit);
                in_unit == *unit && least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
            }),
            Values::Patterns(patterns) if self.key.is_empty() => patterns.iter().all(|pattern| {
                labels().any(|label| {
                    let LabelValue::Text(text) = label.value else { return false };
                    pattern.matches(&format!("{}:{}", tables.string(label.key), tables.string(text)))
                })
            }),
            Values::Patterns(patterns) => patterns.iter().any(|pattern| {
                labels()
                    .any(|label| matches!(label.value, LabelValue::Text(text) if pattern.matches(tables.string(text))))
            }),
        }
    }

    /// For each set of labels in use whether it matches.
    pub(crate) fn matching(&self, located: &Located<'_>, units: &LabelUnits) -> Vec<bool> {
        let sets = located.samples.iter().map(|sample| sample.labels.index() + 1).max().unwrap_or(0);
        let tables = &located.tables;
        (0..sets).map(|set| self.matches(tables, tables.labels(LabelSetId::from_index(set)), units)).collect()
    }
}

/// Reads `32kb` (exactly that), `:64kb` (at most), `4mb:` (at least), `12kb:64mb` (between, both included). `None` is
/// no range.
fn range(option: &'static str, text: &str) -> Result<Option<Values>, FilterError> {
    let quantity = |text: &'_ str| -> Option<(String, String)> {
        let digits_from = usize::from(text.starts_with(['+', '-']));
        let digits = text[digits_from..].bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits_from + digits);
        let is_quantity = digits > 0 && unit.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_quantity.then(|| (number.to_owned(), unit.to_owned()))
    };
    let value =
        |number: &str| number.parse::<i64>().map_err(|_| FilterError::Number { option, number: number.to_owned() });
    let one = |(number, unit): &(String, String)| value(number).map(|number| scale(number, unit, unit));
    let made = |unit, least, most| Ok(Some(Values::Range { text: text.to_owned(), unit, least, most }));
    let Some((low, high)) = text.split_once(':') else {
        let Some(exact) = quantity(text) else { return Ok(None) };
        let (exact, unit) = one(&exact)?;
        return made(unit, Some(exact), Some(exact));
    };
    match (quantity(low), quantity(high)) {
        (Some(low), None) if high.is_empty() => {
            let (least, unit) = one(&low)?;
            made(unit, Some(least), None)
        }
        (None, Some(high)) if low.is_empty() => {
            let (most, unit) = one(&high)?;
            made(unit, None, Some(most))
        }
        (Some(low), Some((high, high_unit))) => {
            let (least, unit) = one(&low)?;
            let (most, unit_of_most) = scale(value(&high)?, &high_unit, &unit);
            if unit == unit_of_most { made(unit, Some(least), Some(most)) } else { Ok(None) }
        }
        _ => Ok(None),
    }
}

/// Keeps samples whose labels match `focus` and do not match `ignore`. Says for each whether it matched.
pub(crate) fn filter(
    located: &mut Located<'_>,
    focus: Option<&TagFilter>,
    ignore: Option<&TagFilter>,
    units: &LabelUnits,
) -> (bool, bool) {
    let [focused, ignored] = [focus, ignore].map(|filter| filter.map(|filter| filter.matching(located, units)));
    let (mut any_focused, mut any_ignored) = (false, false);
    located.samples.retain(|sample| {
        let set = sample.labels.index();
        let is_focused = focused.as_ref().is_none_or(|sets| sets[set]);
        let is_ignored = ignored.as_ref().is_some_and(|sets| sets[set]);
        any_focused |= is_focused;
        any_ignored |= is_ignored;
        is_focused && !is_ignored
    });
    (any_focused, any_ignored)
}

/// Takes away labels whose key does not match `show` or matches `hide`. Says for each whether it matched.
pub(crate) fn filter_labels(located: &mut Located<'_>, show: Option<&Pattern>, hide: Option<&Pattern>) -> (bool, bool) {
    let (mut any_shown, mut any_hidden) = (false, false);
    let mut sets: Vec<Option<LabelSetId>> = Vec::new();
    let Located { samples, tables, .. } = located;
    for sample in samples {
        let set = sample.labels.index();
        if sets.len() <= set {
            sets.resize(set + 1, None);
        }
        sample.labels = *sets[set].get_or_insert_with(|| {
            let mut labels = tables.labels(sample.labels).to_vec();
            labels.retain(|label| {
                let key = tables.string(label.key);
                let is_shown = show.is_none_or(|show| show.matches(key));
                let is_hidden = hide.is_some_and(|hide| hide.matches(key));
                any_shown |= is_shown && is_there(label);
                any_hidden |= is_hidden && is_there(label);
                is_shown && !is_hidden
            });
            tables.intern_labels(&labels)
        });
    }
    (any_shown, any_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_expressions_are_told_apart() {
        for (text, expect) in [
            ("32kb", Some(("kB", Some(32.0), Some(32.0)))),
            (":64kb", Some(("kB", None, Some(64.0)))),
            ("4mb:", Some(("MB", Some(4.0), None))),
            ("12kb:64mb", Some(("kB", Some(12.0), Some(65536.0)))),
            ("size=1:2", Some(("", Some(1.0), Some(2.0)))),
            ("-5:+5", Some(("", Some(-5.0), Some(5.0)))),
            ("100ms:1s", Some(("ms", Some(100.0), Some(1000.0)))),
            ("5widgets", Some(("widgets", Some(5.0), Some(5.0)))),
            ("1kb:2ms", None),
            ("1:2:3", None),
            ("GET", None),
            ("v1", None),
            ("1x2", None),
            (":", None),
            ("", None),
        ] {
            let filter = TagFilter::new("tagfocus", text).unwrap();
            let got = match &filter.values {
                Values::Range { unit, least, most, .. } => Some((unit.as_str(), *least, *most)),
                Values::Patterns(_) => None,
            };
            assert_eq!(got, expect, "{text}");
        }
        let error = TagFilter::new("tagfocus", "99999999999999999999kb").unwrap_err();
        assert_eq!(error.to_string(), "the number `99999999999999999999` of tagfocus is too large");
    }
}
