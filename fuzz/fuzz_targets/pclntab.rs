//! Go function tables: opens damaged binaries and asks everything.
//!
//! The input either is the file, or says how to damage a small good one: libFuzzer reaches the tables behind the ELF
//! headers at once, without having to invent a consistent file.

#![no_main]

#[path = "../../crates/pclntab/tests/synthetic/mod.rs"]
mod synthetic;

use libfuzzer_sys::fuzz_target;
use pclntab::Pclntab;
use synthetic::SyntheticBinary;

fuzz_target!(|input: &[u8]| {
    let [choice, rest @ ..] = input else { return };
    if *choice == 0 { ask(rest.to_vec()) } else { ask(damaged(*choice, rest)) }
});

/// A good binary of a kind chosen by the bits of `choice`, changed by 12-byte instructions: what, where (2 bytes), value.
fn damaged(choice: u8, instructions: &[u8]) -> Vec<u8> {
    let flag = |bit: u8| choice & 1 << bit != 0;
    let old = flag(0);
    let mut data = SyntheticBinary {
        magic: if old { 0xffff_fff0 } else { 0xffff_fff1 },
        machine: if flag(1) { 183 } else { 62 },
        inline_word: if old {
            38
        } else if flag(2) {
            43
        } else {
            40
        },
        relocated: flag(3),
        sections: flag(4),
        module_data: !flag(5),
        go_version: if flag(6) { None } else { Some("go1.27.3") },
        ..SyntheticBinary::default()
    }
    .build();
    for instruction in instructions.chunks_exact(12) {
        let [what, first, second, _, value @ ..] = instruction else { continue };
        // The headers are at the start, the tables from 0x2000 on; the code between is never read.
        let place = usize::from(u16::from_le_bytes([*first, *second]));
        let place = if place < 0x200 { place } else { 0x2000 + (place - 0x200) % (data.len() - 0x2000).max(1) };
        let width = match what % 5 {
            0 => 1,
            1 => 2,
            2 => 4,
            3 => 8,
            _ => {
                data.truncate(place.max(0x2001));
                continue;
            }
        };
        for (byte, new) in data.iter_mut().skip(place).zip(&value[..width]) {
            *byte = *new;
        }
    }
    data
}

fn ask(data: Vec<u8>) {
    let Ok(table) = Pclntab::parse(data) else { return };
    let text = table.text_range();
    let _ = (table.build_info(), table.go_version(), table.has_inline_trees());
    for function in table.functions().take(100) {
        let _ = format!("{function:?}");
        for address in [function.entry(), function.entry().wrapping_add(12), function.end().wrapping_sub(1)] {
            let depth = function.stack_delta(address);
            assert!(depth.is_none_or(|depth| depth >= 0));
            let frames = function.frames(address).count();
            assert!(frames <= 257 && (frames > 0) == function.range().contains(&address));
        }
    }
    for address in [0, text.start, text.start.wrapping_add(9), text.end.wrapping_sub(1), text.end, u64::MAX] {
        let found = table.function_at(address);
        assert!(found.is_none_or(|function| function.range().contains(&address)));
        let _ = (table.frames(address).count(), table.stack_delta(address));
    }
}
