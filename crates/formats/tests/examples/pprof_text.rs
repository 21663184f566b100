//! A text profile of Go.

use firesteel_formats::Format;

use super::Example;

/// What Go writes for `/debug/pprof/heap?debug=1`.
pub(crate) fn example() -> Example {
    Example {
        format: Format::PprofText,
        head: b"heap profile: 44: 4240 [45: 4264] @ heap/8192\n".to_vec(),
        body: b"0: 0 [1: 24] @ 0x47c0ef 0x47f587 0x4e1d17 0x44aaa7 0x483701\n\
                #\t0x4e1d16\tmain.main+0x2f6\t\t/src/legacy/main.go:50\n\
                #\t0x44aaa6\truntime.main+0x426\t/go/src/runtime/proc.go:302\n\n\
                1: 96 [1: 96] @ 0x47c1a5 0x41cd85 0x48099d 0x4e18a5 0x483701\n\
                #\t0x48099c\ttime.Sleep+0x3c\t\t\t/go/src/runtime/time.go:343\n\
                #\t0x4e18a4\tmain.(*server).handle+0x44\t/src/legacy/main.go:21\n\n"
            .to_vec(),
        tail: b"\n# runtime.MemStats\n# Alloc = 1501640\n# TotalAlloc = 1898024\n".to_vec(),
    }
}
