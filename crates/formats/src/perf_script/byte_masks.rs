//! Which of many bytes are of a kind: a bit for each, the first one lowest.
//!
//! All of them are compared at once, by the widest instructions that the processor has. Which those are is found at run
//! time by [`dispatch!`](fearless_simd::dispatch), which hands on what it found as a value of a type that implements
//! [`Simd`]. Everything below it is compiled for each kind of processor, so it has to be inlined.

use fearless_simd::{Simd, SimdBase, SimdInt, SimdMask};

/// Bytes that are equal to this one.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn equal_to<S: Simd, V: SimdInt<S, Element = u8>>(bytes: V, byte: u8) -> u64 {
    bytes.simd_eq(byte).to_bitmask()
}

/// Bytes that are decimal digits.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn decimal_digits<S: Simd, V: SimdInt<S, Element = u8>>(bytes: V) -> u64 {
    between(bytes, b'0', b'9').to_bitmask()
}

/// Bytes that are hexadecimal digits in lower case.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn hexadecimal_digits<S: Simd, V: SimdInt<S, Element = u8>>(bytes: V) -> u64 {
    (between(bytes, b'0', b'9') | between(bytes, b'a', b'f')).to_bitmask()
}

#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
fn between<S: Simd, V: SimdInt<S, Element = u8>>(bytes: V, first: u8, last: u8) -> <V as SimdBase<S>>::Mask {
    // Wraps around for what is below the first.
    (bytes - first).simd_le(last - first)
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch, u8x16, u8x64};

    use super::*;

    fn naive(bytes: &[u8], is: impl Fn(u8) -> bool) -> u64 {
        bytes.iter().rev().fold(0, |mask, &byte| mask << 1 | u64::from(is(byte)))
    }

    fn check(level: Level) {
        let mut bytes = [0u8; 64];
        let mut state = 1u32;
        for round in 0..20_000 {
            for byte in &mut bytes {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
                if round % 2 == 0 {
                    *byte = b"0123456789abcdef\n /:`gAF"[usize::from(*byte) % 24];
                }
            }
            let first = bytes.first_chunk::<16>().unwrap();
            for byte in [b'\n', b' ', 0, 0x80, 0xff] {
                let found = dispatch!(level, simd => equal_to(u8x64::load_array_ref(simd, &bytes), byte));
                assert_eq!(found, naive(&bytes, |other| other == byte), "{bytes:?}");
            }
            let found = dispatch!(level, simd => decimal_digits(u8x64::load_array_ref(simd, &bytes)));
            assert_eq!(found, naive(&bytes, |byte| byte.is_ascii_digit()), "{bytes:?}");
            let found = dispatch!(level, simd => hexadecimal_digits(u8x16::load_array_ref(simd, first)));
            assert_eq!(found, naive(first, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{bytes:?}");
        }
    }

    #[test]
    fn agree_with_one_byte_at_a_time() {
        check(Level::baseline());
        check(Level::new());
    }
}
