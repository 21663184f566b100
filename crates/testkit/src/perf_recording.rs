//! Recordings in perf's own format, made record by record.
//!
//! Layout: `tools/perf/Documentation/perf.data-file-format.txt` of Linux and `perf_event_open(2)`.

/// The byte order of the machine that records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first.
    #[default]
    Little,
    /// Most significant byte first.
    Big,
}

/// An event that is recorded.
#[derive(Clone, Copy, Debug)]
pub struct PerfEvent {
    /// `PERF_TYPE_…`.
    pub kind: u32,
    /// Number of the event among those of its kind.
    pub config: u64,
    /// Samples a second, or how much is counted between two.
    pub rate: u64,
    /// Whether `rate` is a frequency; then samples carry their period.
    pub is_frequency: bool,
    /// What the recording calls it; empty to leave it without a name.
    pub name: &'static str,
}

impl PerfEvent {
    /// The processor's clock at a frequency.
    pub const CPU_CLOCK: Self = Self { kind: 1, config: 0, rate: 999, is_frequency: true, name: "cpu-clock:pppH" };
}

/// A sample to record.
#[derive(Clone, Copy, Debug)]
pub struct PerfSample<'a> {
    /// Index of its event.
    pub event: usize,
    /// Process and thread.
    pub thread: (u32, u32),
    /// Nanoseconds.
    pub time: u64,
    /// For how much it stands; not written when the event has a fixed period.
    pub period: u64,
    /// Addresses and markers, innermost first.
    pub chain: &'a [u64],
}

/// The marker in front of the kernel's part of a chain.
pub const IN_KERNEL: u64 = 0u64.wrapping_sub(128);
/// The marker in front of the user's part of a chain.
pub const IN_USER: u64 = 0u64.wrapping_sub(512);

/// Size of `struct perf_event_attr` in its eighth version.
const ATTRIBUTE: usize = 136;

/// What samples have: address, thread, time, chain, period if it varies, identifier.
const SAMPLE_TYPE: u64 = 1 | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 16;
const WITH_PERIOD: u64 = 1 << 8;

const SAMPLE: u32 = 9;
const USER: u16 = 2;

/// A recording that is being made.
#[derive(Clone, Debug)]
pub struct PerfRecording {
    order: ByteOrder,
    events: Vec<PerfEvent>,
    records: Vec<u8>,
    features: Vec<(u32, Vec<u8>)>,
}

impl PerfRecording {
    /// A recording of some events.
    #[must_use]
    pub fn new(order: ByteOrder, events: &[PerfEvent]) -> Self {
        Self { order, events: events.to_vec(), records: Vec::new(), features: Vec::new() }
    }

    fn bytes<const N: usize>(&self, mut little_endian: [u8; N]) -> [u8; N] {
        if self.order == ByteOrder::Big {
            little_endian.reverse();
        }
        little_endian
    }

    /// A number as eight bytes.
    #[must_use]
    pub fn u64(&self, value: u64) -> [u8; 8] {
        self.bytes(value.to_le_bytes())
    }

    /// A number as four bytes.
    #[must_use]
    pub fn u32(&self, value: u32) -> [u8; 4] {
        self.bytes(value.to_le_bytes())
    }

    fn u16(&self, value: u16) -> [u8; 2] {
        self.bytes(value.to_le_bytes())
    }

    /// A text that ends in a zero byte, padded to eight bytes.
    fn text(text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize((bytes.len() + 1).next_multiple_of(8), 0);
        bytes
    }

    /// Adds any record.
    pub fn record(&mut self, kind: u32, misc: u16, body: &[&[u8]]) {
        let body = body.concat();
        let size = u16::try_from(8 + body.len()).expect("a record is shorter than 64 KiB");
        let header = [&self.u32(kind)[..], &self.u16(misc), &self.u16(size)].concat();
        self.records.extend_from_slice(&header);
        self.records.extend_from_slice(&body);
    }

    /// What stands at the end of records that are no samples: thread, time, identifier.
    fn trailer(&self, (process, thread): (u32, u32), time: u64) -> Vec<u8> {
        [&self.u32(process)[..], &self.u32(thread), &self.u64(time), &self.u64(Self::id(0))].concat()
    }

    fn id(event: usize) -> u64 {
        1000 + event as u64
    }

    /// A process maps code from a file.
    pub fn mapped(&mut self, process: u32, time: u64, start: u64, length: u64, file_offset: u64, file: &str) {
        const PROTECTION: u32 = 1 | 4;
        let numbers = [start, length, file_offset, 0, 0, 0].map(|value| self.u64(value)).concat();
        let who = [self.u32(process), self.u32(process)].concat();
        let flags = [self.u32(PROTECTION), self.u32(2)].concat();
        let trailer = self.trailer((process, process), time);
        self.record(10, USER, &[&who, &numbers, &flags, &Self::text(file), &trailer]);
    }

    /// The kernel lies somewhere.
    pub fn kernel_mapped(&mut self, start: u64, length: u64, text: u64) {
        let who = [self.u32(u32::MAX), self.u32(0)].concat();
        let numbers = [start, length, text].map(|value| self.u64(value)).concat();
        let trailer = self.trailer((u32::MAX, 0), 0);
        self.record(1, 1, &[&who, &numbers, &Self::text("[kernel.kallsyms]_text"), &trailer]);
    }

    /// A thread gets a name; with `is_exec` its process runs another program from now on.
    pub fn named(&mut self, thread: (u32, u32), time: u64, name: &str, is_exec: bool) {
        let who = [self.u32(thread.0), self.u32(thread.1)].concat();
        let trailer = self.trailer(thread, time);
        self.record(3, if is_exec { 1 << 13 } else { 0 }, &[&who, &Self::text(name), &trailer]);
    }

    /// A thread or process begins.
    pub fn forked(&mut self, child: (u32, u32), parent: (u32, u32), time: u64) {
        let who = [child.0, parent.0, child.1, parent.1].map(|value| self.u32(value)).concat();
        let (time_bytes, trailer) = (self.u64(time), self.trailer(parent, time));
        self.record(7, 0, &[&who, &time_bytes, &trailer]);
    }

    /// A sample of user code.
    pub fn sample(&mut self, sample: &PerfSample<'_>) {
        let PerfSample { event, thread, time, period, chain } = *sample;
        let ip = chain.iter().copied().find(|&address| address < u64::MAX - 4095).unwrap_or(0);
        let mut body = [&self.u64(Self::id(event))[..], &self.u64(ip)].concat();
        body.extend([self.u32(thread.0), self.u32(thread.1)].concat());
        body.extend(self.u64(time));
        if self.events[event].is_frequency {
            body.extend(self.u64(period));
        }
        body.extend(self.u64(chain.len() as u64));
        body.extend(chain.iter().flat_map(|&address| self.u64(address)));
        self.record(SAMPLE, USER, &[&body]);
    }

    /// Samples were lost.
    pub fn lost(&mut self, count: u64) {
        let numbers = [Self::id(0), count].map(|value| self.u64(value)).concat();
        let trailer = self.trailer((0, 0), 0);
        self.record(2, 0, &[&numbers, &trailer]);
    }

    /// All processors' buffers have been read once.
    pub fn round(&mut self) {
        self.record(68, 0, &[]);
    }

    /// A fact about the recording, by the number of its feature.
    pub fn feature(&mut self, number: u32, content: Vec<u8>) {
        self.features.push((number, content));
        self.features.sort_by_key(|(number, _)| *number);
    }

    /// A text as facts have it: its length in front.
    #[must_use]
    pub fn fact(&self, text: &str) -> Vec<u8> {
        let text = Self::text(text);
        [&self.u32(text.len() as u32)[..], &text].concat()
    }

    /// The build id of a file.
    pub fn build_id(&mut self, file: &str, id: &[u8]) {
        let mut padded = id.to_vec();
        padded.resize(20, 0);
        padded.extend([id.len() as u8, 0, 0, 0]);
        let name = Self::text(file);
        let size = (8 + 4 + padded.len() + name.len()) as u16;
        let header = [&self.u32(0)[..], &self.u16(USER | 1 << 15), &self.u16(size), &self.u32(u32::MAX)].concat();
        self.feature(2, [header, padded, name].concat());
    }

    /// The records so far.
    #[must_use]
    pub fn records(&self) -> &[u8] {
        &self.records
    }

    fn attribute(&self, event: &PerfEvent) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ATTRIBUTE);
        bytes.extend([self.u32(event.kind), self.u32(ATTRIBUTE as u32)].concat());
        let sample_type = if event.is_frequency { SAMPLE_TYPE | WITH_PERIOD } else { SAMPLE_TYPE };
        // Counting by frequency, and time in all records.
        let flags = u64::from(event.is_frequency) << 10 | 1 << 18;
        let flags = if self.order == ByteOrder::Big { flags.reverse_bits() } else { flags };
        for value in [event.config, event.rate, sample_type, 0, flags] {
            bytes.extend(self.u64(value));
        }
        bytes.resize(ATTRIBUTE, 0);
        bytes
    }

    fn descriptions(&self) -> Vec<u8> {
        let mut bytes = [self.u32(self.events.len() as u32), self.u32(ATTRIBUTE as u32)].concat();
        for (number, event) in self.events.iter().enumerate() {
            bytes.extend(self.attribute(event));
            bytes.extend(self.u32(1));
            bytes.extend(self.fact(event.name));
            bytes.extend(self.u64(Self::id(number)));
        }
        bytes
    }

    fn magic(&self) -> [u8; 8] {
        self.bytes(*b"PERFILE2")
    }

    /// The recording as a file: header, events, records, features.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        const HEADER: usize = 104;
        let mut features = self.features.clone();
        features.push((12, self.descriptions()));
        features.sort_by_key(|(number, _)| *number);
        let ids = HEADER;
        let attributes = ids + 8 * self.events.len();
        let entry = ATTRIBUTE + 16;
        let data = attributes + entry * self.events.len();
        let mut file = self.magic().to_vec();
        let sections = [attributes, entry * self.events.len(), data, self.records.len(), 0, 0];
        for value in [HEADER, entry].into_iter().chain(sections) {
            file.extend(self.u64(value as u64));
        }
        let bits = features.iter().fold([0u64; 4], |mut bits, (number, _)| {
            bits[*number as usize / 64] |= 1 << (number % 64);
            bits
        });
        file.extend(bits.iter().flat_map(|&word| self.u64(word)));
        file.extend((0..self.events.len()).flat_map(|number| self.u64(Self::id(number))));
        for (number, event) in self.events.iter().enumerate() {
            file.extend(self.attribute(event));
            file.extend([self.u64((ids + 8 * number) as u64), self.u64(8)].concat());
        }
        file.extend_from_slice(&self.records);
        let mut place = file.len() + 16 * features.len();
        for (_, content) in &features {
            file.extend([self.u64(place as u64), self.u64(content.len() as u64)].concat());
            place += content.len();
        }
        for (_, content) in &features {
            file.extend_from_slice(content);
        }
        file
    }

    /// What a recording written to a pipe begins with: header, events and facts.
    #[must_use]
    pub fn pipe_head(&self) -> Vec<u8> {
        let mut front = Self { records: Vec::new(), ..self.clone() };
        for (number, event) in self.events.iter().enumerate() {
            let (attribute, id) = (self.attribute(event), self.u64(Self::id(number)));
            front.record(64, 0, &[&attribute, &id]);
        }
        for (number, content) in self.features.iter().chain([&(12, self.descriptions())]) {
            front.record(80, 0, &[&self.u64(u64::from(*number)), content]);
        }
        [&self.magic()[..], &self.u64(16), &front.records].concat()
    }

    /// The recording as it is written to a pipe.
    #[must_use]
    pub fn pipe(&self) -> Vec<u8> {
        [self.pipe_head(), self.records.clone()].concat()
    }
}
