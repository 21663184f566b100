//! The profiles that a Go program serves.

use std::fmt;
use std::str::FromStr;

use super::error::FetchError;

/// A profile that `net/http/pprof` serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProfileKind {
    /// On-CPU time, sampled 100 times a second for as long as asked.
    Cpu,
    /// Memory in use and allocated, as of the last garbage collection.
    Heap,
    /// The same samples as [`Self::Heap`], with everything allocated since the start shown first.
    Allocs,
    /// The stacks of all goroutines.
    Goroutine,
    /// Where goroutines waited for channels and locks; empty unless the program called `runtime.SetBlockProfileRate`.
    Block,
    /// Who held contended locks; empty unless the program called `runtime.SetMutexProfileFraction`.
    Mutex,
    /// What led to new operating system threads.
    Threadcreate,
    /// Goroutines that can never run again (Go 1.27 and later); taking it runs a garbage collection.
    Goroutineleak,
}

impl ProfileKind {
    /// Every kind, in the order to show them.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[
            Self::Cpu,
            Self::Heap,
            Self::Allocs,
            Self::Goroutine,
            Self::Block,
            Self::Mutex,
            Self::Threadcreate,
            Self::Goroutineleak,
        ]
    }

    /// Name for people: `cpu`, `heap`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Heap => "heap",
            Self::Allocs => "allocs",
            Self::Goroutine => "goroutine",
            Self::Block => "block",
            Self::Mutex => "mutex",
            Self::Threadcreate => "threadcreate",
            Self::Goroutineleak => "goroutineleak",
        }
    }

    /// Last path segment of its URL: `profile` for CPU time, else the name.
    #[must_use]
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::Cpu => "profile",
            other => other.as_str(),
        }
    }

    /// The kind that a path segment serves.
    #[must_use]
    pub fn from_endpoint(segment: &str) -> Option<Self> {
        Self::all().iter().copied().find(|kind| kind.endpoint() == segment)
    }

    /// The kinds of a comma-separated list, without repetition, in the order given; `all` stands for every kind.
    ///
    /// # Errors
    /// [`FetchError::UnknownKind`] for a name that is none.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, FetchError> {
        let mut kinds = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let named: &[Self] = if name.eq_ignore_ascii_case("all") { Self::all() } else { &[name.parse()?] };
            for &kind in named {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
        if kinds.is_empty() {
            return Err(FetchError::UnknownKind { text: text.to_owned() });
        }
        Ok(kinds)
    }
}

impl fmt::Display for ProfileKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for ProfileKind {
    type Err = FetchError;

    fn from_str(text: &str) -> Result<Self, FetchError> {
        let name = text.trim().to_ascii_lowercase();
        Self::all()
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name || kind.endpoint() == name)
            .ok_or_else(|| FetchError::UnknownKind { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        fn check(text: &str, expected: &[ProfileKind]) {
            assert_eq!(ProfileKind::parse_list(text).ok().as_deref().unwrap_or_default(), expected, "{text}");
        }
        check("cpu", &[ProfileKind::Cpu]);
        check("profile", &[ProfileKind::Cpu]);
        check("Heap", &[ProfileKind::Heap]);
        check("mutex, heap,mutex", &[ProfileKind::Mutex, ProfileKind::Heap]);
        check("all", ProfileKind::all());
        check("heap,all", {
            use ProfileKind::{Allocs, Block, Cpu, Goroutine, Goroutineleak, Heap, Mutex, Threadcreate};
            &[Heap, Cpu, Allocs, Goroutine, Block, Mutex, Threadcreate, Goroutineleak]
        });
        check("", &[]);
        check(" , ", &[]);
        check("cpu,nonsense", &[]);
    }

    #[test]
    fn every_kind_reads_back() {
        for &kind in ProfileKind::all() {
            assert_eq!(kind.to_string().parse::<ProfileKind>().ok(), Some(kind));
            assert_eq!(ProfileKind::from_endpoint(kind.endpoint()), Some(kind));
        }
    }
}
