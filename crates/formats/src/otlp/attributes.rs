//! Attributes: what is known of resources, samples and locations.

use std::fmt::Write as _;

use firesteel_model::{Label, LabelSetId, LabelValue, ProcessId, Profile, Thread, ThreadId, ThreadNumber};

use super::dictionary::Tables;
use super::messages::{self, AnyValue, Value};

/// Names of a program, the best first.
const PROGRAM: [&str; 3] = ["process.executable.name", "service.name", "process.command"];

/// What is known of the resource that profiles are of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Resource {
    pub(super) process: Option<u32>,
    /// The service.
    pub(super) service: String,
    /// The program.
    pub(super) program: String,
    /// Everything else, as text.
    pub(super) others: Vec<(String, String)>,
}

impl Resource {
    pub(super) fn new(resource: Option<&messages::Resource>) -> Self {
        let mut result = Self::default();
        let Some(resource) = resource else { return result };
        let text = |key: &str| {
            let found = resource.attributes.iter().find(|attribute| attribute.key == key);
            found.map_or(String::new(), |attribute| text_of(attribute.value.as_ref()))
        };
        result.process = text("process.pid").parse().ok();
        result.service = text("service.name");
        result.program = PROGRAM.into_iter().map(text).find(|name| !name.is_empty()).unwrap_or_default();
        for attribute in &resource.attributes {
            if attribute.key != "process.pid" && !PROGRAM.contains(&attribute.key.as_str()) {
                result.others.push((attribute.key.clone(), text_of(attribute.value.as_ref())));
            }
        }
        result
    }
}

/// Labels and thread of a sample.
#[derive(Default)]
pub(super) struct SampleFacts {
    labels: Vec<Label>,
    thread: Option<u32>,
    thread_name: String,
    process: Option<u32>,
}

impl SampleFacts {
    /// Takes the attribute of an index.
    pub(super) fn add(&mut self, index: i32, tables: &Tables, profile: &mut Profile) {
        let Some(attribute) = tables.attribute(index) else { return };
        let key = tables.string(attribute.key);
        let text = || match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(Value::TextIndex(index)) => tables.string(*index).to_owned(),
            _ => text_of(attribute.value.as_ref()),
        };
        match key {
            "thread.id" => self.thread = text().parse().ok(),
            "thread.name" => self.thread_name = text(),
            "process.pid" => self.process = text().parse().ok(),
            _ => {
                let value = match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
                    Some(&Value::Integer(value)) => {
                        LabelValue::Number { value, unit: profile.intern(tables.string(attribute.unit)) }
                    }
                    _ => LabelValue::Text(profile.intern(&text())),
                };
                self.labels.push(Label { key: profile.intern(key), value });
            }
        }
    }

    /// Takes a label with a text.
    pub(super) fn add_text(&mut self, key: &str, text: &str, profile: &mut Profile) {
        let value = LabelValue::Text(profile.intern(text));
        self.labels.push(Label { key: profile.intern(key), value });
    }

    /// The labels and the thread.
    /// The program stands for its threads where several are to be told apart and nothing else is known.
    pub(super) fn intern(
        self,
        resource: &Resource,
        has_programs: bool,
        profile: &mut Profile,
    ) -> (LabelSetId, ThreadId) {
        let labels = profile.intern_labels(&self.labels);
        let is_known = self.thread.is_some() || !self.thread_name.is_empty() || resource.process.is_some();
        let name = if is_known || !has_programs { &self.thread_name } else { &resource.program };
        let thread = Thread {
            process: self.process.or(resource.process).map(ProcessId),
            thread: self.thread.map(ThreadNumber),
            name: profile.intern(name),
        };
        (labels, profile.intern_thread(thread))
    }
}

/// A value as text.
pub(super) fn text_of(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Integer(value)) => value.to_string(),
        Some(Value::Float(value)) => value.to_string(),
        Some(Value::Bytes(bytes)) => hexadecimal(bytes),
        Some(Value::TextIndex(_)) | None => String::new(),
    }
}

/// Bytes as hexadecimal digits, as trace and span ids are written.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
