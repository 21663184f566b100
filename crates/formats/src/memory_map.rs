//! Memory maps as profiles carry them: lines of `/proc/PID/maps` or a shorter form of them.

use firesteel_model::{Address, Mapping, Profile};

/// Most `name=value` lines whose names are replaced in what follows.
const MAX_VARIABLES: usize = 64;

/// Where programs are linked to.
const USUAL_START: u64 = 0x40_0000;

/// Executable regions of a process.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryMap {
    regions: Vec<Region>,
    /// `$name` and what it stands for.
    variables: Vec<(String, String)>,
}

/// A region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start: u64,
    pub(crate) limit: u64,
    pub(crate) offset: u64,
    pub(crate) file: String,
    pub(crate) build_id: String,
}

impl MemoryMap {
    /// Whether a line says that a memory map follows.
    pub(crate) fn begins_at(line: &[u8]) -> bool {
        [&b"--- Memory map: ---"[..], b"MAPPED_LIBRARIES:"]
            .iter()
            .any(|sentinel| memchr::memmem::find(line, sentinel).is_some())
    }

    /// Takes a line. What is neither a region nor `name=value` is left out, as is memory without code.
    pub(crate) fn take(&mut self, line: &[u8]) {
        let mut line = String::from_utf8_lossy(line).into_owned();
        for (variable, value) in &self.variables {
            if line.contains(variable.as_str()) {
                line = line.replace(variable.as_str(), value);
            }
        }
        match MapLine::parse(&line) {
            MapLine::Code(region) => self.regions.push(region),
            MapLine::NoCode => {}
            MapLine::Other => {
                if let Some((name, value)) = line.split_once('=').filter(|_| self.variables.len() < MAX_VARIABLES) {
                    self.variables.push((format!("${}", name.trim()), value.trim().to_owned()));
                }
            }
        }
    }

    /// The regions, neighbours of one file as one, the program's own first, each with a mapping of the profile.
    /// After `massageMappings` and `remapMappingIDs` of google/pprof.
    pub(crate) fn finish(self, profile: &mut Profile) -> MappedRegions {
        let mut regions: Vec<Region> = Vec::new();
        for region in self.regions {
            match regions.last_mut() {
                Some(last) if last.continues_in(&region) => {
                    last.limit = region.limit;
                    if !region.file.is_empty() {
                        last.file = region.file;
                    }
                    if !region.build_id.is_empty() {
                        last.build_id = region.build_id;
                    }
                }
                _ => regions.push(region),
            }
        }
        if let Some(main) = regions.iter().position(Region::is_program) {
            regions.swap(0, main);
        }
        if let [first, second, ..] = regions.as_slice()
            && first.file.starts_with("/anon_hugepage")
            && first.limit == second.start
        {
            regions.remove(0);
        }
        if let Some(first) =
            regions.first_mut().filter(|first| first.start.checked_sub(first.offset) == Some(USUAL_START))
        {
            first.start = USUAL_START;
            first.offset = 0;
        }
        let mut mapped = MappedRegions::default();
        for region in regions {
            let mapping = Mapping {
                start: Address(region.start),
                limit: Address(region.limit),
                file_offset: region.offset,
                file: profile.intern(&region.file),
                build_id: profile.intern(&region.build_id),
            };
            mapped.regions.push((region.start, region.limit, profile.intern_mapping(mapping)));
        }
        mapped
    }
}

/// Regions with their mappings.
#[derive(Clone, Debug, Default)]
pub(crate) struct MappedRegions {
    regions: Vec<(u64, u64, firesteel_model::MappingId)>,
}

impl MappedRegions {
    /// The mapping of an address.
    pub(crate) fn find(&self, address: u64) -> firesteel_model::MappingId {
        let found = self.regions.iter().find(|&&(start, limit, _)| start <= address && address < limit);
        found.map_or(firesteel_model::MappingId::NONE, |&(_, _, mapping)| mapping)
    }
}

/// What a line of a memory map is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum MapLine {
    Code(Region),
    /// Memory without code.
    NoCode,
    /// No region.
    Other,
}

impl MapLine {
    fn parse(line: &str) -> Self {
        match Region::parse(line) {
            Some((region, true)) => Self::Code(region),
            Some((_, false)) => Self::NoCode,
            None => Self::Other,
        }
    }
}

impl Region {
    /// A region of a line, if it is one, and whether it may hold code.
    fn parse(line: &str) -> Option<(Self, bool)> {
        let line = without_log_prefix(line).trim_start();
        let (start, rest) = hex(line)?;
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
        let (limit, rest) = hex(rest)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        if rest.starts_with(|next: char| !next.is_ascii_whitespace()) {
            return None;
        }
        let mut words: Vec<&str> = rest.split_ascii_whitespace().take(8).collect();
        let mut region = Self { start, limit, ..Self::default() };
        let is_permissions = |word: &&str| word.bytes().all(|byte| b"-rwxp".contains(&byte));
        if let Some(permissions) = words.first().copied().filter(is_permissions) {
            if !permissions.contains('x') {
                return Some((region, false));
            }
            words.remove(0);
        }
        let is_device = |word: &&str| word.split_once(':').is_some_and(|(major, minor)| is_hex(major) && is_hex(minor));
        let device = words.iter().take(2).position(is_device);
        if let Some(device) = device.filter(|device| words.get(device + 1).is_some_and(|inode| is_decimal(inode))) {
            if device == 1 {
                region.offset = words.first().and_then(|word| u64::from_str_radix(word, 16).ok())?;
            }
            words.get(device + 2).copied().unwrap_or_default().clone_into(&mut region.file);
            return Some((region, true));
        }
        let mut rest = words.into_iter().peekable();
        rest.next_if(|word| !word.starts_with("(@")).unwrap_or_default().clone_into(&mut region.file);
        let offset = |word: &str| u64::from_str_radix(word.strip_prefix("(@")?.strip_suffix(')')?, 16).ok();
        if let Some(found) = rest.peek().and_then(|word| offset(word)) {
            region.offset = found;
            rest.next();
        }
        rest.next().filter(|word| is_hex(word)).unwrap_or_default().clone_into(&mut region.build_id);
        Some((region, true))
    }

    /// Whether another region is the next piece of the same file.
    fn continues_in(&self, next: &Self) -> bool {
        let is_same = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
        is_same(&self.file, &next.file)
            && is_same(&self.build_id, &next.build_id)
            && self.limit == next.start
            && (self.offset == 0
                || next.offset == 0
                || self.offset.checked_add(self.limit.wrapping_sub(self.start)) == Some(next.offset))
    }

    /// Whether this may be the program itself rather than a library or what the kernel maps.
    fn is_program(&self) -> bool {
        let file = self.file.replace("(deleted)", "");
        let file = file.trim();
        let is_library = file.strip_suffix(".so").is_some()
            || file
                .rsplit_once(".so")
                .is_some_and(|(_, version)| version.strip_prefix(['.', '_']).is_some_and(is_decimal));
        !file.is_empty() && !file.starts_with('[') && !is_library
    }
}

/// What stands behind `file.cc:123] ` of a log.
fn without_log_prefix(line: &str) -> &str {
    let Some((prefix, rest)) = line.split_once(']') else { return line };
    let is_log =
        !prefix.contains('[') && prefix.rsplit_once(':').is_some_and(|(file, at)| !file.is_empty() && is_decimal(at));
    if is_log && rest.starts_with(char::is_whitespace) { rest.get(1..).unwrap_or(rest) } else { line }
}

/// A hexadecimal number, with `0x` or without, and what follows it.
fn hex(text: &str) -> Option<(u64, &str)> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let end = digits.find(|next: char| !next.is_ascii_hexdigit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    Some((u64::from_str_radix(digits, 16).ok()?, rest))
}

fn is_hex(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_decimal(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_several_forms() {
        let region = |start, limit, offset, file: &str, build_id: &str| {
            MapLine::Code(Region { start, limit, offset, file: file.to_owned(), build_id: build_id.to_owned() })
        };
        let check = |line: &str, expect: MapLine| assert_eq!(MapLine::parse(line), expect, "{line}");
        check(
            "00400000-00fcb000 r-xp 00001000 9b:00 15564 /home/cppbench",
            region(0x40_0000, 0xfc_b000, 0x1000, "/home/cppbench", ""),
        );
        check("7f00-7f10 rw-p 00000000 00:00 0 ", MapLine::NoCode);
        check("7f00-7f10 r-xp 00000000 00:00 0", region(0x7f00, 0x7f10, 0, "", ""));
        check(
            "0x40000-0x80000 /path/to/binary (@FF00) abc123456",
            region(0x4_0000, 0x8_0000, 0xff00, "/path/to/binary", "abc123456"),
        );
        check("40000 80000: /path", region(0x4_0000, 0x8_0000, 0, "/path", ""));
        check("I1220 file.cc:12] 40000-80000: /path", region(0x4_0000, 0x8_0000, 0, "/path", ""));
        check("build=/usr/bin/app", MapLine::Other);
        check("hello world", MapLine::Other);
        check("", MapLine::Other);
    }

    #[test]
    fn the_program_comes_first_and_neighbours_are_one() {
        let mut map = MemoryMap::default();
        for line in [
            "build=/bin/app",
            "7f00-7f10: /lib/libc.so.6",
            "401000-402000: $build (@1000)",
            "402000-403000: /bin/app (@2000)",
        ] {
            map.take(line.as_bytes());
        }
        let mut profile = Profile::default();
        let regions = map.finish(&mut profile);
        let mapping = *profile.mapping(regions.find(0x40_2001));
        assert_eq!((mapping.start.0, mapping.limit.0, mapping.file_offset), (0x40_0000, 0x40_3000, 0));
        assert_eq!(profile.string(mapping.file), "/bin/app");
        assert_eq!(regions.find(0x40_2001).index(), 1);
        assert_eq!(regions.find(0x9000), firesteel_model::MappingId::NONE);
    }
}
