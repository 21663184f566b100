//! Choices of folded stacks.

use firesteel_model::{Profile, RootBy, Unit, ValueType};

use crate::error::Error;

/// How many counts a line of folded text carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountColumns {
    /// Two if every one of the first lines ends in two numbers, else one.
    #[default]
    Auto,
    /// One: a number before it belongs to the name.
    One,
    /// Two: `STACK BEFORE AFTER`, as `difffolded.pl` writes.
    Two,
}

/// How to read folded text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoldedOptions {
    /// How many counts a line carries.
    pub columns: CountColumns,
}

/// Which value column to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The profile's default; where that is time, the number of samples, which is what flame graph tools
    /// take the counts of folded text for.
    #[default]
    Default,
    /// By position.
    Index(usize),
    /// By name of the sample type, such as `alloc_space`.
    Named(String),
}

impl Column {
    /// The position of the column in a profile.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchColumn`], which lists what there is.
    pub fn resolve(&self, profile: &Profile) -> Result<usize, Error> {
        let types = profile.sample_types();
        let found = match self {
            Self::Default => default_column(profile),
            Self::Index(index) => Some(*index).filter(|&index| index < types.len()),
            Self::Named(name) => types.iter().position(|sample_type| sample_type.name == *name),
        };
        found.ok_or_else(|| Error::NoSuchColumn {
            wanted: match self {
                Self::Default => "0".to_owned(),
                Self::Index(index) => index.to_string(),
                Self::Named(name) => name.clone(),
            },
            available: types.iter().map(|sample_type| sample_type.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

fn default_column(profile: &Profile) -> Option<usize> {
    let types = profile.sample_types();
    let default = types.get(profile.default_sample_type())?;
    let samples = ValueType::samples();
    let counted = types.iter().position(|sample_type| sample_type.is_same(&samples));
    counted.filter(|_| default.unit == Unit::Nanoseconds).or(Some(profile.default_sample_type()))
}

/// Which inlined frames get the suffix `_[i]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InlinedSuffix {
    /// None.
    Never,
    /// Those of code made at run time, as `stackcollapse-perf.pl` does for Java without being asked.
    #[default]
    JitOnly,
    /// All.
    Always,
}

/// How to write folded text. The default is that of `stackcollapse-perf.pl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldOptions {
    /// What is put under the root of stacks whose thread is known. Spaces in it become `_`.
    pub root: RootBy,
    /// Suffix `_[k]` for kernel frames (`--kernel`).
    pub annotate_kernel: bool,
    /// Suffix `_[j]` for frames of code made at run time (`--jit`).
    pub annotate_jit: bool,
    /// Suffix `_[i]` for inlined frames.
    pub annotate_inlined: InlinedSuffix,
    /// The address in the name of frames that no symbol covers: `[libc.so.6 <7f00>]` (`--addrs`).
    /// `perf script` text has to be read with
    /// [`PerfScriptOptions::addresses`](crate::perf_script::PerfScriptOptions::addresses) too.
    pub addresses: bool,
    /// Place in the source behind the names of functions, `main.c:12`, where it is known (`--srcline`, `--context`).
    pub source_lines: bool,
    /// Functions whose callers are left out, so that they are roots (`--skip-after`). Of several in a
    /// stack, the one nearest to the leaf counts.
    pub skip_after: Vec<String>,
    /// The value column.
    pub column: Column,
    /// Labels whose values are put under the root of each stack as frames, the first next to the root, as `-tagroot` of
    /// `go tool pprof` does. Values of the same key are joined by commas, numbers carry their unit; for samples without
    /// the label the frame is `[no KEY]`. The name of a thread (see `root`) stays outermost.
    pub labels: Vec<String>,
}

impl FoldOptions {
    /// Whether the callers of a function are left out.
    pub(crate) fn skips_after(&self, name: &str) -> bool {
        self.skip_after.iter().any(|skipped| skipped == name)
    }
}

impl Default for FoldOptions {
    fn default() -> Self {
        Self {
            root: RootBy::Name,
            annotate_kernel: false,
            annotate_jit: false,
            annotate_inlined: InlinedSuffix::default(),
            addresses: false,
            source_lines: false,
            skip_after: Vec::new(),
            column: Column::Default,
            labels: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(types: &[ValueType], default: usize, expect: Option<usize>) {
        let mut profile = Profile::new(types.to_vec());
        profile.metadata.default_sample_type = default;
        assert_eq!(Column::Default.resolve(&profile).ok(), expect, "{types:?}");
    }

    #[test]
    fn time_is_folded_as_samples_and_memory_as_bytes() {
        let bytes = ValueType::new("inuse_space", Unit::Bytes);
        let objects = ValueType::new("inuse_objects", Unit::Count);
        check(&[ValueType::samples(), ValueType::cpu()], 1, Some(0));
        check(&[ValueType::cpu()], 0, Some(0));
        check(&[objects, bytes], 1, Some(1));
        check(&[], 0, None);
    }
}
