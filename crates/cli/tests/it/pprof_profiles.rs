//! Profiles for the comparison with pprof: everything that its options look at, made the same way every time.

use firesteel_formats::pprof;
use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, Label, LabelValue, LineNumber, Mapping, MappingId,
    Nanoseconds, Period, Profile, Sample, StackId, Unit, UnixNanoseconds, ValueType,
};

/// Files by name.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("cpu", written(&cpu())),
        ("heap", written(&heap())),
        ("negative", written(&negative())),
        ("random", written(&random())),
        ("small", written(&small())),
        ("dropping", written(&dropping())),
        ("unsymbolised", unsymbolised()),
    ]
}

fn written(profile: &Profile) -> Vec<u8> {
    pprof::write_gzip(profile, &pprof::WriteOptions::default())
}

/// Interns what is described in short texts.
struct Maker {
    profile: Profile,
    mappings: Vec<(&'static str, MappingId)>,
}

impl Maker {
    fn new(types: Vec<ValueType>) -> Self {
        Self { profile: Profile::new(types), mappings: Vec::new() }
    }

    fn mapping(&mut self, key: &'static str, file: &str, build_id: &str, start: u64) {
        let mapping = Mapping {
            start: Address(start),
            limit: Address(start + 0x10_0000),
            file_offset: 0,
            file: self.profile.intern(file),
            build_id: self.profile.intern(build_id),
        };
        let id = self.profile.intern_mapping(mapping);
        self.mappings.push((key, id));
    }

    /// One location from `name file:line` texts joined by ` < `, innermost first, with a mapping's key and an address.
    fn location(&mut self, lines: &str, mapping: &str, address: u64) -> Vec<FrameId> {
        let mapping = self.mappings.iter().find(|(key, _)| *key == mapping).map_or(MappingId::NONE, |(_, id)| *id);
        let lines: Vec<&str> = lines.split(" < ").collect();
        let frame = |(index, line): (usize, &&str)| {
            let (name, place) = line.split_once(" @ ").unwrap_or((line, ""));
            let (file, numbers) = place.split_once(':').unwrap_or((place, "0"));
            let (number, start) = numbers.split_once('/').unwrap_or((numbers, "0"));
            let function = Function {
                name: self.profile.intern(name),
                file: self.profile.intern(file),
                start_line: LineNumber(start.parse().unwrap()),
                ..Function::default()
            };
            let function = self.profile.intern_function(function);
            let flags = FrameFlags { inlined: index + 1 < lines.len(), unnamed: false };
            let line = LineNumber(number.parse().unwrap());
            let address = Address(address);
            self.profile.intern_frame(Frame { function, line, mapping, address, kind: FrameKind::Unknown, flags })
        };
        lines.iter().enumerate().map(frame).collect()
    }

    /// A sample of locations from the root to the leaf. Labels are `key=text` and `key#number unit`.
    fn sample(&mut self, locations: &[&Vec<FrameId>], values: &[i64], labels: &[&str]) {
        let frames = locations.iter().flat_map(|location| location.iter().rev());
        let stack = frames.fold(StackId::ROOT, |stack, &frame| self.profile.push_stack(stack, frame));
        let mut parsed = Vec::new();
        for label in labels {
            parsed.push(if let Some((key, text)) = label.split_once('=') {
                Label { key: self.profile.intern(key), value: LabelValue::Text(self.profile.intern(text)) }
            } else {
                let (key, number) = label.split_once('#').unwrap();
                let (number, unit) = number.split_once(' ').unwrap_or((number, ""));
                let unit = self.profile.intern(unit);
                Label {
                    key: self.profile.intern(key),
                    value: LabelValue::Number { value: number.parse().unwrap(), unit },
                }
            });
        }
        let labels = self.profile.intern_labels(&parsed);
        self.profile.add_sample(Sample { labels, ..Sample::new(stack, values) });
    }
}

/// Like a CPU profile of a Go service with a C library: inlined lines, recursion, labels of both kinds, one function
/// in two files, file names with detours.
fn cpu() -> Profile {
    let mut maker = Maker::new(vec![ValueType::samples(), ValueType::cpu()]);
    maker.mapping("app", "/usr/local/bin/service", "abc123", 0x40_0000);
    maker.mapping("libc", "/lib/x86_64-linux-gnu/libc.so.6", "", 0x7f00_0000);
    maker.mapping("vdso", "[vdso]", "", 0x7fff_0000);
    let main = maker.location("main.main @ /src/main.go:12/8", "app", 0x40_1000);
    let serve = maker.location("net/http.(*conn).serve @ /go/net/http/server.go:2009/1900", "app", 0x40_2000);
    let handle = maker.location(
        "main.parse @ /src/./parse.go:7/3 < main.handle @ /src//handler.go:31/20 < main.route @ /src/handler.go:44/40",
        "app",
        0x40_3000,
    );
    let handle_only = maker.location("main.handle @ /src//handler.go:33/20", "app", 0x40_3100);
    let walk = maker.location("main.walk @ /src/tree.go:5/3", "app", 0x40_4000);
    let walk_again = maker.location("main.walk @ /src/tree.go:9/3", "app", 0x40_4100);
    let walk_inlined =
        maker.location("main.visit @ /src/tree.go:20/18 < main.walk @ /src/tree.go:7/3", "app", 0x40_4200);
    let generic = maker.location("main.Map[go.shape.int] @ /src/generic.go:3/1", "app", 0x40_5000);
    let twin_a = maker.location("init @ /src/a/init.go:1/1", "app", 0x40_6000);
    let twin_b = maker.location("init @ /proc/self/cwd/b/init.go:1/1", "app", 0x40_6100);
    let malloc = maker.location("operator new(unsigned long) @ /glibc/malloc.c:100/90", "libc", 0x7f00_1000);
    let memcpy =
        maker.location("(anonymous namespace)::copy(char*, int) @ ../sysdeps/copy.cc:8/2", "libc", 0x7f00_2000);
    let clock = maker.location("clock_gettime", "vdso", 0x7fff_1000);
    let no_file = maker.location("runtime.mallocgc", "app", 0);
    let ms = 1_000_000;
    maker.sample(&[&main, &serve, &handle], &[120, 1200 * ms], &["route=/a", "method=GET", "bytes#2048 bytes"]);
    maker.sample(&[&main, &serve, &handle_only], &[30, 300 * ms], &["route=/a", "method=POST", "bytes#1048576 bytes"]);
    maker.sample(&[&main, &serve, &handle, &malloc], &[55, 550 * ms], &["route=/b", "latency#1500 us"]);
    maker.sample(&[&main, &serve, &handle, &malloc, &memcpy], &[8, 80 * ms], &["route=/b", "latency#20 ms"]);
    maker.sample(&[&main, &walk, &walk_again, &walk_inlined, &walk], &[77, 770 * ms], &["depth#4"]);
    maker.sample(&[&main, &walk, &walk_again, &walk_again, &no_file], &[3, 30 * ms], &["depth#7", "route=/c"]);
    maker.sample(&[&main, &generic], &[1, 10 * ms], &[]);
    maker.sample(&[&main, &generic, &clock], &[2, 20 * ms], &["tenant=x", "tenant=y"]);
    maker.sample(&[&twin_a, &twin_b], &[1, 10 * ms], &["bytes#512 kilobytes"]);
    maker.sample(&[&twin_b, &malloc], &[9, 90 * ms], &["request#4096"]);
    maker.sample(&[&walk_inlined], &[6, 60 * ms], &["route=/a", "method=GET"]);
    let metadata = &mut maker.profile.metadata;
    metadata.start = Some(UnixNanoseconds(1_700_000_000_123_456_789));
    metadata.duration = Some(Nanoseconds(2_500_000_000));
    metadata.period = Some(Period { value_type: ValueType::cpu(), value: 10 * ms });
    metadata.default_sample_type = 1;
    maker.profile
}

/// Like Go's heap profile.
fn heap() -> Profile {
    let column = |name: &str, unit| ValueType::new(name, unit);
    let mut maker = Maker::new(vec![
        column("alloc_objects", Unit::Count),
        column("alloc_space", Unit::Bytes),
        column("inuse_objects", Unit::Count),
        column("inuse_space", Unit::Bytes),
    ]);
    maker.mapping("app", "/bin/app", "", 0x40_0000);
    let main = maker.location("main.main @ main.go:10", "app", 0x40_1000);
    let grow = maker.location("main.grow @ grow.go:20", "app", 0x40_2000);
    let make_map = maker.location("main.newMap @ map.go:3 < main.fill @ map.go:30", "app", 0x40_3000);
    let buffer = maker.location("bytes.(*Buffer).Grow @ /go/bytes/buffer.go:166", "app", 0x40_4000);
    let (kb, mb) = (1 << 10, 1 << 20);
    maker.sample(&[&main, &grow], &[100, 100 * mb, 50, 50 * mb], &["bytes#1048576 bytes"]);
    maker.sample(&[&main, &grow, &buffer], &[4000, 4000 * kb, 10, 10 * kb], &["bytes#1024 bytes"]);
    maker.sample(&[&main, &make_map], &[7, 7 * 48, 7, 7 * 48], &["bytes#48 bytes"]);
    maker.sample(&[&main, &make_map, &buffer], &[3, 3 * 2048, 0, 0], &["bytes#2048 bytes"]);
    maker.sample(&[&buffer], &[1, 5 << 30, 1, 5 << 30], &["bytes#5368709120 bytes"]);
    let metadata = &mut maker.profile.metadata;
    metadata.start = Some(UnixNanoseconds(1_600_000_000_000_000_000));
    metadata.period = Some(Period { value_type: column("space", Unit::Bytes), value: 524_288 });
    metadata.default_sample_type = 3;
    maker.profile
}

/// The difference of two profiles, in a unit that pprof does not know.
fn negative() -> Profile {
    let mut maker = Maker::new(vec![
        ValueType::new("widgets", Unit::Other("widgets".into())),
        ValueType::new("delay", Unit::Other("microseconds".into())),
    ]);
    let a = maker.location("a @ a.go:1", "", 0x10);
    let b = maker.location("b @ b.go:2", "", 0x20);
    let c = maker.location("c @ b.go:3 < b @ b.go:4", "", 0x30);
    maker.sample(&[&a, &b], &[10, -2_000_000], &["pprof::base=true"]);
    maker.sample(&[&a, &c], &[-4, 5_000], &[]);
    maker.sample(&[&b, &c, &b], &[0, -7], &["side=left"]);
    maker.sample(&[&a], &[-6, 0], &["side=right"]);
    maker.sample(&[&c], &[1, 3_600_000_000 * 3], &[]);
    let metadata = &mut maker.profile.metadata;
    metadata.comments = vec!["made for a test".into(), "#hidden".into()];
    metadata.documentation_url = "https://example.com/doc".into();
    metadata.duration = Some(Nanoseconds(90_500_000_000));
    metadata.default_sample_type = 1;
    maker.profile
}

/// Very little, so that units are small.
fn small() -> Profile {
    let mut maker = Maker::new(vec![ValueType::new("wall", Unit::Nanoseconds)]);
    let a = maker.location("only.one", "", 0);
    maker.sample(&[&a], &[750], &["n#0 bytes", "quote=a b"]);
    maker.profile
}

/// Asks for frames to be dropped.
fn dropping() -> Profile {
    let mut maker = Maker::new(vec![ValueType::samples()]);
    maker.mapping("app", "/bin/cpp", "", 0x1000);
    let main = maker.location("main @ m.cc:1", "app", 0x1100);
    let start = maker.location("__start(int)", "app", 0x1010);
    let work = maker.location("work(int, char) @ w.cc:9", "app", 0x1200);
    let malloc = maker.location("malloc(unsigned long) @ alloc.cc:4", "app", 0x1300);
    let inlined = maker.location("malloc(unsigned long) @ alloc.cc:4 < helper() @ w.cc:30", "app", 0x1400);
    let kept = maker.location("malloc_kept @ alloc.cc:80", "app", 0x1500);
    maker.sample(&[&main, &work, &malloc], &[5], &[]);
    maker.sample(&[&main, &work, &malloc, &work], &[7], &[]);
    maker.sample(&[&start, &main, &inlined, &malloc], &[11], &[]);
    maker.sample(&[&start, &malloc], &[13], &[]);
    maker.sample(&[&main, &kept, &work], &[17], &[]);
    maker.profile.metadata.drop_frames = "malloc.*|__start".into();
    maker.profile.metadata.keep_frames = "malloc_kept".into();
    maker.profile
}

/// Many samples over few functions: recursion of every kind, calls that are sometimes inlined, and a long tail.
fn random() -> Profile {
    let mut maker = Maker::new(vec![ValueType::new("events", Unit::Count), ValueType::cpu()]);
    maker.mapping("app", "/bin/random", "", 0x1_0000);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"];
    let mut locations = Vec::new();
    for number in 0..60 {
        let mut lines = Vec::new();
        for _ in 0..=next(3) {
            let name = names[next(names.len() as u64) as usize];
            lines.push(format!("pkg{}.{name} @ {name}.go:{}", next(3), 1 + next(5)));
        }
        locations.push(maker.location(&lines.join(" < "), "app", 0x1_0000 + number * 16));
    }
    for _ in 0..600 {
        let depth = 1 + next(9);
        let stack: Vec<&Vec<FrameId>> = (0..depth).map(|_| &locations[next(60) as usize]).collect();
        let bits = next(20);
        let weight = 1 + next(1 << bits) as i64;
        let group = format!("group={}", next(4));
        let size_bits = next(24);
        let size = format!("size#{} bytes", 1u64 << size_bits);
        let labels = [group.as_str(), size.as_str()];
        maker.sample(&stack, &[weight, weight * 1000], &labels[..next(3) as usize]);
    }
    maker.profile.metadata.default_sample_type = 1;
    maker.profile
}

/// Addresses without functions, which this project's own writer would give names: encoded by hand.
fn unsymbolised() -> Vec<u8> {
    fn number(field: u64, value: u64, out: &mut Vec<u8>) {
        varint(field << 3, out);
        varint(value, out);
    }
    fn bytes(field: u64, value: &[u8], out: &mut Vec<u8>) {
        varint(field << 3 | 2, out);
        varint(value.len() as u64, out);
        out.extend_from_slice(value);
    }
    fn varint(mut value: u64, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }
    fn message(fields: &[(u64, u64)]) -> Vec<u8> {
        let mut out = Vec::new();
        for &(field, value) in fields {
            number(field, value, &mut out);
        }
        out
    }
    let mut out = Vec::new();
    let strings = ["", "samples", "count", "/bin/stripped", "named", "named.c", "/lib/libx.so"];
    bytes(1, &message(&[(1, 1), (2, 2)]), &mut out);
    // Locations: 1 in the program, 2 in the library, 3 nowhere, 4 with a function.
    for (stack, value) in [(&[1u64, 4][..], 4u64), (&[2, 1, 4], 2), (&[3], 9), (&[4], 1), (&[2, 3, 1], 5)] {
        let mut sample = Vec::new();
        for &location in stack {
            number(1, location, &mut sample);
        }
        number(2, value, &mut sample);
        bytes(2, &sample, &mut out);
    }
    bytes(3, &message(&[(1, 1), (2, 0x1000), (3, 0x2000), (5, 3)]), &mut out);
    bytes(3, &message(&[(1, 2), (2, 0x8000), (3, 0x9000), (5, 6)]), &mut out);
    for location in [[(1, 1), (2, 1), (3, 0x1010)], [(1, 2), (2, 2), (3, 0x8010)], [(1, 3), (2, 0), (3, 0x55)]] {
        bytes(4, &message(&location), &mut out);
    }
    let mut named = message(&[(1, 4), (2, 1), (3, 0x1020)]);
    bytes(4, &message(&[(1, 1), (2, 77)]), &mut named);
    bytes(4, &named, &mut out);
    bytes(5, &message(&[(1, 1), (2, 4), (3, 4), (4, 5)]), &mut out);
    for text in strings {
        bytes(6, text.as_bytes(), &mut out);
    }
    out
}
