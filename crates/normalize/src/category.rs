//! Whose code a frame is: what colours, filters and advice go by.

use firesteel_model::{FrameId, FrameKind, Profile};

use crate::go_name::{generated_for_type, has_two_colons, package_of};
use crate::import_path::plain_import_path;
use crate::standard_library::{is_runtime, is_standard};

/// Key of the metadata property that holds the path of the profiled program's main module, as `go version -m`
/// prints it behind `mod`.
pub const MAIN_MODULE_PROPERTY: &str = "main module";

/// Whose code a frame is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The profiled program's own packages.
    Own,
    /// Go's standard library.
    StandardLibrary,
    /// The Go runtime: memory, scheduling, maps, its assembly helpers.
    Runtime,
    /// Modules from elsewhere.
    ThirdParty,
    /// Code in user space that is not Go: C, C++, Rust, the vdso.
    Native,
    /// The kernel.
    Kernel,
    /// None of these can be told.
    #[default]
    Unknown,
}

impl Category {
    /// All categories in the order that legends show them.
    pub const ALL: [Self; 7] =
        [Self::Own, Self::StandardLibrary, Self::Runtime, Self::ThirdParty, Self::Native, Self::Kernel, Self::Unknown];

    /// Name in files and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::StandardLibrary => "std",
            Self::Runtime => "runtime",
            Self::ThirdParty => "third-party",
            Self::Native => "native",
            Self::Kernel => "kernel",
            Self::Unknown => "unknown",
        }
    }

    /// Name for people, in the plural sense of "code of …".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Own => "own code",
            Self::StandardLibrary => "standard library",
            Self::Runtime => "Go runtime",
            Self::ThirdParty => "third-party",
            Self::Native => "native",
            Self::Kernel => "kernel",
            Self::Unknown => "unknown",
        }
    }
}

/// Sorts frames into categories.
#[derive(Clone, Debug, Default)]
pub struct Categorizer {
    main_module: String,
}

impl Categorizer {
    /// Knows the program's own packages by the path of its main module; empty when that is not known, which
    /// leaves package `main` and import paths without a domain as the program's own.
    #[must_use]
    pub fn new(main_module: &str) -> Self {
        // Names may have been freed of versions, so the module is too.
        Self { main_module: plain_import_path(main_module.trim_end_matches('/')).into_owned() }
    }

    /// Takes the main module from the profile's metadata.
    #[must_use]
    pub fn of_profile(profile: &Profile) -> Self {
        Self::new(profile.metadata.property(MAIN_MODULE_PROPERTY).unwrap_or(""))
    }

    /// The category of a frame by its kind, its name and, where the main module is not known, its source file.
    ///
    /// The go command keeps other modules under their version (`…/pkg/mod/github.com/a/b@v1.2.3/c.go`, with
    /// `-trimpath` `github.com/a/b@v1.2.3/c.go`) or in `vendor`; a file that is in neither is the program's own.
    #[must_use]
    pub fn frame_category(&self, profile: &Profile, frame_id: FrameId) -> Category {
        let frame = profile.frame(frame_id);
        let category = self.category(profile.frame_name(frame_id), frame.kind);
        if category != Category::ThirdParty || !self.main_module.is_empty() {
            return category;
        }
        let file = profile.string(profile.function(frame.function).file);
        let is_elsewhere = file.contains("@v") || file.contains("/vendor/");
        let is_go = file.rsplit_once('.').is_some_and(|(_, ending)| ending == "go");
        if is_go && !is_elsewhere { Category::Own } else { Category::ThirdParty }
    }

    /// The category of a function by its name, as far as the kind of its frame leaves it open.
    #[must_use]
    pub fn category(&self, name: &str, kind: FrameKind) -> Category {
        match kind {
            FrameKind::Kernel => Category::Kernel,
            FrameKind::Native => Category::Native,
            FrameKind::Go => self.of_go_name(name).unwrap_or(Category::Runtime),
            FrameKind::Process | FrameKind::Marker => Category::Unknown,
            _ => self.of_unmarked_name(name),
        }
    }

    /// The category of a function that is known to be Go; `None` when its name has no package.
    fn of_go_name(&self, name: &str) -> Option<Category> {
        let package = package_of(name);
        if package.is_empty() {
            return generated_for_type(name).map(|_| Category::Runtime);
        }
        Some(self.of_package(&package))
    }

    /// The category of an import path.
    #[must_use]
    pub fn of_package(&self, package: &str) -> Category {
        let plain = plain_import_path(package);
        let package = plain.as_ref();
        let in_main_module = !self.main_module.is_empty()
            && package.strip_prefix(self.main_module.as_str()).is_some_and(|rest| {
                // The external test package of `a/b` is `a/b_test`.
                rest.is_empty() || rest.starts_with('/') || rest == "_test"
            });
        if package == "main" || in_main_module {
            Category::Own
        } else if is_runtime(package) || package == "go" {
            Category::Runtime
        } else if is_standard(package) {
            Category::StandardLibrary
        } else if package.split('/').next().is_some_and(|first| first.contains('.')) {
            Category::ThirdParty
        } else {
            Category::Own
        }
    }

    /// The category of a name from a source that does not tell kinds apart, such as folded text.
    fn of_unmarked_name(&self, name: &str) -> Category {
        let (name, mark) = match name.len().checked_sub(4).and_then(|end| name.split_at_checked(end)) {
            Some((before, mark @ ("_[k]" | "_[j]" | "_[i]" | "_[w]"))) => (before, mark),
            _ => (name, ""),
        };
        if mark == "_[k]" || name.starts_with("[kernel") || name.starts_with("[guest.kernel") {
            return Category::Kernel;
        }
        if name == "[vdso]" || (name.starts_with('[') && name.contains(".so")) || is_native(name) {
            return Category::Native;
        }
        if is_go_assembly(name) {
            return Category::Runtime;
        }
        match self.of_go_name(name) {
            Some(category) if !has_compiler_clone_suffix(name) && is_go_like(name) => category,
            _ => Category::Unknown,
        }
    }
}

/// Whether a name is a demangled or mangled C++ or Rust name. (A Java name in the same style, `Lpackage/Class;::m`,
/// is not.)
fn is_native(name: &str) -> bool {
    let scoped = has_two_colons(name)
        && name.split(['[', '"']).next().is_some_and(|head| has_two_colons(head) && !head.contains('/'));
    scoped || (name.starts_with("_Z") && name.len() > 2) || (name.starts_with("_R") && name.len() > 8)
}

/// Whether gcc or clang appended a dot and a word to a C name: `f.isra.0`, `f.cold`, `f.llvm.123`.
fn has_compiler_clone_suffix(name: &str) -> bool {
    name.as_bytes().split(|&byte| byte == b'.').skip(1).any(|part| {
        matches!(part, b"isra" | b"constprop" | b"part" | b"cold" | b"llvm" | b"lto_priv" | b"resolver" | b"localalias")
    })
}

/// Whether a dotted name without a known kind may be Go's. Versioned symbols and file names are not.
fn is_go_like(name: &str) -> bool {
    let bytes = name.as_bytes();
    let last = bytes.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let dot = bytes[last..].iter().position(|&byte| byte == b'.');
    let after_package = dot.map_or("", |dot| &name[last + dot + 1..]);
    after_package.starts_with(|character: char| character.is_alphabetic() || matches!(character, '_' | '('))
        && !matches!(after_package, "so" | "js" | "py" | "rb" | "php" | "c" | "cc" | "cpp" | "exe" | "dll" | "bin")
        && !after_package.starts_with("so.")
        && !bytes.iter().take_while(|byte| !matches!(byte, b'[' | b'{')).any(|&byte| byte == b':')
}

/// Whether a name is one of the Go runtime's assembly helpers without a package that show up in samples, and of
/// nothing else.
fn is_go_assembly(name: &str) -> bool {
    matches!(
        name,
        "aeshashbody"
            | "callRet"
            | "cmpbody"
            | "countbody"
            | "gosave_systemstack_switch"
            | "indexbody"
            | "indexbytebody"
            | "memeqbody"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Frame, Function};

    #[test]
    fn go_frames() {
        fn check(name: &str, expect: Category) {
            let actual = Categorizer::new("github.com/me/shop").category(name, FrameKind::Go);
            assert_eq!(actual, expect, "{name}");
        }
        check("main.main", Category::Own);
        check("main.(*server).handle.func1", Category::Own);
        check("github.com/me/shop/internal/cart.(*Cart).Add", Category::Own);
        check("github.com/me/shop.New", Category::Own);
        check("github.com/me/shop_test.TestAll", Category::Own);
        check("github.com/me/shopping.Add", Category::ThirdParty);
        check("myapp/store.Get", Category::Own);
        check("net/http.(*conn).serve", Category::StandardLibrary);
        check("vendor/golang.org/x/net/http2/hpack.(*Decoder).Write", Category::StandardLibrary);
        check("runtime/pprof.profileWriter", Category::StandardLibrary);
        check("runtime.mallocgc", Category::Runtime);
        check("internal/runtime/maps.(*Map).Get", Category::Runtime);
        check("runtime/internal/atomic.Cas", Category::Runtime);
        check("memeqbody", Category::Runtime);
        check("aeshashbody", Category::Runtime);
        check("callRet", Category::Runtime);
        check("type:.eq.main.key", Category::Own);
        check("type:.eq.[2]interface {}", Category::Runtime);
        check("go:struct { sync.Mutex }.Lock", Category::Runtime);
        check("golang.org/x/sync/errgroup.(*Group).Go.func1", Category::ThirdParty);
        check("gopkg.in/yaml%2ev3.(*parser).parse", Category::ThirdParty);
        check("main.Map[go.shape.struct { github.com/a/b.T }]", Category::Own);
    }

    #[test]
    fn frames_of_other_kinds() {
        let categorizer = Categorizer::default();
        assert_eq!(categorizer.category("main.main", FrameKind::Kernel), Category::Kernel);
        assert_eq!(categorizer.category("main.main", FrameKind::Native), Category::Native);
        assert_eq!(categorizer.category("main.main", FrameKind::Process), Category::Unknown);
        assert_eq!(categorizer.category("[truncated]", FrameKind::Marker), Category::Unknown);
    }

    #[test]
    fn files_tell_own_code_when_the_main_module_is_unknown() {
        let check = |main_module: &str, file: &str, expect: Category| {
            let mut profile = Profile::default();
            let function = Function {
                name: profile.intern("github.com/a/b.F"),
                file: profile.intern(file),
                ..Function::default()
            };
            let function = profile.intern_function(function);
            let frame = profile.intern_frame(Frame { function, kind: FrameKind::Go, ..Frame::default() });
            assert_eq!(Categorizer::new(main_module).frame_category(&profile, frame), expect, "{file}");
        };
        check("", "/home/me/b/f.go", Category::Own);
        check("", "github.com/a/b/f.go", Category::Own);
        check("", "/home/me/go/pkg/mod/github.com/a/b@v1.2.3/f.go", Category::ThirdParty);
        check("", "github.com/a/b@v0.0.0-2026/f.go", Category::ThirdParty);
        check("", "/home/me/app/vendor/github.com/a/b/f.go", Category::ThirdParty);
        check("", "", Category::ThirdParty);
        check("", "<autogenerated>", Category::ThirdParty);
        check("example.com/app", "/home/me/b/f.go", Category::ThirdParty);
    }

    #[test]
    fn frames_of_unknown_kind() {
        fn check(name: &str, expect: Category) {
            assert_eq!(Categorizer::default().category(name, FrameKind::Unknown), expect, "{name}");
        }
        check("main.main", Category::Own);
        check("github.com/a/b.F", Category::ThirdParty);
        check("encoding/json.Marshal", Category::StandardLibrary);
        check(r#"main.F[go.shape.struct { A int "json:\"a\"" }]"#, Category::Own);
        check("aeshashbody", Category::Runtime);
        check("runtime.mcall", Category::Runtime);
        check("runtime.mcall_[i]", Category::Runtime);
        check("do_syscall_64_[k]", Category::Kernel);
        check("[kernel.kallsyms]", Category::Kernel);
        check("[vdso]", Category::Native);
        check("[libc-2.31.so]", Category::Native);
        check("std::vector<int>::push_back", Category::Native);
        check("_ZN4core3fmt5write17h0123456789abcdefE", Category::Native);
        check("do_syscall_64", Category::Unknown);
        check("native_write_msr_safe.isra.3", Category::Unknown);
        check("[unknown]", Category::Unknown);
        check("libfoo.so.1", Category::Unknown);
        check("org/mozilla/javascript/Context:.call", Category::Unknown);
        check("Ljava/lang/Object;::wait", Category::Unknown);
        check("é", Category::Unknown);
        check("", Category::Unknown);
    }
}
