//! The table of layers in ARCHITECTURE.md: which crate may use which.

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    /// Line of the document.
    pub(super) line: usize,
    /// The crate, by its folder.
    pub(super) name: String,
    /// How high it stands; `None` for what is no part of the product.
    pub(super) level: Option<u32>,
    /// The crates that it may use.
    pub(super) may_use: Vec<String>,
}

/// Reads the first table under the heading `## Layers`: level, crate, what it owns, what it may use.
pub(super) fn parse(document: &str) -> Vec<Layer> {
    document
        .lines()
        .enumerate()
        .skip_while(|(_, text)| !text.starts_with("## Layers"))
        .skip_while(|(_, text)| !text.starts_with('|'))
        .take_while(|(_, text)| text.starts_with('|'))
        .filter_map(|(index, text)| row(index + 1, text))
        .collect()
}

fn row(line: usize, text: &str) -> Option<Layer> {
    let cells: Vec<&str> = text.trim_matches('|').split('|').map(str::trim).collect();
    let &[level, name, _, may_use] = cells.as_slice() else { return None };
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    Some(Layer { line, name: names(name).into_iter().next()?, level: level.parse().ok(), may_use: names(may_use) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let document = "## Other\n| 9 | `x` | a | – |\n## Layers\n\n| Level | Crate | Owns | May use |\n|---|---|---|---|\n\
            | 0 | `model` | the `Profile` | – |\n| – | `xtask` | tasks | `model`, `formats` |\n\n| 1 | `late` | b | – |\n";
        let layer = |line, name: &str, level, may_use: &[&str]| {
            let may_use = may_use.iter().map(|name| (*name).to_owned()).collect();
            Layer { line, name: name.to_owned(), level, may_use }
        };
        assert_eq!(parse(document), [layer(7, "model", Some(0), &[]), layer(8, "xtask", None, &["model", "formats"])]);
        assert_eq!(parse("no table"), []);
    }
}
