//! Whether bytes look like a pprof protobuf.

use super::wire::{Message, Payload};
use crate::error::PprofProblem;

/// What a field has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Number,
    /// Numbers, packed or single.
    Numbers,
    Text,
    Message(&'static [Shape]),
}

use Shape::{Number, Numbers, Text};

const VALUE_TYPE: &[Shape] = &[Number, Number];
const LABEL: &[Shape] = &[Number, Number, Number, Number];
const SAMPLE: &[Shape] = &[Numbers, Numbers, Shape::Message(LABEL)];
const MAPPING: &[Shape] = &[Number; 10];
const LINE: &[Shape] = &[Number, Number, Number];
const LOCATION: &[Shape] = &[Number, Number, Number, Shape::Message(LINE), Number];
const FUNCTION: &[Shape] = &[Number; 5];
const PROFILE: &[Shape] = &[
    Shape::Message(VALUE_TYPE),
    Shape::Message(SAMPLE),
    Shape::Message(MAPPING),
    Shape::Message(LOCATION),
    Shape::Message(FUNCTION),
    Text,
    Number,
    Number,
    Number,
    Number,
    Shape::Message(VALUE_TYPE),
    Number,
    Numbers,
    Number,
    Number,
];

/// Whether the first bytes of an input are those of a pprof protobuf, which may be cut anywhere.
///
/// Text never is: every message of a profile holds small numbers, which in text are control characters.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let mut messages = 0;
    head.iter().any(|&byte| byte < b'\t') && fits(head, PROFILE, &mut messages) && messages > 0
}

/// Whether the fields of a message have the shapes; counts the nested messages that do.
fn fits(data: &[u8], shapes: &[Shape], messages: &mut usize) -> bool {
    let mut message = Message::new(data);
    while let Some(field) = message.next() {
        let field = match field {
            Ok(field) => field,
            // Cut off, or broken further on: the reader will say.
            Err(PprofProblem::Length | PprofProblem::Number) => return true,
            Err(_) => return false,
        };
        let Some(shape) = (field.number as usize).checked_sub(1).and_then(|index| shapes.get(index)) else {
            // A field of a newer version; far beyond the known ones it is something else.
            if field.number > 64 {
                return false;
            }
            continue;
        };
        let fits = match (shape, field.payload) {
            (Number | Numbers, Payload::Number(_)) | (Numbers | Text, Payload::Bytes(_)) => true,
            (Shape::Message(shapes), Payload::Bytes(nested)) => {
                *messages += usize::from(!nested.is_empty());
                fits(nested, shapes, messages)
            }
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_protobuf_from_text() {
        let check =
            |head: &[u8], expect: bool| assert_eq!(looks_like(head), expect, "{:?}", String::from_utf8_lossy(head));
        check(&[0x0a, 0x04, 0x08, 0x01, 0x10, 0x02], true);
        check(&[0x0a, 0x04, 0x08, 0x01, 0x10, 0x02, 0x32, 0x00, 0x32, 0x7f, b'c', b'u', b't'], true);
        check(&[0x32, 0x00, 0x32, 0x01, b'a', 0x0a, 0x04, 0x08, 0x01, 0x10, 0x02], true);
        check(b"\nmain;a 5\n\x01", false);
        check(b"2024 is not a profile \x01", false);
        check(b"main;a 5\n", false);
        check(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0], false);
        check(b"PK\x03\x04", false);
        check(b"", false);
    }
}
