//! Hashes of symbols.
//!
//! Symbols are of any length, so a loop over one ends where the processor does not expect it to, which
//! takes longer than the hash itself. Therefore short ones are hashed without a loop: what stands
//! behind them is masked out, and all words of a window are multiplied and added up (the function NH
//! of UMAC, RFC 4418, in 64 bits).

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
            hash_at_start(&window, symbol.len()).unwrap_or(0)
        }
        None => hash_short(symbol),
    }
}

/// The same for a symbol that is the beginning of a window; `None` when it is longer.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn hash_at_start(window: &[u8; WINDOW], len: usize) -> Option<u64> {
    let mask: &[u8; WINDOW] = MASKS.get(WINDOW.checked_sub(len)?..)?.first_chunk()?;
    let &[w0, w1, w2, w3, w4, w5, w6, w7] = window.as_chunks::<8>().0 else { return None };
    let &[m0, m1, m2, m3, m4, m5, m6, m7] = mask.as_chunks::<8>().0 else { return None };
    let [k0, k1, k2, k3, k4, k5, k6, k7] = KEYS;
    // Neighbours are in different products, so that the processor can mask two at once.
    let sum = product([w0, m0], k0, [w2, m2], k2)
        .wrapping_add(product([w1, m1], k1, [w3, m3], k3))
        .wrapping_add(product([w4, m4], k4, [w6, m6], k6))
        .wrapping_add(product([w5, m5], k5, [w7, m7], k7));
    let folded = (sum as u64) ^ ((sum >> 64) as u64) ^ len as u64;
    let product = u128::from(folded) * u128::from(KEYS[0]);
    Some(product as u64 ^ (product >> 64) as u64)
}

/// The product of two words, each masked and combined with a key.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
fn product(left: [[u8; 8]; 2], left_key: u64, right: [[u8; 8]; 2], right_key: u64) -> u128 {
    let [left, left_mask] = left.map(u64::from_le_bytes);
    let [right, right_mask] = right.map(u64::from_le_bytes);
    u128::from((left & left_mask) ^ left_key) * u128::from((right & right_mask) ^ right_key)
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
            assert_eq!(hash_at_start(&window, len), Some(hash(&symbol)), "{len}");
        }
        assert_eq!(hash_at_start(&[0; WINDOW], WINDOW + 1), None);
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
