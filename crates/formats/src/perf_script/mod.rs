//! The text that `perf script` prints, in its dialects.
//!
//! A sample is a header line, then one line for each frame from the leaf to the root, then a blank
//! line. Without call chains the frame stands at the end of the header. `-F` moves fields about, and
//! versions of perf differ in padding, offsets and what they print for tracepoints.
//!
//! What is read and how frames are named follows `stackcollapse-perf.pl`, so that folding gives the
//! same lines. It departs from it where that loses or garbles data:
//!
//! * the last sample counts without a blank line behind it;
//! * samples without call chain count, with the frame of their own line if there is one;
//! * names of threads may be one character long and contain spaces and numbers;
//! * `operator->` is a name, not the sign of inlining;
//! * a `(` within the brackets of a Go generic does not end the name;
//! * a symbol that begins with `(anonymous namespace)` is a frame like any other;
//! * ` (deleted)` behind a file is not part of a name;
//! * frames without a file, source lines (`-F +srcline`), and CRLF line ends are understood;
//! * headers may lack anything (`-F comm,ip,sym`), even all (`-F ip,sym`);
//! * what other fields print behind the frames (`-F +insn,+uregs,+brstack,+srccode`) is passed over;
//! * versioned `vmlinux` files and kernel modules are kernel, `jitted-*.so` is code made at run time.

mod address_column;
mod bare_header;
mod byte_masks;
mod counts;
mod expectation;
mod file_kind;
mod finish;
mod frame_line;
mod header;
mod header_memo;
mod known_symbols;
mod line_cache;
mod reader;
mod recent_files;
mod stack_cache;
mod symbol;
mod symbol_hash;
mod usual_line;

pub use reader::PerfScriptReader;

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::read::Read;

/// The system name of functions for which perf printed white space. The collapser shows just that.
pub(crate) const BLANK: &str = " ";

/// How to read `perf script` text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerfScriptOptions {
    /// Read only samples of this event. `None` reads all into a profile, each event into a value column
    /// of its own, in order of appearance. Folding text reads the event that appears first and counts
    /// the samples it leaves out, as `stackcollapse-perf.pl` does. Samples whose header ends in fields
    /// of a tracepoint have no event in the collapser's sense: folding always reads them.
    pub event_filter: Option<String>,
    /// Keep the address of frames that no symbol covers (`--addrs`): each address is then a frame of
    /// its own.
    pub addresses: bool,
}

/// Whether one of the first lines is one that only `perf script` prints.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.raw_lines().any(is_certain_line)
}

fn is_certain_line(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    if line.starts_with(b"#") {
        return line == b"# ========" || line.starts_with(b"# cmdline : ") || line.starts_with(b"# captured on");
    }
    // Looking at the last character saves taking most lines of other formats apart.
    let is_frame_line = line.ends_with(b")") && frame_line::is_certain(line);
    let is_column = address_column::behind_column(line).is_some_and(|behind| line.get(behind + 1) != Some(&b' '));
    header::is_certain(line) || is_frame_line || is_column || is_line_of_columns(line)
}

/// Whether a line is a sample without call chain of few fields: an address in its column behind nothing,
/// the name of a thread in its column, or an event.
fn is_line_of_columns(line: &[u8]) -> bool {
    const NAME: usize = 16;
    const DIGITS: usize = 8;
    const ADDRESS: usize = 17;
    let Some((head, frame)) = bare_header::split_columns(line) else { return false };
    let is_name = || line.get(..NAME).is_some_and(|name| name.trim_ascii() == head && name.starts_with(b" "));
    let is_event = || head.ends_with(b":") && !head.contains(&b' ');
    let digits = frame.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let is_alone = || head.is_empty() && line.trim_ascii_end().len() + digits == ADDRESS + frame.len();
    digits >= DIGITS && (is_alone() || (!head.is_empty() && (is_name() || is_event())))
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = PerfScriptReader::new(options.perf_script.clone()).keeping_times(options.times);
    content.each_chunk(|chunk| reader.feed(chunk))?;
    Ok(reader.finish())
}
