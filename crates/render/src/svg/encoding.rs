//! Pictures in other character encodings than UTF-8.

use std::borrow::Cow;
use std::fmt::Write;

use crate::svg::options::{SvgOptions, UTF_8};

/// A part of a picture in the encoding that its options name: with references for all that is not ASCII, which every
/// encoding has, unless it is UTF-8.
pub(super) fn in_encoding<'a>(part: &'a str, options: &SvgOptions) -> Cow<'a, str> {
    if options.encoding.eq_ignore_ascii_case(UTF_8) || part.is_ascii() {
        return Cow::Borrowed(part);
    }
    let mut out = String::with_capacity(part.len());
    for character in part.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "&#{};", u32::from(character));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utf_8_holds_everything() {
        for (encoding, expect) in [("UTF-8", "a世b"), ("utf-8", "a世b"), ("ISO-8859-1", "a&#19990;b")] {
            let options = SvgOptions { encoding: encoding.to_owned(), ..SvgOptions::default() };
            assert_eq!(in_encoding("a世b", &options), expect);
        }
    }
}
