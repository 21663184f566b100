//! Symbols of a real binary: this test's own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::hint::black_box;
use std::sync::Arc;

use firesteel_model::FrameKind;
use firesteel_symbols::{Binary, ElfSymbols};
use object::{Object, ObjectSymbol};

/// A function that the compiler keeps, so that it has a symbol.
#[inline(never)]
fn marker_function(value: u64) -> u64 {
    black_box(value).wrapping_mul(3)
}

fn own_bytes() -> Arc<[u8]> {
    black_box(marker_function(7));
    std::fs::read(std::env::current_exe().unwrap()).unwrap().into()
}

/// Mangled name, address and size of [`marker_function`].
fn marker(data: &[u8]) -> (String, u64, u64) {
    let file = object::File::parse(data).unwrap();
    let symbol =
        file.symbols().find(|symbol| symbol.name().is_ok_and(|name| name.contains("marker_function"))).unwrap();
    (symbol.name().unwrap().to_owned(), symbol.address(), symbol.size())
}

#[test]
fn a_function_is_found_and_demangled() {
    let data = own_bytes();
    let (mangled, address, size) = marker(&data);
    let binary = Binary::parse(Arc::clone(&data)).unwrap();
    assert!(binary.go().is_none(), "not a Go binary");
    for offset in [0, size - 1] {
        let mut found = Vec::new();
        assert!(binary.frames(address + offset, |frame| {
            assert_eq!(frame.system_name, mangled);
            assert_eq!((frame.kind, frame.inlined, frame.line), (FrameKind::Native, false, 0));
            found.push(frame.name.into_owned());
        }));
        assert_eq!(found, ["own_binary::marker_function"]);
    }
    assert!(!binary.frames(1, |_| ()), "no code at address 1");
}

#[test]
fn positions_in_the_file_become_addresses() {
    let data = own_bytes();
    let (_, address, _) = marker(&data);
    let binary = Binary::parse(Arc::clone(&data)).unwrap();
    // The position of the function's first byte by the section that holds it.
    let file = object::File::parse(&*data).unwrap();
    let (file_offset, section_address) = file
        .sections()
        .find_map(|section| {
            use object::ObjectSection;
            let inside = (section.address()..section.address() + section.size()).contains(&address);
            inside.then(|| (section.file_range().unwrap().0, section.address()))
        })
        .unwrap();
    assert_eq!(binary.address_of(file_offset + (address - section_address)), Some(address));
    assert_eq!(binary.address_of(u64::MAX), None);
}

#[test]
fn a_damaged_file_gives_what_can_be_read() {
    let data = own_bytes();
    assert!(Binary::parse(&b"not an ELF file"[..]).is_err());
    assert!(ElfSymbols::collect(b"").is_empty());
    assert!(ElfSymbols::collect(&data).len() > 100);
    // The symbol table lies at the end; whatever is cut off, nothing panics.
    for length in (0..data.len()).step_by(data.len() / 64 + 1) {
        if let Ok(binary) = Binary::parse(&data[..length]) {
            let _ = binary.frames(0x1000, |_| ());
        }
    }
}
