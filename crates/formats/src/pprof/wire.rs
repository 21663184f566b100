//! Protobuf on the wire: numbers and fields, borrowed from the buffer.
//!
//! After "Encoding" of the protobuf documentation: a field is a tag (number and wire type) and a
//! payload; a message is a sequence of fields in any order.

use crate::error::PprofProblem;

/// The payload of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// Wire type 0.
    Number(u64),
    /// Wire type 2: text, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Wire types 1 and 5, which `profile.proto` does not use.
    Fixed,
}

impl<'a> Payload<'a> {
    /// The number, or zero.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Number(number) => number,
            _ => 0,
        }
    }

    /// The number as `int64`, or zero.
    pub(super) fn signed(self) -> i64 {
        self.number() as i64
    }

    /// The bytes, or none.
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }
}

/// A field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) payload: Payload<'a>,
    /// Where the payload begins, in bytes from the start of the message.
    pub(super) offset: usize,
}

/// A message that is being read. Ends after the first problem.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> Message<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, position: 0 }
    }

    /// The next field; `None` at the end.
    #[expect(clippy::inline_always, reason = "handing fields over in memory takes longer than decoding them")]
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<Result<Field<'a>, PprofProblem>> {
        if self.position >= self.data.len() {
            return None;
        }
        let result = self.field();
        if result.is_err() {
            self.position = self.data.len();
        }
        Some(result)
    }

    /// Where reading stands.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn field(&mut self) -> Result<Field<'a>, PprofProblem> {
        let tag = self.number()?;
        let number = u32::try_from(tag >> 3).unwrap_or(u32::MAX);
        let offset = self.position;
        // Nearly all payloads are one of two kinds. A jump through a table could not be foreseen; this can.
        let payload = if tag & 5 != 0 {
            self.fixed(tag)?
        } else if tag & 2 != 0 {
            let len = usize::try_from(self.number()?).map_err(|_| PprofProblem::Length)?;
            Payload::Bytes(self.take(len)?)
        } else {
            Payload::Number(self.number()?)
        };
        if number == 0 {
            return Err(PprofProblem::WireType);
        }
        Ok(Field { number, payload, offset })
    }

    #[cold]
    fn fixed(&mut self, tag: u64) -> Result<Payload<'a>, PprofProblem> {
        let len = match tag & 7 {
            1 => 8,
            5 => 4,
            _ => return Err(PprofProblem::WireType),
        };
        self.take(len)?;
        Ok(Payload::Fixed)
    }

    #[inline]
    fn take(&mut self, len: usize) -> Result<&'a [u8], PprofProblem> {
        let end = self.position.checked_add(len).ok_or(PprofProblem::Length)?;
        let bytes = self.data.get(self.position..end).ok_or(PprofProblem::Length)?;
        self.position = end;
        Ok(bytes)
    }

    #[inline]
    fn number(&mut self) -> Result<u64, PprofProblem> {
        // Keys and lengths nearly all have one byte; a processor that foresees it goes on at once.
        if let Some(&byte) = self.data.get(self.position).filter(|&&byte| byte < 0x80) {
            self.position += 1;
            return Ok(u64::from(byte));
        }
        let (number, end) = number_at(self.data, self.position).ok_or(PprofProblem::Number)?;
        self.position = end;
        Ok(number)
    }
}

/// A base-128 number and its length in bytes. Bits beyond the 64th are dropped, as protobuf does.
#[inline]
pub(super) fn number(data: &[u8]) -> Option<(u64, usize)> {
    number_at(data, 0)
}

/// The number that begins at a position, and where it ends.
#[inline]
pub(super) fn number_at(data: &[u8], position: usize) -> Option<(u64, usize)> {
    match (data.get(position), data.get(position + 1)) {
        // Nearly all numbers of a profile are that short. Which of the two cannot be foreseen, so there is no branch.
        (Some(&low), Some(&high)) if low & high < 0x80 => {
            let two = u64::from(low >> 7);
            let high = u64::from(high) << 7 & two.wrapping_neg();
            Some((u64::from(low & 0x7f) | high, position + 1 + two as usize))
        }
        (Some(&last), None) if last < 0x80 => Some((u64::from(last), position + 1)),
        _ => long_number(data.get(position..)?).map(|(number, len)| (number, position + len)),
    }
}

fn long_number(data: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, &byte) in data.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).wrapping_shl(7 * index as u32);
        if byte < 0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

/// The numbers of a repeated field, packed or single; a broken tail is dropped.
#[inline]
pub(super) fn push_numbers(payload: Payload<'_>, numbers: &mut Vec<u64>) -> Result<(), PprofProblem> {
    match payload {
        Payload::Number(number) => numbers.push(number),
        Payload::Bytes(packed) => {
            let mut position = 0;
            while position < packed.len() {
                let (value, end) = number_at(packed, position).ok_or(PprofProblem::Number)?;
                numbers.push(value);
                position = end;
            }
        }
        Payload::Fixed => return Err(PprofProblem::WireType),
    }
    Ok(())
}

/// Appends a number.
pub(crate) fn put_number(mut value: u64, output: &mut Vec<u8>) {
    while value >= 0x80 {
        output.push(value as u8 | 0x80);
        value >>= 7;
    }
    output.push(value as u8);
}

/// Appends a numeric field unless it is zero, which is what a missing field means.
pub(crate) fn put_field(field: u32, value: u64, output: &mut Vec<u8>) {
    if value != 0 {
        put_number(u64::from(field) << 3, output);
        put_number(value, output);
    }
}

/// Appends a field of text, a message or packed numbers.
pub(crate) fn put_bytes(field: u32, bytes: &[u8], output: &mut Vec<u8>) {
    put_number(u64::from(field) << 3 | 2, output);
    put_number(bytes.len() as u64, output);
    output.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
            let mut output = Vec::new();
            put_number(value, &mut output);
            assert_eq!(number(&output), Some((value, output.len())));
            output.pop();
            assert_eq!(number(&output), None, "cut off");
        }
        assert_eq!(number(&[0x80; 11]), None, "too long");
        for (bytes, expect) in [(&[5, 0xff][..], (5, 1)), (&[0x85, 0x7f], (0x3f85, 2)), (&[0x85, 0x80, 1], (0x4005, 3))]
        {
            assert_eq!(number(bytes), Some(expect), "{bytes:x?}");
        }
    }

    #[test]
    fn fields_say_what_is_broken() {
        let check = |data: &[u8], expect: Result<(u32, Payload<'_>), PprofProblem>| {
            let field = Message::new(data).next().unwrap();
            assert_eq!(field.map(|field| (field.number, field.payload)), expect, "{data:x?}");
        };
        check(&[0x08, 0x05], Ok((1, Payload::Number(5))));
        check(&[0x12, 0x02, b'h', b'i'], Ok((2, Payload::Bytes(b"hi"))));
        check(&[0x0d, 1, 2, 3, 4], Ok((1, Payload::Fixed)));
        check(&[0x12, 0x03, b'h', b'i'], Err(PprofProblem::Length));
        check(&[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Err(PprofProblem::Length));
        check(&[0x08], Err(PprofProblem::Number));
        check(&[0x0b], Err(PprofProblem::WireType));
        check(&[0x00, 0x00], Err(PprofProblem::WireType));
    }
}
