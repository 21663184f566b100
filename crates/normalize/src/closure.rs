//! Names of function literals that survive changes around them.

use std::collections::{BTreeMap, BTreeSet};

use firesteel_model::{FunctionId, Profile};

use crate::go_name::GoName;

/// For each function that is a literal the name by its line within the function that it is in, as far as that can be
/// told: both must have been sampled, or inlined into what was, in a profile that knows where functions begin.
///
/// The compiler counts literals in the order of the source (`closureName` in `cmd/compile`), so one more renumbers
/// all that follow. Until Go 1.26 a literal that was inlined into another function carried that one's name, too
/// (`main.main.mk.func7` for a literal of `main.mk`); Go 1.27 calls it `main.mk.func1`.
pub(crate) fn stable_names(profile: &Profile) -> BTreeMap<FunctionId, String> {
    let functions: Vec<(FunctionId, &str)> = (0..profile.function_count())
        .map(FunctionId::from_index)
        .map(|id| (id, profile.string(profile.function(id).name)))
        .collect();
    let plain: BTreeSet<&str> = functions.iter().map(|&(_, name)| name).collect();
    // Where functions begin, by package, receiver and name.
    let mut starts: BTreeMap<String, u32> = BTreeMap::new();
    for &(id, name) in &functions {
        let start = profile.function(id).start_line.0;
        if start > 0
            && let Some(parsed) = GoName::parse(name)
            && !is_literal(&parsed)
        {
            starts.entry(enclosing(name, &parsed, &plain)).or_insert(start);
        }
    }
    let mut literals: Vec<(String, u32, &str, FunctionId)> = Vec::new();
    for &(id, name) in &functions {
        let start = profile.function(id).start_line.0;
        let Some(parsed) = GoName::parse(name).filter(is_literal) else { continue };
        let outer = enclosing(name, &parsed, &plain);
        if let Some(offset) = starts.get(&outer).and_then(|&outer| start.checked_sub(outer)).filter(|_| start > 0) {
            literals.push((outer, offset, name, id));
        }
    }
    literals.sort();
    let mut names = BTreeMap::new();
    // Literals of one line are told apart by the order of their names, which is that of the source.
    let mut index = 0;
    let mut previous: Option<(String, u32, &str)> = None;
    for (outer, offset, name, id) in literals {
        let same_line = previous.as_ref().is_some_and(|(o, l, _)| (o, *l) == (&outer, offset));
        let same_name = previous.as_ref().is_some_and(|(_, _, n)| *n == name);
        index = if !same_line {
            1
        } else if same_name {
            index
        } else {
            index + 1
        };
        let suffix = if index == 1 { String::new() } else { format!(".{index}") };
        names.insert(id, format!("{outer}.func+{offset}{suffix}"));
        previous = Some((outer, offset, name));
    }
    names
}

fn is_literal(name: &GoName<'_>) -> bool {
    name.suffix.starts_with("func") || name.function.contains("-range") || name.suffix.contains("-range")
}

/// The name of the declared function that a name belongs to.
fn enclosing(name: &str, parsed: &GoName<'_>, plain: &BTreeSet<&str>) -> String {
    let declared = name.strip_suffix(parsed.suffix).unwrap_or(name).trim_end_matches('.');
    let declared = declared.split("-range").next().unwrap_or(declared);
    // `main.main.mk`: no type has the name of a function, so `main.main` is where it was inlined.
    if !parsed.receiver.is_empty()
        && !parsed.pointer_receiver
        && let Some(caller) = declared.strip_suffix(parsed.function).and_then(|rest| rest.strip_suffix('.'))
        && plain.contains(caller)
        && let Some(package) = caller.strip_suffix(parsed.receiver)
    {
        return format!("{package}{}", parsed.function);
    }
    declared.to_owned()
}

#[cfg(test)]
mod tests {
    use firesteel_model::{Function, LineNumber, ValueType};

    use super::*;

    fn check(functions: &[(&str, u32)], expect: &[(&str, &str)]) {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        let ids: Vec<FunctionId> = functions
            .iter()
            .map(|&(name, line)| {
                let name = profile.intern(name);
                profile.intern_function(Function { name, start_line: LineNumber(line), ..Function::default() })
            })
            .collect();
        let names = stable_names(&profile);
        let found: Vec<(&str, &str)> =
            functions.iter().zip(&ids).filter_map(|(&(name, _), id)| Some((name, names.get(id)?.as_str()))).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn literals_are_named_by_their_line() {
        check(
            &[("main.mk", 10), ("main.mk.func1", 12), ("main.mk.func2", 15), ("main.mk.func2.1", 16)],
            &[
                ("main.mk.func1", "main.mk.func+2"),
                ("main.mk.func2", "main.mk.func+5"),
                ("main.mk.func2.1", "main.mk.func+6"),
            ],
        );
        check(
            &[("main.(*T).M", 10), ("main.(*T).M.func1", 10), ("main.(*T).M.func2", 10)],
            &[("main.(*T).M.func1", "main.(*T).M.func+0"), ("main.(*T).M.func2", "main.(*T).M.func+0.2")],
        );
    }

    #[test]
    fn inlined_literals_of_older_releases_belong_to_their_function() {
        check(
            &[("main.main", 1), ("main.mk", 10), ("main.main.mk.func7", 12)],
            &[("main.main.mk.func7", "main.mk.func+2")],
        );
        // A method's literal: there is no function `main.T`.
        check(&[("main.T.M", 10), ("main.T.M.func1", 12)], &[("main.T.M.func1", "main.T.M.func+2")]);
    }

    #[test]
    fn without_lines_names_stay() {
        check(&[("main.mk", 0), ("main.mk.func1", 0)], &[]);
        check(&[("main.mk.func1", 12)], &[]);
    }
}
