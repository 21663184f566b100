//! Kernel symbols as `/proc/kallsyms` lists them.

/// A kernel symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelSymbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its module without brackets; empty for the kernel proper.
    pub module: &'a str,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: u64,
    line_start: u32,
    line_end: u32,
}

/// The code symbols of the running kernel and its modules, found by address.
#[derive(Clone, Debug, Default)]
pub struct KernelSymbols {
    text: String,
    entries: Vec<Entry>,
}

impl KernelSymbols {
    /// Reads the text of `/proc/kallsyms`: lines of address, type, name and, for modules, `[module]`.
    ///
    /// An unprivileged reader sees every address as zero; then there are no symbols here.
    #[must_use]
    pub fn parse(text: String) -> Self {
        let mut entries = Vec::new();
        let mut start = 0usize;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            if let (Some(address), Ok(line_start), Ok(line_end)) =
                (code_address(line), u32::try_from(start), u32::try_from(end))
            {
                entries.push(Entry { address, line_start, line_end });
            }
            start = end;
        }
        // A stable sort keeps the first of several names of one address, which perf shows, too.
        entries.sort_by_key(|entry| entry.address);
        entries.dedup_by_key(|entry| entry.address);
        Self { text, entries }
    }

    /// Whether no symbol is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The symbol at or before an address.
    #[must_use]
    pub fn find(&self, address: u64) -> Option<KernelSymbol<'_>> {
        let index = self.entries.partition_point(|entry| entry.address <= address).checked_sub(1)?;
        let entry = &self.entries[index];
        let line = self.text.get(entry.line_start as usize..entry.line_end as usize)?;
        let mut fields = line.split_ascii_whitespace().skip(2);
        let name = fields.next()?;
        let module = fields.next().unwrap_or("").trim_matches(['[', ']']);
        Some(KernelSymbol { name, module })
    }
}

/// The address of a line about code (types t, T, w, W); `None` for data, absolute and hidden ones.
fn code_address(line: &str) -> Option<u64> {
    let (address, rest) = line.split_once(' ')?;
    if !matches!(rest.as_bytes().first()?, b't' | b'T' | b'w' | b'W') {
        return None;
    }
    u64::from_str_radix(address, 16).ok().filter(|&address| address != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ffffffff81000000 T _text\nffffffff81000000 T startup_64\nffffffff81200000 t do_syscall_64\n\
        ffffffff81300000 d some_data\nffffffffa0000000 t nf_hook\t[nf_tables]\nbroken\n0000000000000000 A hidden\n";

    fn check(address: u64, expect: Option<(&str, &str)>) {
        let symbols = KernelSymbols::parse(TEXT.to_owned());
        assert_eq!(symbols.find(address).map(|symbol| (symbol.name, symbol.module)), expect, "{address:#x}");
    }

    #[test]
    fn symbols_are_found_by_address() {
        check(0x1000, None);
        check(0xffff_ffff_8100_0010, Some(("_text", "")));
        check(0xffff_ffff_8120_0000, Some(("do_syscall_64", "")));
        check(0xffff_ffff_8130_0008, Some(("do_syscall_64", "")));
        check(0xffff_ffff_a000_0001, Some(("nf_hook", "nf_tables")));
    }

    #[test]
    fn hidden_addresses_give_no_symbols() {
        assert!(KernelSymbols::parse("0000000000000000 T _text\n".to_owned()).is_empty());
        assert!(KernelSymbols::parse(String::new()).find(1).is_none());
    }
}
