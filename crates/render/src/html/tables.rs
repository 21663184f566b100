//! Strings and functions that the profiles of a report share.

use std::collections::HashMap;

use firesteel_model::{FrameId, Profile};
use firesteel_normalize::{Categorizer, Category, package_of};
use rapidhash::fast::SeedableState;
use serde::Serialize;

use crate::annotation::without_annotation;
use crate::html::columns::{Column, Columns};

#[derive(Serialize)]
pub(super) struct StringsHeader {
    bytes: Column,
    offsets: Column,
}

#[derive(Serialize)]
pub(super) struct FunctionsHeader {
    name: Column,
    file: Column,
    line: Column,
    package: Column,
    category: Column,
    flags: Column,
}

/// What the profiles of a report share.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) strings: Strings,
    pub(super) functions: Functions,
}

impl Tables {
    pub(super) fn function(&mut self, profile: &Profile, frame_id: FrameId, categorizer: &Categorizer) -> u32 {
        let frame = profile.frame(frame_id);
        let function = profile.function(frame.function);
        let name = profile.frame_name(frame_id);
        let category = categorizer.frame_category(profile, frame_id);
        let package = match category {
            Category::Native | Category::Kernel | Category::Unknown => "".into(),
            _ => package_of(name),
        };
        let row = FunctionRow {
            name: self.strings.intern(without_annotation(name)),
            file: self.strings.intern(profile.string(function.file)),
            line: function.start_line.0,
            category,
        };
        let package = self.strings.intern(&package);
        let next = self.functions.rows.len() as u32;
        *self.functions.lookup.entry(row).or_insert_with(|| {
            self.functions.rows.push(row);
            self.functions.packages.push(package);
            self.functions.not_inlined.push(false);
            next
        })
    }
}

/// What makes a function one function: instantiations and clones that share name and place are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FunctionRow {
    name: u32,
    file: u32,
    line: u32,
    category: Category,
}

#[derive(Default)]
pub(super) struct Functions {
    rows: Vec<FunctionRow>,
    packages: Vec<u32>,
    /// Whether any of its boxes was not inlined.
    pub(super) not_inlined: Vec<bool>,
    lookup: HashMap<FunctionRow, u32, FixedState>,
}

impl Functions {
    pub(super) fn write(&self, columns: &mut Columns) -> FunctionsHeader {
        let category = |row: &FunctionRow| {
            Category::ALL.iter().position(|&category| category == row.category).unwrap_or_default() as u8
        };
        FunctionsHeader {
            name: columns.push_u32(self.rows.iter().map(|row| row.name)),
            file: columns.push_u32(self.rows.iter().map(|row| row.file)),
            line: columns.push_u32(self.rows.iter().map(|row| row.line)),
            package: columns.push_u32(self.packages.iter().copied()),
            category: columns.push_u8(&self.rows.iter().map(category).collect::<Vec<_>>()),
            flags: columns.push_u8(&self.not_inlined.iter().map(|&not| u8::from(!not)).collect::<Vec<_>>()),
        }
    }
}

/// Distinct strings in order of first use; string 0 is empty.
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
    lookup: HashMap<Box<str>, u32, FixedState>,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self { text: String::new(), ends: Vec::new(), lookup: HashMap::default() };
        strings.intern("");
        strings
    }
}

impl Strings {
    fn intern(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.lookup.get(text) {
            return known;
        }
        let id = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.lookup.insert(text.into(), id);
        id
    }

    pub(super) fn write(&self, columns: &mut Columns) -> StringsHeader {
        StringsHeader {
            bytes: columns.push_u8(self.text.as_bytes()),
            offsets: columns.push_u32(std::iter::once(0).chain(self.ends.iter().copied())),
        }
    }
}

/// Hashes alike in every run; the order of the maps is never looked at, but time should not vary either.
#[derive(Clone)]
struct FixedState(SeedableState<'static>);

impl Default for FixedState {
    fn default() -> Self {
        Self(SeedableState::fixed())
    }
}

impl std::hash::BuildHasher for FixedState {
    type Hasher = <SeedableState<'static> as std::hash::BuildHasher>::Hasher;

    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}
