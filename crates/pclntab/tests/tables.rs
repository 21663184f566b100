//! Small hand-made files: each layout, each kind of damage.

mod synthetic;

use pclntab::{Error, FunctionKind, Machine, Pclntab, TableVersion};
use proptest::prelude::*;
use synthetic::{SyntheticBinary, functions};

fn open(binary: &SyntheticBinary) -> Pclntab<Vec<u8>> {
    Pclntab::parse(binary.build()).unwrap_or_else(|error| panic!("{error}: {binary:?}"))
}

/// Every frame at an address, as text.
fn described(table: &Pclntab<Vec<u8>>, address: u64) -> String {
    let frames = table.frames(address).map(|frame| {
        let file = frame.file.unwrap_or("?".into());
        let mark = if frame.inlined { "*" } else { "" };
        format!("{}{mark} {file}:{} ({})", frame.function, frame.line, frame.start_line)
    });
    frames.collect::<Vec<_>>().join(" < ")
}

#[test]
fn frames_in_every_layout() {
    for (magic, inline_word, go_version) in [
        (0xffff_fff0, 38, "go1.18"),
        (0xffff_fff0, 38, "go1.19.8"),
        (0xffff_fff1, 40, "go1.20.1"),
        (0xffff_fff1, 40, "go1.26.0"),
        (0xffff_fff1, 43, "go1.27.3"),
    ] {
        for (relocated, sections, machine) in [
            (false, true, 62),
            (false, false, 62),
            (true, true, 62),
            (true, false, 62),
            (false, true, 183),
            (true, false, 183),
        ] {
            let binary = SyntheticBinary {
                magic,
                machine,
                inline_word,
                relocated,
                sections,
                go_version: Some(go_version),
                ..SyntheticBinary::default()
            };
            let table = open(&binary);
            let text = binary.text();
            let at = |offset: u64| described(&table, text + offset);
            let (outer, middle, leaf) = if magic == 0xffff_fff0 { (0, 0, 0) } else { (30, 20, 10) };
            assert_eq!(table.go_version(), Some(go_version));
            assert_eq!(table.machine(), if machine == 62 { Machine::Amd64 } else { Machine::Arm64 });
            assert_eq!(table.text_range(), text..text + 64);
            assert_eq!(described(&table, text - 1), "");
            assert_eq!(at(0), format!("main.outer /src/main.go:31 ({outer})"));
            assert_eq!(
                at(8),
                format!("main.middle* /src/main.go:21 ({middle}) < main.outer /src/main.go:31 ({outer})")
            );
            assert_eq!(
                at(15),
                format!(
                    "main.leaf* /src/main.go:11 ({leaf}) < main.middle* /src/main.go:21 ({middle}) < \
                     main.outer /src/main.go:31 ({outer})"
                )
            );
            assert_eq!(at(16), format!("main.outer /src/main.go:32 ({outer})"));
            assert_eq!(at(32), "runtime.goexit /src/main.go:1700 (0)");
            assert_eq!(at(64), "");
        }
    }
}

#[test]
fn stack_depths() {
    let binary = SyntheticBinary::default();
    let table = open(&binary);
    for (offset, expected) in
        [(0, Some(0)), (1, Some(8)), (3, Some(8)), (4, Some(24)), (20, Some(8)), (21, Some(0)), (24, None), (63, None)]
    {
        assert_eq!(table.stack_delta(binary.text() + offset), expected, "at {offset}");
    }
    assert_eq!(table.stack_delta(0), None);
    assert_eq!(table.stack_delta(u64::MAX), None);
}

#[test]
fn functions_say_what_they_are() {
    let binary = SyntheticBinary::default();
    let table = open(&binary);
    assert_eq!(table.version(), TableVersion::Go120);
    let all: Vec<_> = table.functions().collect();
    assert_eq!(all.len(), 3);
    let [outer, goexit, systemstack] = &all[..] else { unreachable!() };
    assert_eq!(outer.name(), "main.outer");
    assert_eq!(outer.range(), binary.text()..binary.text() + 32);
    assert_eq!(outer.start_line(), 30);
    assert_eq!(outer.file().as_deref(), Some("/src/main.go"));
    assert_eq!(outer.kind(), FunctionKind::Normal);
    assert_eq!(goexit.kind(), FunctionKind::GoExit);
    assert!(goexit.flags().is_top_frame() && goexit.flags().is_assembly() && !goexit.flags().writes_stack_pointer());
    assert_eq!(systemstack.kind(), FunctionKind::SystemStack);
    assert!(!systemstack.flags().is_top_frame() && systemstack.flags().writes_stack_pointer());
    assert_eq!(outer.frames(goexit.entry()).count(), 0, "an address of another function");
    let main = table.build_info().unwrap().main.unwrap();
    assert_eq!(main.path, "example.com/app");
}

#[test]
fn any_holder_of_bytes_will_do() {
    let data = SyntheticBinary::default().build();
    assert!(Pclntab::parse(&*data).is_ok());
    assert!(Pclntab::parse(&data).is_ok());
    assert!(Pclntab::parse(std::sync::Arc::new(data.clone())).is_ok());
    assert!(Pclntab::parse(std::sync::Arc::<[u8]>::from(&*data)).is_ok());
    assert_eq!(Pclntab::parse(data.clone()).unwrap().into_data(), data);
}

#[test]
fn kinds_without_a_version() {
    for (goexit, systemstack) in [(7, 19), (8, 20), (8, 21)] {
        let mut binary = SyntheticBinary { go_version: None, ..SyntheticBinary::default() };
        binary.functions[1].kind = goexit;
        binary.functions[2].kind = systemstack;
        let table = open(&binary);
        let kinds: Vec<_> = table.functions().map(|function| function.kind()).collect();
        assert_eq!(kinds, [FunctionKind::Normal, FunctionKind::GoExit, FunctionKind::SystemStack]);
        assert_eq!(table.go_version(), None);
        assert_eq!(table.build_info(), None);
    }
}

#[test]
fn calls_in_a_circle_end_with_the_function() {
    let mut binary = SyntheticBinary::default();
    binary.functions[0].inlined[0].call_site = 12;
    let table = open(&binary);
    let frames: Vec<_> = table.frames(binary.text() + 12).collect();
    assert!(frames.len() > 100 && frames.len() < 1000, "{}", frames.len());
    assert!(!frames.last().unwrap().inlined);
    assert_eq!(frames.last().unwrap().function, "main.outer");
}

#[test]
fn a_call_site_outside_ends_with_the_function() {
    let mut binary = SyntheticBinary::default();
    // The first entry decides whether the trees are found at all, so damage the second.
    binary.functions[0].inlined[1].call_site = -7;
    let table = open(&binary);
    assert_eq!(described(&table, binary.text() + 12), "main.leaf* /src/main.go:11 (10) < main.outer ?:0 (30)");
}

#[test]
fn without_inline_trees_the_function_is_still_named() {
    let mut binary = SyntheticBinary::default();
    binary.functions[0].inlined[0].call_site = 4000;
    let table = open(&binary);
    assert!(!table.has_inline_trees());
    assert_eq!(described(&table, binary.text() + 12), "main.outer /src/main.go:11 (30)");
}

#[test]
fn refused() {
    let good = SyntheticBinary::default().build();
    let with = |offset: usize, byte: u8| {
        let mut data = good.clone();
        data[offset] = byte;
        data
    };
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "not an ELF file"),
        ("text", b"#!/bin/sh\n".to_vec(), "not an ELF file"),
        ("header only", good[..63].to_vec(), "truncated file: the ELF header"),
        ("segments cut", good[..100].to_vec(), "truncated file: the program header table"),
        ("32-bit", with(4, 1), "unsupported ELF file: EI_CLASS is 1"),
        ("big-endian", with(5, 2), "unsupported ELF file: EI_DATA is 2"),
        ("riscv64", with(18, 243), "unsupported ELF file: e_machine is 243"),
        ("zeroed table", with(0x2000, 0), "no Go function table"),
        ("no functions", with(0x2008, 0), "corrupt Go function table at offset 0x2000"),
    ];
    for (what, data, expected) in cases {
        let error = Pclntab::parse(data).expect_err(what).to_string();
        assert!(error.starts_with(expected), "{what}: {error}");
    }
    for magic in [0xffff_fffa, 0xffff_fffb, 0xffff_fff2] {
        let data = SyntheticBinary { magic, ..SyntheticBinary::default() }.build();
        assert_eq!(Pclntab::parse(data).unwrap_err(), Error::UnsupportedTable { magic });
    }
    let data = SyntheticBinary { module_data: false, ..SyntheticBinary::default() }.build();
    assert_eq!(Pclntab::parse(data).unwrap_err(), Error::NoModuleData { table: 0x40_2000 });
}

#[test]
fn the_header_gives_the_text_address_where_the_module_data_is_gone() {
    let binary = SyntheticBinary { module_data: false, ..SyntheticBinary::default() };
    let mut data = binary.build();
    data[0x2018..0x2020].copy_from_slice(&binary.text().to_le_bytes());
    let table = Pclntab::parse(data).unwrap();
    assert_eq!(described(&table, binary.text() + 8), "main.outer /src/main.go:21 (30)");
}

#[test]
fn renamed_sections() {
    let binary = SyntheticBinary::default();
    let mut data = binary.build();
    let name = data.windows(10).position(|window| window == b".gopclntab").unwrap();
    data[name..name + 10].copy_from_slice(b".data.othr");
    let table = Pclntab::parse(data).unwrap();
    assert_eq!(table.functions().count(), 3);
    assert!(table.has_inline_trees());
}

/// Asks everything; the answers may be anything.
fn ask(data: Vec<u8>) {
    let Ok(table) = Pclntab::parse(data) else { return };
    let _ = (table.build_info(), table.text_range());
    for function in table.functions() {
        let _ = format!("{function:?}");
        for address in [function.entry(), function.entry().wrapping_add(12), function.end()] {
            let _ = (table.frames(address).count(), table.stack_delta(address));
        }
    }
}

#[test]
fn cut_short_anywhere() {
    let data = SyntheticBinary { relocated: true, sections: false, ..SyntheticBinary::default() }.build();
    for length in (0..data.len()).filter(|length| *length < 0x200 || *length > 0x1ff0) {
        ask(data[..length].to_vec());
    }
}

proptest! {
    #[test]
    fn damaged_anywhere(
        relocated: bool,
        sections: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut data = SyntheticBinary { relocated, sections, ..SyntheticBinary::default() }.build();
        // The code is never read, so spare it.
        let interesting: Vec<usize> = (0..0x200).chain(0x2000..data.len()).collect();
        for (index, byte) in damage {
            data[*index.get(&interesting)] = byte;
        }
        ask(data);
    }

    #[test]
    fn any_functions(sizes in prop::collection::vec(1_u32..100, 1..40), probe in any::<prop::sample::Index>()) {
        let mut all = functions();
        all.truncate(1);
        all.extend(sizes.iter().map(|&size| synthetic::SyntheticFunction {
            name: "main.other",
            size,
            lines: vec![(size as i32, size)],
            ..Default::default()
        }));
        let binary = SyntheticBinary { functions: all.clone(), ..SyntheticBinary::default() };
        let table = open(&binary);
        let number = probe.index(all.len());
        let start = binary.text() + all[..number].iter().map(|function| u64::from(function.size)).sum::<u64>();
        for address in [start, start + u64::from(all[number].size) - 1] {
            let found = table.function_at(address).unwrap();
            prop_assert_eq!(found.entry(), start);
            prop_assert_eq!(found.name(), all[number].name);
        }
    }
}
