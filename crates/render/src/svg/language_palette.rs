//! Palettes that tell the parts of a program apart by the form of its names: the rules of `flamegraph.pl`, and for
//! Python and Rust the distinctions that `inferno-flamegraph` makes.

use crate::svg::palette::Palette;

/// The shade of a Java, C++ or kernel function.
pub(super) fn java(name: &str) -> Palette {
    const ROOTS: [&str; 8] = ["java", "javax", "jdk", "net", "org", "com", "io", "sun"];
    let in_java_package = name
        .strip_prefix('L')
        .into_iter()
        .chain([name])
        .filter_map(|name| name.split_once('/'))
        .any(|(root, _)| ROOTS.contains(&root));
    if name.ends_with("_[j]") {
        Palette::Green
    } else if name.ends_with("_[i]") {
        Palette::Aqua
    } else if in_java_package || name.contains(":::") {
        Palette::Green
    } else if name.contains("::") {
        Palette::Yellow
    } else if name.ends_with("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The shade of a JavaScript, C++ or kernel function.
pub(super) fn javascript(name: &str) -> Palette {
    let script = name.find('/').is_some_and(|slash| name[slash..].contains(".js"));
    if name.ends_with("_[j]") {
        if name.contains('/') { Palette::Green } else { Palette::Aqua }
    } else if name.contains("::") {
        Palette::Yellow
    } else if script {
        Palette::Green
    } else if name.contains(':') {
        Palette::Aqua
    } else if name == " " {
        Palette::Green
    } else if name.contains("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The shade of a Perl, C++ or kernel function.
pub(super) fn perl(name: &str) -> Palette {
    if name.contains("::") {
        Palette::Yellow
    } else if name.contains("Perl") || name.contains(".pl") {
        Palette::Green
    } else if name.ends_with("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The shade of a Python function: installed packages, the standard library and what is built in, one's own.
pub(super) fn python(name: &str) -> Palette {
    let is_folder = |part: &str| part.len() >= 6 && part.as_bytes()[..6].eq_ignore_ascii_case(b"python");
    if name.contains("site-packages") || name.contains("dist-packages") {
        Palette::Aqua
    } else if name.contains("<frozen") || name.contains("<built-in") || name.split(['/', '\\']).any(is_folder) {
        Palette::Yellow
    } else {
        Palette::Red
    }
}

/// The shade of a Rust function: the standard library, other crates, what is not Rust.
pub(super) fn rust(name: &str) -> Palette {
    let name = name.split_once('`').map_or(name, |(_, function)| function);
    let path = name.trim_start_matches(['<', '&']);
    if ["std::", "core::", "alloc::"].iter().any(|library| path.starts_with(library)) {
        Palette::Orange
    } else if name.contains("::") {
        Palette::Aqua
    } else {
        Palette::Yellow
    }
}

/// The shade of a function in a chain graph: those that woke, and those that were woken.
pub(super) fn chain(name: &str) -> Palette {
    if name.contains("_[w]") { Palette::Aqua } else { Palette::Blue }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_shade() {
        let check = |shade: fn(&str) -> Palette, name: &str, expect: Palette| assert_eq!(shade(name), expect, "{name}");
        check(java, "java/lang/String:.hashCode", Palette::Green);
        check(java, "Lorg/a/B;::c", Palette::Green);
        check(java, "a/b_[j]", Palette::Green);
        check(java, "x_[i]", Palette::Aqua);
        check(java, "JavaCalls::call", Palette::Yellow);
        check(java, "tcp_sendmsg_[k]", Palette::Orange);
        check(java, "start_thread", Palette::Red);
        check(java, "javascript/x", Palette::Red);
        check(javascript, "LazyCompile:~f /app/x.js:3", Palette::Green);
        check(javascript, "f /x_[j]", Palette::Green);
        check(javascript, "f_[j]", Palette::Aqua);
        check(javascript, "v8::internal::F", Palette::Yellow);
        check(javascript, "Builtin:A", Palette::Aqua);
        check(javascript, " ", Palette::Green);
        check(javascript, "sys_read_[k]", Palette::Orange);
        check(javascript, "uv_run", Palette::Red);
        check(perl, "Perl_runops", Palette::Green);
        check(perl, "a::b", Palette::Yellow);
        check(perl, "sys_read_[k]", Palette::Orange);
        check(python, "f (/home/me/app.py:3)", Palette::Red);
        check(python, "f (/usr/lib/python3.11/os.py:12)", Palette::Yellow);
        check(python, "f (/usr/lib/python3/dist-packages/a.py:1)", Palette::Aqua);
        check(python, "C:\\Python\\lib\\x.py", Palette::Yellow);
        check(python, "<frozen importlib._bootstrap>", Palette::Yellow);
        check(python, "<module>", Palette::Red);
        check(python, "libpython3.so", Palette::Red);
        check(python, "site-packages/a.py", Palette::Aqua);
        check(rust, "main", Palette::Yellow);
        check(rust, "app::main", Palette::Aqua);
        check(rust, "<app::S as core::fmt::Debug>::fmt", Palette::Aqua);
        check(rust, "<alloc::vec::Vec<T> as X>::f", Palette::Orange);
        check(rust, "app`std::rt", Palette::Orange);
        check(rust, "stdx::y", Palette::Aqua);
        check(rust, "__libc_start_main", Palette::Yellow);
        check(chain, "read_[w]", Palette::Aqua);
        check(chain, "read", Palette::Blue);
    }
}
