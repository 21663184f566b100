//! Lines of tables: CSV with any of the usual delimiters, and trees told by indentation.

use std::borrow::Cow;

use firesteel_model::StackId;

/// The delimiter of a table, from its heading.
pub(crate) fn delimiter(heading: &str) -> char {
    let count = |delimiter: char| heading.chars().filter(|&c| c == delimiter).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(',')
}

/// The fields of a line. In quotes a delimiter is text and a quote is doubled (RFC 4180); white space in front of a
/// quote, by which trees are indented, is kept.
pub(crate) fn fields(line: &str, delimiter: char) -> Vec<Cow<'_, str>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = next_field(rest, delimiter);
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return fields,
        }
    }
}

fn next_field(text: &str, delimiter: char) -> (Cow<'_, str>, Option<&str>) {
    let plain = || match text.split_once(delimiter) {
        Some((field, rest)) => (Cow::Borrowed(field), Some(rest)),
        None => (Cow::Borrowed(text), None),
    };
    let inside = text.trim_start_matches(' ');
    let Some(quoted) = inside.strip_prefix('"') else { return plain() };
    let indent = text.len() - inside.len();
    let mut value = text.get(..indent).unwrap_or_default().to_owned();
    let mut rest = quoted;
    loop {
        // Without a closing quote the line is broken: take it as it is.
        let Some((piece, after)) = rest.split_once('"') else { return plain() };
        value.push_str(piece);
        match after.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => return (Cow::Owned(value), after.split_once(delimiter).map(|(_, rest)| rest)),
        }
    }
}

/// The rows above the current one in a tree whose rows say how deep they are.
#[derive(Debug, Default)]
pub(crate) struct TreePath {
    rows: Vec<(usize, StackId)>,
}

impl TreePath {
    /// The stack of the row that a row of this depth is under.
    pub(crate) fn parent(&mut self, depth: usize) -> StackId {
        while self.rows.last().is_some_and(|&(above, _)| above >= depth) {
            self.rows.pop();
        }
        self.rows.last().map_or(StackId::ROOT, |&(_, stack)| stack)
    }

    /// Adds the current row.
    pub(crate) fn push(&mut self, depth: usize, stack: StackId) {
        self.rows.push((depth, stack));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_lines() {
        let check = |line: &str, expect: &[&str]| assert_eq!(fields(line, ','), expect, "{line}");
        check("a,b,,c", &["a", "b", "", "c"]);
        check("\"a,b\",\"say \"\"x\"\"\",", &["a,b", "say \"x\"", ""]);
        check("  \"leaf<int, char>\",1", &["  leaf<int, char>", "1"]);
        check("  main,1", &["  main", "1"]);
        check("\"open,1", &["\"open", "1"]);
        check("", &[""]);
        assert_eq!(delimiter("Level;Function Name;Module"), ';');
        assert_eq!(delimiter("a,b;c,d"), ',');
        assert_eq!(delimiter("a\tb\tc"), '\t');
        assert_eq!(delimiter("abc"), ',');
    }
}
