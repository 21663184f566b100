//! Go programs, built once for each toolchain and way of linking.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use object::{Object, ObjectSection};

use crate::toolchain::{Toolchain, repository};

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkMode {
    /// By Go's own linker, at a fixed address, without C.
    Plain,
    /// By Go's own linker, position-independent, without C.
    Pie,
    /// With C code, by the system's linker.
    Cgo,
    /// With C code, by the system's linker, position-independent.
    CgoPie,
}

/// A Go program in this repository.
#[derive(Clone, Copy, Debug)]
pub struct GoProgram {
    /// The module's folder in the repository.
    module: &'static str,
    /// The package's folder in the module.
    package: &'static str,
}

impl GoProgram {
    /// The HTTP service of `examples/go`.
    pub const SHOP: Self = Self::example("./cmd/shop");
    /// The program with a known call structure of `examples/go`.
    pub const SPIN: Self = Self::example("./cmd/spin");
    /// The program with hot leaves of `examples/go`.
    pub const LEAFHEAVY: Self = Self::example("./cmd/leafheavy");
    /// A program that ends, starts threads and processes, or replaces itself, as it is told.
    pub const ACTOR: Self = Self::own("./actor");
    /// A program that spends its time in a C function called from Go.
    pub const NATIVE: Self = Self::own("./native");
    /// A program that writes its profiles as text into the folder it is given, then crashes.
    pub const TEXTS: Self = Self::own("./texts");
    /// A program that writes an execution trace of itself to the file it is given.
    pub const TRACED: Self = Self::own("./traced");
    /// An oracle: the frames that DWARF gives for addresses in a binary.
    pub(crate) const INLINES: Self = Self::own("./inlines");

    const fn example(package: &'static str) -> Self {
        Self { module: "examples/go", package }
    }

    const fn own(package: &'static str) -> Self {
        Self { module: "crates/testkit/go", package }
    }

    /// Builds the program with symbol table and DWARF, or takes it from an earlier run. `scratch` is the folder for
    /// what is built: `env!("CARGO_TARGET_TMPDIR")`.
    #[must_use]
    pub fn build(self, toolchain: &Toolchain, mode: LinkMode, scratch: &str) -> PathBuf {
        self.build_as(toolchain, mode, "", scratch)
    }

    /// Like [`GoProgram::build`], but without symbol table and DWARF (`-ldflags "-s -w"`).
    #[must_use]
    pub fn build_stripped(self, toolchain: &Toolchain, mode: LinkMode, scratch: &str) -> PathBuf {
        self.build_as(toolchain, mode, "-s -w", scratch)
    }

    fn build_as(self, toolchain: &Toolchain, mode: LinkMode, linker_flags: &str, scratch: &str) -> PathBuf {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let module = repository().join(self.module);
        let mut hasher = DefaultHasher::new();
        hash_sources(&module, &mut hasher);
        (mode, linker_flags, self.package).hash(&mut hasher);
        let name = self.package.rsplit('/').next().unwrap_or(self.package);
        let folder = Path::new(scratch).join("go-programs");
        let folder = folder.join(format!("{}-{:016x}", toolchain.version(), hasher.finish()));
        let binary = folder.join(name);
        if binary.exists() {
            return binary;
        }
        fs::create_dir_all(&folder).expect("the scratch folder can be written");
        let draft = folder.join(format!("{name}.{}", std::process::id()));
        let cgo = matches!(mode, LinkMode::Cgo | LinkMode::CgoPie);
        let pie = matches!(mode, LinkMode::Pie | LinkMode::CgoPie);
        let mut command = toolchain.command();
        command.current_dir(&module).env("CGO_ENABLED", if cgo { "1" } else { "0" });
        command.args(["build", "-buildvcs=false", "-trimpath"]);
        command.arg(format!("-buildmode={}", if pie { "pie" } else { "exe" }));
        command.arg(format!("-ldflags={linker_flags}{}", if cgo { " -linkmode=external" } else { "" }));
        command.arg("-o").arg(&draft).arg(self.package);
        let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?} failed:\n{errors}");
        fs::rename(&draft, &binary).expect("the scratch folder can be written");
        binary
    }
}

/// The code of a binary: its address and its bytes. Twins built with and without symbols have the same.
#[must_use]
pub fn text_section(binary: &Path) -> (u64, Vec<u8>) {
    let data = fs::read(binary).unwrap_or_else(|error| panic!("cannot read {}: {error}", binary.display()));
    let file = object::read::elf::ElfFile64::<object::Endianness>::parse(&*data).expect("Go builds ELF files");
    let text = file.section_by_name(".text").expect("there is code");
    (text.address(), text.data().expect("code is in the file").to_vec())
}

fn hash_sources(folder: &Path, hasher: &mut DefaultHasher) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash_sources(&path, hasher);
        } else if path.extension().is_some_and(|extension| ["go", "mod", "s", "c", "h"].iter().any(|e| extension == *e))
        {
            path.file_name().hash(hasher);
            fs::read(&path).unwrap_or_default().hash(hasher);
        }
    }
}
