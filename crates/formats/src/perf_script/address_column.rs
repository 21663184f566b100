//! Where the address of a frame's line ends.

/// Where the text behind the address begins, if the line is laid out as perf lays it out: a tab, the
/// address right-aligned in sixteen columns, a space.
pub(super) fn behind_column(line: &[u8]) -> Option<usize> {
    const SYMBOL: usize = 18;
    let (head, _) = line.split_at_checked(SYMBOL)?;
    let &[b'\t', ref column @ .., b' '] = head else { return None };
    let (left, right) = column.split_first_chunk::<8>()?;
    let left = Columns::of(u64::from_le_bytes(*left));
    let right = Columns::of(u64::from_le_bytes(*right.first_chunk::<8>()?));
    // Spaces, then digits to the end: a digit has a digit to its right, which is the next higher byte.
    let goes_on = |columns: &Columns, carried: u64| ((columns.digits << 8) | carried) & !columns.digits == 0;
    let is_address = left.is_spaces_or_digits()
        && right.is_spaces_or_digits()
        && goes_on(&left, 0)
        && goes_on(&right, left.digits >> 56)
        && right.digits >> 56 != 0;
    is_address.then_some(SYMBOL - 1)
}

/// How many of eight characters, from the last one back, are hexadecimal digits in lower case.
pub(super) fn digits_at_end(text: u64) -> usize {
    (Columns::of(text).digits ^ repeat(0x80)).leading_zeros() as usize / 8
}

/// Which of eight characters are what: one flag in the highest bit of each byte.
struct Columns {
    digits: u64,
    spaces: u64,
}

impl Columns {
    /// Compares all eight at once. Adding within seven bits never carries into the next byte, so the
    /// highest bit of each sum says whether that character is above a bound.
    fn of(text: u64) -> Self {
        const FLAGS: u64 = repeat(0x80);
        let low = text & !FLAGS;
        let above = |value: u64, bound: u8| value + repeat(0x7f - bound);
        let not_decimal = above(low ^ repeat(b'0'), 9);
        let letter = low ^ repeat(0x60);
        let is_letter = above(letter, 0) & !above(letter, 6);
        let not_space = above(low ^ repeat(b' '), 0);
        Self { digits: (!not_decimal | is_letter) & !text & FLAGS, spaces: !not_space & !text & FLAGS }
    }

    fn is_spaces_or_digits(&self) -> bool {
        self.digits | self.spaces == repeat(0x80)
    }
}

/// A byte eight times.
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where the text behind the address begins in a line of any layout.
pub(super) fn behind_address(line: &[u8]) -> Option<usize> {
    let start = line.iter().position(|&byte| byte != b' ' && byte != b'\t')?;
    let line = line.get(start..)?;
    let space = memchr::memchr(b' ', line)?;
    // Without an address, what follows is not the symbol.
    let is_address = line.get(..space).is_some_and(|address| address.iter().all(u8::is_ascii_hexdigit));
    (is_address && line.get(space + 1) != Some(&b'(')).then_some(start + space)
}
