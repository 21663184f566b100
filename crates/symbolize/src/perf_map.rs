//! The list of symbols that a runtime leaves for code that it makes: `/tmp/perf-PID.map`.
//!
//! Source: `tools/perf/Documentation/jit-interface.txt` of Linux: lines of start, size and name, numbers in hexadecimal.

use std::fs;
use std::path::Path;

/// Symbols in order of address.
#[derive(Clone, Debug, Default)]
pub(crate) struct PerfMap {
    symbols: Vec<Symbol>,
}

#[derive(Clone, Debug)]
struct Symbol {
    start: u64,
    end: u64,
    name: String,
}

impl PerfMap {
    /// Reads a list; `None` when it is not there.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        fs::read(path).ok().map(|text| Self::parse(&String::from_utf8_lossy(&text)))
    }

    fn parse(text: &str) -> Self {
        let mut symbols: Vec<Symbol> = text.lines().filter_map(parse_line).collect();
        // Stable: of symbols that begin at one address, the later replaced the earlier.
        symbols.sort_by_key(|symbol| symbol.start);
        Self { symbols }
    }

    /// The symbol at an address.
    pub(crate) fn find(&self, address: u64) -> Option<&str> {
        let behind = self.symbols.partition_point(|symbol| symbol.start <= address);
        let symbol = self.symbols.get(behind.checked_sub(1)?)?;
        (address < symbol.end).then_some(symbol.name.as_str())
    }
}

fn parse_line(line: &str) -> Option<Symbol> {
    let (start, rest) = line.split_once(' ')?;
    let (size, name) = rest.split_once(' ')?;
    let number = |text: &str| u64::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).ok();
    let start = number(start)?;
    let name = name.trim();
    (!name.is_empty()).then_some(())?;
    Some(Symbol { start, end: start.saturating_add(number(size)?), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_symbol_at_an_address_counts() {
        let map = PerfMap::parse("7f00 10 old\nbroken\n7f00 20 LazyCompile:*a b.js:1\n7f20 8 b\nzz 1 c\n8000 1 \n");
        assert_eq!(map.find(0x7eff), None);
        assert_eq!(map.find(0x7f1f), Some("LazyCompile:*a b.js:1"));
        assert_eq!(map.find(0x7f27), Some("b"));
        assert_eq!(map.find(0x7f28), None);
        assert_eq!(map.find(0x8000), None);
    }
}
