//! SystemTap aggregations by backtrace: `print_stack` or `print_ustack` of the key, then the value.
//!
//! A frame is ` 0xffffffff8103ce3b : native_safe_halt+0xb/0x10 [kernel]`, from the leaf; `(inexact)` behind it says that
//! the unwinder guessed. The value stands on a line of its own. As in `stackcollapse-stap.pl`, other lines before the
//! value are frames by their name.

use firesteel_model::{FrameId, FrameKind, ValueType};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, PendingStack, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: a line is an address and what is there.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().any(|line| with_address(line.trim()).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        known: KnownLines::default(),
        stack: PendingStack::default(),
        begin: Place::Line(1),
    };
    read_lines(content, &mut reader)?;
    let lost = reader.stack.len() as u64;
    reader.builder.warnings.add_many(WarningKind::OrphanFrame, lost, Some(reader.begin));
    Ok(reader.builder.finish(Format::SystemTap))
}

struct Reader {
    builder: ProfileBuilder,
    known: KnownLines,
    stack: PendingStack,
    /// Where the pending stack begins.
    begin: Place,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        let text = line.trim();
        if text.is_empty() {
            return;
        }
        if let Some(value) = decimal(text) {
            if self.stack.is_empty() {
                self.builder.warnings.add(WarningKind::UnreadableLine, place);
                return;
            }
            let stack = self.stack.take_leaf_first(&mut self.builder, self.begin);
            self.builder.add_values(stack, &[value]);
            return;
        }
        if self.stack.is_empty() {
            self.begin = place;
        }
        let builder = &mut self.builder;
        let frame = self.known.frame(text, || frame(text, builder));
        self.stack.push(frame);
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

/// The address and what stands behind it: `: symbol [module]` or `[module+0x12]`.
fn with_address(text: &str) -> Option<(u64, &str)> {
    let text = text.strip_prefix("Returning from:").or_else(|| text.strip_prefix("Returning to  :")).unwrap_or(text);
    let (address, rest) = text.trim_start().strip_prefix("0x")?.split_once(' ')?;
    let address = hexadecimal(address)?;
    let rest = rest.trim_start();
    let symbol = rest.strip_prefix(": ").map(str::trim_start);
    symbol.or(Some(rest).filter(|rest| rest.starts_with('['))).map(|symbol| (address, symbol))
}

fn frame(text: &str, builder: &mut ProfileBuilder) -> FrameId {
    let (address, symbol) = with_address(text).unwrap_or((0, text));
    let symbol = symbol.trim_end().strip_suffix("(inexact)").unwrap_or(symbol).trim_end();
    let (symbol, module) = match symbol.strip_suffix(']').and_then(|inside| inside.rsplit_once('[')) {
        Some((symbol, module)) => (symbol.trim_end(), module),
        None => (symbol, ""),
    };
    let module = module.split_once("+0x").map_or(module, |(module, _)| module);
    let name = match symbol.rsplit_once('+') {
        Some((name, offset)) if offset.starts_with("0x") => name,
        _ => symbol,
    };
    let kind = match address {
        0 => FrameKind::Unknown,
        address if address >> 63 == 1 => FrameKind::Kernel,
        _ => FrameKind::Native,
    };
    // Without a symbol SystemTap prints the address once more.
    let name = if name == format!("{address:#x}") { "" } else { name };
    builder.text_frame(&TextFrame { name, module, address, kind, ..TextFrame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, folded, read};

    const TEXT: &str = "\
 0xffffffff8103ce3b : native_safe_halt+0xb/0x10 [kernel]
 0xffffffff8101c6a3 : default_idle+0x53/0x1d0 [kernel]
 0xffffffff81013236 : cpu_idle+0x96/0x110 [kernel] (inexact)
\t\t2404

 0xffffffff8125d4a5 : ext4_read+0x5/0x10 [ext4]
 0x7f28c979ab1d : read+0xd/0x90 [/usr/lib64/libc-2.17.so]
 0x401b2f [/usr/bin/app+0x1b2f]
 0x402000 : 0x402000
\t\t3
";

    #[test]
    fn keeps_address_module_and_kind() {
        insta::assert_snapshot!(details(&read(Format::SystemTap, TEXT)), @r"
        samples/count
        [2404]
          cpu_idle [kernel] 0xffffffff81013236 Kernel
          default_idle [kernel] 0xffffffff8101c6a3 Kernel
          native_safe_halt [kernel] 0xffffffff8103ce3b Kernel
        [3]
          [unknown] 0x402000 Native
          [app] [/usr/bin/app] 0x401b2f Native
          read [/usr/lib64/libc-2.17.so] 0x7f28c979ab1d Native
          ext4_read [ext4] 0xffffffff8125d4a5 Kernel
        ");
    }

    #[test]
    fn folds_as_stackcollapse_does() {
        insta::assert_snapshot!(folded(Format::SystemTap, TEXT), @r"
        [unknown];[app];read;ext4_read 3
        cpu_idle;default_idle;native_safe_halt 2404
        ");
    }
}
