//! Builds small ELF files with Go function tables, laid out as Go's linker does, down to what tests want to vary.

/// A function to put in the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct SyntheticFunction {
    pub(crate) name: &'static str,
    pub(crate) size: u32,
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) start_line: i32,
    /// Runs of (line, bytes).
    pub(crate) lines: Vec<(i32, u32)>,
    /// Runs of (stack depth, bytes).
    pub(crate) depths: Vec<(i32, u32)>,
    /// Runs of (number of an inlined call or -1, bytes).
    pub(crate) inline_runs: Vec<(i32, u32)>,
    pub(crate) inlined: Vec<SyntheticCall>,
}

/// A call that was inlined.
#[derive(Clone, Debug, Default)]
pub(crate) struct SyntheticCall {
    pub(crate) name: &'static str,
    pub(crate) kind: u8,
    pub(crate) call_site: i32,
    pub(crate) start_line: i32,
}

/// The file to build.
#[derive(Clone, Debug)]
pub(crate) struct SyntheticBinary {
    pub(crate) magic: u32,
    pub(crate) machine: u16,
    /// Word of `moduledata` that holds the base of the inline trees.
    pub(crate) inline_word: usize,
    /// Whether addresses are only in relocations, as in a position-independent file.
    pub(crate) relocated: bool,
    pub(crate) sections: bool,
    pub(crate) module_data: bool,
    pub(crate) go_version: Option<&'static str>,
    pub(crate) functions: Vec<SyntheticFunction>,
}

/// Where everything is loaded; file offsets are the same less the base.
const TEXT: u64 = 0x1000;
const TABLE: u64 = 0x2000;

impl Default for SyntheticBinary {
    fn default() -> Self {
        Self {
            magic: 0xffff_fff1,
            machine: 62,
            inline_word: 40,
            relocated: false,
            sections: true,
            module_data: true,
            go_version: Some("go1.25.1"),
            functions: functions(),
        }
    }
}

/// A leaf inlined into a middle inlined into an outer function, and two functions of the runtime.
pub(crate) fn functions() -> Vec<SyntheticFunction> {
    let calls = vec![
        SyntheticCall { name: "main.middle", kind: 0, call_site: 5, start_line: 20 },
        SyntheticCall { name: "main.leaf", kind: 0, call_site: 9, start_line: 10 },
    ];
    vec![
        SyntheticFunction {
            name: "main.outer",
            size: 32,
            start_line: 30,
            lines: vec![(31, 8), (21, 4), (11, 4), (32, 8)],
            depths: vec![(0, 1), (8, 3), (24, 16), (8, 1), (0, 3)],
            inline_runs: vec![(-1, 8), (0, 4), (1, 4), (-1, 8)],
            inlined: calls,
            ..SyntheticFunction::default()
        },
        SyntheticFunction {
            name: "runtime.goexit",
            size: 16,
            kind: 8,
            flags: 5,
            lines: vec![(1700, 16)],
            depths: vec![(0, 16)],
            ..SyntheticFunction::default()
        },
        SyntheticFunction {
            name: "runtime.systemstack",
            size: 16,
            kind: 21,
            flags: 6,
            start_line: 480,
            lines: vec![(481, 12)],
            depths: vec![(0, 4), (8, 8)],
            ..SyntheticFunction::default()
        },
    ]
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn put_string(bytes: &mut Vec<u8>, string: &str) -> u32 {
    let offset = bytes.len() as u32;
    bytes.extend(string.as_bytes());
    bytes.push(0);
    offset
}

fn put_word(bytes: &mut Vec<u8>, word: u64) {
    bytes.extend(word.to_le_bytes());
}

fn put_u32s(bytes: &mut Vec<u8>, values: &[u32]) {
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn align(bytes: &mut Vec<u8>, alignment: usize) {
    bytes.resize(bytes.len().next_multiple_of(alignment), 0);
}

/// A Go build information block.
fn build_info(version: &str) -> Vec<u8> {
    let mut block = b"\xff Go buildinf:\x08\x02".to_vec();
    block.resize(32, 0);
    let modules = "0123456789abcdefpath\tmain\nmod\texample.com/app\t(devel)\t\nfedcba9876543210";
    for string in [version, modules] {
        put_varint(&mut block, string.len() as u32);
        block.extend(string.as_bytes());
    }
    block
}

/// The function table without its header, in parts.
struct Tables {
    names: Vec<u8>,
    programs: Vec<u8>,
    functions: Vec<u8>,
    inline_trees: Vec<u8>,
}

impl SyntheticBinary {
    /// Address of the first instruction of the first function.
    pub(crate) fn text(&self) -> u64 {
        self.base() + TEXT
    }

    fn base(&self) -> u64 {
        if self.relocated { 0 } else { 0x40_0000 }
    }

    fn quantum(&self) -> u32 {
        if self.machine == 183 { 4 } else { 1 }
    }

    fn old(&self) -> bool {
        self.magic == 0xffff_fff0
    }

    fn program(&self, programs: &mut Vec<u8>, runs: &[(i32, u32)]) -> u32 {
        if runs.is_empty() {
            return 0;
        }
        let offset = programs.len() as u32;
        let mut previous = -1_i32;
        for &(value, length) in runs {
            let delta = value.wrapping_sub(previous);
            put_varint(programs, (delta << 1 ^ delta >> 31) as u32);
            put_varint(programs, length / self.quantum());
            previous = value;
        }
        programs.push(0);
        offset
    }

    fn tables(&self) -> Tables {
        let (mut names, mut programs, mut records, mut index, mut trees) =
            (vec![], vec![0], vec![], vec![], vec![0; 8]);
        let index_size = self.functions.len() * 8 + 4;
        let mut entry = 0;
        for function in &self.functions {
            let name = put_string(&mut names, function.name);
            let tree = trees.len() as u32;
            for call in &function.inlined {
                let name = put_string(&mut names, call.name);
                let (site, start) = (call.call_site as u32, call.start_line as u32);
                if self.old() {
                    put_u32s(&mut trees, &[0xffff | u32::from(call.kind) << 16, 0, 0, name, site]);
                } else {
                    put_u32s(&mut trees, &[call.kind.into(), name, site, start]);
                }
            }
            put_u32s(&mut index, &[entry, (index_size + records.len()) as u32]);
            let depths = self.program(&mut programs, &function.depths);
            let files = self.program(&mut programs, &[(1, function.size)]);
            let lines = self.program(&mut programs, &function.lines);
            let inline_runs = self.program(&mut programs, &function.inline_runs);
            put_u32s(&mut records, &[entry, name, 0, 0, depths, files, lines, 3, 0]);
            if !self.old() {
                put_u32s(&mut records, &[function.start_line as u32]);
            }
            records.extend([function.kind, function.flags, 0, 4]);
            let none = u32::MAX;
            let tree = if function.inlined.is_empty() { none } else { tree };
            put_u32s(&mut records, &[0, 0, inline_runs, none, none, none, tree]);
            entry += function.size;
        }
        put_u32s(&mut index, &[entry]);
        index.extend(records);
        Tables { names, programs, functions: index, inline_trees: trees }
    }

    /// The whole file.
    pub(crate) fn build(&self) -> Vec<u8> {
        let base = self.base();
        let Tables { mut names, mut programs, functions, inline_trees } = self.tables();
        let mut files = Vec::new();
        put_string(&mut files, "<autogenerated>");
        let main = put_string(&mut files, "/src/main.go");
        for part in [&mut names, &mut files, &mut programs] {
            align(part, 8);
        }
        let mut units = Vec::new();
        put_u32s(&mut units, &[u32::MAX, main]);

        // Read-only data: the function table, then the inline trees.
        let mut read_only = self.magic.to_le_bytes().to_vec();
        read_only.extend([0, 0, self.quantum() as u8, 8]);
        let mut offsets = [72; 5];
        for (index, part) in [&names, &units, &files, &programs].iter().enumerate() {
            offsets[index + 1] = offsets[index] + part.len() as u64;
        }
        put_word(&mut read_only, self.functions.len() as u64);
        put_word(&mut read_only, 1);
        put_word(&mut read_only, 0);
        for offset in offsets {
            put_word(&mut read_only, offset);
        }
        for part in [&names, &units, &files, &programs, &functions] {
            read_only.extend(part);
        }
        let table_size = read_only.len() as u64;
        align(&mut read_only, 32);
        let trees = base + TABLE + read_only.len() as u64;
        read_only.extend(inline_trees);
        align(&mut read_only, 32);

        // Data: moduledata, build information, relocations, dynamic section.
        let data = base + TABLE + read_only.len() as u64;
        let size: u32 = self.functions.iter().map(|function| function.size).sum();
        let mut words = [0; 56];
        if self.module_data {
            let table = base + TABLE;
            (words[0], words[1], words[13], words[14]) =
                (table, table + 72, table + offsets[4], functions.len() as u64);
            (words[20], words[21], words[22]) = (self.text(), self.text() + u64::from(size), self.text());
            words[self.inline_word] = trees;
        }
        let is_address = |index: usize, word: u64| word != 0 && index != 14;
        let mut writable = Vec::new();
        let mut relocations = Vec::new();
        let relative = if self.machine == 183 { 1027 } else { 8 };
        for (index, &word) in words.iter().enumerate() {
            if self.relocated && is_address(index, word) {
                put_word(&mut writable, 0);
                for word in [data + 8 * index as u64, relative, word] {
                    put_word(&mut relocations, word);
                }
            } else {
                put_word(&mut writable, word);
            }
        }
        align(&mut writable, 16);
        let build_info_offset = writable.len() as u64;
        let build_info = self.go_version.map(build_info).unwrap_or_default();
        writable.extend(&build_info);
        align(&mut writable, 16);
        let relocations_address = data + writable.len() as u64;
        writable.extend(&relocations);
        let dynamic = data + writable.len() as u64;
        for word in [7, relocations_address, 8, relocations.len() as u64, 0, 0] {
            put_word(&mut writable, word);
        }

        let segments = [
            (1_u32, 5_u32, base + TEXT, u64::from(size)),
            (1, 4, base + TABLE, read_only.len() as u64),
            (1, 6, data, writable.len() as u64),
            (2, 6, dynamic, 48),
        ];
        let sections = [
            ("", 0, 0),
            (".text", base + TEXT, u64::from(size)),
            (".gopclntab", base + TABLE, table_size),
            (".go.buildinfo", data + build_info_offset, build_info.len() as u64),
            (".shstrtab", 0, 0),
        ];
        let mut file = self.elf_header(segments.len(), if self.sections { sections.len() } else { 0 });
        for (kind, flags, address, size) in segments {
            put_u32s(&mut file, &[kind, flags]);
            for word in [address - base, address, address, size, size, 0x1000] {
                put_word(&mut file, word);
            }
        }
        file.resize(TEXT as usize, 0);
        file.resize(TEXT as usize + size as usize, 0xcc);
        file.resize(TABLE as usize, 0);
        file.extend(read_only);
        file.extend(writable);
        if self.sections {
            self.put_sections(&mut file, &sections);
        }
        file
    }

    fn elf_header(&self, segments: usize, sections: usize) -> Vec<u8> {
        let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        let half = |header: &mut Vec<u8>, value: u16| header.extend(value.to_le_bytes());
        half(&mut header, if self.relocated { 3 } else { 2 });
        half(&mut header, self.machine);
        put_u32s(&mut header, &[1]);
        for word in [self.text(), 64, 0] {
            put_word(&mut header, word);
        }
        put_u32s(&mut header, &[0]);
        for value in [64, 56, segments as u16, 64, sections as u16, sections.saturating_sub(1) as u16] {
            half(&mut header, value);
        }
        header
    }

    fn put_sections(&self, file: &mut Vec<u8>, sections: &[(&str, u64, u64)]) {
        let names_offset = file.len() as u64;
        let mut names = Vec::new();
        let name_offsets: Vec<_> = sections.iter().map(|(name, ..)| put_string(&mut names, name)).collect();
        let names_size = names.len() as u64;
        file.extend(names);
        align(file, 8);
        let table = file.len() as u64;
        for ((name, address, size), name_offset) in sections.iter().zip(name_offsets) {
            let string_table = *name == ".shstrtab";
            let (offset, size) = if string_table { (names_offset, names_size) } else { (*address, *size) };
            let offset = if string_table || *address == 0 { offset } else { address - self.base() };
            put_u32s(file, &[name_offset, if string_table { 3 } else { 1 }]);
            for word in [0, *address, offset, size] {
                put_word(file, word);
            }
            put_u32s(file, &[0, 0]);
            for word in [8, 0] {
                put_word(file, word);
            }
        }
        file[40..48].copy_from_slice(&table.to_le_bytes());
    }
}
