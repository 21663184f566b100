//! Reads line by line.

use firesteel_model::{Label, LabelSetId, LabelValue, Nanoseconds, ThreadId, Unit, ValueType};

use super::cursor::Cursor;
use super::header::{Header, is_thread};
use super::sample::{Rates, SampleLine};
use super::symbol::Symbol;
use crate::address_samples::{AddressSamples, SourceLine};
use crate::format::Format;
use crate::go_labels::read_labels;
use crate::memory_map::MemoryMap;
use crate::read::Read;
use crate::warning::Place;

/// How many names behind the next one are looked at for an address: Go leaves some addresses out, and never names one
/// that is not there.
const LOOK_AHEAD: usize = 8;

/// Where in a profile reading stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// `name = value` before the samples.
    #[default]
    Attributes,
    Samples,
    /// Behind the samples, where only a memory map or names are of interest.
    Sections,
    MemoryMap,
}

/// A reader of one profile.
#[derive(Default)]
pub(super) struct TextReader {
    profile: Option<Body>,
}

impl TextReader {
    /// Takes a line.
    pub(super) fn take(&mut self, number: u64, line: &[u8]) {
        if let Some(body) = &mut self.profile {
            body.take(number, line);
            return;
        }
        let line = line.trim_ascii();
        if let Some(header) = Header::parse(line) {
            let body = self.profile.insert(Body::new(header));
            if body.header == Header::Threads && is_thread(line) {
                body.take(number, line);
            }
        }
    }

    /// Counts a line that is too long.
    pub(super) fn skip(&mut self, number: u64) {
        if let Some(body) = &mut self.profile {
            body.samples.skip_line(number);
        }
    }

    /// The profile, if there was one.
    pub(super) fn finish(self) -> Option<Read> {
        self.profile.map(Body::finish)
    }
}

/// A sample that is not complete before the next one begins: what follows it may name its addresses.
#[derive(Default)]
struct Pending {
    is_open: bool,
    addresses: Vec<u64>,
    values: Vec<i64>,
    labels: Vec<Label>,
    thread: ThreadId,
    /// Names in the order of the addresses, several for one where functions are inlined.
    names: Vec<(u64, SourceLine)>,
}

struct Body {
    header: Header,
    samples: AddressSamples,
    part: Part,
    rates: Rates,
    pending: Pending,
    /// What the last thread was added with, to add another one like it.
    last_thread: Option<Vec<u64>>,
}

impl Body {
    fn new(header: Header) -> Self {
        let mut samples = AddressSamples::new(header.sample_types());
        samples.profile.metadata.period = header.period();
        samples.profile.metadata.default_sample_type = header.sample_types().len().saturating_sub(1);
        let part = match header {
            Header::Contention | Header::Java { .. } => Part::Attributes,
            _ => Part::Samples,
        };
        let rates = Rates { period: i64::from(!matches!(header, Header::Java { .. })), cycles_per_second: 0 };
        Self { header, samples, part, rates, pending: Pending::default(), last_thread: None }
    }

    fn take(&mut self, number: u64, line: &[u8]) {
        let place = Place::Line(number);
        if self.part == Part::MemoryMap {
            self.samples.memory_map.take(line);
            return;
        }
        let line = line.trim_ascii();
        if MemoryMap::begins_at(line) {
            self.flush();
            self.part = Part::MemoryMap;
        } else if line.starts_with(b"#") {
            self.comment(line, place);
        } else if line.is_empty() {
        } else if self.part == Part::Sections {
            if let (Header::Java { .. }, Some(symbol)) = (&self.header, Symbol::of_java(line)) {
                self.name(symbol, place);
            }
        } else if self.header == Header::Threads {
            self.thread_line(number, line);
        } else if self.part == Part::Attributes && self.attribute(line) {
        } else if line.starts_with(b"---") {
            self.flush();
            self.part = Part::Sections;
        } else {
            self.part = Part::Samples;
            self.sample(number, line);
        }
    }

    /// Takes `name = value`. `false` for what is none.
    fn attribute(&mut self, line: &[u8]) -> bool {
        let Some(at) = memchr::memchr(b'=', line) else { return false };
        let (name, value) = line.split_at(at);
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or(&[]));
        let value = value.trim();
        let number = value.parse::<i64>().ok();
        match (name.trim_ascii(), number) {
            (b"cycles/second", Some(number)) => self.rates.cycles_per_second = number,
            (b"sampling period", Some(number)) => {
                self.rates.period = number;
                let value_type = ValueType::new("contentions", Unit::Count);
                self.samples.profile.metadata.period = Some(firesteel_model::Period { value_type, value: number });
            }
            (b"ms since reset", Some(number)) => {
                let nanoseconds = u64::try_from(number).unwrap_or(0).saturating_mul(1_000_000);
                self.samples.profile.metadata.duration = Some(Nanoseconds(nanoseconds)).filter(|time| time.0 > 0);
            }
            // The C++ and Java kinds of contention profiles begin alike.
            (b"format", None) if value == "java" && self.header == Header::Contention => {
                self.change_header(Header::Java { is_heap: false });
            }
            (b"resolution", None) => self.resolution(value),
            _ => {}
        }
        true
    }

    fn change_header(&mut self, header: Header) {
        self.samples = AddressSamples::new(header.sample_types());
        self.samples.profile.metadata.default_sample_type = 1;
        self.rates.period = 0;
        self.header = header;
    }

    /// The unit of the second column.
    fn resolution(&mut self, unit: &str) {
        let mut types = self.header.sample_types();
        if let (Header::Java { .. }, Some(second)) = (&self.header, types.get_mut(1)) {
            second.unit = Unit::parse(unit);
            let metadata = std::mem::take(&mut self.samples.profile.metadata);
            self.samples = AddressSamples::new(types);
            self.samples.profile.metadata = metadata;
        }
    }

    fn sample(&mut self, number: u64, line: &[u8]) {
        self.flush();
        let pending = &mut self.pending;
        let Some(sample) = SampleLine::parse(&self.header, self.rates, line, &mut pending.addresses) else {
            match (&self.header, Symbol::of_java(line)) {
                (Header::Java { .. }, Some(symbol)) => {
                    self.part = Part::Sections;
                    self.name(symbol, Place::Line(number));
                }
                _ => self.samples.skip_line(number),
            }
            return;
        };
        pending.is_open = true;
        pending.values = sample.values;
        if let Some(value) = sample.object_size {
            let (key, unit) = (self.samples.profile.intern("bytes"), self.samples.profile.intern(""));
            pending.labels.push(Label { key, value: LabelValue::Number { value, unit } });
        }
    }

    /// Names an address of a Java profile.
    fn name(&mut self, symbol: Symbol<'_>, place: Place) {
        if !self.samples.is_named(symbol.address) {
            let function = self.samples.function(symbol.name, symbol.file, place);
            self.samples.name(symbol.address, vec![SourceLine { function, line: symbol.line }]);
        }
    }

    /// Labels and names, which Go writes beneath a sample.
    fn comment(&mut self, line: &[u8], place: Place) {
        if !self.pending.is_open {
            return;
        }
        if let Some(labels) = line.strip_prefix(b"# labels: ") {
            let labels = read_labels(&String::from_utf8_lossy(labels), &mut self.samples.profile);
            self.pending.labels.extend(labels);
        } else if let Some(symbol) = Symbol::of_go(line).filter(|symbol| !symbol.name.is_empty()) {
            let function = self.samples.function(symbol.name, symbol.file, place);
            self.pending.names.push((symbol.address, SourceLine { function, line: symbol.line }));
        } else if line.starts_with(b"# runtime.MemStats") {
            // What follows is about the program as a whole.
            self.flush();
        }
    }

    fn thread_line(&mut self, number: u64, line: &[u8]) {
        if is_thread(line) {
            self.flush();
            let name = line.get(b"--- Thread ".len()..line.len() - b") stack: ---".len()).unwrap_or(&[]);
            let name = memchr::memmem::find(name, b" (name: ").and_then(|at| name.get(at + 8..)).unwrap_or(&[]);
            let at = memchr::memrchr(b'/', name);
            let (name, id) = at.map_or((name, &[][..]), |at| name.split_at(at));
            let id = std::str::from_utf8(id.get(1..).unwrap_or(&[])).ok().and_then(|id| id.parse().ok());
            self.pending.thread = self.samples.thread(name, id, Place::Line(number));
            self.pending.is_open = true;
            self.pending.values = vec![1];
        } else if line.starts_with(b"---") {
            self.flush();
            self.part = Part::Sections;
        } else if self.pending.is_open {
            if memchr::memmem::find(line, b"same as previous thread").is_some() {
                self.pending.addresses = self.last_thread.clone().unwrap_or_default();
            } else if Cursor(line).addresses(&mut self.pending.addresses).is_none() {
                self.samples.skip_line(number);
            }
        }
    }

    /// Adds the sample that is open.
    fn flush(&mut self) {
        let pending = &mut self.pending;
        if pending.is_open {
            match self.header {
                Header::Threads => {
                    self.last_thread = Some(pending.addresses.clone());
                    to_calls(pending.addresses.get_mut(1..).unwrap_or_default());
                    drop_double_leaf(&mut pending.addresses);
                }
                Header::Java { .. } => {}
                _ => {
                    // Go fills stacks up with zeros.
                    let used = pending.addresses.iter().rposition(|&address| address != 0).map_or(0, |last| last + 1);
                    pending.addresses.truncate(used);
                    self.name_stack();
                }
            }
            let pending = &mut self.pending;
            let labels = if pending.labels.is_empty() {
                LabelSetId::EMPTY
            } else {
                self.samples.profile.intern_labels(&pending.labels)
            };
            self.samples.add(&pending.addresses, labels, pending.thread, &pending.values);
        }
        let pending = &mut self.pending;
        pending.is_open = false;
        pending.addresses.clear();
        pending.labels.clear();
        pending.names.clear();
        pending.thread = ThreadId::NONE;
    }

    /// Turns return addresses into those of the calls, and gives them the names that stand beneath the sample.
    ///
    /// Go's `printStackRecord` leaves out functions of the runtime at the leaf, and `runtime.goexit` everywhere. Heap
    /// profiles lose the former, as they do in the protobuf that Go writes.
    fn name_stack(&mut self) {
        let Pending { addresses, names, .. } = &mut self.pending;
        let mut names = names.as_slice();
        let is_named = !names.is_empty();
        let mut first_named = None;
        for (index, address) in addresses.iter_mut().enumerate() {
            let (call, returns_to) = (address.wrapping_sub(1), *address);
            *address = call;
            let is_here = |&(at, _): &(u64, SourceLine)| at == call || at == returns_to;
            let found = names.iter().take(LOOK_AHEAD).position(is_here);
            let Some(start) = found else {
                if is_named && first_named.is_some() {
                    if !self.samples.is_named(call) {
                        let function = self.samples.function(b"runtime.goexit", b"", Place::Byte(0));
                        let line = firesteel_model::LineNumber::default();
                        self.samples.name(call, vec![SourceLine { function, line }]);
                    }
                } else if is_named {
                    self.samples.hide(call);
                }
                continue;
            };
            first_named.get_or_insert(index);
            let here = names.get(start..).unwrap_or(&[]);
            let count = here.iter().take_while(|(at, _)| here.first().is_some_and(|(first, _)| first == at)).count();
            let (chain, rest) = here.split_at(count);
            if !self.samples.is_named(call) {
                self.samples.name(call, chain.iter().map(|&(_, line)| line).collect());
            }
            names = rest;
        }
        if let (Header::Heap { .. }, Some(first)) = (&self.header, first_named) {
            addresses.drain(..first);
        }
    }

    fn finish(mut self) -> Read {
        self.flush();
        self.samples.finish(Format::PprofText)
    }
}

/// Return addresses point behind the call; one byte less is within it.
fn to_calls(addresses: &mut [u64]) {
    for address in addresses {
        *address = address.wrapping_sub(1);
    }
}

/// Drops a leaf that is there twice, once as the place that was executed and once as a return address that was taken
/// for a call.
fn drop_double_leaf(addresses: &mut Vec<u64>) {
    if let [leaf, second, ..] = addresses.as_slice()
        && *leaf == second.wrapping_add(1)
    {
        addresses.remove(1);
    }
}
