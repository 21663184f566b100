//! How frames are named.

use clap::Args;
use firesteel_normalize::Rule;

/// How frames are named.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct NameArguments {
    /// Show every frame as it was recorded: with type arguments, compiler wrappers and what every goroutine
    /// starts with.
    #[arg(long)]
    pub(crate) raw_names: bool,
    /// Switch rules of cleaning on, or off with `-` in front, such as `charge-callers,-group-runtime`; `none` and `all`
    /// stand for every rule.
    ///
    /// On unless told otherwise: mark-truncated (stacks that Go cut at its depth limit stand under `[truncated]`),
    /// trim-roots (without what every goroutine starts with), trim-harness (without Go's test runner), hide-wrappers
    /// (without functions that the compiler made only to call another), group-runtime (what the runtime does by itself
    /// stands under `[GC]`, `[scheduler]` and the like), short-generics (type arguments as `[...]`), plain-modules
    /// (import paths without versions and vendor folders), plain-addresses (names without addresses). Also:
    /// charge-callers (runtime helpers count to their callers), stable-closures (function literals by their line; on in
    /// comparisons).
    #[arg(long, value_name = "RULE,…", value_parser = parse_rules, allow_hyphen_values = true, conflicts_with = "raw_names")]
    pub(crate) clean: Option<String>,
}

impl NameArguments {
    /// The rules to apply, those that are usual here changed as asked for.
    pub(crate) fn rules(&self, usual: &[Rule]) -> Vec<Rule> {
        match &self.clean {
            _ if self.raw_names => Vec::new(),
            // Checked when it was parsed.
            Some(list) => Rule::parse_list(usual, list).unwrap_or_else(|_| usual.to_vec()),
            None => usual.to_vec(),
        }
    }
}

fn parse_rules(text: &str) -> Result<String, String> {
    match Rule::parse_list(&[], text) {
        Ok(_) => Ok(text.to_owned()),
        Err(part) => {
            let names: Vec<&str> = Rule::ALL.into_iter().map(Rule::as_str).collect();
            Err(format!("no rule `{part}`; there are: {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_switched() {
        let rules = |raw_names: bool, clean: Option<&str>| {
            NameArguments { raw_names, clean: clean.map(str::to_owned) }.rules(&[Rule::TrimRoots])
        };
        assert_eq!(rules(false, None), [Rule::TrimRoots]);
        assert_eq!(rules(true, None), []);
        assert_eq!(rules(false, Some("-trim-roots,plain-modules")), [Rule::PlainModules]);
        assert!(parse_rules("trim").unwrap_err().contains("no rule `trim`; there are: mark-truncated"));
    }
}
