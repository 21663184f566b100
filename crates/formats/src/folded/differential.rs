//! Two profiles to differential folded text: `STACK BEFORE AFTER`, which `flamegraph.pl` and this crate read.

use std::io;

use firesteel_model::{Comparison, DiffTree};

use crate::error::Error;

/// Writes a line for each stack that has a value of its own on either side, in the order of the tree. Returns the
/// number of lines.
///
/// Counts of a side that is scaled have up to six digits behind the point: `difffolded.pl` cuts them to whole numbers,
/// which loses stacks of a single sample. In names, `;` becomes `:` and line breaks become spaces.
///
/// # Errors
///
/// When writing fails.
pub fn write_differential(comparison: &Comparison, tree: &DiffTree, output: &mut impl io::Write) -> Result<u64, Error> {
    let failed = |source| Error::Io { action: "writing", source };
    let mut line = String::new();
    // Where the path of each depth ends in the line.
    let mut ends: Vec<usize> = vec![0];
    let mut lines = 0;
    for (index, node) in tree.nodes().iter().enumerate() {
        if index > 0 {
            ends.truncate(node.depth);
            line.truncate(ends.last().copied().unwrap_or(0));
            if node.depth > 1 {
                line.push(';');
            }
            push_name(&mut line, comparison.profile().frame_name(node.frame));
            ends.push(line.len());
        }
        let own = tree.self_change(index);
        if own.before != 0.0 || own.after != 0.0 {
            let stack = if index == 0 { "[unknown]" } else { &line };
            writeln!(output, "{stack} {} {}", rounded(own.before), rounded(own.after)).map_err(failed)?;
            lines += 1;
        }
    }
    Ok(lines)
}

fn push_name(line: &mut String, name: &str) {
    line.extend(name.chars().map(|character| match character {
        ';' => ':',
        '\n' | '\r' => ' ',
        other => other,
    }));
}

/// A count with at most six digits behind the point, but never zero for one that is not.
fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 { value } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folded::{FoldedOptions, FoldedReader};
    use firesteel_model::{Normalization, Profile};

    fn folded(text: &str) -> Profile {
        let mut reader = FoldedReader::new(FoldedOptions::default());
        reader.feed(text.as_bytes());
        reader.finish().profile
    }

    fn written(comparison: &mut Comparison) -> String {
        let mut text = Vec::new();
        let tree = comparison.tree(0.0);
        write_differential(comparison, &tree, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn both_counts_are_on_a_line() {
        let (before, after) = (folded("m;gone 100\nm;stay 50\n"), folded("m;new;deep 20\nm;stay 60\nm 5\n"));
        let comparison = Comparison::new((&before, 0), (&after, 0)).unwrap();
        let text = written(&mut comparison.clone());
        insta::assert_snapshot!(text, @"
        m 0 5
        m;gone 100 0
        m;new;deep 0 20
        m;stay 50 60
        ");
        let mut again = Comparison::of_differential(&folded(&text)).unwrap();
        assert_eq!(written(&mut again), text, "and reads back");
        insta::assert_snapshot!(written(&mut comparison.normalized(Normalization::On, false)), @"
        m 0 5
        m;gone 56.666667 0
        m;new;deep 0 20
        m;stay 28.333333 60
        ");
    }

    #[test]
    fn separators_in_names_are_replaced() {
        let mut profile = folded("a 1\n");
        let frame = profile.intern_named_frame("x;y\nz", firesteel_model::FrameKind::Unknown);
        let stack = profile.push_stack(firesteel_model::StackId::ROOT, frame);
        profile.add_sample(firesteel_model::Sample::new(stack, &[3]));
        let mut comparison = Comparison::new((&profile, 0), (&profile, 0)).unwrap();
        assert_eq!(written(&mut comparison), "a 1 1\nx:y z 3 3\n");
    }
}
