//! The lines that name addresses.

use firesteel_model::LineNumber;

use super::cursor::{Cursor, hex};

/// What a line says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol<'a> {
    pub(super) address: u64,
    pub(super) name: &'a [u8],
    pub(super) file: &'a [u8],
    pub(super) line: LineNumber,
}

impl<'a> Symbol<'a> {
    /// A line as Go writes it beneath a stack: `# 0x4e1d16 main.main+0x2f6 /src/main.go:50`,
    /// with tabs between.
    pub(super) fn of_go(line: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(line);
        cursor.skip(b"#")?;
        let address = hex(cursor.word().strip_prefix(b"0x")?)?;
        let rest = cursor.0.trim_ascii();
        // Columns are parted by tabs; names may hold spaces.
        let mut columns = rest.split(|&byte| byte == b'\t').filter(|column| !column.is_empty());
        let name = columns.next().unwrap_or(&[]).trim_ascii();
        let name = match memchr::memmem::rfind(name, b"+0x") {
            Some(at) if hex(name.get(at + 3..)?).is_some() => name.get(..at)?,
            _ => name,
        };
        let (file, line) = place(columns.next().unwrap_or(&[]).trim_ascii());
        Some(Self { address, name, file, line })
    }

    /// A line of the list at the end of a Java profile: `0x7f01 com.example.Main.run (Main.java:12)`.
    pub(super) fn of_java(line: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(line);
        let address = hex(cursor.word().strip_prefix(b"0x")?)?;
        let rest = cursor.0.trim_ascii();
        let unplaced = |name| Self { address, name, file: b"", line: LineNumber::default() };
        if rest.is_empty() {
            return None;
        }
        let parts = rest.strip_suffix(b")").and_then(|rest| {
            let at = memchr::memmem::rfind(rest, b" (")?;
            Some((rest.get(..at)?.trim_ascii(), rest.get(at + 2..)?))
        });
        Some(match parts {
            Some((name, inside)) => match place(inside) {
                (file, line) if file.len() < inside.len() => Self { address, name, file, line },
                // A library's path, of which only the last part matters.
                _ => {
                    let file = inside.rsplit(|&byte| byte == b'/').next().unwrap_or(inside);
                    Self { address, name, file, line: LineNumber::default() }
                }
            },
            None if memchr::memmem::find(rest, b"generated stub/JIT").is_some() => unplaced(b"STUB"),
            // States of the virtual machine, such as GC.
            None => unplaced(rest),
        })
    }
}

/// File and line of `file:12`.
pub(super) fn place(text: &[u8]) -> (&[u8], LineNumber) {
    let Some(at) = memchr::memrchr(b':', text) else { return (text, LineNumber::default()) };
    let (file, number) = text.split_at(at);
    let number = std::str::from_utf8(number.get(1..).unwrap_or(&[])).ok().and_then(|number| number.parse::<i64>().ok());
    match number {
        Some(number) => (file, LineNumber(u32::try_from(number).unwrap_or(0))),
        None => (text, LineNumber::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_and_java() {
        let check = |found: Option<Symbol<'_>>, expect: Option<(u64, &str, &str, u32)>| {
            let expect = expect.map(|(address, name, file, line)| Symbol {
                address,
                name: name.as_bytes(),
                file: file.as_bytes(),
                line: LineNumber(line),
            });
            assert_eq!(found, expect);
        };
        check(
            Symbol::of_go(b"#\t0x4e1d16\tmain.main+0x2f6\t\t/tmp/my app/main.go:50"),
            Some((0x4e_1d16, "main.main", "/tmp/my app/main.go", 50)),
        );
        check(Symbol::of_go(b"#\t0x0"), Some((0, "", "", 0)));
        check(Symbol::of_go(b"# runtime.MemStats"), None);
        check(Symbol::of_go(b"# Alloc = 1501640"), None);
        check(
            Symbol::of_java(b"  0x10 com.ex.Main.run (Main.java:12)"),
            Some((16, "com.ex.Main.run", "Main.java", 12)),
        );
        check(Symbol::of_java(b"0x10 read (/lib/libc.so)"), Some((16, "read", "libc.so", 0)));
        check(Symbol::of_java(b"0x10 generated stub/JIT"), Some((16, "STUB", "", 0)));
        check(Symbol::of_java(b"0x10 GC"), Some((16, "GC", "", 0)));
        check(Symbol::of_java(b"0x10"), None);
        check(Symbol::of_java(b"x"), None);
    }
}
