//! DTrace aggregations by stack: `dtrace -n 'profile-99 { @[stack()] = count(); }'`.
//!
//! A block is the frames from the leaf, one a line, then the value on a line of its own, then a blank line. Keys of the
//! aggregation besides the stack, such as `execname`, stand on lines of their own before the frames or in front of the
//! value. As `stackcollapse.pl` has it, frames keep their module (``genunix`open``), lose their offset, and C++ methods
//! lose their arguments; blank lines within a block, which DTrace prints between `stack()` and `ustack()`, mean nothing.

use firesteel_model::{FrameId, FrameKind, Sample, Thread, ThreadId, ValueType};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, PendingStack, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal, signed};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: a value on a line of its own behind frames of which one names its module.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let mut has_module = false;
    for line in head.lines() {
        let text = line.trim();
        if is_header(text) {
            continue;
        }
        if text.is_empty() || !line.starts_with([' ', '\t']) {
            has_module = false;
        } else if signed(text).is_some() {
            if has_module {
                return true;
            }
        } else {
            has_module |= is_frame_with_module(text);
        }
    }
    false
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        known: KnownLines::default(),
        stack: PendingStack::default(),
        begin: Place::Line(1),
        key: String::new(),
        deepest: 0,
    };
    read_lines(content, &mut reader)?;
    reader.orphans();
    Ok(reader.builder.finish(Format::Dtrace))
}

struct Reader {
    builder: ProfileBuilder,
    known: KnownLines,
    stack: PendingStack,
    /// Where the pending stack begins.
    begin: Place,
    /// The text key before the stack.
    key: String,
    /// How far the frames of the pending stack are indented.
    deepest: usize,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        let text = line.trim();
        if text.is_empty() || is_header(text) {
            return;
        }
        if !line.starts_with([' ', '\t']) {
            // Frames and keys are indented: this is what the script prints.
            if !self.stack.is_empty() {
                self.builder.warnings.add(WarningKind::UnreadableLine, place);
            }
            return;
        }
        if let Some(value) = signed(text) {
            self.value(value, "", place);
            return;
        }
        let indent = line.len() - line.trim_start().len();
        if indent < self.deepest
            && let Some((key, value)) = text.rsplit_once([' ', '\t'])
            && let Some(value) = signed(value)
        {
            self.value(value, key.trim(), place);
            return;
        }
        if self.stack.is_empty() {
            self.begin = place;
            // A key is padded to the width of its column, a frame is not.
            if line.ends_with(' ') && !is_frame_with_module(text) {
                text.clone_into(&mut self.key);
                return;
            }
        }
        self.deepest = self.deepest.max(indent);
        let builder = &mut self.builder;
        let (outer, inlined) = split_inlined(text);
        for name in inlined.into_iter().rev() {
            let name = without_arguments(name);
            self.stack.push(builder.text_frame(&TextFrame { name, inlined: true, ..TextFrame::default() }));
        }
        let frame = self.known.frame(outer, || frame(outer, builder));
        self.stack.push(frame);
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    /// Ends a block.
    fn value(&mut self, value: i64, key: &str, place: Place) {
        if self.stack.is_empty() && self.key.is_empty() && key.is_empty() {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        }
        let stack = self.stack.take_leaf_first(&mut self.builder, self.begin);
        self.deepest = 0;
        let name = if key.is_empty() { self.key.as_str() } else { key };
        let thread = if name.is_empty() {
            ThreadId::NONE
        } else {
            let name = self.builder.profile.intern(name);
            self.builder.profile.intern_thread(Thread { name, ..Thread::default() })
        };
        self.key.clear();
        self.builder.add(Sample { thread, ..Sample::new(stack, &[value]) });
    }

    /// Counts the frames of a stack without value.
    fn orphans(&mut self) {
        self.builder.warnings.add_many(WarningKind::OrphanFrame, self.stack.len() as u64, Some(self.begin));
        self.stack.clear();
    }
}

/// Whether a line is what DTrace prints about itself: the heading of its columns, a probe that fired, a match.
fn is_header(text: &str) -> bool {
    if text.starts_with("dtrace: ") || text.starts_with("CPU ") && text.ends_with("FUNCTION:NAME") {
        return true;
    }
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let mut words = text.split_ascii_whitespace();
    let is_numbered = words.next().and_then(decimal).is_some() && words.next().and_then(decimal).is_some();
    is_numbered && words.next().is_some_and(|probe| probe.contains(':')) && words.next().is_none()
}

/// Whether a line is ``module`symbol``. Text has backticks too, but in pairs or behind other signs.
fn is_frame_with_module(text: &str) -> bool {
    let Some((module, symbol)) = text.split_once('`') else { return false };
    let is_file = module.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+/@".contains(&byte));
    is_file && !module.is_empty() && !symbol.is_empty() && !symbol.contains('`') && !symbol.starts_with(' ')
}

/// The function of a frame, and those that the compiler put into it, the innermost last: Java's agents for perf and
/// DTrace write `outer->inner`. The arrow of `operator->` is part of a name.
fn split_inlined(text: &str) -> (&str, Vec<&str>) {
    let whole = without_offset(text);
    let mut names = Vec::new();
    let mut start = 0;
    for (arrow, _) in whole.match_indices("->") {
        let name = whole.get(start..arrow).unwrap_or_default();
        if !name.is_empty() && !name.ends_with("operator") {
            names.push(name);
            start = arrow + 2;
        }
    }
    let last = whole.get(start..).filter(|last| !last.is_empty());
    match names.split_first() {
        None => (text, Vec::new()),
        Some((outer, inner)) => (outer, inner.iter().copied().chain(last).collect()),
    }
}

fn frame(text: &str, builder: &mut ProfileBuilder) -> FrameId {
    let name = without_arguments(without_offset(text));
    let (module, symbol) = name.split_once('`').unwrap_or(("", name));
    let address = hexadecimal_address(symbol);
    let is_kernel = matches!(module, "unix" | "genunix" | "kernel" | "mach_kernel" | "vmlinux") || address >> 63 == 1;
    let kind = if is_kernel { FrameKind::Kernel } else { FrameKind::Unknown };
    builder.text_frame(&TextFrame {
        name: if name.is_empty() { "-" } else { name },
        module,
        address,
        kind,
        ..TextFrame::default()
    })
}

fn hexadecimal_address(symbol: &str) -> u64 {
    symbol.strip_prefix("0x").and_then(hexadecimal).unwrap_or(0)
}

fn without_offset(text: &str) -> &str {
    match text.rsplit_once('+') {
        Some((name, offset)) if hexadecimal(offset).is_some() => name.trim_end(),
        _ => text,
    }
}

/// Cuts the arguments of a C++ method, which end the name but for ` const`.
fn without_arguments(name: &str) -> &str {
    let end = name.strip_suffix(" const").unwrap_or(name);
    if !name.contains("::") || !end.ends_with(')') {
        return name;
    }
    let mut depth = 0i64;
    for (index, byte) in end.bytes().enumerate().rev() {
        match byte {
            b')' => depth += 1,
            b'(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let before = name.get(..index).unwrap_or(name).trim_end();
            return if before.is_empty() || before.ends_with('`') { name } else { before };
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::folded;

    #[test]
    fn reads_what_dtrace_prints() {
        insta::assert_snapshot!(folded(Format::Dtrace, "\
CPU     ID                    FUNCTION:NAME
  0  64091                        :tick-60s\x20


              genunix`cv_broadcast+0x1
              genunix`open+0x25
              unix`sys_syscall+0x17a
                1

              unix`do_splx+0x65
              unix`0xfffffffffb800c91
             1971

              unix`do_splx+0x1

              libc.so.1`write+0x4
                2
"), @r"
        libc.so.1`write;unix`do_splx 2
        unix`0xfffffffffb800c91;unix`do_splx 1971
        unix`sys_syscall;genunix`open;genunix`cv_broadcast 1
        ");
    }

    #[test]
    fn keys_beside_the_stack_name_the_thread() {
        insta::assert_snapshot!(folded(Format::Dtrace, "
  bash                                               \x20
              genunix`read+0x1
                7

              genunix`read+0x1
  my shell                                                           5
"), @r"
        bash;genunix`read 7
        my_shell;genunix`read 5
        ");
    }

    #[test]
    fn inlined_functions_are_frames() {
        insta::assert_snapshot!(folded(Format::Dtrace, "\
a line of the script

  test`baz
  test`foo->bar->Deep::est(int)
  x`P::operator->+0x3
  test`main
  1
"), @r"test`main;x`P::operator->;test`foo;bar;Deep::est;test`baz 1");
    }

    #[test]
    fn frames_lose_offset_and_arguments() {
        let check = |text: &str, expect: &str| assert_eq!(without_arguments(without_offset(text)), expect, "{text}");
        check("genunix`open+0x25", "genunix`open");
        check("node`v8::internal::Foo<int>(v8::Bar*, int)+0x10", "node`v8::internal::Foo<int>");
        check("node`v8::a(b::c<d>)", "node`v8::a");
        check("a`operator()(int)+0x3", "a`operator()(int)");
        check("a`std::x::operator<<(int)+0x3", "a`std::x::operator<<");
        check("a`(anonymous namespace)::foo(int) const+0x1", "a`(anonymous namespace)::foo");
        check("x`-[NSFoo bar:]+0x1", "x`-[NSFoo bar:]");
        check("x`operator+", "x`operator+");
        check("0x1234", "0x1234");
        check(
            "c`f::_$u7b$$u7b$closure$u7d$$u7d$ (.llvm.9599067906520872268)+0x1e8",
            "c`f::_$u7b$$u7b$closure$u7d$$u7d$",
        );
    }
}
