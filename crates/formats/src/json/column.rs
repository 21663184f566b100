//! A column of integers that has to be kept until another column of the same samples comes.

/// Bytes of a column that are compressed at a time.
const CHUNK: usize = 1 << 16;

/// How hard is tried to compress: little, for what repeats needs no more.
const LEVEL: i32 = 3;

/// Integers in the order in which they were added. They are kept as differences, and compressed, because samples
/// mostly say the same as others before them: what repeats costs next to nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    packed: Vec<Box<[u8]>>,
    open: Vec<u8>,
    last: i64,
    len: usize,
}

impl Column {
    /// Adds an integer.
    pub(crate) fn push(&mut self, value: i64) {
        let difference = value.wrapping_sub(self.last);
        self.last = value;
        self.len += 1;
        let mut rest = ((difference << 1) ^ (difference >> 63)) as u64;
        while rest >= 0x80 {
            self.open.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.open.push(rest as u8);
        // Only whole integers are packed, so that each chunk can be read by itself.
        if self.open.len() >= CHUNK
            && let Ok(packed) = zstd::bulk::compress(&self.open, LEVEL)
        {
            self.packed.push(packed.into());
            self.open.clear();
        }
    }

    /// Adds a number that may be a fraction, which [`Column::floats`] gives back.
    pub(crate) fn push_float(&mut self, value: f64) {
        self.push(value.to_bits().cast_signed());
    }

    /// How many integers there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The integers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = i64> {
        let mut packed = self.packed.iter();
        let mut is_open_left = true;
        let mut chunk: Vec<u8> = Vec::new();
        let mut position = 0;
        let mut last = 0i64;
        std::iter::from_fn(move || {
            while position >= chunk.len() {
                position = 0;
                if let Some(next) = packed.next() {
                    chunk = zstd::bulk::decompress(next, CHUNK + 16).unwrap_or_default();
                } else if std::mem::take(&mut is_open_left) {
                    chunk.clone_from(&self.open);
                } else {
                    return None;
                }
            }
            let mut value = 0u64;
            let mut shift = 0;
            while let Some(&byte) = chunk.get(position) {
                position += 1;
                value |= u64::from(byte & 0x7f).wrapping_shl(shift);
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let difference = (value >> 1).cast_signed() ^ -((value & 1).cast_signed());
            last = last.wrapping_add(difference);
            Some(last)
        })
    }

    /// The numbers that were added by [`Column::push_float`].
    pub(crate) fn floats(&self) -> impl Iterator<Item = f64> {
        self.iter().map(|value| f64::from_bits(value.cast_unsigned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_added() {
        let expect: Vec<i64> = (0..200_000)
            .map(|number: i64| match number % 5 {
                0 => i64::MIN,
                1 => i64::MAX,
                2 => number * number,
                3 => -number,
                _ => 7,
            })
            .collect();
        let mut column = Column::default();
        for &value in &expect {
            column.push(value);
        }
        assert_eq!(column.len(), expect.len());
        assert!(column.iter().eq(expect));
        let mut column = Column::default();
        assert!(column.is_empty() && column.iter().next().is_none());
        column.push_float(-0.25);
        column.push_float(1e300);
        assert!(column.floats().eq([-0.25, 1e300]));
    }

    #[test]
    fn repetition_costs_next_to_nothing() {
        let mut column = Column::default();
        for number in 0..5_000_000 {
            column.push(number % 7);
        }
        let bytes: usize = column.packed.iter().map(|chunk| chunk.len()).sum();
        assert!(bytes < 20_000, "{bytes}");
    }
}
