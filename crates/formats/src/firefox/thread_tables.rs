//! The tables of a thread as they are written, which fill up as samples refer to them.

use std::fmt::Write as _;

use firesteel_model::{FrameId, FrameKind, FunctionId, MappingId, Profile, StackId, StringTable};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::error::Error;
use crate::json::JsonWriter;

/// Categories with their colours in the profiler's page; the first is that of frames of which nothing is known.
pub(super) const CATEGORIES: [(&str, &str); 5] =
    [("Other", "grey"), ("Go", "lightblue"), ("Native", "blue"), ("Kernel", "orange"), ("JIT", "green")];

/// What a resource is that is a library.
const LIBRARY: u32 = 1;

type Numbers<K> = HashMap<K, usize, SeedableState<'static>>;

/// The tables of a thread.
pub(super) struct ThreadTables<'a> {
    profile: &'a Profile,
    strings: StringTable,
    stacks: Numbers<StackId>,
    /// Prefix and frame of each stack.
    stack_rows: Vec<(Option<usize>, usize)>,
    frames: Numbers<(FrameId, u32)>,
    /// Frame, depth of inlining and function.
    frame_rows: Vec<(FrameId, u32, usize)>,
    functions: Numbers<(FunctionId, MappingId, u64)>,
    /// Name, function and resource.
    function_rows: Vec<(usize, FunctionId, Option<usize>)>,
    resources: Numbers<MappingId>,
    resource_rows: Vec<MappingId>,
    path: Vec<(StackId, FrameId)>,
}

impl<'a> ThreadTables<'a> {
    pub(super) fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            strings: StringTable::default(),
            stacks: HashMap::with_hasher(SeedableState::fixed()),
            stack_rows: Vec::new(),
            frames: HashMap::with_hasher(SeedableState::fixed()),
            frame_rows: Vec::new(),
            functions: HashMap::with_hasher(SeedableState::fixed()),
            function_rows: Vec::new(),
            resources: HashMap::with_hasher(SeedableState::fixed()),
            resource_rows: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The number of a stack. One without frames gets one that says so: `null` would be a sample without a stack.
    pub(super) fn stack(&mut self, stack: StackId) -> Option<usize> {
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        let tree = self.profile.stacks();
        let mut current = stack;
        let mut number = loop {
            if let Some(&known) = self.stacks.get(&current) {
                break Some(known);
            }
            if current == StackId::ROOT {
                if path.is_empty() {
                    path.push((StackId::ROOT, FrameId::UNKNOWN));
                }
                break None;
            }
            path.push((current, tree.frame(current)));
            current = tree.parent(current);
        };
        while let Some((id, frame)) = path.pop() {
            let depth = match number.filter(|_| self.profile.frame(frame).flags.inlined) {
                Some(prefix) => self.depth(prefix).saturating_add(1),
                None => 0,
            };
            let frame = self.frame(frame, depth);
            self.stack_rows.push((number, frame));
            number = Some(self.stack_rows.len() - 1);
            // The stack without frames is the prefix of all others, its stand-in is not.
            if id != StackId::ROOT {
                self.stacks.insert(id, self.stack_rows.len() - 1);
            }
        }
        self.path = path;
        number
    }

    fn depth(&self, stack: usize) -> u32 {
        let frame = self.stack_rows.get(stack).and_then(|&(_, frame)| self.frame_rows.get(frame));
        frame.map_or(0, |&(_, depth, _)| depth)
    }

    fn frame(&mut self, id: FrameId, depth: u32) -> usize {
        if let Some(&known) = self.frames.get(&(id, depth)) {
            return known;
        }
        let frame = *self.profile.frame(id);
        let relative = self.relative(id);
        let unnamed = relative.filter(|_| frame.flags.unnamed);
        let key = (frame.function, frame.mapping, unnamed.map_or(0, |address| address + 1));
        let function = if let Some(&known) = self.functions.get(&key) {
            known
        } else {
            let name = match unnamed {
                Some(address) => format!("{address:#x}"),
                None => self.profile.frame_name(id).to_owned(),
            };
            let name = self.strings.intern(&name).index();
            let resource = self.resource(frame.mapping);
            self.function_rows.push((name, frame.function, resource));
            self.functions.insert(key, self.function_rows.len() - 1);
            self.function_rows.len() - 1
        };
        self.frame_rows.push((id, depth, function));
        self.frames.insert((id, depth), self.frame_rows.len() - 1);
        self.frame_rows.len() - 1
    }

    /// The address of a frame within its library.
    fn relative(&self, id: FrameId) -> Option<u64> {
        let frame = self.profile.frame(id);
        let mapping = self.profile.mapping(frame.mapping);
        if frame.address.0 == 0 || frame.mapping == MappingId::NONE {
            return None;
        }
        let within = frame.address.0.checked_sub(mapping.start.0)?;
        // Beyond this a page that counts in floating point would be off.
        within.checked_add(mapping.file_offset).filter(|&address| address < 1 << 53)
    }

    fn resource(&mut self, mapping: MappingId) -> Option<usize> {
        if mapping == MappingId::NONE {
            return None;
        }
        if let Some(&known) = self.resources.get(&mapping) {
            return Some(known);
        }
        self.resource_rows.push(mapping);
        self.resources.insert(mapping, self.resource_rows.len() - 1);
        Some(self.resource_rows.len() - 1)
    }

    /// Writes the tables as fields of the thread.
    pub(super) fn write(mut self, json: &mut JsonWriter<'_>) -> Result<(), Error> {
        let profile = self.profile;
        let category = |&(id, _, _): &(FrameId, u32, usize)| category(profile.frame(id).kind);
        let stack_category = |&(_, frame): &(Option<usize>, usize)| self.frame_rows.get(frame).map_or(0, category);
        table(json, "stackTable", self.stack_rows.len(), &mut |json| {
            column(json, "prefix", &self.stack_rows, |json, row| json.optional(row.0))?;
            column(json, "frame", &self.stack_rows, |json, row| json.plain(row.1))?;
            column(json, "category", &self.stack_rows, |json, row| json.plain(stack_category(row)))?;
            column(json, "subcategory", &self.stack_rows, |json, _| json.plain(0))
        })?;
        let frames = &self.frame_rows;
        let relative = |id: FrameId| self.relative(id);
        table(json, "frameTable", frames.len(), &mut |json| {
            column(json, "address", frames, |json, row| match relative(row.0) {
                Some(address) => json.plain(address),
                None => json.plain(-1),
            })?;
            column(json, "inlineDepth", frames, |json, row| json.plain(row.1))?;
            column(json, "category", frames, |json, row| json.plain(category(row)))?;
            column(json, "subcategory", frames, |json, _| json.plain(0))?;
            column(json, "func", frames, |json, row| json.plain(row.2))?;
            for key in ["nativeSymbol", "innerWindowID", "implementation"] {
                column(json, key, frames, |json, _| json.plain("null"))?;
            }
            let line = |id: FrameId| Some(profile.frame(id).line.0).filter(|&line| line != 0);
            column(json, "line", frames, |json, row| json.optional(line(row.0)))?;
            column(json, "column", frames, |json, _| json.plain("null"))
        })?;
        let files: Vec<(Option<usize>, Option<u32>)> = self
            .function_rows
            .iter()
            .map(|&(_, function, _)| {
                let function = profile.function(function);
                let file = profile.string(function.file);
                let file = (!file.is_empty()).then(|| self.strings.intern(file).index());
                (file, Some(function.start_line.0).filter(|&line| line != 0))
            })
            .collect();
        let functions = &self.function_rows;
        table(json, "funcTable", functions.len(), &mut |json| {
            column(json, "name", functions, |json, row| json.plain(row.0))?;
            for key in ["isJS", "relevantForJS"] {
                column(json, key, functions, |json, _| json.plain(false))?;
            }
            column(json, "resource", functions, |json, row| match row.2 {
                Some(resource) => json.plain(resource),
                None => json.plain(-1),
            })?;
            column(json, "fileName", &files, |json, row| json.optional(row.0))?;
            column(json, "lineNumber", &files, |json, row| json.optional(row.1))?;
            column(json, "columnNumber", &files, |json, _| json.plain("null"))
        })?;
        let names: Vec<usize> = self
            .resource_rows
            .iter()
            .map(|&mapping| {
                let path = profile.string(profile.mapping(mapping).file);
                self.strings.intern(path.rsplit('/').next().unwrap_or(path)).index()
            })
            .collect();
        let resources = &self.resource_rows;
        table(json, "resourceTable", resources.len(), &mut |json| {
            // Libraries are the mappings but the first, which is none.
            column(json, "lib", resources, |json, mapping| json.plain(mapping.index() - 1))?;
            column(json, "name", &names, |json, name| json.plain(name))?;
            column(json, "host", resources, |json, _| json.plain("null"))?;
            column(json, "type", resources, |json, _| json.plain(LIBRARY))
        })?;
        table(json, "nativeSymbols", 0, &mut |json| {
            for key in ["address", "functionSize", "libIndex", "name"] {
                column(json, key, &[(); 0], |_, ()| {})?;
            }
            Ok(())
        })?;
        json.line();
        json.key("stringArray");
        json.array();
        for text in self.strings.iter() {
            json.text(text);
            json.flush_some()?;
        }
        json.close();
        Ok(())
    }
}

fn table(
    json: &mut JsonWriter<'_>,
    key: &str,
    length: usize,
    columns: &mut dyn FnMut(&mut JsonWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    json.line();
    json.key(key);
    json.object();
    json.field("length", length);
    columns(json)?;
    json.close();
    Ok(())
}

fn column<T>(
    json: &mut JsonWriter<'_>,
    key: &str,
    rows: &[T],
    mut cell: impl FnMut(&mut JsonWriter<'_>, &T),
) -> Result<(), Error> {
    json.key(key);
    json.array();
    for row in rows {
        cell(json, row);
        json.flush_some()?;
    }
    json.close();
    Ok(())
}

fn category(kind: FrameKind) -> usize {
    match kind {
        FrameKind::Go => 1,
        FrameKind::Native => 2,
        FrameKind::Kernel => 3,
        FrameKind::Jit => 4,
        _ => 0,
    }
}

/// The id of debug information that symbol servers go by, made of a build id as Breakpad does it: the first 16 bytes as
/// a UUID whose first three parts are in little-endian order, and an age of zero.
pub(super) fn debug_id(build_id: &str) -> String {
    let mut bytes = [0u8; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        let digits = build_id.get(index * 2..index * 2 + 2);
        *byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0);
    }
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = String::with_capacity(33);
    for index in order {
        // Writing to a string does not fail.
        let _ = write!(text, "{:02X}", bytes.get::<usize>(index).copied().unwrap_or(0));
    }
    text.push('0');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_ids_become_debug_ids() {
        let check = |build_id: &str, expect: &str| assert_eq!(debug_id(build_id), expect, "{build_id}");
        check("be4e976c325ee1565e1ed7d9f5bd1cfa4a0e0a9f", "6C974EBE5E3256E15E1ED7D9F5BD1CFA0");
        check("", "000000000000000000000000000000000");
        check("zz", "000000000000000000000000000000000");
    }
}
