//! An input in this format: Go execution trace.

use firesteel_formats::Format;

use super::Example;

fn number(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A batch of generation 1 and thread 7.
fn batch(time: u64, content: &[&[u64]]) -> Vec<u8> {
    let mut data = Vec::new();
    for event in content {
        for &value in *event {
            number(value, &mut data);
        }
    }
    raw_batch(time, &data)
}

fn raw_batch(time: u64, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1];
    for value in [1, 7, time, data.len() as u64] {
        number(value, &mut bytes);
    }
    bytes.extend_from_slice(data);
    bytes
}

/// A CPU sample, which counts anew however often the body is repeated: the states in it are of one time.
///
/// Goroutine 1 of `main.main` waits for a channel in `main.wait`, is woken up, waits for a processor and runs on. The
/// clock ticks every 64 ns.
pub(crate) fn example() -> Example {
    let mut strings = vec![4];
    for (id, text) in [(1, "main.main"), (2, "main.wait"), (3, "/src/main.go"), (4, "chan receive")] {
        strings.push(5);
        number(id, &mut strings);
        number(text.len() as u64, &mut strings);
        strings.extend_from_slice(text.as_bytes());
    }
    let main = [0x4000, 1, 3, 10];
    let wait = [0x4100, 2, 3, 20];
    let mut stacks = vec![2, 3, 1, 1];
    let mut second = vec![3, 2, 2];
    for value in main {
        number(value, &mut stacks);
    }
    for value in [wait, main].concat() {
        number(value, &mut second);
    }
    stacks.extend_from_slice(&second);
    let body = [
        batch(0, &[&[50, 8, 15_625_000]]),
        raw_batch(0, &strings),
        raw_batch(0, &stacks),
        batch(0, &[&[6, 7, 1_050, 7, 0, 1, 2]]),
        batch(
            1_000,
            &[
                &[14, 10, 1, 1, 0],
                &[16, 10, 1, 1],
                &[20, 100, 4, 2],
                &[21, 1_000, 1, 2, 0],
                &[16, 50, 1, 3],
                &[20, 200, 4, 2],
                &[21, 10, 1, 4, 0],
                &[16, 10, 1, 5],
                &[17, 5],
            ],
        ),
        vec![52],
    ];
    Example {
        format: Format::GoTrace,
        head: b"go 1.26 trace\0\0\0".to_vec(),
        body: body.concat(),
        tail: Vec::new(),
    }
}
