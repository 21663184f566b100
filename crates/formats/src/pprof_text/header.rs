//! The first line of a profile, which says what it is.

use firesteel_model::{Period, Unit, ValueType};

use super::cursor::Cursor;

/// What follows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Header {
    /// Memory in use or allocated.
    Heap {
        /// How many bytes were allocated between two samples, on average; 1 for all.
        period: i64,
        /// Whether values are those of the samples and have to be scaled up.
        is_sampled: bool,
        /// Whether there are values of all allocations beside those in use.
        has_allocations: bool,
    },
    /// Stacks with a count: goroutines, created threads, or a program's own.
    Count {
        /// What is counted.
        name: String,
    },
    /// Time spent waiting for locks.
    Contention,
    /// Stacks of threads, of which this line may be the first.
    Threads,
    /// The Java kinds of heap and contention, which begin alike.
    Java {
        /// Whether it is a heap profile.
        is_heap: bool,
    },
}

impl Header {
    /// The header of a line.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        if line.starts_with(b"heap profile:") {
            return heap(line);
        }
        if let Some(at) = memchr::memmem::find(line, b" profile: total ") {
            let (name, rest) = line.split_at(at);
            let total = rest.get(" profile: total ".len()..).unwrap_or(&[]);
            let is_count = !name.is_empty()
                && !name.iter().any(u8::is_ascii_whitespace)
                && !total.is_empty()
                && total.iter().all(u8::is_ascii_digit);
            return is_count.then(|| Self::Count { name: String::from_utf8_lossy(name).into_owned() });
        }
        let rest = line.strip_prefix(b"--- ")?;
        match rest {
            b"heapz 1 ---" => Some(Self::Java { is_heap: true }),
            b"mutex:" | b"contention:" => Some(Self::Contention),
            _ if rest.starts_with(b"contentionz ") => Some(Self::Contention),
            _ if rest.starts_with(b"threadz ") && rest.ends_with(b" ---") => Some(Self::Threads),
            _ if is_thread(line) => Some(Self::Threads),
            _ => None,
        }
    }

    /// The value columns.
    pub(super) fn sample_types(&self) -> Vec<ValueType> {
        let count = |name: &str| ValueType::new(name, Unit::Count);
        let bytes = |name: &str| ValueType::new(name, Unit::Bytes);
        match self {
            // What is in use comes last, so that it is shown first.
            Self::Heap { has_allocations: true, .. } => {
                vec![count("alloc_objects"), bytes("alloc_space"), count("inuse_objects"), bytes("inuse_space")]
            }
            Self::Heap { .. } => vec![count("objects"), bytes("space")],
            Self::Count { name } => vec![count(name)],
            Self::Contention | Self::Java { is_heap: false } => {
                vec![count("contentions"), ValueType::new("delay", Unit::Nanoseconds)]
            }
            Self::Threads => vec![count("thread")],
            Self::Java { is_heap: true } => vec![count("inuse_objects"), bytes("inuse_space")],
        }
    }

    /// How much lies between two samples.
    pub(super) fn period(&self) -> Option<Period> {
        let period = |name: &str, unit: Unit, value| Some(Period { value_type: ValueType::new(name, unit), value });
        match self {
            Self::Heap { period: bytes, .. } => period("space", Unit::Bytes, *bytes),
            Self::Count { name } => period(name, Unit::Count, 1),
            Self::Contention => period("contentions", Unit::Count, 1),
            Self::Threads => period("thread", Unit::Count, 1),
            Self::Java { .. } => None,
        }
    }
}

/// Whether a line begins a thread: `--- Thread 7f79 (name: main/1474) stack: ---`.
pub(super) fn is_thread(line: &[u8]) -> bool {
    line.starts_with(b"--- Thread ") && line.ends_with(b") stack: ---")
}

/// `heap profile: OBJECTS: BYTES [OBJECTS: BYTES] @ KIND/PERIOD`
fn heap(line: &[u8]) -> Option<Header> {
    let mut cursor = Cursor(line);
    cursor.skip(b"heap profile:")?;
    let [objects, bytes, all_objects, all_bytes] = heap_values(&mut cursor)?;
    cursor.skip_spaces();
    cursor.skip(b"@")?;
    let kind = cursor.word();
    let (kind, period) = match kind.iter().position(|&byte| byte == b'/') {
        Some(at) => (kind.get(..at)?, std::str::from_utf8(kind.get(at + 1..)?).ok()?.parse().unwrap_or(0)),
        None => (kind, 0i64),
    };
    let differs = |all: i64, in_use: i64| all != in_use && all != 0;
    let has_allocations = differs(all_objects, objects) || differs(all_bytes, bytes);
    let (period, is_sampled, has_allocations) = match kind {
        b"heapz_v2" | b"heap_v2" => (period, true, has_allocations),
        b"heapprofile" => (1, false, has_allocations),
        // Go writes twice its period.
        b"heap" => (period / 2, true, has_allocations),
        b"growth" | b"growthz" | b"fragmentation" | b"fragmentationz" => (1, false, false),
        _ => return None,
    };
    Some(Header::Heap { period, is_sampled, has_allocations })
}

/// `1: 2 [3: 4]`
pub(super) fn heap_values(cursor: &mut Cursor<'_>) -> Option<[i64; 4]> {
    let objects = cursor.number()?;
    cursor.skip(b":")?;
    let bytes = cursor.number()?;
    cursor.skip_spaces();
    cursor.skip(b"[")?;
    let all_objects = cursor.number()?;
    cursor.skip(b":")?;
    let all_bytes = cursor.number()?;
    cursor.skip_spaces();
    cursor.skip(b"]")?;
    Some([objects, bytes, all_objects, all_bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        let check = |line: &str, expect: Option<Header>| assert_eq!(Header::parse(line.as_bytes()), expect, "{line}");
        let heap = |period, is_sampled, has_allocations| Some(Header::Heap { period, is_sampled, has_allocations });
        check("heap profile: 326: 386224 [487: 638024] @ heap/8192", heap(4096, true, true));
        check("heap profile:    357:   812345 [  357:   812345] @ heap_v2/524288", heap(524_288, true, false));
        check("heap profile: 1: 2 [ 0: 0] @ heapprofile", heap(1, false, false));
        check("heap profile: 1: 2 [ 1: 2] @ growthz", heap(1, false, false));
        check("heap profile: 1: 2 [ 1: 2] @ other", None);
        check("goroutine profile: total 8", Some(Header::Count { name: "goroutine".to_owned() }));
        check("a goroutine profile: total 8", None);
        check("--- mutex:", Some(Header::Contention));
        check("--- contentionz 1 ---", Some(Header::Contention));
        check("--- threadz 1 ---", Some(Header::Threads));
        check("--- Thread 7f794ab90940 (name: main/14748) stack: ---", Some(Header::Threads));
        check("--- heapz 1 ---", Some(Header::Java { is_heap: true }));
        check("--- a/file.c", None);
        check("", None);
    }
}
