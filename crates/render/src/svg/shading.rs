//! From a name to the numbers that choose its colour within a palette.

use rapidhash::v3::rapidhash_v3;

/// What decides where in its palette a function's colour lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shading {
    /// The sum of the letters of its name, as `flamegraph.pl` does without options: names with the same letters in
    /// another order share a colour.
    #[default]
    Letters,
    /// The first three letters of its name, and the last three: similar names get similar colours (`--hash`).
    FirstLetters,
    /// The whole name (`--deterministic`).
    WholeName,
    /// Chance: every box has its own (`--random`). The same picture gets the same colours again.
    Random,
}

/// Three numbers from 0 to below 1, which palettes mix their colours from.
pub(crate) type Numbers = [f64; 3];

impl Shading {
    /// The numbers of a function. `index` tells its boxes apart, which only matters for random colours.
    pub(crate) fn numbers(self, name: &str, index: u64) -> Numbers {
        match self {
            Self::Letters => [first_random(name.chars().map(u32::from).fold(0, u32::wrapping_add)); 3],
            Self::FirstLetters => {
                let reversed: String = name.chars().rev().collect();
                let last = letters_hash(&reversed);
                [letters_hash(name), last, last]
            }
            Self::WholeName => parts(rapidhash_v3(name.as_bytes())),
            Self::Random => parts(rapidhash_v3(&index.to_le_bytes())),
        }
    }

    /// Whether all boxes of a name have the same numbers.
    pub(crate) fn goes_by_name(self) -> bool {
        self != Self::Random
    }
}

/// Three numbers of 21 bits each.
fn parts(hash: u64) -> Numbers {
    const MASK: u64 = (1 << 21) - 1;
    [0, 21, 42].map(|shift| ((hash >> shift) & MASK) as f64 / (MASK + 1) as f64)
}

/// The first number that `drand48` gives for a seed, from 0 to below 1 (POSIX `srand48`).
fn first_random(seed: u32) -> f64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MODULUS: u64 = 1 << 48;
    let start = (u64::from(seed) << 16) + 0x330e;
    let next = start.wrapping_mul(MULTIPLIER).wrapping_add(0xb) % MODULUS;
    next as f64 / MODULUS as f64
}

/// A number from 0 to 1 by the first three characters of a name, the earlier ones weighing more, so that similar
/// names get similar colours. A module prefix up to a backtick does not count.
fn letters_hash(name: &str) -> f64 {
    let start =
        name.char_indices().nth(1).and_then(|(second, _)| name[second..].find('`').map(|tick| second + tick + 1));
    let name = &name[start.unwrap_or(0)..];
    let mut sum = 0.0;
    let mut most = 1.0;
    for (character, (modulus, weight)) in name.chars().zip([(10u32, 1.0), (11, 0.7), (12, 0.7 * 0.7)]) {
        sum += f64::from(u32::from(character) % modulus) / f64::from(modulus - 1) * weight;
        most += weight;
    }
    1.0 - sum / most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_follow_the_first_letters() {
        assert!((letters_hash("") - 1.0).abs() < 1e-12);
        assert!((letters_hash("a") - (1.0 - (7.0 / 9.0) / 2.0)).abs() < 1e-12);
        let bits = |name| Shading::FirstLetters.numbers(name, 0).map(f64::to_bits);
        let first = |name| bits(name)[0];
        assert_eq!(first("module`f"), first("f"));
        assert_ne!(first("`f"), first("f"));
        assert_eq!(first("abcd"), first("abcy"));
        assert_ne!(bits("abcd"), bits("abcy"));
    }

    #[test]
    fn what_decides_is_all_that_counts() {
        let check = |shading: Shading, one: (&str, u64), other: (&str, u64), same: bool| {
            let bits = |(name, index)| shading.numbers(name, index).map(f64::to_bits);
            assert_eq!(bits(one) == bits(other), same, "{shading:?} {one:?}");
        };
        check(Shading::Letters, ("first", 1), ("tsrif", 2), true);
        check(Shading::WholeName, ("first", 1), ("tsrif", 1), false);
        check(Shading::WholeName, ("first", 1), ("first", 2), true);
        check(Shading::Random, ("first", 1), ("first", 2), false);
        check(Shading::Random, ("first", 1), ("other", 1), true);
    }
}
