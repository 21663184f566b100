//! The text of `node --prof-process`: its bottom-up profile, the only part that has stacks.
//!
//! Each function is followed by its callers, deeper ones indented by two more blanks, with the ticks that came through
//! them. V8 leaves out callers below one per cent and all beyond five levels, so the stacks lack their roots and what is
//! not covered by callers belongs to the function alone.

use firesteel_model::{FrameId, FrameKind, StackId, ValueType};

use super::json_ticks::script;
use crate::content::{Content, Line};
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::{ProfileBuilder, SourceLines};
use crate::read::Read;
use crate::warning::{Place, WarningKind};

const SECTION: &str = "[Bottom up (heavy) profile]:";

/// Reads content of this format.
pub(super) fn read(content: &mut Content<'_>) -> Result<Read, Error> {
    let mut builder = ProfileBuilder::new(vec![ValueType::samples()], &ReadOptions::default());
    let mut is_inside = false;
    let mut open: Vec<Caller> = Vec::new();
    content.each_line(|number, line| {
        let Line::Whole(line) = line else {
            builder.warnings.add(WarningKind::LongLine, Place::Line(number));
            return;
        };
        let text = String::from_utf8_lossy(line);
        if text.trim_start().starts_with('[') {
            is_inside = text.trim() == SECTION;
            return;
        }
        let Some(entry) = is_inside.then(|| parse(&text)).flatten() else { return };
        let keep = open.iter().take_while(|caller| caller.indent < entry.indent).count();
        close(&mut open, keep, &mut builder);
        if let Some(callee) = open.last_mut() {
            callee.ticks = callee.ticks.saturating_sub(entry.ticks);
        }
        let frame = intern(entry.name, &mut builder);
        open.push(Caller { indent: entry.indent, ticks: entry.ticks, frame });
    })?;
    close(&mut open, 0, &mut builder);
    Ok(builder.finish(Format::V8Profile))
}

/// A line of the section.
struct Entry<'a> {
    ticks: i64,
    indent: usize,
    name: &'a str,
}

/// A function with the callers seen so far.
struct Caller {
    indent: usize,
    /// Ticks that no caller accounts for yet.
    ticks: i64,
    frame: FrameId,
}

/// `  ticks parent  name`, such as `    214   68.6%  UNKNOWN`.
fn parse(line: &str) -> Option<Entry<'_>> {
    let (ticks, rest) = line.trim_start().split_once(' ')?;
    let (share, name) = rest.trim_start().split_once('%')?;
    share.parse::<f64>().ok()?;
    let trimmed = name.trim_start();
    Some(Entry { ticks: ticks.parse().ok()?, indent: name.len() - trimmed.len(), name: trimmed.trim_end() })
}

/// Takes callers off until so many are left, and adds a stack for the ticks that each has to itself.
fn close(open: &mut Vec<Caller>, keep: usize, builder: &mut ProfileBuilder) {
    while open.len() > keep {
        let ticks = open.last().map_or(0, |caller| caller.ticks);
        if ticks > 0 {
            // The outermost caller came last.
            let stack: StackId = builder.stack(open.iter().rev().map(|caller| caller.frame).collect::<Vec<_>>());
            builder.add_values(stack, &[ticks]);
        }
        open.pop();
    }
}

fn intern(name: &str, builder: &mut ProfileBuilder) -> FrameId {
    if name == "UNKNOWN" {
        return builder.source_frame("[unknown]", "", SourceLines::default(), FrameKind::Unknown);
    }
    if let Some(name) = name.strip_prefix("JS: ") {
        // A sign says how far the function was optimised: ~ ^ + *.
        let (name, file, line) = script(name.trim_start_matches(['~', '^', '+', '*']));
        let name = if name == "<anonymous>" { "(anonymous)" } else { name };
        return builder.source_frame(name, file, SourceLines { start: line, line }, FrameKind::Jit);
    }
    if name.starts_with('/') && !name.contains('(') {
        let base = name.rsplit('/').next().unwrap_or(name);
        return builder.source_frame(&format!("[{base}]"), "", SourceLines::default(), FrameKind::Native);
    }
    builder.source_frame(name, "", SourceLines::default(), FrameKind::Native)
}

#[cfg(test)]
mod tests {
    use crate::folded::{self, FoldOptions};
    use crate::options::ReadOptions;
    use crate::read::read_profile;

    #[test]
    fn the_bottom_up_profile_is_read() {
        let text = "Statistical profiling result from isolate-v8.log, (312 ticks, 12 unaccounted, 0 excluded).

 [Shared libraries]:
   ticks  total  nonlib   name
      5    1.6%          /usr/lib/libc.so.6

 [Bottom up (heavy) profile]:
  Note: percentage shows a share of a particular caller in the total
  amount of its parent calls.
  Callers occupying less than 1.0% are not shown.

   ticks parent  name
    214   68.6%  UNKNOWN
    179   83.6%    JS: *parse /srv/busy.js:2:15
    170  100.0%      JS: ~run /srv/busy.js:3:15

      5    1.6%  /usr/lib/libc.so.6
      2   40.0%    JS: ~<anonymous> /srv/busy.js:1:1
      1   20.0%    JS: ~fib /srv/busy.js:1:13
";
        let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
        let mut output = Vec::new();
        folded::write(&read.profile, &FoldOptions::default(), &mut output).unwrap();
        insta::assert_snapshot!(String::from_utf8(output).unwrap(), @"
        (anonymous);[libc.so.6] 2
        [libc.so.6] 2
        [unknown] 35
        fib;[libc.so.6] 1
        parse;[unknown] 9
        run;parse;[unknown] 170
        ");
    }
}
