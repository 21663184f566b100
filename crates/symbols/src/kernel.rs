//! Kernel symbols as `/proc/kallsyms` lists them.
//!
//! The list is long (a hundred thousand lines) and few of its lines are needed, so it is not kept: the addresses
//! asked about come first, and reading retains only the symbols that cover them.

/// A kernel symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelSymbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its module without brackets; empty for the kernel proper.
    pub module: &'a str,
}

/// An address in hexadecimal, sixteen digits as the list prints them, which sort as the numbers do.
type Digits = u128;

/// The code symbols of the running kernel and its modules that cover some addresses.
#[derive(Clone, Debug, Default)]
pub struct KernelSymbols {
    /// The addresses asked about, sorted, each once.
    addresses: Vec<Digits>,
    /// For each of these, the last symbol that lies behind the address before and not behind itself.
    nearest: Vec<Nearest>,
    /// The range of `addresses` that the line before lay in: mostly, the next one lies there, too.
    range: Range,
    /// The beginning of a line whose end has not come yet.
    pending: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
struct Nearest {
    address: Digits,
    /// Name and module as the line has them.
    text: Vec<u8>,
}

/// Addresses above `low` and up to `high`, for which the symbol at `index` is the nearest.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    low: Digits,
    high: Digits,
    index: usize,
}

impl KernelSymbols {
    /// Knows no symbol yet, and will know those of `addresses`.
    #[must_use]
    pub fn of(addresses: impl IntoIterator<Item = u64>) -> Self {
        let mut addresses: Vec<Digits> = addresses.into_iter().map(digits).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let nearest = vec![Nearest::default(); addresses.len()];
        Self { addresses, nearest, ..Self::default() }
    }

    /// Takes the next piece of `/proc/kallsyms`, cut anywhere: lines of address, type, name and, for modules,
    /// `[module]`.
    ///
    /// An unprivileged reader sees every address as zero; then no symbol is ever known.
    pub fn feed(&mut self, piece: &[u8]) {
        let mut rest = piece;
        if !self.pending.is_empty() {
            let (head, after) = rest.split_at(memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1));
            rest = after;
            self.pending.extend_from_slice(head);
            if !self.pending.ends_with(b"\n") {
                return;
            }
            let line = std::mem::take(&mut self.pending);
            self.line(line.strip_suffix(b"\n").unwrap_or(&line));
        }
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            self.line(line);
            rest = after.get(1..).unwrap_or(&[]);
        }
        self.pending.extend_from_slice(rest);
    }

    fn line(&mut self, line: &[u8]) {
        let Some((address, text)) = code_symbol(line) else { return };
        if address <= self.range.low || address > self.range.high {
            let index = self.addresses.partition_point(|&asked| asked < address);
            let low = index.checked_sub(1).and_then(|before| self.addresses.get(before)).copied();
            let high = self.addresses.get(index).copied();
            self.range = Range { low: low.unwrap_or(0), high: high.unwrap_or(Digits::MAX), index };
        }
        // Of several names of one address, the last is the one that perf shows, too. Behind the last address
        // that was asked about, nothing is needed.
        if let Some(nearest) = self.nearest.get_mut(self.range.index).filter(|nearest| nearest.address <= address) {
            nearest.address = address;
            nearest.text.clear();
            nearest.text.extend_from_slice(text);
        }
    }

    /// The symbol at or before an address, which has to be one of those that this was made for.
    #[must_use]
    pub fn find(&self, address: u64) -> Option<KernelSymbol<'_>> {
        let asked = self.addresses.binary_search(&digits(address)).ok()?;
        let nearest = self.nearest.get(..=asked)?.iter().rfind(|nearest| nearest.address != 0)?;
        let text = std::str::from_utf8(&nearest.text).ok()?;
        let mut fields = text.split_ascii_whitespace();
        let name = fields.next()?;
        let module = fields.next().unwrap_or("").trim_matches(['[', ']']);
        Some(KernelSymbol { name, module })
    }
}

/// The address and the rest of a line about code (types t, T, w, W); `None` for data, absolute and hidden ones.
fn code_symbol(line: &[u8]) -> Option<(Digits, &[u8])> {
    let (address, rest) = line.split_first_chunk::<16>()?;
    let [b' ', b't' | b'T' | b'w' | b'W', b' ', text @ ..] = rest else { return None };
    (address != b"0000000000000000").then_some((Digits::from_be_bytes(*address), text))
}

fn digits(address: u64) -> Digits {
    let mut digits = [0; 16];
    for (index, digit) in digits.iter_mut().enumerate() {
        let value = (address >> (60 - 4 * index)) as u8 & 0xf;
        *digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
    }
    Digits::from_be_bytes(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ffffffff81000000 T _text\nffffffff81000000 T startup_64\nffffffff81200000 t do_syscall_64\n\
        ffffffff81300000 d some_data\nffffffffa0000000 t nf_hook\t[nf_tables]\nffffffff90000000 t late\n\
        broken\n0000000000000000 A hidden\nffffffffa0000100 t unfinished";

    const ADDRESSES: [(u64, Option<(&str, &str)>); 8] = [
        (0x1000, None),
        (0xffff_ffff_8100_0010, Some(("startup_64", ""))),
        (0xffff_ffff_8120_0000, Some(("do_syscall_64", ""))),
        (0xffff_ffff_8120_0001, Some(("do_syscall_64", ""))),
        (0xffff_ffff_8130_0008, Some(("do_syscall_64", ""))),
        (0xffff_ffff_9100_0000, Some(("late", ""))),
        (0xffff_ffff_a000_0001, Some(("nf_hook", "nf_tables"))),
        (u64::MAX, Some(("nf_hook", "nf_tables"))),
    ];

    #[test]
    fn symbols_are_found_by_address_however_the_list_is_cut() {
        for size in [1, 3, 17, 40, TEXT.len()] {
            let mut symbols = KernelSymbols::of(ADDRESSES.map(|(address, _)| address));
            TEXT.as_bytes().chunks(size).for_each(|piece| symbols.feed(piece));
            for (address, expect) in ADDRESSES {
                let found = symbols.find(address).map(|symbol| (symbol.name, symbol.module));
                assert_eq!(found, expect, "{address:#x} in pieces of {size}");
            }
            assert_eq!(symbols.find(0xffff_ffff_8100_0011), None, "nobody asked about this one");
        }
    }

    #[test]
    fn hidden_addresses_give_no_symbols() {
        let mut symbols = KernelSymbols::of([1, u64::MAX]);
        assert_eq!(symbols.find(1), None);
        symbols.feed(b"0000000000000000 T _text\n0000000000000000 T _stext\n");
        assert_eq!(symbols.find(u64::MAX), None);
    }

    #[test]
    fn nothing_asked_nothing_kept() {
        let mut symbols = KernelSymbols::of([]);
        symbols.feed(TEXT.as_bytes());
        assert_eq!(symbols.find(0xffff_ffff_8120_0000), None);
    }
}
