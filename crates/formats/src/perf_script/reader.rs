//! The stream parser: bytes in pieces of any size to counts.

use firesteel_model::RootBy;
use memchr::memmem::Finder;

use super::PerfScriptOptions;
use super::counts::{Counts, LineThread};
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
    /// Whether samples of all events are read and told apart.
    all_events: bool,
    /// Whether every sample is kept with its time.
    keeps_times: bool,
    /// The beginning of what has not been read yet.
    pending: Vec<u8>,
    blank_line: Finder<'static>,
    /// Whether the line that is going on is being skipped because it is too long.
    skipping: bool,
    line: u64,
    open: Option<OpenSample>,
    /// A line that is a header if a frame follows, and its number.
    bare: Option<(Vec<u8>, u64)>,
    /// Whether the line before was blank.
    is_after_blank: bool,
    /// Whether there was a header.
    has_headers: bool,
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
    time: Option<u64>,
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
        let all_events = options.event_filter.is_none();
        Self { all_events, ..Self::with_detail(options, RootBy::Thread) }
    }

    /// Keeps every sample as it is, in input order and with its time, instead of adding up those alike.
    #[must_use]
    pub fn keeping_times(mut self, keeps_times: bool) -> Self {
        self.keeps_times = keeps_times;
        self
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
            all_events: false,
            keeps_times: false,
            pending: Vec::new(),
            blank_line: Finder::new(b"\n\n"),
            skipping: false,
            line: 0,
            open: None,
            bare: None,
            is_after_blank: false,
            has_headers: false,
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
        self.give_up_bare();
        self.skipping = false;
    }

    /// Ends one of several inputs: what comes next is counted from line 1. Returns what was skipped in it.
    pub(crate) fn end_of_input(&mut self) -> Warnings {
        self.end();
        self.line = 0;
        self.is_after_blank = false;
        std::mem::take(&mut self.warnings)
    }

    /// Whether there is no sample yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.counts().is_empty()
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
        let is_free = self.open.is_none() && self.bare.is_none();
        if let Some((known, len)) = self.headers.get_at_start(rest).filter(|_| is_free) {
            return self.known_sample(known, text, start + len + 1, end);
        }
        let head = rest.get(..memchr::memchr(b'\n', rest)?)?;
        if !is_free || head.first().is_none_or(|byte| matches!(byte, b'#' | b' ' | b'\t')) {
            return None;
        }
        let body = start + head.len() + 1;
        if let Some(known) = self.headers.get(head) {
            return self.known_sample(known, text, body, end);
        }
        let parsed = header::parse(head);
        let is_bare = parsed.is_none() && head.ends_with(b" ");
        let header = if is_bare { header::bare(head) } else { parsed? };
        if header.frame.is_some() || header.record != Record::Sample {
            return None;
        }
        let is_java = header.comm.starts_with(b"java");
        let (found, end) = self.stack(text, body, end, is_java)?;
        if is_bare && found.lines == 0 {
            return None;
        }
        self.line += 1;
        let (thread, is_read) = self.begin(&header);
        self.line += u64::from(found.lines) + 1;
        if is_read {
            let time = self.time(head, &header);
            self.add(thread, found.stack, header.weight, time);
            if header.filters && !is_bare && !self.keeps_times {
                let known = KnownHeader { thread, is_java, weight: header.weight };
                self.headers.insert(head, header.thread_end, known);
            }
        }
        self.is_after_blank = true;
        Some(end)
    }

    /// The time of a header, where times are kept.
    fn time(&self, line: &[u8], header: &Header<'_>) -> Option<u64> {
        let behind_thread = line.trim_ascii().get(header.thread_end..).filter(|_| self.keeps_times)?;
        header::time(behind_thread)
    }

    fn add(&mut self, thread: u32, stack: u32, weight: i64, time: Option<u64>) {
        if self.keeps_times {
            self.counts.add_timed(thread, stack, weight, time);
        } else {
            self.counts.add(thread, stack, weight);
        }
    }

    /// Reads the lines behind a header that is known.
    fn known_sample(&mut self, known: KnownHeader, text: &[u8], start: usize, end: Option<usize>) -> Option<usize> {
        let (found, end) = self.stack(text, start, end, known.is_java)?;
        self.line += u64::from(found.lines) + 2;
        self.events.weighted |= known.weight != 1;
        self.counts.add(known.thread, found.stack, known.weight);
        self.is_after_blank = true;
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
        self.has_headers = true;
        let event = header.event.filter(|_| self.all_events).map(|event| self.counts.text(event));
        let (comm, pid, tid) = match self.detail {
            RootBy::Nothing => (&b""[..], None, None),
            RootBy::Name => (header.comm, None, None),
            RootBy::Process => (header.comm, header.pid, None),
            RootBy::Thread => (header.comm, header.pid, header.tid),
        };
        let thread = self.counts.thread(comm, LineThread { comm: 0, pid, tid, event });
        (thread, is_read)
    }

    fn is_read(&mut self, header: &Header<'_>) -> bool {
        if self.all_events {
            return true;
        }
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
        let is_after_blank = std::mem::replace(&mut self.is_after_blank, false);
        let trimmed = line.trim_ascii();
        if self.bare.is_some() {
            self.open_bare(line);
        }
        if trimmed.is_empty() {
            self.close();
            self.is_after_blank = true;
            return;
        }
        if line.starts_with(b"#") || (self.open.is_some() && frame_line::is_extra(line)) {
            return;
        }
        let is_indented = line.starts_with(b" ") || line.starts_with(b"\t");
        // `-F ip,sym` leaves nothing of a header but an empty line.
        if self.open.is_none() && is_after_blank && line.starts_with(b"\t") && !self.has_headers {
            self.open_anonymous();
        }
        let expects_frame = self.open.is_some_and(|open| !open.is_complete);
        // A frame is indented, but for some versions of perf; a header is not, but without call chains.
        let frame_first = expects_frame && (is_indented || frame_line::is_certain(line));
        let is_taken = if frame_first && !header::is_certain(trimmed) {
            self.frame(line) || self.source_line(line) || self.header(line)
        } else {
            self.header(line) || (expects_frame && (self.frame(line) || self.source_line(line))) || self.columns(line)
        };
        if is_taken {
            return;
        }
        if self.open.is_none() && !is_indented && line.ends_with(b" ") {
            self.bare = Some((line.to_vec(), self.line));
            return;
        }
        let is_orphan = self.open.is_none() && frame_line::is_certain(line);
        self.warnings.add(if is_orphan { WarningKind::OrphanFrame } else { WarningKind::UnreadableLine }, place);
    }

    /// Opens a sample of which no more is known than its frames.
    fn open_anonymous(&mut self) {
        let (thread, is_read) = self.begin(&Header { weight: 1, ..Header::default() });
        self.has_headers = false;
        self.frames.clear();
        self.open = Some(OpenSample { thread, weight: 1, is_java: false, is_read, time: None, is_complete: false });
    }

    /// Makes the line before a header if this one is a frame.
    fn open_bare(&mut self, line: &[u8]) {
        if !line.starts_with(b"\t") || frame_line::parse(line).is_none() {
            self.give_up_bare();
            return;
        }
        let Some((bare, _)) = self.bare.take() else { return };
        self.open_sample(&bare, &header::bare(&bare));
    }

    fn give_up_bare(&mut self) {
        if let Some((_, line)) = self.bare.take() {
            self.warnings.add(WarningKind::UnreadableLine, Place::Line(line));
        }
    }

    /// Reads a line of a sample without call chain that has but a few fields.
    fn columns(&mut self, line: &[u8]) -> bool {
        let Some((head, frame)) = header::split_columns(line).filter(|_| !line.starts_with(b"\t")) else {
            return false;
        };
        self.close();
        let header = Header { frame: Some(frame), ..header::bare(head) };
        self.open_sample(head, &header);
        true
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
        self.open_sample(line, &header);
        true
    }

    fn open_sample(&mut self, line: &[u8], header: &Header<'_>) {
        let (thread, is_read) = self.begin(header);
        let is_java = header.comm.starts_with(b"java");
        let time = self.time(line, header);
        self.frames.clear();
        if let Some(frame) = header.frame {
            self.line_cache.push(frame, is_java, &mut self.counts, &mut self.frames);
        }
        let is_complete = header.frame.is_some();
        self.open = Some(OpenSample { thread, weight: header.weight, is_java, is_read, time, is_complete });
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
        let Some(source) = frame_line::source_line(line) else { return false };
        let Some(last) = self.frames.last_mut() else { return false };
        let mut frame = self.counts.frames.get(*last);
        if source.file != b"??" {
            (frame.source_file, frame.source_line) = (self.counts.text(source.file), source.line);
        }
        frame.inlined |= source.inlined;
        *last = self.counts.frames.number(frame);
        true
    }

    /// Ends the sample whose lines were being read.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.is_read {
            self.frames.truncate(MAX_DEPTH);
            let stack = self.counts.stack(&self.frames);
            self.add(open.thread, stack, open.weight, open.time);
        }
    }
}
