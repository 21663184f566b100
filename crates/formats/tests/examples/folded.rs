//! An input in this format: folded stacks.

use firesteel_formats::Format;

use super::Example;

pub(crate) fn example() -> Example {
    Example {
        format: Format::Folded,
        head: b"# stacks\n".to_vec(),
        body: b"main;read;parse 3\nmain;read 1\nmain;write 2\n".to_vec(),
        tail: Vec::new(),
    }
}
