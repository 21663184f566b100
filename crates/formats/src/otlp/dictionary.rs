//! The dictionary that all samples refer to.

use std::borrow::Cow;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, LineNumber, Mapping, MappingId, Profile, StackId,
};

use super::attributes::text_of;
use super::messages::{Attribute, Dictionary, Link, Location};
use super::{BUILD_IDS, FRAME_TYPE};
use crate::warning::{Place, WarningKind, Warnings};

/// The dictionary with its strings checked.
pub(super) struct Tables {
    dictionary: Dictionary,
    strings: Vec<String>,
}

impl Tables {
    pub(super) fn new(mut dictionary: Dictionary, warnings: &mut Warnings) -> Self {
        let strings = std::mem::take(&mut dictionary.strings);
        let check = |bytes: Vec<u8>| match String::from_utf8_lossy(&bytes) {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => {
                warnings.add_many(WarningKind::InvalidUtf8, 1, None::<Place>);
                text
            }
        };
        let strings = strings.into_iter().map(check).collect();
        Self { dictionary, strings }
    }

    /// The string of an index, empty for none.
    pub(super) fn string(&self, index: i32) -> &str {
        at(&self.strings, index).map_or("", String::as_str)
    }

    pub(super) fn attribute(&self, index: i32) -> Option<&Attribute> {
        at(&self.dictionary.attributes, index)
    }

    pub(super) fn link(&self, index: i32) -> Option<&Link> {
        at(&self.dictionary.links, index).filter(|link| !link.trace.is_empty() || !link.span.is_empty())
    }

    fn text_attribute(&self, indices: &[i32], wanted: &str) -> Option<String> {
        let mut attributes = indices.iter().filter_map(|&index| self.attribute(index));
        attributes
            .find(|attribute| self.string(attribute.key) == wanted)
            .map(|attribute| text_of(attribute.value.as_ref()))
    }
}

fn at<T>(table: &[T], index: i32) -> Option<&T> {
    usize::try_from(index).ok().and_then(|index| table.get(index))
}

/// Makes stacks of the numbers in the dictionary, each once.
pub(super) struct Stacks<'a> {
    tables: &'a Tables,
    known: Vec<Option<StackId>>,
    /// Frames of each location from the outermost.
    locations: Vec<Option<Vec<FrameId>>>,
    mappings: Vec<Option<MappingId>>,
}

impl<'a> Stacks<'a> {
    pub(super) fn new(tables: &'a Tables) -> Self {
        let Dictionary { stacks, locations, mappings, .. } = &tables.dictionary;
        Self {
            tables,
            known: vec![None; stacks.len()],
            locations: vec![None; locations.len()],
            mappings: vec![None; mappings.len()],
        }
    }

    /// The stack of an index; the empty one for none.
    pub(super) fn stack(&mut self, index: i32, profile: &mut Profile, warnings: &mut Warnings) -> StackId {
        let Some(stack) = at(&self.tables.dictionary.stacks, index) else {
            if index != 0 {
                warnings.add_many(WarningKind::DanglingReference, 1, None::<Place>);
            }
            return StackId::ROOT;
        };
        if let Some(known) = self.known.get(index as usize).copied().flatten() {
            return known;
        }
        let mut id = StackId::ROOT;
        for &location in stack.locations.iter().rev() {
            let position = usize::try_from(location).unwrap_or(usize::MAX);
            if self.locations.get(position).is_some_and(Option::is_none)
                && let Some(message) = self.tables.dictionary.locations.get(position)
            {
                let frames = self.frames(message, profile, warnings);
                if let Some(slot) = self.locations.get_mut(position) {
                    *slot = Some(frames);
                }
            }
            if let Some(Some(frames)) = self.locations.get(position) {
                id = frames.iter().fold(id, |parent, &frame| profile.push_stack(parent, frame));
            } else {
                warnings.add_many(WarningKind::DanglingReference, 1, None::<Place>);
                id = profile.push_stack(id, FrameId::UNKNOWN);
            }
        }
        if let Some(slot) = self.known.get_mut(index as usize) {
            *slot = Some(id);
        }
        id
    }

    fn frames(&mut self, location: &Location, profile: &mut Profile, warnings: &mut Warnings) -> Vec<FrameId> {
        let tables = self.tables;
        let mapping = self.mapping(location.mapping, profile);
        let address = Address(location.address);
        let kind = match tables.text_attribute(&location.attributes, FRAME_TYPE).as_deref() {
            Some("kernel") => FrameKind::Kernel,
            Some("go") => FrameKind::Go,
            Some("native" | "rust") => FrameKind::Native,
            Some("jvm" | "v8js" | "dotnet" | "beam" | "luajit") => FrameKind::Jit,
            _ => FrameKind::Unknown,
        };
        if location.lines.is_empty() {
            return vec![profile.intern_unnamed_frame(mapping, address, kind)];
        }
        // The last line is the function that the others were inlined into.
        let last = location.lines.len() - 1;
        let mut frames = Vec::with_capacity(location.lines.len());
        for (index, line) in location.lines.iter().enumerate().rev() {
            let function = at(&tables.dictionary.functions, line.function).copied().unwrap_or_else(|| {
                warnings.add_many(WarningKind::DanglingReference, 1, None::<Place>);
                super::messages::Function::default()
            });
            let number = |line: i64| LineNumber(u32::try_from(line).unwrap_or(0));
            let (name, system_name) = (tables.string(function.name), tables.string(function.system_name));
            let name = if name.is_empty() { system_name } else { name };
            let function = Function {
                name: profile.intern(name),
                system_name: profile.intern(if system_name == name { "" } else { system_name }),
                file: profile.intern(tables.string(function.file)),
                start_line: number(function.start_line),
            };
            let function = profile.intern_function(function);
            let flags = FrameFlags { inlined: index < last, ..FrameFlags::default() };
            frames.push(profile.intern_frame(Frame {
                function,
                line: number(line.line),
                mapping,
                address,
                kind,
                flags,
            }));
        }
        frames
    }

    fn mapping(&mut self, index: i32, profile: &mut Profile) -> MappingId {
        let Some(message) = at(&self.tables.dictionary.mappings, index).filter(|_| index != 0) else {
            return MappingId::NONE;
        };
        if let Some(known) = self.mappings.get(index as usize).copied().flatten() {
            return known;
        }
        let tables = self.tables;
        let build_id = BUILD_IDS.iter().find_map(|key| tables.text_attribute(&message.attributes, key));
        let mapping = Mapping {
            start: Address(message.start),
            limit: Address(message.limit),
            file_offset: message.file_offset,
            file: profile.intern(tables.string(message.file)),
            build_id: profile.intern(&build_id.unwrap_or_default()),
        };
        let id = profile.intern_mapping(mapping);
        if let Some(slot) = self.mappings.get_mut(index as usize) {
            *slot = Some(id);
        }
        id
    }
}
