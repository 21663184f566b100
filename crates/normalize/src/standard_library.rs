//! Which import paths belong to Go's own distribution.

/// First path elements of the standard library, Go 1.18 to 1.27 (`go list std`), and of the toolchain (`cmd`).
///
/// `vendor` is the copy of `golang.org/x/…` that the standard library carries. Sorted, for binary search.
const ROOTS: &[&str] = &[
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "simd",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "uuid",
    "vendor",
    "weak",
];

/// Packages that run Go programs rather than being called by them, besides `runtime` itself. A prefix also
/// covers the packages below it.
///
/// `internal/bytealg` is here because its assembly helpers (`memeqbody`, `cmpbody`) carry no package in their
/// names and are what the runtime's own memory functions call.
const RUNTIME: &[&str] = &[
    "internal/abi",
    "internal/bytealg",
    "internal/chacha8rand",
    "internal/cpu",
    "internal/goarch",
    "internal/runtime",
    "runtime/asan",
    "runtime/cgo",
    "runtime/internal",
    "runtime/msan",
    "runtime/race",
];

/// Whether an import path is of the standard library, the runtime included.
pub(crate) fn is_standard(package: &str) -> bool {
    let root = package.split('/').next().unwrap_or(package);
    ROOTS.binary_search(&root).is_ok()
}

/// Whether an import path is of the Go runtime.
pub(crate) fn is_runtime(package: &str) -> bool {
    if !package.starts_with("runtime") && !package.starts_with("internal/") {
        return false;
    }
    let is_below =
        |prefix: &str| package.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    package == "runtime" || RUNTIME.iter().any(|prefix| is_below(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_sorted() {
        assert!(ROOTS.is_sorted());
    }

    #[test]
    fn runtime_is_told_from_its_clients() {
        for package in ["runtime", "internal/runtime/maps", "runtime/internal/atomic", "internal/bytealg"] {
            assert!(is_runtime(package) && is_standard(package), "{package}");
        }
        for package in ["runtime/pprof", "runtime/trace", "internal/poll", "net/http", "internal/abigail"] {
            assert!(!is_runtime(package) && is_standard(package), "{package}");
        }
        for package in ["main", "app/store", "github.com/a/b", "runtimes"] {
            assert!(!is_runtime(package) && !is_standard(package), "{package}");
        }
    }
}
