//! Where everything is in the file: the part of a [`crate::Pclntab`] that needs no borrowed bytes.

use std::ops::Range;

use crate::build_info;
use crate::bytes::u32_at;
use crate::elf::{Elf, Machine, Part};
use crate::function::Function;
use crate::function_kind::KindNumbering;
use crate::header::{self, Header, Probe, TableVersion};
use crate::module_data::{self, ModuleData};
use crate::{Error, locate};

/// Functions looked at to tell the right base of the inline trees from wrong ones.
const SAMPLED_FUNCTIONS: usize = 256;

/// File ranges of the tables, and the few numbers that all queries need.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) version: TableVersion,
    pub(crate) machine: Machine,
    pub(crate) quantum: u8,
    /// Address that function offsets count from.
    pub(crate) text: u64,
    pub(crate) function_count: usize,
    pub(crate) kinds: KindNumbering,
    pub(crate) go_version: Option<String>,
    names: Range<usize>,
    units: Range<usize>,
    files: Range<usize>,
    programs: Range<usize>,
    functions: Range<usize>,
    pub(crate) inline_trees: Option<Range<usize>>,
}

/// The tables of one file, as slices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) index: &'a Index,
    pub(crate) names: &'a [u8],
    pub(crate) units: &'a [u8],
    pub(crate) files: &'a [u8],
    pub(crate) programs: &'a [u8],
    pub(crate) functions: &'a [u8],
    pub(crate) inline_trees: Option<&'a [u8]>,
}

impl Index {
    pub(crate) fn build(file: &[u8]) -> Result<Self, Error> {
        let elf = Elf::parse(file)?;
        let mut first_error = None;
        for place in locate::candidates(&elf) {
            let error = match header::probe(place.data, elf.machine) {
                Probe::Table(header) => match Self::from_table(&elf, file, place, header) {
                    Ok(index) => return Ok(index),
                    Err(error) => error,
                },
                Probe::Unsupported(magic) => Error::UnsupportedTable { magic },
                Probe::Corrupt(what) => Error::CorruptTable { offset: place.offset as u64, what },
                Probe::Nothing => continue,
            };
            first_error.get_or_insert(error);
        }
        Err(first_error.unwrap_or(Error::NoTable))
    }

    fn from_table(elf: &Elf<'_>, file: &[u8], place: Part<'_>, header: Header) -> Result<Self, Error> {
        let module = module_data::find(elf, place.address, &header);
        let text = match &module {
            Some(module) => module.text,
            // Without it the header's own word is only good where nothing is relocated.
            None if elf.fixed && header.text_start != 0 => header.text_start,
            None => return Err(Error::NoModuleData { table: place.address }),
        };
        let absolute = |range: Range<usize>| range.start + place.offset..range.end + place.offset;
        let mut functions = absolute(header.functions);
        if let Some(module) = &module {
            // Where the table was found by scanning, only this tells its end.
            let length = usize::try_from(module.functions_length).unwrap_or(usize::MAX);
            functions.end = functions.end.min(functions.start.saturating_add(length));
        }
        let build_info = build_info::find(elf);
        let minor_release = build_info.and_then(|info| info.minor_release());
        let mut index = Self {
            version: header.version,
            machine: elf.machine,
            quantum: header.quantum,
            text,
            function_count: header.function_count,
            kinds: KindNumbering::of_release(minor_release.unwrap_or(0)),
            go_version: build_info.map(|info| String::from_utf8_lossy(info.go_version).into_owned()),
            names: absolute(header.names),
            units: absolute(header.units),
            files: absolute(header.files),
            programs: absolute(header.programs),
            functions,
            inline_trees: None,
        };
        let corrupt = |what| Error::CorruptTable { offset: place.offset as u64, what };
        let view = index.view(file);
        let range = view.text_range().ok_or(corrupt("the function index is cut short"))?;
        if let Some(module) = &module
            && (range.start != module.min_pc || range.end != module.max_pc)
        {
            return Err(corrupt("the first and last address differ from those in the module data"));
        }
        if minor_release.is_none()
            && let Some(kinds) = view.kinds_by_name()
        {
            index.kinds = kinds;
        }
        index.inline_trees = module.and_then(|module| index.find_inline_trees(elf, file, &module));
        Ok(index)
    }

    /// The base for which the trees of many functions make sense. Its place in `moduledata` depends on the release.
    fn find_inline_trees(&self, elf: &Elf<'_>, file: &[u8], module: &ModuleData) -> Option<Range<usize>> {
        let view = self.view(file);
        let step = (self.function_count / SAMPLED_FUNCTIONS).max(1);
        let functions: Vec<_> = (0..self.function_count)
            .step_by(step)
            .filter_map(|number| view.function(number))
            .filter(|function| function.inline_tree().is_some())
            .collect();
        module.inline_trees.iter().find_map(|&address| {
            let part = elf.part_from(address)?;
            let fits = !functions.is_empty() && functions.iter().all(|function| function.fits_inline_trees(part.data));
            fits.then(|| part.offset..part.offset + part.data.len())
        })
    }

    /// The tables as slices of `file`. Parts that are not there (another file than at the start) are empty.
    pub(crate) fn view<'a>(&'a self, file: &'a [u8]) -> View<'a> {
        let part = |range: &Range<usize>| file.get(range.clone()).unwrap_or_default();
        View {
            index: self,
            names: part(&self.names),
            units: part(&self.units),
            files: part(&self.files),
            programs: part(&self.programs),
            functions: part(&self.functions),
            inline_trees: self.inline_trees.as_ref().map(part),
        }
    }
}

impl<'a> View<'a> {
    /// Offset of the entry of function `number` from the text address; one past the last gives the end of the code.
    pub(crate) fn entry_offset(&self, number: usize) -> Option<u32> {
        u32_at(self.functions, number.checked_mul(8)?)
    }

    /// The addresses between the first function's entry and the last one's end.
    pub(crate) fn text_range(&self) -> Option<Range<u64>> {
        let start = self.index.text.checked_add(self.entry_offset(0)?.into())?;
        let end = self.index.text.checked_add(self.entry_offset(self.index.function_count)?.into())?;
        (start < end).then_some(start..end)
    }

    /// Function number `number` in address order.
    pub(crate) fn function(&self, number: usize) -> Option<Function<'a>> {
        if number >= self.index.function_count {
            return None;
        }
        let entry = self.entry_offset(number)?;
        let end = self.entry_offset(number + 1)?.max(entry);
        let record = u32_at(self.functions, number * 8 + 4)? as usize;
        Some(Function { view: *self, record, entry, end })
    }

    /// The function that holds `address`: the last one that starts at or before it.
    pub(crate) fn function_at(&self, address: u64) -> Option<Function<'a>> {
        let target = u32::try_from(address.checked_sub(self.index.text)?).ok()?;
        let (mut low, mut high) = (0, self.index.function_count);
        if target < self.entry_offset(low)? || target >= self.entry_offset(high)? {
            return None;
        }
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.entry_offset(middle)? <= target {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.function(low).filter(|function| target < function.end)
    }

    /// The numbering of function kinds, told by two functions that every Go binary has.
    fn kinds_by_name(&self) -> Option<KindNumbering> {
        let number = |wanted: &[u8]| {
            let functions = (0..self.index.function_count).filter_map(|number| self.function(number));
            functions.filter(|function| function.is_named(wanted)).find_map(|function| function.kind_number())
        };
        Some(KindNumbering::of_numbers(number(b"runtime.goexit")?, number(b"runtime.systemstack")?))
    }
}
