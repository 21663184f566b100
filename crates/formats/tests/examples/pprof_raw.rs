//! The text of `go tool pprof -raw`.

use firesteel_formats::Format;

use super::Example;

/// What `go tool pprof -raw` prints for a CPU profile.
pub(crate) fn example() -> Example {
    Example {
        format: Format::PprofRaw,
        head: b"PeriodType: cpu nanoseconds\nPeriod: 10000000\nTime: 2023-11-14 22:13:20 +0000 UTC\nDuration: 15m0\n\
                Samples:\nsamples/count cpu/nanoseconds\n"
            .to_vec(),
        body: b"          2   20000000: 1 2 3 \n                route:[/orders]\n          3   30000000: 2 3 \n"
            .to_vec(),
        tail: b"Locations\n     1: 0x45b295 M=1 fmt.Fill /src/fmt/file4.go:332:0 s=315\n\
                \x20    2: 0x42d1e1 M=1 main.set /src/main/file5.go:441:0 s=436\n\
                \x20            main.run /src/main/file5.go:12:0 s=10\n\
                \x20    3: 0x44c0e3 M=1 main.main /src/main/file5.go:580:0 s=569\n\
                Mappings\n1: 0x400000/0x900000/0x0 /srv/shop/bin/shop  [FN][FL][LN]\n"
            .to_vec(),
    }
}
