//! Filters by the names of functions, files and mapped files: focus, ignore, hide, show and show_from.

use crate::located::Located;
use crate::pattern::Pattern;

/// The expressions that are applied together.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamePatterns {
    pub(crate) focus: Option<Pattern>,
    pub(crate) ignore: Option<Pattern>,
    pub(crate) hide: Option<Pattern>,
    pub(crate) show: Option<Pattern>,
}

/// Whether each expression matched any location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameMatches {
    pub(crate) focus: bool,
    pub(crate) ignore: bool,
    pub(crate) hide: bool,
    pub(crate) show: bool,
}

/// What a location says about the samples that it is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Say {
    Nothing,
    Focused,
    Ignored,
}

impl NamePatterns {
    pub(crate) fn is_empty(&self) -> bool {
        self.focus.is_none() && self.ignore.is_none() && self.hide.is_none() && self.show.is_none()
    }

    /// Keeps samples that go through a focused location and through no ignored one, and takes the lines that are
    /// hidden or not shown from their locations. Samples without a location left go; their number is given, too.
    pub(crate) fn apply(&self, located: &mut Located<'_>) -> (NameMatches, usize) {
        let mut matches = NameMatches { focus: false, ignore: false, hide: false, show: false };
        let [focus, ignore, hide, show] = [&self.focus, &self.ignore, &self.hide, &self.show]
            .map(|pattern| pattern.as_ref().map(|pattern| located.matcher(pattern)));
        let tables = &located.tables;
        let mut says = Vec::with_capacity(located.locations.len());
        for location in &located.locations {
            says.push(if ignore.as_ref().is_some_and(|ignore| ignore.location(tables, location)) {
                matches.ignore = true;
                Say::Ignored
            } else if focus.as_ref().is_none_or(|focus| focus.location(tables, location)) {
                matches.focus = true;
                Say::Focused
            } else {
                Say::Nothing
            });
        }
        let wanted: Vec<bool> = located
            .stacks
            .iter()
            .map(|stack| {
                let mut says = stack.iter().map(|&location| says[location as usize]);
                // An empty stack goes through no focused location, even when all are.
                !says.clone().any(|say| say == Say::Ignored) && says.any(|say| say == Say::Focused)
            })
            .collect();
        located.retain_stacks(&wanted);
        if hide.is_none() && show.is_none() {
            return (matches, 0);
        }
        let Located { tables, locations, .. } = &mut *located;
        for location in locations {
            if let Some(hide) = &hide
                && hide.location(tables, location)
            {
                matches.hide = true;
                let whole = hide.mapping(location.mapping);
                location.lines.retain(|&line| !whole && !hide.line(tables, line));
            }
            if let Some(show) = &show {
                let whole = show.mapping(location.mapping);
                location.lines.retain(|&line| whole || show.line(tables, line));
                matches.show |= !location.lines.is_empty();
            }
        }
        (matches, drop_emptied(located))
    }
}

/// Takes locations without lines from the stacks, and samples of which nothing is left; gives the number of those.
fn drop_emptied(located: &mut Located<'_>) -> usize {
    let locations = &located.locations;
    for stack in &mut located.stacks {
        stack.retain(|&location| !locations[location as usize].lines.is_empty());
    }
    let wanted: Vec<bool> = located.stacks.iter().map(|stack| !stack.is_empty()).collect();
    let before = located.samples.len();
    located.retain_stacks(&wanted);
    before - located.samples.len()
}

/// Drops the callers of the outermost frame that matches, and samples without such a frame. Says whether any matched.
pub(crate) fn show_from(located: &mut Located<'_>, pattern: &Pattern) -> bool {
    let matcher = located.matcher(pattern);
    let tables = &located.tables;
    let mut matched = Vec::with_capacity(located.locations.len());
    for location in &mut located.locations {
        if matcher.mapping(location.mapping) {
            matched.push(true);
            continue;
        }
        let outermost = location.lines.iter().rposition(|&line| matcher.line(tables, line));
        if let Some(outermost) = outermost {
            location.lines.truncate(outermost + 1);
        }
        matched.push(outermost.is_some());
    }
    let mut wanted = Vec::with_capacity(located.stacks.len());
    for stack in &mut located.stacks {
        let outermost = stack.iter().rposition(|&location| matched[location as usize]);
        if let Some(outermost) = outermost {
            stack.truncate(outermost + 1);
        }
        wanted.push(outermost.is_some());
    }
    located.retain_stacks(&wanted);
    matched.contains(&true)
}
