//! Names of C++ and Rust symbols for people.

use std::borrow::Cow;

use cpp_demangle::DemangleOptions;

/// Longest symbol that is demangled. Longer ones, which only generated or hostile files have, stay as
/// they are: demangling can grow a name exponentially.
const LONGEST_MANGLED: usize = 4096;

/// Demangles a C++ (Itanium ABI) or Rust (legacy and v0) symbol; any other name comes back as it is. C++ functions are
/// named without parameters and return type, as perf does: overloads of one name do the same thing.
#[must_use]
pub fn demangle(symbol: &str) -> Cow<'_, str> {
    if symbol.len() > LONGEST_MANGLED || !symbol.starts_with(['_', '?']) {
        return Cow::Borrowed(symbol);
    }
    if let Ok(name) = rustc_demangle::try_demangle(symbol) {
        // The alternate form leaves out the hash that distinguishes crate versions.
        return Cow::Owned(format!("{name:#}"));
    }
    if symbol.starts_with("_Z") {
        let options = DemangleOptions::new().no_params().no_return_type();
        let parsed = cpp_demangle::Symbol::new(symbol.as_bytes()).ok();
        let demangled = parsed.and_then(|name| name.demangle_with_options(&options).ok());
        if let Some(name) = demangled {
            return Cow::Owned(as_people_write(name));
        }
    }
    Cow::Borrowed(symbol)
}

/// Writes template arguments as c++filt does: `8u` for `(unsigned int)8`, and nothing for an empty pack.
fn as_people_write(name: String) -> String {
    const SUFFIXES: [(&str, &str); 4] =
        [("(unsigned int)", "u"), ("(unsigned long)", "ul"), ("(unsigned long long)", "ull"), ("(long)", "l")];
    if !name.contains(", >") && !name.contains("(unsigned ") && !name.contains("(long)") {
        return name;
    }
    let mut text = String::with_capacity(name.len());
    let mut rest = name.as_str();
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(", >") {
            rest = behind;
            text.push('>');
            continue;
        }
        let cast = SUFFIXES.iter().find_map(|&(cast, suffix)| Some((rest.strip_prefix(cast)?, suffix)));
        if let Some((behind, suffix)) = cast {
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                let (number, behind) = behind.split_at(digits);
                text.push_str(number);
                text.push_str(suffix);
                rest = behind;
                continue;
            }
        }
        text.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or("");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::demangle;

    fn check(symbol: &str, expect: &str) {
        assert_eq!(demangle(symbol), expect);
    }

    #[test]
    fn each_scheme_is_known() {
        check("main.main", "main.main");
        check("memcpy", "memcpy");
        check("_start", "_start");
        check("_ZN3foo3barEv", "foo::bar");
        check("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back");
        check("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
        check("_RNvCs1234_7mycrate3foo", "mycrate::foo");
        check("_ZN1aIjLj8EE3runEv", "a<unsigned int, 8u>::run");
        check("_ZN1aIjJEE3runEv", "a<unsigned int>::run");
        check("_Zbroken", "_Zbroken");
        check(&format!("_Z{}", "N".repeat(5000)), &format!("_Z{}", "N".repeat(5000)));
    }
}
