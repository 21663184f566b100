//! Go's pc-value programs: the delta-coded tables behind line, file, stack depth and inlining of every instruction.
//!
//! A program is a list of (value delta, pc delta) pairs of LEB128 numbers, the value zig-zag coded and the pc in units of
//! the instruction quantum. The value starts at -1 and the pc at the function's entry; each pair gives the value that
//! holds up to the new pc. A value delta of 0 ends the program, except in the first pair.
//! Format: `pcvalue` and `step` in Go's `src/runtime/symtab.go`.

/// Pairs a program may have beyond one per unit of its function's size, so that tables with idle pairs still work while a
/// damaged one cannot drag a query through megabytes.
const SPARE_PAIRS: usize = 64;

/// Longest pair: two LEB128 numbers of 32 bits.
const PAIR_SIZE: usize = 10;

/// Where in which program to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    /// Offset of the program in the table; 0 means there is none.
    pub(crate) program: u32,
    /// Bytes between the function's entry and the instruction.
    pub(crate) target: u64,
    /// Size of the function in bytes.
    pub(crate) size: u64,
    /// Bytes per unit of pc.
    pub(crate) quantum: u8,
}

/// The value that the program gives at `target`; `None` without a program, beyond its end, or in a damaged one.
pub(crate) fn value_at(programs: &[u8], lookup: Lookup) -> Option<i32> {
    let Lookup { program, target, size, quantum } = lookup;
    if program == 0 {
        return None;
    }
    let rest = programs.get(program as usize..)?;
    // Work in units of pc (a power of two of bytes), so that the loop needs no multiplication.
    let shift = quantum.trailing_zeros().min(3);
    let target = target >> shift;
    let pairs = usize::try_from(size >> shift).ok()?.saturating_add(SPARE_PAIRS);
    let mut rest = rest.get(..pairs.saturating_mul(PAIR_SIZE)).unwrap_or(rest);
    let mut value = -1_i32;
    let mut pc = 0_u64;
    loop {
        // Most pairs are two small bytes: skip four at once while the target is not among them.
        while let Some((eight, behind)) = rest.split_first_chunk()
            && let Some(sum) = FourPairs::sum(u64::from_le_bytes(*eight))
            && pc + sum.pc <= target
        {
            value = value.wrapping_add(sum.value);
            pc += sum.pc;
            rest = behind;
        }
        let delta = take_varint(&mut rest)?;
        if delta == 0 && pc != 0 {
            return None;
        }
        value = value.wrapping_add(zigzag(delta));
        pc += u64::from(take_varint(&mut rest)?);
        if target < pc {
            return Some(value);
        }
    }
}

/// The effect of four pairs of one-byte numbers.
struct FourPairs {
    value: i32,
    pc: u64,
}

impl FourPairs {
    /// Adds up the pairs in the bytes of `pairs`, lowest first, in lanes of 16 bits; `None` when a number is longer than
    /// one byte or a value delta is 0, which may be the end.
    #[inline]
    fn sum(pairs: u64) -> Option<Self> {
        const LOW_BYTES: u64 = 0x00ff_00ff_00ff_00ff;
        const ONES: u64 = 0x0001_0001_0001_0001;
        const TOP_BITS: u64 = 0x8000_8000_8000_8000;
        if pairs & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        let values = pairs & LOW_BYTES;
        let pcs = pairs >> 8 & LOW_BYTES;
        // A lane of at least 1 carries into its top bit.
        if (values + (TOP_BITS - ONES)) & TOP_BITS != TOP_BITS {
            return None;
        }
        // Zig-zag in every lane, plus 64 so that no lane is negative: halve, and mirror the odd ones.
        let odd = (values & ONES) * 0x7f;
        let values = (values >> 1 & LOW_BYTES) ^ odd ^ (ONES * 64);
        // A multiplication by ones adds all lanes up in the top one. None overflows.
        let total = |lanes: u64| lanes.wrapping_mul(ONES) >> 48;
        Some(Self { value: total(values) as i32 - 4 * 64, pc: total(pcs) })
    }
}

fn zigzag(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

/// Takes a LEB128 number of at most 32 bits off the front. Bits beyond 32 are dropped as Go drops them.
#[inline]
fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(first.into());
    }
    let mut value = u32::from(first & 0x7f);
    for shift in [7, 14, 21, 28] {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put_varint(bytes: &mut Vec<u8>, mut value: u32) {
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }

    /// Writes runs of (value, length in units) the way Go's linker does.
    fn program(runs: &[(i32, u32)]) -> Vec<u8> {
        let mut bytes = vec![0];
        let mut previous = -1_i32;
        for &(value, length) in runs {
            let delta = value.wrapping_sub(previous);
            put_varint(&mut bytes, (delta << 1 ^ delta >> 31) as u32);
            put_varint(&mut bytes, length);
            previous = value;
        }
        bytes.push(0);
        bytes
    }

    fn at(programs: &[u8], target: u64, quantum: u8) -> Option<i32> {
        value_at(programs, Lookup { program: 1, target, size: 4096, quantum })
    }

    #[test]
    fn a_value_holds_up_to_its_end() {
        let bytes = program(&[(0, 4), (8, 300), (-3, 1)]);
        for (target, expected) in
            [(0, Some(0)), (3, Some(0)), (4, Some(8)), (303, Some(8)), (304, Some(-3)), (305, None), (u64::MAX, None)]
        {
            assert_eq!(at(&bytes, target, 1), expected, "at {target}");
        }
    }

    #[test]
    fn the_first_run_may_keep_the_start_value() {
        let bytes = program(&[(-1, 16), (5, 16)]);
        assert_eq!(at(&bytes, 15, 1), Some(-1));
        assert_eq!(at(&bytes, 16, 1), Some(5));
    }

    #[test]
    fn the_quantum_scales_the_pc() {
        let bytes = program(&[(1, 2), (2, 2)]);
        assert_eq!(at(&bytes, 7, 4), Some(1));
        assert_eq!(at(&bytes, 8, 4), Some(2));
        assert_eq!(at(&bytes, 16, 4), None);
    }

    #[test]
    fn damaged_programs_end() {
        assert_eq!(at(&[0], 0, 1), None);
        assert_eq!(at(&[0, 2], 0, 1), None);
        assert_eq!(at(&[0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 0, 1), None);
        // The pc never moves: stopped by the step limit, long before the end of the data.
        assert_eq!(at(&vec![0; 1 << 20], 9, 1), None);
        let idle: Vec<u8> = std::iter::repeat_n([2, 0], 1 << 20).flatten().collect();
        assert_eq!(at(&idle, 9, 1), None);
        assert_eq!(value_at(&[0, 2, 1], Lookup { program: 0, target: 0, size: 1, quantum: 1 }), None);
        assert_eq!(value_at(&[0, 2, 1], Lookup { program: u32::MAX, target: 0, size: 1, quantum: 1 }), None);
    }

    #[test]
    fn four_pairs_at_once() {
        for values in [[0, 1, 2, 3], [-2, -64, 63, -1], [63; 4], [-64; 4], [40, -40, 40, -41], [5, 4, 3, 2]] {
            let mut pairs = Vec::new();
            for (index, &value) in values.iter().enumerate() {
                pairs.extend([(value << 1 ^ value >> 31) as u8, 127 - index as u8]);
            }
            let sum = FourPairs::sum(u64::from_le_bytes(pairs.try_into().unwrap()));
            let sum = sum.map(|sum| (sum.value, sum.pc));
            let expected = (values.iter().sum(), 127 + 126 + 125 + 124);
            assert_eq!(sum, (!values.contains(&0)).then_some(expected), "{values:?}");
        }
        for shift in 0..8 {
            assert!(FourPairs::sum(0x0101_0101_0101_0101 | 0x80 << (8 * shift)).is_none());
        }
    }

    proptest! {
        #[test]
        fn short_runs_get_their_values(steps in prop::collection::vec((-70_i32..70, 1_u32..140), 1..60)) {
            let mut runs: Vec<(i32, u32)> = Vec::new();
            for (step, length) in steps {
                let value = runs.last().map_or(-1, |run| run.0) + step;
                if step != 0 || runs.is_empty() {
                    runs.push((value, length));
                }
            }
            let bytes = program(&runs);
            let mut start = 0_u64;
            for &(value, length) in &runs {
                let end = start + u64::from(length);
                prop_assert_eq!(at(&bytes, start, 1), Some(value));
                prop_assert_eq!(at(&bytes, end - 1, 1), Some(value));
                start = end;
            }
            prop_assert_eq!(at(&bytes, start, 1), None);
        }

        #[test]
        fn every_instruction_gets_its_value(
            runs in prop::collection::vec((any::<i32>(), 1_u32..500), 1..20),
            quantum in prop::sample::select(vec![1_u8, 4]),
        ) {
            // Runs of equal value are one run to the linker.
            let mut runs = runs;
            runs.dedup_by_key(|run| run.0);
            let bytes = program(&runs);
            let mut start = 0_u64;
            for &(value, length) in &runs {
                let end = start + u64::from(length);
                for unit in [start, end - 1] {
                    prop_assert_eq!(at(&bytes, unit * u64::from(quantum), quantum), Some(value));
                }
                start = end;
            }
            prop_assert_eq!(at(&bytes, start * u64::from(quantum), quantum), None);
        }

        #[test]
        fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), target in any::<u64>()) {
            let _ = at(&bytes, target, 1);
        }
    }
}
