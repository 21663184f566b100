//! What kind of code a function of a pprof profile is.
//!
//! The format does not say, so this goes by what does not mislead: kernel by the mapping, Go by the
//! source file or, where files are missing, by the form of the name in a profile that is Go's. All
//! else stays unknown rather than guessed.

use firesteel_model::FrameKind;

/// Whether the profile is of a Go program: it has functions in `.go` files or of the Go runtime.
pub(crate) fn is_go_evidence(name: &str, file: &str) -> bool {
    extension(file) == "go" || (file.is_empty() && matches!(name, "runtime.goexit" | "runtime.main" | "runtime.mcall"))
}

/// The kind of a frame.
pub(crate) fn kind(name: &str, file: &str, mapping_file: &str, go_profile: bool) -> FrameKind {
    if mapping_file.starts_with("[kernel.") || mapping_file == "[kernel]" || mapping_file == "[guest.kernel.kallsyms]" {
        FrameKind::Kernel
    } else if extension(file) == "go"
        // The same suffix serves C compilers; Go's assembly names carry their package.
        || (go_profile && extension(file) == "s" && is_go_name(name))
        || (go_profile && file.is_empty() && is_go_name(name))
    {
        FrameKind::Go
    } else {
        FrameKind::Unknown
    }
}

/// What stands behind the last point of a file's name, as it is spelled.
fn extension(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a name has the form `import/path.Function`, as only Go's linker writes it.
fn is_go_name(name: &str) -> bool {
    let path_end = name.find(['(', '[', '{']).unwrap_or(name.len());
    let path = name.get(..path_end).unwrap_or(name);
    let after_slash = path.rsplit('/').next().unwrap_or(path);
    match after_slash.find('.') {
        None | Some(0) => false,
        Some(_) => !name.contains("::") && !path.contains(' ') && !path.contains('<'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let check = |name: &str, file: &str, mapping: &str, go: bool, expect: FrameKind| {
            assert_eq!(kind(name, file, mapping, go), expect, "{name} {file} {mapping}");
        };
        check("main.main", "/src/main.go", "/app", false, FrameKind::Go);
        check("runtime.memmove", "/go/src/runtime/memmove_amd64.s", "/app", true, FrameKind::Go);
        check("memcpy", "/build/glibc/memcpy.s", "/app", true, FrameKind::Unknown);
        check("net/http.(*conn).serve", "", "/app", true, FrameKind::Go);
        check("example.com/a.Map[go.shape.int]", "", "", true, FrameKind::Go);
        check("std::string::~string", "", "/app", true, FrameKind::Unknown);
        check("java.lang.String.hashCode", "", "", false, FrameKind::Unknown);
        check("malloc", "", "/lib/libc.so.6", true, FrameKind::Unknown);
        check("do_syscall_64", "", "[kernel.kallsyms]", true, FrameKind::Kernel);
    }
}
