//! What the go command wrote into a binary about its build: Go version, modules, settings.
//!
//! Survives stripping. A 32-byte header at a 16-byte boundary (`\xff Go buildinf:`, pointer size, flags), then two
//! strings with LEB128 lengths: the Go version, and tab-separated lines framed by 16-byte sentinels.
//! Format: Go's `src/debug/buildinfo/buildinfo.go` and `src/runtime/debug/mod.go`.

use crate::bytes::varint;
use crate::elf::Elf;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEADER_SIZE: usize = 32;
const ALIGNMENT: usize = 16;
const FLAGS: usize = 15;
const FLAG_INLINE_STRINGS: u8 = 2;
const SENTINEL_SIZE: usize = 16;

/// What a binary says about its own build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildInfo {
    /// The Go release, for example `go1.27.3`, with experiments behind a space.
    pub go_version: String,
    /// Import path of the main package. Empty when unknown.
    pub path: String,
    /// The module of the main package.
    pub main: Option<Module>,
    /// The modules it was built with.
    pub dependencies: Vec<Module>,
    /// Settings as key and value, for example `GOARCH` and `amd64`, `-ldflags` and `-s -w`, `vcs.revision`.
    pub settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// The value of a setting.
    pub fn setting(&self, key: &str) -> Option<&str> {
        let (_, value) = self.settings.iter().find(|(name, _)| name == key)?;
        Some(value)
    }
}

/// A Go module of a certain version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Module path, for example `golang.org/x/net`.
    pub path: String,
    /// Module version, for example `v0.43.0` or `(devel)`.
    pub version: String,
    /// Checksum; empty when unknown.
    pub sum: String,
    /// The module that took its place by a `replace` directive.
    pub replacement: Option<Box<Module>>,
}

/// The raw strings, borrowed from the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawBuildInfo<'a> {
    pub(crate) go_version: &'a [u8],
    modules: &'a [u8],
}

/// Finds the build information by its section, else by its magic bytes.
pub(crate) fn find<'a>(elf: &Elf<'a>) -> Option<RawBuildInfo<'a>> {
    if let Some(section) = elf.section(b".go.buildinfo") {
        return read(section.data);
    }
    elf.segments.iter().find_map(|segment| {
        let skip = (segment.address.wrapping_neg() as usize) % ALIGNMENT;
        let blocks = segment.data.get(skip..)?;
        let starts = (0..blocks.len()).step_by(ALIGNMENT);
        starts.filter_map(|start| blocks.get(start..)).filter(|block| block.starts_with(MAGIC)).find_map(read)
    })
}

fn read(data: &[u8]) -> Option<RawBuildInfo<'_>> {
    if !data.starts_with(MAGIC) || data.get(FLAGS)? & FLAG_INLINE_STRINGS == 0 {
        return None;
    }
    let (go_version, rest) = take_string(data.get(HEADER_SIZE..)?)?;
    let modules = take_string(rest).map_or(&[][..], |(modules, _)| modules);
    let framed = modules.len() > 2 * SENTINEL_SIZE && modules.get(modules.len() - SENTINEL_SIZE - 1) == Some(&b'\n');
    let modules = if framed { modules.get(SENTINEL_SIZE..modules.len() - SENTINEL_SIZE) } else { None };
    Some(RawBuildInfo { go_version, modules: modules.unwrap_or_default() })
}

fn take_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = varint(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

impl RawBuildInfo<'_> {
    /// The minor number of the release: 27 for `go1.27.3`, also in development versions (`devel go1.28-0a1b2c`).
    pub(crate) fn minor_release(&self) -> Option<u16> {
        let version = str::from_utf8(self.go_version).ok()?;
        let (_, after) = version.split_once("go1.")?;
        let digits = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
        after.get(..digits)?.parse().ok()
    }

    pub(crate) fn parse(&self) -> BuildInfo {
        let mut info =
            BuildInfo { go_version: String::from_utf8_lossy(self.go_version).into_owned(), ..BuildInfo::default() };
        for line in String::from_utf8_lossy(self.modules).lines() {
            // A line that does not parse is left out: nothing depends on it.
            info.add_line(line);
        }
        info
    }
}

impl BuildInfo {
    fn add_line(&mut self, line: &str) -> Option<()> {
        let (keyword, rest) = line.split_once('\t')?;
        match keyword {
            "path" => rest.clone_into(&mut self.path),
            "mod" => self.main = Some(module(rest)?),
            "dep" => self.dependencies.push(module(rest)?),
            "=>" => {
                let replaced = self.dependencies.last_mut().or(self.main.as_mut())?;
                replaced.replacement = Some(Box::new(module(rest)?));
            }
            "build" => {
                let (key, rest) = take_quoted(rest).or_else(|| {
                    let at = rest.find('=')?;
                    Some((rest.get(..at)?.to_owned(), rest.get(at..)?))
                })?;
                let value = rest.strip_prefix('=')?;
                let value = take_quoted(value).map_or_else(|| value.to_owned(), |(value, _)| value);
                self.settings.push((key, value));
            }
            _ => {}
        }
        Some(())
    }
}

fn module(columns: &str) -> Option<Module> {
    let mut columns = columns.split('\t');
    Some(Module {
        path: columns.next()?.to_owned(),
        version: columns.next()?.to_owned(),
        sum: columns.next().unwrap_or_default().to_owned(),
        replacement: None,
    })
}

/// Takes a Go string literal off the front: `"…"` with escapes, or raw between back quotes.
fn take_quoted(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (value, rest) = raw.split_once('`')?;
        return Some((value.to_owned(), rest));
    }
    let mut rest = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        let character = match rest.next()? {
            '"' => return Some((value, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'x' => escaped(&mut rest, 2)?,
                'u' => escaped(&mut rest, 4)?,
                'U' => escaped(&mut rest, 8)?,
                other => other,
            },
            other => other,
        };
        value.push(character);
    }
}

fn escaped(characters: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + characters.next()?.to_digit(16)?;
    }
    char::from_u32(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(version: &str, modules: &str) -> Vec<u8> {
        let mut blob = MAGIC.to_vec();
        blob.extend([8, FLAG_INLINE_STRINGS]);
        blob.resize(HEADER_SIZE, 0);
        blob.push(version.len() as u8);
        blob.extend(version.as_bytes());
        let framed = format!("0123456789abcdef{modules}fedcba9876543210");
        blob.extend([framed.len() as u8 | 0x80, (framed.len() >> 7) as u8]);
        blob.extend(framed.as_bytes());
        blob
    }

    #[test]
    fn modules_and_settings() {
        let lines = "path\texample.com/app\nmod\texample.com/app\t(devel)\t\ndep\tgolang.org/x/net\tv0.1.0\th1:abc=\n\
                     dep\texample.com/old\tv1.0.0\n=>\texample.com/new\tv2.0.0\th1:def=\n\
                     build\t-ldflags=\"-s -w \\\"x\\\" \\u00e9\"\nbuild\tGOARCH=amd64\nbuild\t`odd key`=1\nnonsense\n";
        let blob = blob("go1.27.3", lines);
        let info = read(&blob).unwrap().parse();
        assert_eq!(info.go_version, "go1.27.3");
        assert_eq!(info.path, "example.com/app");
        assert_eq!(info.main.as_ref().unwrap().version, "(devel)");
        assert_eq!(info.dependencies.len(), 2);
        assert_eq!(info.dependencies[0].sum, "h1:abc=");
        assert_eq!(info.dependencies[1].replacement.as_ref().unwrap().path, "example.com/new");
        assert_eq!(info.setting("-ldflags"), Some("-s -w \"x\" é"));
        assert_eq!(info.setting("GOARCH"), Some("amd64"));
        assert_eq!(info.setting("odd key"), Some("1"));
        assert_eq!(info.setting("missing"), None);
    }

    #[test]
    fn release_numbers() {
        for (version, minor) in [
            ("go1.27.3", Some(27)),
            ("go1.22", Some(22)),
            ("go1.25rc1", Some(25)),
            ("devel go1.28-0a1b2c Mon", Some(28)),
            ("unknown", None),
        ] {
            let raw = RawBuildInfo { go_version: version.as_bytes(), modules: &[] };
            assert_eq!(raw.minor_release(), minor, "{version}");
        }
    }

    #[test]
    fn cut_short_anywhere() {
        let blob = blob("go1.27.3", "path\tmain\n");
        for length in 0..blob.len() {
            if let Some(info) = read(&blob[..length]) {
                assert_eq!(info.go_version, b"go1.27.3");
                assert_eq!(info.parse().path, "", "at {length}");
            }
        }
    }
}
