//! Hashes of symbols.
//!
//! Symbols are of any length, so a loop over one ends where the processor does not expect it to, which
//! takes longer than the hash itself. Therefore short ones are hashed without a loop: what stands
//! behind them is masked out, and all words of a window are multiplied and added up (the function NH
//! of UMAC, RFC 4418, in 64 bits).

use fearless_simd::{Bytes, Level, Simd, SimdBase, dispatch, u8x64, u64x8};

use crate::byte_table::hash_short;

/// Longest symbol that is hashed by window.
pub(super) const WINDOW: usize = 64;

const WORDS: usize = WINDOW / 8;

/// What words are combined with: digits of the golden ratio, e and pi.
const KEYS: [u64; WORDS] = [
    0x9e37_79b9_7f4a_7c15,
    0xf39c_c060_5ced_c834,
    0x1082_276b_f3a2_7251,
    0xb7e1_5162_8aed_2a6a,
    0xbf71_5880_9cf4_f3c7,
    0x62e7_160f_38b4_da56,
    0x2438_6a3f_08d3_1319,
    0x8a2e_0370_7344_a409,
];

/// As many bytes of ones as a window has, then as many zeros.
static MASKS: [u8; 2 * WINDOW] = {
    let mut masks = [0; 2 * WINDOW];
    let mut index = 0;
    while index < WINDOW {
        masks[index] = 0xff;
        index += 1;
    }
    masks
};

/// Hash of a symbol.
pub(super) fn hash(symbol: &[u8]) -> u64 {
    let mut window = [0; WINDOW];
    match window.get_mut(..symbol.len()) {
        Some(start) => {
            start.copy_from_slice(symbol);
            dispatch!(Level::new(), simd => hash_window(simd, &window, symbol.len())).unwrap_or(0)
        }
        None => hash_short(symbol),
    }
}

/// Hash of a symbol of a length at the beginning of a text.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn hash_at_start<S: Simd>(simd: S, text: &[u8], len: usize) -> u64 {
    if let Some(window) = text.first_chunk()
        && let Some(hash) = hash_window(simd, window, len)
    {
        return hash;
    }
    hash(text.get(..len).unwrap_or(&[]))
}

/// Hash of a symbol that is the beginning of a window; `None` when it is longer.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
fn hash_window<S: Simd>(simd: S, window: &[u8; WINDOW], len: usize) -> Option<u64> {
    let mask: &[u8; WINDOW] = MASKS.get(WINDOW.checked_sub(len)?..)?.first_chunk()?;
    let symbol = u8x64::load_array_ref(simd, window) & u8x64::load_array_ref(simd, mask);
    let words = symbol.bitcast::<u64x8<S>>() ^ u64x8::load_array_ref(simd, &KEYS);
    let [w0, w1, w2, w3, w4, w5, w6, w7] = words.to_array();
    let sum = product(w0, w1).wrapping_add(product(w2, w3)).wrapping_add(product(w4, w5)).wrapping_add(product(w6, w7));
    let folded = (sum as u64) ^ ((sum >> 64) as u64) ^ len as u64;
    let product = u128::from(folded) * u128::from(KEYS[0]);
    Some(product as u64 ^ (product >> 64) as u64)
}

#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
fn product(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_follows_does_not_matter() {
        for len in 0..=WINDOW {
            let mut window = [b'('; WINDOW];
            window[..len].fill(b'x');
            let symbol = vec![b'x'; len];
            let found = dispatch!(Level::new(), simd => hash_at_start(simd, &window, len));
            assert_eq!(found, hash(&symbol), "{len}");
            let found = dispatch!(Level::baseline(), simd => hash_at_start(simd, &window, len));
            assert_eq!(found, hash(&symbol), "{len}");
        }
        let long = [b'x'; 2 * WINDOW];
        for len in WINDOW..=long.len() {
            let found = dispatch!(Level::new(), simd => hash_at_start(simd, &long, len));
            assert_eq!(found, hash(&long[..len]), "{len}");
        }
    }

    #[test]
    fn symbols_differ_in_all_bits() {
        let symbols: Vec<String> = (0..100_000).map(|number| format!("main.(*T{}).call{number}", number % 7)).collect();
        let hashes: Vec<u64> = symbols.iter().map(|symbol| hash(symbol.as_bytes())).collect();
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), symbols.len());
        for bit in 0..64 {
            let ones = hashes.iter().filter(|&hash| hash >> bit & 1 == 1).count();
            assert!((49_000..51_000).contains(&ones), "bit {bit}: {ones}");
        }
        // Zeros at the end count, too.
        let zeros: HashSet<u64> = (0..=WINDOW).map(|len| hash(&vec![0; len])).collect();
        assert_eq!(zeros.len(), WINDOW + 1);
    }
}
