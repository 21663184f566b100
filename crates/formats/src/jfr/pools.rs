//! The constants of a chunk: stacks, methods, classes, threads, names.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::metadata::Classes;
use super::value::{Fields, TEXT_CONSTANTS, Value};

/// Constants by type and key.
pub(super) struct Pools<'a> {
    values: HashMap<(i64, i64), Value<'a>, SeedableState<'static>>,
    texts: Option<i64>,
}

impl Default for Pools<'_> {
    fn default() -> Self {
        Self { values: HashMap::with_hasher(SeedableState::fixed()), texts: None }
    }
}

impl<'a> Pools<'a> {
    /// Reads a checkpoint event, behind its size and type. `None` when it is broken; what came before is kept.
    pub(super) fn read(&mut self, fields: &mut Fields<'a>, classes: &Classes) -> Option<()> {
        self.texts = classes.id("java.lang.String");
        // Start, duration, distance to the checkpoint before.
        for _ in 0..3 {
            fields.number()?;
        }
        // Its kind.
        fields.byte()?;
        for _ in 0..fields.number()? {
            let id = fields.number()?;
            let class = classes.get(id)?;
            for _ in 0..fields.number()? {
                let key = fields.number()?;
                let value = fields.object(id, class, classes)?;
                self.values.insert((id, key), value);
            }
        }
        Some(())
    }

    /// A value, where it is the key of a constant that constant.
    pub(super) fn resolve<'b>(&'b self, value: &'b Value<'a>) -> &'b Value<'a> {
        match value {
            Value::Reference { class, key } => {
                let class = if *class == TEXT_CONSTANTS { self.texts.unwrap_or(*class) } else { *class };
                self.values.get(&(class, *key)).unwrap_or(&Value::Nothing)
            }
            value => value,
        }
    }

    /// A field of an object by name, constants resolved.
    pub(super) fn field<'b>(&'b self, value: &'b Value<'a>, name: &str, classes: &Classes) -> &'b Value<'a> {
        let Value::Object { class, fields } = self.resolve(value) else { return &Value::Nothing };
        let position = classes.get(*class).and_then(|class| class.position(name));
        position.and_then(|position| fields.get(position)).map_or(&Value::Nothing, |value| self.resolve(value))
    }

    /// A text, which may be wrapped into an object of one field, as symbols are.
    pub(super) fn text<'b>(&'b self, value: &'b Value<'a>) -> &'b [u8] {
        match self.resolve(value) {
            Value::Text(text) => text,
            // Objects are not nested deeper than the decoder allows.
            Value::Object { fields, .. } => match fields.first().map(|field| self.resolve(field)) {
                Some(Value::Text(text)) => text,
                _ => b"",
            },
            _ => b"",
        }
    }
}
