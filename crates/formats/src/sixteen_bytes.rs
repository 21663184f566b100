//! Sixteen bytes compared at once, which every processor of today can do.

use wide::u8x16;

/// How many bytes are compared at once.
pub(crate) const BYTES: usize = 16;

/// Which of sixteen bytes are this one: a bit for each, the first one lowest.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
pub(crate) fn equal_to(bytes: &[u8; BYTES], byte: u8) -> u32 {
    u8x16::new(*bytes).simd_eq(u8x16::splat(byte)).to_bitmask()
}

/// Which of sixteen bytes are the same as others: a bit for each, the first one lowest.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
pub(crate) fn same_bytes(bytes: &[u8; BYTES], others: &[u8; BYTES]) -> u32 {
    u8x16::new(*bytes).simd_eq(u8x16::new(*others)).to_bitmask()
}

/// Whether bytes are these ones where a mask has ones; the others are zeros.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(crate) fn is_same_masked<const N: usize>(
    bytes: &[[u8; BYTES]; N],
    mask: &[[u8; BYTES]; N],
    wanted: &[[u8; BYTES]; N],
) -> bool {
    let mut same = u8x16::splat(0xff);
    for ((bytes, mask), wanted) in bytes.iter().zip(mask).zip(wanted) {
        same &= (u8x16::new(*bytes) & u8x16::new(*mask)).simd_eq(u8x16::new(*wanted));
    }
    same.to_bitmask() == 0xffff
}

/// Which of sixteen bytes are decimal digits: a bit for each, the first one lowest.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
pub(crate) fn decimal_digits(bytes: &[u8; BYTES]) -> u32 {
    between(u8x16::new(*bytes), b'0', b'9').to_bitmask()
}

/// Which of sixteen bytes are hexadecimal digits in lower case: a bit for each, the first one lowest.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
pub(crate) fn hexadecimal_digits(bytes: &[u8; BYTES]) -> u32 {
    let bytes = u8x16::new(*bytes);
    (between(bytes, b'0', b'9') | between(bytes, b'a', b'f')).to_bitmask()
}

/// Ones where a byte is in a range.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
fn between(bytes: u8x16, first: u8, last: u8) -> u8x16 {
    // Wraps around for what is below the first.
    let above = bytes - u8x16::splat(first);
    above.min(u8x16::splat(last - first)).simd_eq(above)
}

/// Which of many bytes are of a kind, by which of sixteen are.
#[expect(clippy::inline_always, reason = "one of a few instructions in the innermost loop")]
#[inline(always)]
pub(crate) fn mask_of<const N: usize>(bytes: &[u8; N], kind: impl Fn(&[u8; BYTES]) -> u32) -> u128 {
    const { assert!(N <= u128::BITS as usize, "one bit for each byte") };
    let (parts, _) = bytes.as_chunks::<BYTES>();
    let mut mask = 0;
    for (index, part) in parts.iter().enumerate() {
        mask |= u128::from(kind(part)) << (index * BYTES);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(bytes: &[u8; BYTES], is: impl Fn(u8) -> bool) -> u32 {
        bytes.iter().rev().fold(0, |mask, &byte| mask << 1 | u32::from(is(byte)))
    }

    #[test]
    fn agrees_with_one_byte_at_a_time() {
        let mut bytes = [0u8; BYTES];
        let mut state = 1u32;
        for round in 0..20_000 {
            for byte in &mut bytes {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
                if round % 2 == 0 {
                    *byte = b"0123456789abcdef\n /:`gAF"[usize::from(*byte) % 24];
                }
            }
            for byte in [b'\n', b' ', 0, 0x80, 0xff] {
                assert_eq!(same_bytes(&bytes, &[byte; BYTES]), equal_to(&bytes, byte));
                assert_eq!(equal_to(&bytes, byte), naive(&bytes, |other| other == byte), "{bytes:?}");
            }
            assert_eq!(decimal_digits(&bytes), naive(&bytes, |byte| byte.is_ascii_digit()), "{bytes:?}");
            let expect = naive(&bytes, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            assert_eq!(hexadecimal_digits(&bytes), expect, "{bytes:?}");
        }
    }
}
