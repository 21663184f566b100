//! An input in this format: Java Flight Recorder.

use firesteel_formats::Format;

use super::Example;

/// Builds the coded parts of a recording.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    fn numbers(self, values: &[u64]) -> Self {
        values.iter().fold(self, |bytes, &value| bytes.number(value))
    }

    /// A text as the JDK writes it: a number for each UTF-16 unit.
    fn text(mut self, text: &str) -> Self {
        self.0.push(4);
        let units: Vec<u64> = text.encode_utf16().map(u64::from).collect();
        self.number(units.len() as u64).numbers(&units)
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The bytes as an event, with its size in front, which counts itself.
    fn event(self) -> Vec<u8> {
        let size = self.0.len() as u64 + 1;
        let size = if size < 0x80 { size } else { size + 1 };
        Self::default().number(size).raw(&self.0).0
    }
}

/// Types: name, number, fields as (name, type, is a constant, is an array).
type Types<'a> = &'a [(&'a str, u64, &'a [(&'a str, u64, bool, bool)])];

const TYPES: Types<'_> = &[
    ("java.lang.String", 20, &[]),
    ("long", 21, &[]),
    ("int", 22, &[]),
    ("boolean", 23, &[]),
    ("jdk.types.Symbol", 30, &[("string", 20, false, false)]),
    ("java.lang.Class", 31, &[("name", 30, true, false)]),
    ("jdk.types.Method", 32, &[("type", 31, true, false), ("name", 30, true, false)]),
    ("jdk.types.FrameType", 33, &[("description", 20, false, false)]),
    (
        "jdk.types.StackFrame",
        34,
        &[("method", 32, true, false), ("lineNumber", 22, false, false), ("type", 33, true, false)],
    ),
    ("jdk.types.StackTrace", 35, &[("truncated", 23, false, false), ("frames", 34, false, true)]),
    ("java.lang.Thread", 36, &[("osThreadId", 21, false, false), ("javaName", 20, false, false)]),
    (
        "jdk.ExecutionSample",
        101,
        &[("startTime", 21, false, false), ("sampledThread", 36, true, false), ("stackTrace", 35, true, false)],
    ),
    (
        "jdk.ObjectAllocationSample",
        102,
        &[
            ("startTime", 21, false, false),
            ("eventThread", 36, true, false),
            ("stackTrace", 35, true, false),
            ("weight", 21, false, false),
        ],
    ),
];

fn metadata() -> Vec<u8> {
    let mut texts: Vec<String> = Vec::new();
    let mut text = |text: &str| {
        texts.iter().position(|other| other == text).unwrap_or_else(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        }) as u64
    };
    let mut tree = Bytes::default().numbers(&[text("root"), 0, 1, text("metadata"), 0, TYPES.len() as u64]);
    for (name, id, fields) in TYPES {
        tree = tree.numbers(&[text("class"), 2, text("name"), text(name), text("id"), text(&id.to_string())]);
        tree = tree.number(fields.len() as u64);
        for (name, class, is_constant, is_array) in *fields {
            let mut attributes = vec![text("name"), text(name), text("class"), text(&class.to_string())];
            if *is_constant {
                attributes.extend([text("constantPool"), text("true")]);
            }
            if *is_array {
                attributes.extend([text("dimension"), text("1")]);
            }
            tree = tree.numbers(&[text("field"), attributes.len() as u64 / 2]).numbers(&attributes).number(0);
        }
    }
    let texts = texts.iter().fold(Bytes::default().number(texts.len() as u64), |bytes, text| bytes.text(text));
    Bytes::default().numbers(&[0, 0, 0, 1]).raw(&texts.0).raw(&tree.0).event()
}

fn constants() -> Vec<u8> {
    let symbols = ["app/Main", "run", "parse", "write"];
    let mut pools = Bytes::default().numbers(&[1, 0, 0, 0]).raw(&[0]).numbers(&[6, 30, 4]);
    for (key, symbol) in symbols.iter().enumerate() {
        pools = pools.number(key as u64).text(symbol);
    }
    // One class; three methods of it; one kind of frame; stacks of two frames; one thread.
    pools = pools.numbers(&[31, 1, 0, 0]).numbers(&[32, 3, 0, 0, 1, 1, 0, 2, 2, 0, 3]);
    pools = pools.numbers(&[33, 1, 0]).text("JIT compiled");
    pools = pools.numbers(&[35, 2]);
    for (key, method) in [(0, 1), (1, 2)] {
        pools = pools.number(key).raw(&[0]).numbers(&[2, method, 10, 0, 0, 20, 0]);
    }
    pools.numbers(&[36, 1, 0, 4711]).text("worker-1").event()
}

/// Chunks with CPU samples and allocations in `app.Main`.
pub(crate) fn example() -> Example {
    let events = [
        Bytes::default().numbers(&[101, 1_000, 0, 0]).event(),
        Bytes::default().numbers(&[101, 2_000, 0, 1]).event(),
        Bytes::default().numbers(&[102, 3_000, 0, 1, 4_096]).event(),
    ]
    .concat();
    let (metadata, constants) = (metadata(), constants());
    let metadata_at = 68 + events.len() + constants.len();
    let mut body = b"FLR\0\0\x02\0\x01".to_vec();
    let size = (metadata_at + metadata.len()) as u64;
    let constants_at = (68 + events.len()) as u64;
    for word in [size, constants_at, metadata_at as u64, 1_700_000_000_000_000_000, 5_000, 500, 1_000_000_000] {
        body.extend_from_slice(&word.to_be_bytes());
    }
    body.extend_from_slice(&1u32.to_be_bytes());
    body.extend_from_slice(&[events, constants, metadata].concat());
    Example { format: Format::Jfr, head: Vec::new(), body, tail: Vec::new() }
}
