//! The JSON of `--preprocess`: what code there is, and a stack of it for each tick.

use firesteel_model::{
    Address, FrameId, FrameKind, Label, LabelSetId, LabelValue, MappingId, Nanoseconds, Sample, StackId, ThreadId,
    ValueType,
};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::json::{JsonError, JsonReader};
use crate::options::ReadOptions;
use crate::profile_builder::{ProfileBuilder, SourceLines};
use crate::read::Read;
use crate::warning::WarningKind;

/// What the virtual machine was doing, by V8's numbers (`StateTag` of `include/v8-unwinder.h`).
const STATES: [&str; 10] =
    ["js", "gc", "parser", "bytecode compiler", "compiler", "other", "external", "atomics wait", "idle", "logging"];

/// Reads content of this format.
pub(super) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        code: Vec::new(),
        frames: Vec::new(),
        labels: [None; STATES.len()],
        stack: Vec::new(),
    };
    let mut json = JsonReader::new(content);
    if let Err(error) = reader.file(&mut json) {
        error.into_warning(&mut reader.builder.warnings)?;
    }
    Ok(reader.builder.finish(Format::V8Profile))
}

/// An entry of `code`.
struct Code {
    name: Box<str>,
    kind: CodeKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CodeKind {
    JavaScript,
    SharedLibrary,
    Native,
    /// Code of V8's own: builtins, stubs, bytecode handlers.
    Builtin,
}

struct Reader {
    builder: ProfileBuilder,
    code: Vec<Code>,
    /// The frame of each code that a tick was in. There is much more code than that.
    frames: Vec<Option<FrameId>>,
    labels: [Option<LabelSetId>; STATES.len()],
    stack: Vec<i64>,
}

impl Reader {
    fn file(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        json.object(|json, key| match key {
            "code" => json.array(|json| self.code(json)),
            "ticks" => json.array(|json| self.tick(json)),
            _ => Ok(()),
        })
    }

    fn code(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        let (mut name, mut kind) = (String::new(), CodeKind::Builtin);
        json.object(|json, key| {
            match key {
                "name" => name = json.text()?,
                "type" => {
                    kind = match json.text()?.as_str() {
                        "JS" => CodeKind::JavaScript,
                        "SHARED_LIB" => CodeKind::SharedLibrary,
                        "CPP" => CodeKind::Native,
                        _ => CodeKind::Builtin,
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        self.code.push(Code { name: name.into_boxed_str(), kind });
        Ok(())
    }

    fn tick(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        let (mut time, mut state) = (None, None);
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        let place = json.place();
        json.object(|json, key| {
            match key {
                "tm" => time = json.number()?.map(|time| time.scaled(1000)),
                "vm" => state = json.index()?,
                // Pairs of a code and an offset in it, leaf first; outside of all code -1 and an address.
                "s" => json.array(|json| {
                    stack.push(json.integer()?.unwrap_or(-1));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        if !stack.len().is_multiple_of(2) {
            self.builder.warnings.add(WarningKind::BrokenMessage, place);
        }
        let (pairs, _) = stack.as_chunks::<2>();
        let mut id = StackId::ROOT;
        for &[code, _] in pairs.iter().rev() {
            let frame = self.frame(code);
            id = self.builder.profile.push_stack(id, frame);
        }
        let time = time.and_then(|time| u64::try_from(time).ok()).map(Nanoseconds);
        let labels = self.labels(state);
        self.builder.add(Sample { stack: id, values: &[1], labels, thread: ThreadId::NONE, time });
        self.stack = stack;
        Ok(())
    }

    fn frame(&mut self, code: i64) -> FrameId {
        let Ok(index) = usize::try_from(code) else {
            // Each address would be a frame of its own, of which nothing is known.
            return self.builder.profile.intern_unnamed_frame(MappingId::NONE, Address(0), FrameKind::Native);
        };
        if let Some(known) = self.frames.get(index).copied().flatten() {
            return known;
        }
        let Some(code) = self.code.get(index) else {
            self.builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
            return FrameId::UNKNOWN;
        };
        let frame = intern(&mut self.builder, &code.name, code.kind);
        if self.frames.len() <= index {
            self.frames.resize(index + 1, None);
        }
        if let Some(slot) = self.frames.get_mut(index) {
            *slot = Some(frame);
        }
        frame
    }

    fn labels(&mut self, state: Option<u32>) -> LabelSetId {
        let Some((index, name)) = state.and_then(|state| Some((state as usize, *STATES.get(state as usize)?))) else {
            return LabelSetId::EMPTY;
        };
        if let Some(known) = self.labels.get(index).copied().flatten() {
            return known;
        }
        let profile = &mut self.builder.profile;
        let label = Label { key: profile.intern("vm_state"), value: LabelValue::Text(profile.intern(name)) };
        let labels = profile.intern_labels(&[label]);
        if let Some(slot) = self.labels.get_mut(index) {
            *slot = Some(labels);
        }
        labels
    }
}

fn intern(builder: &mut ProfileBuilder, name: &str, kind: CodeKind) -> FrameId {
    match kind {
        CodeKind::JavaScript => {
            let (name, file, line) = script(name);
            builder.source_frame(name, file, SourceLines { start: line, line }, FrameKind::Jit)
        }
        CodeKind::SharedLibrary => {
            let base = name.rsplit('/').next().unwrap_or(name);
            builder.source_frame(&format!("[{base}]"), "", SourceLines::default(), FrameKind::Native)
        }
        CodeKind::Native => builder.source_frame(name, "", SourceLines::default(), FrameKind::Native),
        CodeKind::Builtin => builder.source_frame(name, "", SourceLines::default(), FrameKind::Jit),
    }
}

/// Takes `name file:line:column` apart, where a file may have spaces and a function no name.
pub(super) fn script(text: &str) -> (&str, &str, u32) {
    let number = |text: &str| text.parse::<u32>().ok();
    let place = text.rsplit_once(':').filter(|(_, column)| number(column).is_some()).and_then(|(rest, _)| {
        let (rest, line) = rest.rsplit_once(':')?;
        Some((rest, number(line)?))
    });
    let Some((rest, line)) = place else { return (text, "", 0) };
    let (name, file) = rest.split_once(' ').unwrap_or(("", rest));
    (if name.is_empty() { "(anonymous)" } else { name }, file, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let check = |text: &str, expect: (&str, &str, u32)| assert_eq!(script(text), expect, "{text}");
        check("fib /srv/my app/busy.js:1:13", ("fib", "/srv/my app/busy.js", 1));
        check(" node:internal/main/run_main_module:1:1", ("(anonymous)", "node:internal/main/run_main_module", 1));
        check(
            "Module.load node:internal/modules/cjs/loader:1257:33",
            ("Module.load", "node:internal/modules/cjs/loader", 1257),
        );
        check("RegExp: a:b", ("RegExp: a:b", "", 0));
        check("", ("", "", 0));
    }
}
