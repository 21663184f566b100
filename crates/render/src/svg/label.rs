//! What is written into a box. The script does the same after zooming.

use crate::markup::push_escaped;

/// Appends as much of a name as fits into a number of characters, at least three: all of it, or without the
/// directories of its import path, or without the package, or the last form cut.
pub(crate) fn push_label(out: &mut String, name: &str, characters: usize) {
    // Counting characters is only needed when there are more bytes than room.
    let fits = |text: &str| text.len() <= characters || text.chars().count() <= characters;
    let mut form = name;
    for shorter in [name, without_directories(name), without_package(name)] {
        form = shorter;
        if fits(form) {
            return push_escaped(out, form);
        }
    }
    push_cut(out, form, characters);
}

/// Appends as much of a name as fits into a number of characters, at least three, cut at its end.
pub(crate) fn push_cut(out: &mut String, name: &str, characters: usize) {
    if name.len() <= characters || name.chars().count() <= characters {
        return push_escaped(out, name);
    }
    let cut = name.char_indices().nth(characters.saturating_sub(2)).map_or(name.len(), |(index, _)| index);
    push_escaped(out, &name[..cut]);
    out.push_str("..");
}

/// `http.(*conn).serve` for `net/http.(*conn).serve`; paths inside type arguments do not count.
pub(crate) fn without_directories(name: &str) -> &str {
    let head = &name[..name.find(['[', '(', '{', '<', ' ']).unwrap_or(name.len())];
    match head.rfind('/') {
        Some(slash) if slash + 1 < name.len() => &name[slash + 1..],
        _ => name,
    }
}

/// `(*conn).serve` for `net/http.(*conn).serve`. Dots of names that are not Go's do not end a package.
fn without_package(name: &str) -> &str {
    const NOT_FUNCTIONS: [&str; 8] = ["so", "isra", "constprop", "part", "cold", "llvm", "lto_priv", "js"];
    let short = without_directories(name);
    let head = &short[..short.find(['[', '(', '{', '<', ' ', ':']).unwrap_or(short.len())];
    let Some(rest) = head.find('.').filter(|&dot| dot > 0).map(|dot| &short[dot + 1..]) else { return short };
    let is_function = rest.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '('))
        && !rest.split('.').next().is_some_and(|part| NOT_FUNCTIONS.contains(&part));
    if is_function { rest } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_what_matters() {
        for (name, characters, expect) in [
            ("net/http.(*conn).serve", 22, "net/http.(*conn).serve"),
            ("net/http.(*conn).serve", 18, "http.(*conn).serve"),
            ("net/http.(*conn).serve", 13, "(*conn).serve"),
            ("net/http.(*conn).serve", 12, "(*conn).se.."),
            ("runtime.gcDrain", 3, "g.."),
            ("main.F[github.com/a/b.T]", 8, "F[gith.."),
            ("do_sys_open.isra.3", 10, "do_sys_o.."),
            ("libc.so.6", 6, "libc.."),
            ("std::vector<a.b>::f", 10, "std::vec.."),
            ("[libfoo.so]", 8, "[libfo.."),
            ("/usr/lib/x", 4, "x"),
            ("世界.世界世界", 5, "世界世界"),
            ("a<b>\"&", 9, "a&lt;b&gt;&quot;&amp;"),
        ] {
            let mut out = String::new();
            push_label(&mut out, name, characters);
            assert_eq!(out, expect, "{name} in {characters}");
        }
    }
}
