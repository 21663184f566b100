//! The symbol tables that simpleperf brings along from the device.

use hashbrown::HashMap;
use linux_perf_data::{SimpleperfFileRecord, SimpleperfSymbol, SimpleperfTypeSpecificInfo};
use rapidhash::fast::SeedableState;

/// Symbols by file and address.
pub(super) struct DeviceSymbols<'a> {
    files: HashMap<&'a [u8], DeviceFile<'a>, SeedableState<'static>>,
}

struct DeviceFile<'a> {
    /// What to add to a position in the file for the address that its symbols have.
    shift: u64,
    symbols: Vec<&'a SimpleperfSymbol>,
}

impl<'a> DeviceSymbols<'a> {
    pub(super) fn new(records: &'a [SimpleperfFileRecord]) -> Self {
        let mut files = HashMap::with_hasher(SeedableState::fixed());
        for record in records {
            let shift = match &record.type_specific_msg {
                Some(SimpleperfTypeSpecificInfo::ElfFile(file)) => {
                    record.min_vaddr.wrapping_sub(file.file_offset_of_min_vaddr)
                }
                _ => 0,
            };
            let mut symbols: Vec<&SimpleperfSymbol> = record.symbol.iter().collect();
            symbols.sort_by_key(|symbol| symbol.vaddr);
            files.insert(record.path.as_bytes(), DeviceFile { shift, symbols });
        }
        Self { files }
    }

    /// The function at a position in a file; for the kernel, at an address.
    pub(super) fn find(&self, file: &[u8], position: u64) -> Option<&'a str> {
        let file = self.files.get(file)?;
        let address = position.wrapping_add(file.shift);
        let behind = file.symbols.partition_point(|symbol| symbol.vaddr <= address);
        let symbol = *file.symbols.get(behind.checked_sub(1)?)?;
        (address - symbol.vaddr < u64::from(symbol.len)).then_some(symbol.name.as_str())
    }
}
