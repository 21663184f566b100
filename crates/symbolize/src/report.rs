//! What got names and what did not.

use std::fmt;

/// Why addresses of a file have no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// The file is not on this machine.
    Missing,
    /// The file on this machine has another build id.
    OtherBuild,
    /// The file cannot be read or is no 64-bit ELF file.
    Unreadable,
    /// The file has no symbols at these addresses.
    NoSymbols,
    /// The profile was taken on another kernel than the one that runs here.
    OtherKernel,
    /// The kernel hides its addresses from this user.
    HiddenKernel,
}

impl Problem {
    fn text(self) -> &'static str {
        match self {
            Self::Missing => "is not on this machine; `--symfs DIR` says where the files of the profiled machine are",
            Self::OtherBuild => "is another build than the one that was profiled",
            Self::Unreadable => "cannot be read as a 64-bit ELF file",
            Self::NoSymbols => "has no symbols there",
            Self::OtherKernel => "was another kernel than the one that runs here",
            Self::HiddenKernel => "hides its symbols; `sudo sysctl kernel.kptr_restrict=0` shows them",
        }
    }
}

/// Addresses of a file that have no names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// The file, as the profile calls it.
    pub file: String,
    /// Why.
    pub problem: Problem,
    /// How many distinct addresses.
    pub addresses: usize,
}

impl fmt::Display for Unnamed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, problem, addresses } = self;
        let noun = if *addresses == 1 { "address" } else { "addresses" };
        write!(formatter, "{addresses} {noun} without a name: `{file}` {}", problem.text())
    }
}

/// What got names and what did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Number of distinct addresses that got names.
    pub named: usize,
    /// Those that did not, by file, most addresses first.
    pub unnamed: Vec<Unnamed>,
}

impl Report {
    /// Counts an address without a name.
    pub(crate) fn add(&mut self, file: &str, problem: Problem) {
        match self.unnamed.iter_mut().find(|known| known.file == file && known.problem == problem) {
            Some(known) => known.addresses += 1,
            None => self.unnamed.push(Unnamed { file: file.to_owned(), problem, addresses: 1 }),
        }
    }

    /// Puts the worst first; ties by name.
    pub(crate) fn sort(&mut self) {
        self.unnamed.sort_by(|a, b| {
            let key = |unnamed: &Unnamed| (std::cmp::Reverse(unnamed.addresses), unnamed.problem);
            key(a).cmp(&key(b)).then_with(|| a.file.cmp(&b.file))
        });
    }
}
