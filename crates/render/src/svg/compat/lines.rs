//! Lines of folded text, read as the original reads them.

use std::borrow::Cow;

/// A line with a count.
pub(super) struct Line<'a> {
    /// Frames from the root, separated by `;`.
    stack: Cow<'a, str>,
    /// The first of two counts.
    pub(super) before: Option<f64>,
    /// The only count, or the second of two.
    pub(super) count: f64,
}

impl Line<'_> {
    /// Frames from the root. Empty ones at the end do not count.
    pub(super) fn frames(&self) -> impl Iterator<Item = &str> {
        let stack = self.stack.trim_end_matches(';');
        stack.split(';').take(if stack.is_empty() { 0 } else { usize::MAX })
    }

    /// What changed, on a line with two counts.
    pub(super) fn change(&self) -> Option<f64> {
        self.before.map(|before| self.count - before)
    }
}

/// In which order and form lines are taken.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// Stacks from the leaf.
    pub(super) reverse: bool,
    /// As they come, rather than sorted.
    pub(super) as_they_come: bool,
    /// The stacks are chains of wake-ups.
    pub(super) chain: bool,
}

/// What a text consists of.
pub(super) struct Lines<'a> {
    /// Those with a count, in the order in which they are drawn.
    pub(super) lines: Vec<Line<'a>>,
    /// How many have no count at their end.
    pub(super) ignored: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn read(text: &'a str, order: Order) -> Self {
        // A line feed at the end ends the last line, as for `split`.
        let whole = text.strip_suffix('\n').unwrap_or(text);
        let texts = whole.split('\n').take(if text.is_empty() { 0 } else { usize::MAX });
        let mut texts: Vec<Cow<'a, str>> = if order.reverse {
            texts.map(|line| Cow::Owned(turned(line))).collect()
        } else {
            texts.map(Cow::Borrowed).collect()
        };
        if !order.as_they_come {
            // Bytes of UTF-8 sort as code points do.
            texts.sort_unstable();
        }
        let mut result = Self { lines: Vec::with_capacity(texts.len()), ignored: 0 };
        for text in texts {
            match read_line(text, order.chain) {
                Some(line) => result.lines.push(line),
                None => result.ignored += 1,
            }
        }
        result
    }
}

fn read_line(line: Cow<'_, str>, chain: bool) -> Option<Line<'_>> {
    let parts = Parts::of(&line)?;
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let (before, count, length) = (parts.before.map(number), number(parts.count), parts.stack.len());
    let mut stack = match line {
        Cow::Borrowed(line) => Cow::Borrowed(&line[..length]),
        Cow::Owned(mut line) => {
            line.truncate(length);
            Cow::Owned(line)
        }
    };
    if chain {
        stack = Cow::Owned(with_wakers_marked(&stack));
    }
    Some(Line { stack, before, count })
}

/// The parts of a line.
struct Parts<'a> {
    stack: &'a str,
    before: Option<&'a str>,
    count: &'a str,
}

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (stack, last) = split_count(line)?;
        Some(match split_count(stack) {
            Some((stack, before)) => Self { stack, before: Some(before), count: last },
            None => Self { stack, before: None, count: last },
        })
    }
}

/// Splits at the last white space, if digits with at most one point behind the first of them follow.
fn split_count(text: &str) -> Option<(&str, &str)> {
    let (index, space) = text.char_indices().rev().find(|(_, character)| character.is_whitespace())?;
    let count = &text[index + space.len_utf8()..];
    let (whole, fraction) = count.split_once('.').unwrap_or((count, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && is_number(whole) && is_number(fraction)).then(|| (&text[..index], count))
}

/// The line with its frames turned around; what has no count loses its text.
fn turned(line: &str) -> String {
    let Some(parts) = Parts::of(line) else { return " ".to_owned() };
    let frames = parts.stack.trim_end_matches(';').rsplit(';');
    let mut turned = frames.collect::<Vec<_>>().join(";");
    for count in parts.before.into_iter().chain([parts.count]) {
        turned.push(' ');
        turned.push_str(count);
    }
    turned
}

/// Marks the frames of those that woke others up: all behind the first `;--;`. A stack without any still gets a
/// `--` at its end.
fn with_wakers_marked(stack: &str) -> String {
    let mut parts: Vec<&str> = stack.split(";--;").collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    let mut parts = parts.into_iter();
    let woken = parts.next().unwrap_or("");
    let wakers: Vec<String> = parts.map(|part| part.replace(';', "_[w];") + "_[w]").collect();
    format!("{woken};--;{}", wakers.join(";--;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Order = Order { reverse: false, as_they_come: false, chain: false };

    /// Compares lines as `frames, separated by bars: before count`.
    fn check(text: &str, order: Order, expect: &[&str], ignored: u64) {
        let lines = Lines::read(text, order);
        let told = lines.lines.iter().map(|line| {
            let before = line.before.map_or_else(String::new, |before| format!("{before} "));
            format!("{}: {before}{}", line.frames().collect::<Vec<_>>().join("|"), line.count)
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
        assert_eq!(lines.ignored, ignored);
    }

    #[test]
    fn counts_are_the_last_words() {
        check("a;b 5\n", PLAIN, &["a|b: 5"], 0);
        check("a b 5.\n", PLAIN, &["a b: 5"], 0);
        check("a\t0.5", PLAIN, &["a: 0.5"], 0);
        check("a 3 5", PLAIN, &["a: 3 5"], 0);
        check("a 3 5 7", PLAIN, &["a 3: 5 7"], 0);
        check("# comment 5\n 7\n", PLAIN, &[": 7", "# comment: 5"], 0);
        check("a;;b;; 1", PLAIN, &["a||b: 1"], 0);
        check("a 5\r\n\na -5\na 1e5\na .5\n5\na 1.2.3\na\n", PLAIN, &[], 8);
        check("", PLAIN, &[], 0);
    }

    #[test]
    fn order_is_that_of_whole_lines() {
        check("a;b;c 1\na;b+ 2\na;b 3\na;b 10\n", PLAIN, &["a|b: 10", "a|b: 3", "a|b+: 2", "a|b|c: 1"], 0);
        check("b 1\na 2\n", Order { as_they_come: true, ..PLAIN }, &["b: 1", "a: 2"], 0);
        let reverse = Order { reverse: true, ..PLAIN };
        check("a;b;c 1 2\nx\n;z;; 3\n", reverse, &["c|b|a: 1 2", "z: 3"], 1);
    }

    #[test]
    fn wakers_are_marked() {
        let chain = Order { chain: true, ..PLAIN };
        check("a;b;--;c;d;--;e 1\n", chain, &["a|b|--|c_[w]|d_[w]|--|e_[w]: 1"], 0);
        check("a;b 1\n", chain, &["a|b|--: 1"], 0);
    }
}
