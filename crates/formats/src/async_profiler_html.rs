//! Flame graph pages of async-profiler.
//!
//! The page draws its boxes from calls in a script, from the root to the leaves: `f(key, level, left, width)`, and
//! short forms for a box one level further out, `u(key, width)`, and one beside the last, `n(key, width)`. A key is the
//! position of the name times eight plus the kind of frame; names share their beginnings with the name before. Pages
//! of version 2 have the name in the call itself: `f(level, left, width, kind, 'name')`.

use firesteel_model::{FrameFlags, FrameId, FrameKind, StackId, ValueType};

use crate::content::{Content, Line};
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Levels above this are a broken page.
const MAX_LEVEL: usize = 100_000;

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    head.trim_ascii_start().starts_with(b"<!DOCTYPE html>") && has(b"async-profiler") && has(b"id='canvas'")
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut page = Page::new(ProfileBuilder::new(vec![ValueType::samples()], options));
    content.each_line(|number, line| match line {
        Line::Whole(line) => page.read(line.trim_ascii(), Place::Line(number)),
        Line::TooLong => page.builder.warnings.add(WarningKind::LongLine, Place::Line(number)),
    })?;
    page.close_to(0);
    Ok(page.builder.finish(Format::AsyncProfilerHtml))
}

/// A box whose callees are not all known yet.
struct Open {
    stack: StackId,
    /// What is not in any of its callees so far.
    own: i64,
}

struct Page {
    builder: ProfileBuilder,
    names: Vec<Vec<u8>>,
    /// Whether the lines that come are names.
    in_names: bool,
    /// The boxes from the root to the last one.
    open: Vec<Open>,
    width: i64,
}

impl Page {
    fn new(builder: ProfileBuilder) -> Self {
        Self { builder, names: Vec::new(), in_names: false, open: Vec::new(), width: 0 }
    }

    fn read(&mut self, line: &[u8], place: Place) {
        if self.in_names {
            match line {
                b"];" => self.in_names = false,
                _ => self.read_name(line, place),
            }
        } else if line == b"const cpool = [" {
            self.in_names = true;
            self.names.clear();
        } else if let Some((name, arguments)) = call(line) {
            self.read_call(name, arguments, place);
        }
    }

    /// A name in quotes; its first character says how many characters it shares with the name before.
    fn read_name(&mut self, line: &[u8], place: Place) {
        let Some(text) = unquoted(line) else {
            if !line.is_empty() {
                self.builder.warnings.add(WarningKind::UnreadableLine, place);
            }
            return;
        };
        let name = match (self.names.last(), text.split_first()) {
            (Some(before), Some((&shared, rest))) => {
                let shared = before.get(..usize::from(shared.saturating_sub(b' '))).unwrap_or(before);
                [shared, rest].concat()
            }
            _ => text,
        };
        self.names.push(name);
    }

    fn read_call(&mut self, call: u8, arguments: &[u8], place: Place) {
        let quote = memchr::memchr(b'\'', arguments).unwrap_or(arguments.len());
        let (numbers, title) = arguments.split_at_checked(quote).unwrap_or((arguments, &[]));
        let mut numbers = numbers.split(|&byte| byte == b',').map(number);
        let mut next = || numbers.next().flatten();
        let last = self.open.len().saturating_sub(1);
        let read = if title.is_empty() {
            match call {
                b'f' => next().zip(next()).map(|(key, level)| {
                    next();
                    (key, usize::try_from(level).unwrap_or(usize::MAX), next())
                }),
                b'u' => next().map(|key| (key, last.saturating_add(1), next())),
                _ => next().map(|key| (key, last, next())),
            }
        } else {
            // Version 2: level, left, width, kind, name.
            let fields = (next(), next(), next(), next());
            let (Some(level), _, Some(width), Some(kind)) = fields else { return };
            self.names = vec![unquoted(title).unwrap_or_default()];
            Some((kind & 7, usize::try_from(level).unwrap_or(usize::MAX), Some(width)))
        };
        let Some((key, level, width)) = read.filter(|&(_, level, _)| level <= self.open.len().min(MAX_LEVEL)) else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        // No width means that of the box before.
        self.width = width.filter(|&width| width > 0).unwrap_or(self.width);
        self.push(key, level, place);
    }

    /// Adds a box.
    fn push(&mut self, key: i64, level: usize, place: Place) {
        self.close_to(level);
        let (parent, width) = (self.open.last_mut(), self.width);
        let stack = match parent {
            // The outermost box is not a function.
            None => StackId::ROOT,
            Some(parent) => {
                parent.own = parent.own.saturating_sub(width);
                let parent = parent.stack;
                let frame = self.frame(key, place);
                self.builder.profile.push_stack(parent, frame)
            }
        };
        self.open.push(Open { stack, own: width });
    }

    fn frame(&mut self, key: i64, place: Place) -> FrameId {
        let position = usize::try_from(key >> 3).unwrap_or(usize::MAX);
        let name = self.names.get(position).or(self.names.first()).cloned().unwrap_or_default();
        // Kinds of `Frame.java`: interpreted, compiled, inlined, native, C++, kernel, compiled by C1.
        let (kind, inlined) = match key & 7 {
            1 | 6 => (FrameKind::Jit, false),
            2 => (FrameKind::Jit, true),
            3 | 4 => (FrameKind::Native, false),
            5 => (FrameKind::Kernel, false),
            _ => (FrameKind::Unknown, false),
        };
        let frame = self.builder.named_frame(&name, kind, place);
        if !inlined {
            return frame;
        }
        let mut frame = *self.builder.profile.frame(frame);
        frame.flags = FrameFlags { inlined, ..frame.flags };
        self.builder.profile.intern_frame(frame)
    }

    /// Ends the boxes from a level on.
    fn close_to(&mut self, level: usize) {
        while self.open.len() > level {
            if let Some(Open { stack, own }) = self.open.pop().filter(|open| open.own > 0) {
                self.builder.add_values(stack, &[own]);
            }
        }
    }
}

/// The name and the arguments of a call of one of the three functions.
fn call(line: &[u8]) -> Option<(u8, &[u8])> {
    let (&name, rest) = line.split_first()?;
    let line = rest.strip_prefix(b"(")?;
    let end = line.iter().rposition(|&byte| byte == b')')?;
    matches!(name, b'f' | b'u' | b'n').then(|| (name, line.get(..end).unwrap_or(&[])))
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// The text of a string in single quotes, which a comma may follow.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b",").unwrap_or(text);
    let text = text.strip_prefix(b"'")?.strip_suffix(b"'")?;
    let mut result = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        result.extend(if byte == b'\\' { bytes.next().copied() } else { Some(byte) });
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &str, expect: &[(&str, i64)]) {
        let page = format!("<!DOCTYPE html>\n<canvas id='canvas'></canvas> async-profiler\n{lines}");
        let read = crate::read_profile("page", &mut page.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!(read.format, Format::AsyncProfilerHtml);
        assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        let profile = &read.profile;
        let mut found: Vec<(String, i64)> = profile
            .samples()
            .map(|sample| {
                let mut names: Vec<&str> =
                    profile.stacks().frames(sample.stack).map(|frame| profile.frame_name(frame)).collect();
                names.reverse();
                (names.join(";"), sample.values[0])
            })
            .collect();
        found.sort();
        let expect: Vec<(String, i64)> = expect.iter().map(|&(stack, value)| (stack.to_owned(), value)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn boxes_become_stacks() {
        // `Thread.run` calls `Main.parse` (inlined, 60 of which 10 in `memcpy`) and `Main.write` (30), 100 in all.
        check(
            "const cpool = [\n'all',\n' Main.parse',\n'%write',\n' Thread.run',\n' it\\'s',\n' memcpy'\n];\nunpack(cpool);\n\n\
             n(0,100)\nu(25)\nu(10,60)\nu(43,10)\nf(16,2,50,30)\nsearch();\n",
            &[
                ("Thread.run", 10),
                ("Thread.run;Main.parse", 50),
                ("Thread.run;Main.parse;memcpy", 10),
                ("Thread.run;Main.write", 30),
            ],
        );
    }

    #[test]
    fn pages_of_version_two() {
        check("f(0,0,10,3,'all')\nf(1,0,10,1,'a.b')\nf(2,0,4,5,'it\\'s')\n", &[("a.b", 6), ("a.b;it's", 4)]);
    }
}
