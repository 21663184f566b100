//! The tables that samples refer to.

use std::rc::Rc;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, LineNumber, Mapping, MappingId, StackId,
};

use crate::json::{JsonError, JsonReader};
use crate::profile_builder::ProfileBuilder;
use crate::warning::WarningKind;

/// A column of indices, in which `null` and negative numbers are `None`.
type Indices = Vec<Option<u32>>;

/// A library, named by path and build id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) code_id: String,
    pub(crate) breakpad_id: String,
    /// Where it was mapped; only unprocessed profiles say.
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) offset: u64,
}

impl Library {
    pub(crate) fn read(json: &mut JsonReader<'_>) -> Result<Self, JsonError> {
        let mut library = Self::default();
        json.object(|json, key| {
            match key {
                "name" => library.name = json.text()?,
                "path" => library.path = json.text()?,
                "codeId" => library.code_id = json.text()?,
                "breakpadId" => library.breakpad_id = json.text()?,
                "start" => library.start = json.integer()?.unwrap_or(0) as u64,
                "end" => library.end = json.integer()?.unwrap_or(0) as u64,
                "offset" => library.offset = json.integer()?.unwrap_or(0) as u64,
                _ => {}
            }
            Ok(())
        })?;
        Ok(library)
    }

    /// The mapping. Where the build id is not known, the id of debug information stands in for it.
    pub(crate) fn intern(&self, builder: &mut ProfileBuilder) -> MappingId {
        let file = if self.path.is_empty() { &self.name } else { &self.path };
        let build_id = if self.code_id.is_empty() { &self.breakpad_id } else { &self.code_id };
        let mapping = Mapping {
            start: Address(self.start),
            limit: Address(self.end),
            file_offset: self.offset,
            file: builder.profile.intern(file),
            build_id: builder.profile.intern(build_id),
        };
        builder.profile.intern_mapping(mapping)
    }
}

/// Tables of a thread, or those that threads share.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) strings: Option<Rc<Vec<Box<str>>>>,
    pub(super) stacks: Option<Rc<StackTable>>,
    pub(super) frames: Option<Rc<FrameTable>>,
    pub(super) functions: Option<Rc<FunctionTable>>,
    /// Library of each resource.
    pub(super) resources: Option<Rc<Indices>>,
    /// Name of each source file.
    pub(super) sources: Option<Rc<Indices>>,
}

#[derive(Debug, Default)]
pub(super) struct StackTable {
    prefixes: Indices,
    frames: Indices,
}

#[derive(Debug, Default)]
pub(super) struct FrameTable {
    addresses: Vec<i64>,
    depths: Indices,
    categories: Indices,
    functions: Indices,
    lines: Indices,
}

#[derive(Debug, Default)]
pub(super) struct FunctionTable {
    names: Indices,
    is_js: Vec<bool>,
    resources: Indices,
    files: Indices,
    sources: Indices,
    lines: Indices,
}

impl Tables {
    /// Takes a table if the key names one.
    pub(super) fn read(&mut self, json: &mut JsonReader<'_>, key: &str) -> Result<(), JsonError> {
        match key {
            "stringArray" | "stringTable" => {
                let mut strings = Vec::new();
                json.array(|json| {
                    strings.push(json.text()?.into_boxed_str());
                    Ok(())
                })?;
                self.strings = Some(Rc::new(strings));
            }
            "stackTable" => {
                let mut table = StackTable::default();
                json.object(|json, key| match key {
                    "prefix" => indices(json, &mut table.prefixes),
                    "frame" => indices(json, &mut table.frames),
                    _ => Ok(()),
                })?;
                self.stacks = Some(Rc::new(table));
            }
            "frameTable" => {
                let mut table = FrameTable::default();
                json.object(|json, key| match key {
                    "address" => json.array(|json| {
                        table.addresses.push(json.integer()?.unwrap_or(-1));
                        Ok(())
                    }),
                    "inlineDepth" => indices(json, &mut table.depths),
                    "category" => indices(json, &mut table.categories),
                    "func" => indices(json, &mut table.functions),
                    "line" => indices(json, &mut table.lines),
                    _ => Ok(()),
                })?;
                self.frames = Some(Rc::new(table));
            }
            "funcTable" => {
                let mut table = FunctionTable::default();
                json.object(|json, key| match key {
                    "name" => indices(json, &mut table.names),
                    "isJS" => json.array(|json| flag(json, &mut table.is_js)),
                    "resource" => indices(json, &mut table.resources),
                    "fileName" => indices(json, &mut table.files),
                    "source" => indices(json, &mut table.sources),
                    "lineNumber" => indices(json, &mut table.lines),
                    _ => Ok(()),
                })?;
                self.functions = Some(Rc::new(table));
            }
            "resourceTable" => {
                let mut libraries = Vec::new();
                json.object(|json, key| if key == "lib" { indices(json, &mut libraries) } else { Ok(()) })?;
                self.resources = Some(Rc::new(libraries));
            }
            "sources" => {
                let mut names = Vec::new();
                json.object(|json, key| match key {
                    "filename" | "fileName" => indices(json, &mut names),
                    _ => Ok(()),
                })?;
                self.sources = Some(Rc::new(names));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether everything is here that stacks need.
    pub(super) fn is_complete(&self) -> bool {
        self.strings.is_some() && self.stacks.is_some() && self.frames.is_some() && self.functions.is_some()
    }

    /// Takes from other tables what is missing here.
    pub(super) fn or(self, shared: &Self) -> Self {
        Self {
            strings: self.strings.or_else(|| shared.strings.clone()),
            stacks: self.stacks.or_else(|| shared.stacks.clone()),
            frames: self.frames.or_else(|| shared.frames.clone()),
            functions: self.functions.or_else(|| shared.functions.clone()),
            resources: self.resources.or_else(|| shared.resources.clone()),
            sources: self.sources.or_else(|| shared.sources.clone()),
        }
    }
}

fn indices(json: &mut JsonReader<'_>, column: &mut Indices) -> Result<(), JsonError> {
    json.array(|json| {
        column.push(json.index()?);
        Ok(())
    })
}

/// `true`, which is no number, or 1.
fn flag(json: &mut JsonReader<'_>, column: &mut Vec<bool>) -> Result<(), JsonError> {
    column.push(json.is_true()?);
    Ok(())
}

fn at(column: &Indices, index: u32) -> Option<u32> {
    column.get(index as usize).copied().flatten()
}

/// Makes stacks of the numbers in tables, each once.
pub(super) struct Stacks<'a> {
    tables: Tables,
    libraries: &'a [MappingId],
    categories: &'a [FrameKind],
    known: Vec<Option<StackId>>,
    frames: Vec<Option<FrameId>>,
}

impl<'a> Stacks<'a> {
    pub(super) fn new(tables: Tables, libraries: &'a [MappingId], categories: &'a [FrameKind]) -> Self {
        Self { tables, libraries, categories, known: Vec::new(), frames: Vec::new() }
    }

    /// The stack of a number. A prefix always has a lower number than the stacks that begin with it.
    pub(super) fn stack(&mut self, number: u32, builder: &mut ProfileBuilder) -> StackId {
        let Some(table) = self.tables.stacks.clone() else { return StackId::ROOT };
        let mut path = Vec::new();
        let mut next = Some(number);
        let mut stack = StackId::ROOT;
        while let Some(number) = next {
            if let Some(known) = self.known.get(number as usize).copied().flatten() {
                stack = known;
                break;
            }
            if number as usize >= table.frames.len() {
                builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
                break;
            }
            path.push(number);
            next = at(&table.prefixes, number).filter(|&prefix| prefix < number);
        }
        for number in path.into_iter().rev() {
            let frame = match at(&table.frames, number) {
                Some(frame) => self.frame(frame, builder),
                None => FrameId::UNKNOWN,
            };
            stack = builder.profile.push_stack(stack, frame);
            remember(&mut self.known, number, stack);
        }
        stack
    }

    fn frame(&mut self, number: u32, builder: &mut ProfileBuilder) -> FrameId {
        if let Some(known) = self.frames.get(number as usize).copied().flatten() {
            return known;
        }
        let frame = self.intern(number, builder);
        if let Some(frame) = frame {
            remember(&mut self.frames, number, frame);
            return frame;
        }
        builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
        FrameId::UNKNOWN
    }

    fn intern(&self, number: u32, builder: &mut ProfileBuilder) -> Option<FrameId> {
        let tables = &self.tables;
        let frames = tables.frames.as_deref()?;
        let functions = tables.functions.as_deref()?;
        let strings = tables.strings.as_deref()?;
        let text = |index: Option<u32>| index.and_then(|index| strings.get(index as usize)).map_or("", |text| text);
        let function = at(&frames.functions, number)?;
        let name = text(at(&functions.names, function));
        let source = at(&functions.sources, function)
            .and_then(|source| tables.sources.as_deref().and_then(|sources| at(sources, source)));
        let file = text(source.or_else(|| at(&functions.files, function)));
        let start = at(&functions.lines, function).unwrap_or(0);
        let library = at(&functions.resources, function)
            .and_then(|resource| tables.resources.as_deref().and_then(|resources| at(resources, resource)));
        let mapping = library.and_then(|library| self.libraries.get(library as usize)).copied().unwrap_or_default();
        let address = frames.addresses.get(number as usize).copied().and_then(|address| u64::try_from(address).ok());
        let is_js = functions.is_js.get(function as usize).copied().unwrap_or(false);
        let category = at(&frames.categories, number).and_then(|index| self.categories.get(index as usize)).copied();
        let kind = match category {
            _ if is_js => FrameKind::Jit,
            None | Some(FrameKind::Unknown) if mapping != MappingId::NONE => FrameKind::Native,
            category => category.unwrap_or_default(),
        };
        // What has no name is called by its address, also where no library covers that.
        let told = name.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
        if let Some(told) = told.filter(|&told| address.is_none_or(|address| address == told)) {
            return Some(builder.profile.intern_unnamed_frame(mapping, Address(told), kind));
        }
        let function = Function {
            name: builder.profile.intern(name),
            file: builder.profile.intern(file),
            start_line: LineNumber(start),
            ..Function::default()
        };
        let function = builder.profile.intern_function(function);
        let flags =
            FrameFlags { inlined: at(&frames.depths, number).is_some_and(|depth| depth > 0), ..FrameFlags::default() };
        let line = LineNumber(at(&frames.lines, number).unwrap_or(0));
        let address = Address(address.unwrap_or(0));
        Some(builder.profile.intern_frame(Frame { function, line, mapping, address, kind, flags }))
    }
}

fn remember<T: Copy>(known: &mut Vec<Option<T>>, number: u32, value: T) {
    let index = number as usize;
    if known.len() <= index {
        known.resize(index + 1, None);
    }
    if let Some(slot) = known.get_mut(index) {
        *slot = Some(value);
    }
}
