//! Values as a recording codes them.

use std::borrow::Cow;

use super::metadata::{Class, Classes, Field, Primitive};

/// How deep values may be nested.
const MAX_DEPTH: usize = 16;

/// A decoded value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Nothing, or what is of no interest.
    Nothing,
    Number(i64),
    Text(Cow<'a, [u8]>),
    /// A constant of a type.
    Reference {
        class: i64,
        key: i64,
    },
    /// Values by position of their field.
    Object {
        class: i64,
        fields: Vec<Value<'a>>,
    },
    Array(Vec<Value<'a>>),
}

/// Takes values from the front of coded bytes. `None` where they end too early.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A number in groups of seven bits, the lowest first; the ninth byte has eight.
    pub(super) fn number(&mut self) -> Option<i64> {
        let mut number = 0u64;
        for index in 0..8 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                return Some(number as i64);
            }
        }
        Some((number | u64::from(self.byte()?) << 56) as i64)
    }

    /// A length that is not larger than what follows.
    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|&length| length <= self.0.len())
    }

    /// A text in one of its encodings.
    pub(super) fn text(&mut self) -> Option<Value<'a>> {
        Some(match self.byte()? {
            0 => Value::Nothing,
            1 => Value::Text(Cow::Borrowed(b"")),
            2 => Value::Reference { class: TEXT_CONSTANTS, key: self.number()? },
            // UTF-8, and Latin-1, of which the part that matters is ASCII.
            3 | 5 => {
                let length = self.length()?;
                Value::Text(Cow::Borrowed(self.bytes(length)?))
            }
            // UTF-16, a number for each unit: what the JDK writes.
            4 => {
                let units: Vec<u16> =
                    (0..self.length()?).map(|_| Some(self.number()? as u16)).collect::<Option<_>>()?;
                Value::Text(Cow::Owned(String::from_utf16_lossy(&units).into_bytes()))
            }
            _ => return None,
        })
    }

    fn field_at(&mut self, field: &Field, classes: &Classes, depth: usize) -> Option<Value<'a>> {
        if !field.is_array {
            return self.element(field, classes, depth);
        }
        let mut values = Vec::new();
        for _ in 0..self.length()? {
            let before = self.0.len();
            values.push(self.element(field, classes, depth)?);
            // Elements of no bytes would cost memory and no input.
            (self.0.len() < before).then_some(())?;
        }
        Some(Value::Array(values))
    }

    fn element(&mut self, field: &Field, classes: &Classes, depth: usize) -> Option<Value<'a>> {
        if field.is_constant {
            return Some(Value::Reference { class: field.class, key: self.number()? });
        }
        self.object_at(field.class, classes.get(field.class)?, classes, depth.checked_sub(1)?)
    }

    /// A value of a class.
    pub(super) fn object(&mut self, id: i64, class: &Class, classes: &Classes) -> Option<Value<'a>> {
        self.object_at(id, class, classes, MAX_DEPTH)
    }

    fn object_at(&mut self, id: i64, class: &Class, classes: &Classes, depth: usize) -> Option<Value<'a>> {
        match class.primitive {
            Some(Primitive::Byte) => return self.byte().map(|byte| Value::Number(i64::from(byte))),
            Some(Primitive::Number) => return self.number().map(Value::Number),
            Some(Primitive::Float) => return self.bytes(4).map(|_| Value::Nothing),
            Some(Primitive::Double) => return self.bytes(8).map(|_| Value::Nothing),
            Some(Primitive::Text) => return self.text(),
            None => {}
        }
        let mut fields = Vec::with_capacity(class.fields.len());
        for field in &class.fields {
            fields.push(self.field_at(field, classes, depth)?);
        }
        Some(Value::Object { class: id, fields })
    }
}

/// Stands for the type of text constants, whose number is known from the types only.
pub(super) const TEXT_CONSTANTS: i64 = -1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_up_to_nine_bytes() {
        let check = |bytes: &[u8], expect: Option<i64>| assert_eq!(Fields::new(bytes).number(), expect, "{bytes:?}");
        check(&[5], Some(5));
        check(&[0x80, 1], Some(128));
        check(&[0xff; 9], Some(-1));
        check(&[0xff, 0xff], None);
    }

    #[test]
    fn texts_have_encodings() {
        let check = |bytes: &[u8], expect: Option<Value<'_>>| assert_eq!(Fields::new(bytes).text(), expect);
        check(&[0], Some(Value::Nothing));
        check(&[1], Some(Value::Text(Cow::Borrowed(b""))));
        check(&[3, 2, b'h', b'i'], Some(Value::Text(Cow::Borrowed(b"hi"))));
        check(&[2, 7], Some(Value::Reference { class: TEXT_CONSTANTS, key: 7 }));
        check(&[3, 9, b'h'], None);
        check(&[4, 2, b'h', 0xe9, 1], Some(Value::Text(Cow::Borrowed("h\u{e9}".as_bytes()))));
        check(&[9], None);
    }
}
