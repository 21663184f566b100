//! The types that a chunk describes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::value::{Fields, Value};

/// How deep elements may be nested.
const MAX_DEPTH: usize = 16;

/// The most texts, attributes and elements.
const MAX_COUNT: i64 = 1 << 20;

/// A type that is coded by a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primitive {
    Byte,
    Number,
    Float,
    Double,
    Text,
}

impl Primitive {
    fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"byte" | b"boolean" => Some(Self::Byte),
            b"char" | b"short" | b"int" | b"long" => Some(Self::Number),
            b"float" => Some(Self::Float),
            b"double" => Some(Self::Double),
            b"java.lang.String" => Some(Self::Text),
            _ => None,
        }
    }
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: Vec<u8>,
    pub(super) class: i64,
    /// Whether the value is the key of a constant.
    pub(super) is_constant: bool,
    pub(super) is_array: bool,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) name: Vec<u8>,
    pub(super) primitive: Option<Primitive>,
    pub(super) fields: Vec<Field>,
}

impl Class {
    /// The position of a field.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name.as_bytes())
    }
}

/// All types by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    classes: BTreeMap<i64, Class>,
}

/// An element of the tree that describes types.
struct Element<'a> {
    name: &'a [u8],
    attributes: Vec<(&'a [u8], &'a [u8])>,
    children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        self.attributes.iter().find(|(key, _)| *key == name.as_bytes()).map(|&(_, value)| value)
    }

    fn number(&self, name: &str) -> Option<i64> {
        std::str::from_utf8(self.attribute(name)?).ok()?.parse().ok()
    }
}

impl Classes {
    /// Reads a metadata event, behind its size and type.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        // Start, duration, number of the metadata.
        for _ in 0..3 {
            fields.number()?;
        }
        let count = fields.number().filter(|count| (0..=MAX_COUNT).contains(count))?;
        let mut texts: Vec<Cow<'_, [u8]>> = Vec::new();
        for _ in 0..count {
            texts.push(match fields.text()? {
                Value::Text(text) => text,
                _ => Cow::Borrowed(b""),
            });
        }
        let root = element(fields, &texts, MAX_DEPTH)?;
        let mut classes = BTreeMap::new();
        let metadata = root.children.iter().find(|child| child.name == b"metadata")?;
        for class in metadata.children.iter().filter(|child| child.name == b"class") {
            let (Some(id), Some(name)) = (class.number("id"), class.attribute("name")) else { continue };
            let fields = class.children.iter().filter(|child| child.name == b"field").filter_map(|field| {
                Some(Field {
                    name: field.attribute("name")?.to_vec(),
                    class: field.number("class")?,
                    is_constant: field.attribute("constantPool") == Some(b"true"),
                    is_array: field.number("dimension").is_some_and(|dimension| dimension > 0),
                })
            });
            let class = Class { name: name.to_vec(), primitive: Primitive::of(name), fields: fields.collect() };
            classes.insert(id, class);
        }
        Some(Self { classes })
    }

    pub(super) fn get(&self, id: i64) -> Option<&Class> {
        self.classes.get(&id)
    }

    /// The number of a type.
    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.classes.iter().find(|(_, class)| class.name == name.as_bytes()).map(|(&id, _)| id)
    }
}

fn element<'a>(fields: &mut Fields<'_>, texts: &'a [Cow<'_, [u8]>], depth: usize) -> Option<Element<'a>> {
    let depth = depth.checked_sub(1)?;
    let count = |fields: &mut Fields<'_>| fields.number().filter(|count| (0..=MAX_COUNT).contains(count));
    let text = |fields: &mut Fields<'_>| texts.get(usize::try_from(fields.number()?).ok()?).map(AsRef::as_ref);
    let name = text(fields)?;
    let mut attributes = Vec::new();
    for _ in 0..count(fields)? {
        attributes.push((text(fields)?, text(fields)?));
    }
    let mut children = Vec::new();
    for _ in 0..count(fields)? {
        children.push(element(fields, texts, depth)?);
    }
    Some(Element { name, attributes, children })
}
