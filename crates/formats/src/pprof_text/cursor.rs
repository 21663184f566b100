//! A place in a line that is being read.

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    /// Goes behind a text if it is next.
    pub(super) fn skip(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// Goes behind white space.
    pub(super) fn skip_spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// A decimal number, which may be negative, behind white space.
    pub(super) fn number(&mut self) -> Option<i64> {
        self.skip_spaces();
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = self.0.len() - digits.len();
        let (number, rest) = self.0.split_at_checked(sign + length).filter(|_| length > 0)?;
        self.0 = rest;
        std::str::from_utf8(number).ok()?.parse().ok()
    }

    /// The next word: up to white space.
    pub(super) fn word(&mut self) -> &'a [u8] {
        self.skip_spaces();
        let end = self.0.iter().position(u8::is_ascii_whitespace).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    /// Every number of the form `0x1f2e` that is left; `None` when one is beyond 64 bits.
    pub(super) fn addresses(self, addresses: &mut Vec<u64>) -> Option<()> {
        let mut rest = self.0;
        while let Some(at) = memchr::memmem::find(rest, b"0x") {
            let digits = rest.get(at + 2..).unwrap_or(&[]);
            let length = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let (number, behind) = digits.split_at(length);
            if length > 0 {
                addresses.push(hex(number)?);
            }
            rest = behind;
        }
        Some(())
    }
}

/// A hexadecimal number without `0x`.
pub(super) fn hex(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |number, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        (number >> 60 == 0).then_some(number << 4 | u64::from(digit))
    })
}
