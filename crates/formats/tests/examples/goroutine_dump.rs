//! A crash of a Go program.

use firesteel_formats::Format;

use super::Example;

/// What a crash of a Go program prints with `GOTRACEBACK=all`.
pub(crate) fn example() -> Example {
    Example {
        format: Format::GoroutineDump,
        head: b"panic: assignment to entry in nil map\n\n".to_vec(),
        body: b"goroutine 1 [running]:\nmain.main.func3()\n\t/src/main.go:62 +0x2a\nsync.(*Once).Do(...)\n\
                \t/go/src/sync/once.go:69\nmain.main()\n\t/src/main.go:62 +0x5e5\n\n\
                goroutine 6 [chan receive, 3 minutes]:\nmain.(*server).handle(0x126a34b3a0e0, 0x126a34b980e0)\n\
                \t/src/main.go:23 +0x6a\ncreated by main.main in goroutine 1\n\t/src/main.go:41 +0x87\n\n"
            .to_vec(),
        tail: b"exit status 2\n".to_vec(),
    }
}
