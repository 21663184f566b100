//! The stream parser: bytes in pieces of any size to counts.

use firesteel_model::RootBy;
use memchr::memmem::Finder;

use super::PerfScriptOptions;
use super::counts::Counts;
use super::frame_line;
use super::header::{self, Header, Record};
use super::header_memo::{HeaderMemo, KnownHeader};
use super::line_cache::LineCache;
use super::stack_cache::{CachedStack, StackCache};
use crate::folded::FoldOptions;
use crate::warning::{Place, WarningKind, Warnings};

/// How much is gathered in search of the end of a sample before its lines are read one by one.
const MAX_BLOCK: usize = 1 << 20;

/// Longest line that is read.
const MAX_LINE: usize = 64 << 20;

/// Most frames of a stack.
const MAX_DEPTH: usize = 1_000_000;

/// Reads `perf script` text that comes in pieces.
///
/// Memory grows with distinct stacks, not with the length of the input.
pub struct PerfScriptReader {
    options: PerfScriptOptions,
    /// Which parts of a thread are told apart.
    detail: RootBy,
    /// The beginning of what has not been read yet.
    pending: Vec<u8>,
    blank_line: Finder<'static>,
    /// Whether the line that is going on is being skipped because it is too long.
    skipping: bool,
    line: u64,
    open: Option<OpenSample>,
    frames: Vec<u32>,
    headers: HeaderMemo,
    line_cache: LineCache,
    stack_cache: StackCache,
    pub(super) counts: Counts,
    pub(super) warnings: Warnings,
    pub(super) events: Events,
}

/// The sample whose lines are being read.
#[derive(Clone, Copy, Debug)]
struct OpenSample {
    thread: u32,
    weight: i64,
    is_java: bool,
    is_read: bool,
    /// Whether its frame was on its header: what follows is another header.
    is_complete: bool,
}

/// What is known of events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The event that is read by default: the first.
    default_filter: Option<Vec<u8>>,
    /// Name of the first event that was read.
    pub(super) first: Option<Vec<u8>>,
    /// Whether any sample weighs other than 1.
    pub(super) weighted: bool,
    /// Events that perf lost.
    pub(super) lost: u64,
}

impl PerfScriptReader {
    /// A reader at the start of an input.
    #[must_use]
    pub fn new(options: PerfScriptOptions) -> Self {
        Self::with_detail(options, RootBy::Thread)
    }

    /// A reader that only tells apart what folding with these options shows.
    pub(crate) fn for_folding(options: PerfScriptOptions, fold_options: &FoldOptions) -> Self {
        Self::with_detail(options, fold_options.root)
    }

    fn with_detail(options: PerfScriptOptions, detail: RootBy) -> Self {
        Self {
            line_cache: LineCache::new(options.addresses),
            options,
            detail,
            pending: Vec::new(),
            blank_line: Finder::new(b"\n\n"),
            skipping: false,
            line: 0,
            open: None,
            frames: Vec::new(),
            headers: HeaderMemo::default(),
            stack_cache: StackCache::default(),
            counts: Counts::default(),
            warnings: Warnings::default(),
            events: Events::default(),
        }
    }

    /// Takes the next piece of the input, cut anywhere.
    pub fn feed(&mut self, chunk: &[u8]) {
        let mut chunk = chunk;
        if !self.pending.is_empty() || self.skipping {
            chunk = self.complete_pending(chunk);
        }
        let mut start = 0;
        while start < chunk.len() {
            // Where stacks are not looked up as a whole, the blank line is found on the way.
            if self.stack_cache.is_pausing()
                && let Some(end) = self.sample(chunk, start, None)
            {
                start = end + 1;
                continue;
            }
            let rest = chunk.get(start..).unwrap_or(&[]);
            // Three line ends in a row are found as one blank line and one that begins a block.
            let Some(len) = self.blank_line.find(rest) else { break };
            self.block(chunk, start, start + len + 1);
            start += len + 2;
        }
        self.pending.extend_from_slice(chunk.get(start..).unwrap_or(&[]));
    }

    /// Reads the pending bytes with what completes them; returns what is left.
    fn complete_pending<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let joins = self.pending.ends_with(b"\n") && chunk.starts_with(b"\n");
        let end = if joins { Some(1) } else { self.blank_line.find(chunk).map(|end| end + 2) };
        let (head, rest) = chunk.split_at(end.unwrap_or(chunk.len()));
        self.pending.extend_from_slice(head);
        let mut pending = std::mem::take(&mut self.pending);
        if end.is_some() && !self.skipping && pending.len() <= MAX_BLOCK {
            self.block(&pending, 0, pending.len() - 1);
            pending.clear();
        } else if end.is_some() || pending.len() > MAX_BLOCK || self.skipping {
            self.whole_lines(&mut pending);
        }
        self.pending = pending;
        rest
    }

    /// Reads the whole lines at the start of the buffer and removes them.
    fn whole_lines(&mut self, buffer: &mut Vec<u8>) {
        let Some(last) = memchr::memrchr(b'\n', buffer) else {
            if self.skipping {
                buffer.clear();
            } else if buffer.len() > MAX_LINE {
                self.warnings.add(WarningKind::LongLine, Place::Line(self.line + 1));
                self.skipping = true;
                buffer.clear();
            }
            return;
        };
        for line in buffer.get(..last).unwrap_or(&[]).split(|&byte| byte == b'\n') {
            if self.skipping {
                self.skipping = false;
                self.line += 1;
            } else {
                self.one_line(line);
            }
        }
        buffer.drain(..=last);
    }

    /// Reads what is left when the input ends: a last sample needs no blank line.
    pub(super) fn end(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_empty() && !self.skipping {
            let pending = pending.strip_suffix(b"\n").unwrap_or(&pending);
            for line in pending.split(|&byte| byte == b'\n') {
                self.one_line(line);
            }
        }
        self.close();
    }

    /// Reads the lines of a text from a place to the blank line at `end`. Mostly that is one header and frames.
    fn block(&mut self, text: &[u8], start: usize, end: usize) {
        if self.sample(text, start, Some(end)).is_none() {
            let lines = text.get(start..end).unwrap_or(&[]);
            for line in lines.strip_suffix(b"\n").unwrap_or(lines).split(|&byte| byte == b'\n') {
                self.one_line(line);
            }
            self.one_line(&[]);
        }
    }

    /// Reads lines that are one sample, and returns the place of the blank line behind it, which may be known.
    /// `None` when they are anything else, and nothing was done.
    fn sample(&mut self, text: &[u8], start: usize, end: Option<usize>) -> Option<usize> {
        let rest = text.get(start..)?;
        if let Some((known, len)) = self.headers.get_at_start(rest).filter(|_| self.open.is_none()) {
            return self.known_sample(known, text, start + len + 1, end);
        }
        let head = rest.get(..memchr::memchr(b'\n', rest)?)?;
        if self.open.is_some() || head.first().is_none_or(|byte| matches!(byte, b'#' | b' ' | b'\t')) {
            return None;
        }
        let body = start + head.len() + 1;
        if let Some(known) = self.headers.get(head) {
            return self.known_sample(known, text, body, end);
        }
        let header = header::parse(head).filter(|header| header.frame.is_none() && header.record == Record::Sample)?;
        let is_java = header.comm.starts_with(b"java");
        let (found, end) = self.stack(text, body, end, is_java)?;
        self.line += 1;
        let (thread, is_read) = self.begin(&header);
        self.line += u64::from(found.lines) + 1;
        if is_read {
            self.counts.add(thread, found.stack, header.weight);
            if header.filters {
                let known = KnownHeader { thread, is_java, weight: header.weight };
                self.headers.insert(head, header.thread_end, known);
            }
        }
        Some(end)
    }

    /// Reads the lines behind a header that is known.
    fn known_sample(&mut self, known: KnownHeader, text: &[u8], start: usize, end: Option<usize>) -> Option<usize> {
        let (found, end) = self.stack(text, start, end, known.is_java)?;
        self.line += u64::from(found.lines) + 2;
        self.events.weighted |= known.weight != 1;
        self.counts.add(known.thread, found.stack, known.weight);
        Some(end)
    }

    /// The stack of lines that are all frames, and the place of the blank line behind them, which may be known.
    fn stack(&mut self, text: &[u8], start: usize, end: Option<usize>, is_java: bool) -> Option<(CachedStack, usize)> {
        let key = end.and_then(|end| text.get(start..end));
        let vacancy = match key.map(|key| self.stack_cache.get(key, is_java)) {
            Some(Ok(known)) => return Some((known, end?)),
            Some(Err(vacancy)) => vacancy,
            None => None,
        };
        self.frames.clear();
        let stack_end = self.line_cache.push_all(text, start, is_java, &mut self.counts, &mut self.frames)?;
        if self.frames.len() > MAX_DEPTH {
            return None;
        }
        if end.is_none() {
            self.stack_cache.skip();
        }
        let found = CachedStack { stack: self.counts.stack(&self.frames), lines: stack_end.lines };
        if let (Some(vacancy), Some(key)) = (vacancy, key) {
            self.stack_cache.insert(vacancy, key, is_java, found);
        }
        Some((found, stack_end.blank))
    }

    /// Takes note of a header: the number of its thread, and whether its sample is to be read.
    fn begin(&mut self, header: &Header<'_>) -> (u32, bool) {
        let is_read = self.is_read(header);
        if is_read {
            self.events.weighted |= header.weight != 1;
            if self.events.first.is_none() {
                self.events.first = header.event.map(<[u8]>::to_vec);
            }
        }
        let thread = match self.detail {
            RootBy::Nothing => self.counts.thread(b"", None, None),
            RootBy::Name => self.counts.thread(header.comm, None, None),
            RootBy::Process => self.counts.thread(header.comm, header.pid, None),
            RootBy::Thread => self.counts.thread(header.comm, header.pid, header.tid),
        };
        (thread, is_read)
    }

    fn is_read(&mut self, header: &Header<'_>) -> bool {
        if let Some(filter) = &self.options.event_filter {
            return header.event.is_none_or(|event| event == filter.as_bytes());
        }
        let Some(event) = header.event.filter(|_| header.filters) else { return true };
        let filter = self.events.default_filter.get_or_insert_with(|| event.to_vec());
        if filter != event {
            self.warnings.add(WarningKind::OtherEvent, Place::Line(self.line));
        }
        filter == event
    }

    fn one_line(&mut self, line: &[u8]) {
        self.line += 1;
        let place = Place::Line(self.line);
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            self.close();
            return;
        }
        if line.starts_with(b"#") {
            return;
        }
        let is_indented = line.starts_with(b" ") || line.starts_with(b"\t");
        let expects_frame = self.open.is_some_and(|open| !open.is_complete);
        // A frame is indented, but for some versions of perf; a header is not, but without call chains.
        let frame_first = expects_frame && (is_indented || frame_line::is_certain(line));
        let is_taken = if frame_first && !header::is_certain(trimmed) {
            self.frame(line) || self.source_line(line) || self.header(line)
        } else {
            self.header(line) || (expects_frame && (self.frame(line) || self.source_line(line)))
        };
        if !is_taken {
            let is_orphan = self.open.is_none() && frame_line::is_certain(line);
            self.warnings.add(if is_orphan { WarningKind::OrphanFrame } else { WarningKind::UnreadableLine }, place);
        }
    }

    fn header(&mut self, line: &[u8]) -> bool {
        let Some(header) = header::parse(line) else { return false };
        self.close();
        match header.record {
            Record::Sample => {}
            Record::Other => return true,
            Record::Lost(count) => {
                self.events.lost = self.events.lost.saturating_add(count);
                self.warnings.add_many(WarningKind::LostEvents, count, Some(Place::Line(self.line)));
                return true;
            }
        }
        let (thread, is_read) = self.begin(&header);
        let is_java = header.comm.starts_with(b"java");
        self.frames.clear();
        if let Some(frame) = header.frame {
            self.line_cache.push(frame, is_java, &mut self.counts, &mut self.frames);
        }
        let is_complete = header.frame.is_some();
        self.open = Some(OpenSample { thread, weight: header.weight, is_java, is_read, is_complete });
        true
    }

    fn frame(&mut self, line: &[u8]) -> bool {
        let Some(open) = self.open else { return false };
        if self.frames.len() >= MAX_DEPTH {
            if self.frames.len() == MAX_DEPTH {
                self.warnings.add(WarningKind::DeepStack, Place::Line(self.line));
                // One more than the limit, so that it is counted once.
                self.frames.push(0);
            }
            return true;
        }
        self.line_cache.push(line, open.is_java, &mut self.counts, &mut self.frames)
    }

    /// Gives the frame before its place in the source.
    fn source_line(&mut self, line: &[u8]) -> bool {
        let Some((file, line)) = frame_line::source_line(line) else { return false };
        let Some(last) = self.frames.last_mut() else { return false };
        if file != b"??" {
            let source_file = self.counts.text(file);
            let frame = self.counts.frames.get(*last);
            *last = self.counts.frames.number(super::counts::LineFrame { source_file, source_line: line, ..frame });
        }
        true
    }

    /// Ends the sample whose lines were being read.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.is_read {
            self.frames.truncate(MAX_DEPTH);
            let stack = self.counts.stack(&self.frames);
            self.counts.add(open.thread, stack, open.weight);
        }
    }
}
