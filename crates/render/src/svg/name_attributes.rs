//! More attributes for the boxes of some functions: `--nameattr`.

use std::collections::BTreeMap;

/// What some functions have beside their boxes, by full name.
///
/// A line of its text form is `function TAB name=value TAB name=value …`. An `href` makes the box a link, `target` says
/// where it opens (`_top` if not given), `title` takes the place of the tooltip, `g_extra` and `a_extra` are
/// attributes as they are written in XML, for boxes and for links. Everything else is an attribute of the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameAttributes {
    by_name: BTreeMap<String, Attributes>,
}

/// What one function has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// Where the box leads to.
    pub(crate) link: Option<String>,
    /// What the tooltip says instead of name and amounts.
    pub(crate) title: Option<String>,
    /// Attributes with their values.
    pub(crate) others: Vec<(String, String)>,
}

/// The number of a line without a tab, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTab(pub usize);

impl NameAttributes {
    /// Reads the text form. Blank lines and what is no attribute do not count.
    ///
    /// # Errors
    ///
    /// The first line without a tab.
    pub fn parse(text: &str) -> Result<Self, NoTab> {
        let mut by_name = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (name, attributes) = line.split_once('\t').ok_or(NoTab(index + 1))?;
            by_name.insert(name.to_owned(), Attributes::parse(attributes));
        }
        Ok(Self { by_name })
    }

    /// What a function has.
    pub(crate) fn get<'n>(&self, name: impl FnOnce() -> &'n str) -> Option<&Attributes> {
        if self.by_name.is_empty() { None } else { self.by_name.get(name()) }
    }

    /// Whether any function has a link.
    pub(crate) fn has_links(&self) -> bool {
        self.by_name.values().any(|attributes| attributes.link.is_some())
    }
}

impl Attributes {
    fn parse(text: &str) -> Self {
        let mut result = Self::default();
        let mut target = None;
        let (mut for_boxes, mut for_links) = (Vec::new(), Vec::new());
        for (name, value) in text.split('\t').filter_map(|attribute| attribute.split_once('=')) {
            match name {
                "href" => result.link = Some(value.to_owned()),
                "title" => result.title = Some(value.to_owned()),
                "target" => target = Some(value.to_owned()),
                "g_extra" => for_boxes = quoted(value),
                "a_extra" => for_links = quoted(value),
                _ => result.push(name, value),
            }
        }
        let more = if result.link.is_some() {
            result.push("target", target.as_deref().unwrap_or("_top"));
            for_links
        } else {
            for_boxes
        };
        for (name, value) in more {
            result.push(&name, &value);
        }
        result
    }

    /// Adds an attribute, unless the picture needs it for itself, or it is no attribute of XML, or there already is
    /// one of its name.
    fn push(&mut self, name: &str, value: &str) {
        let is_start = |first: char| first.is_ascii_alphabetic() || first == '_';
        let is_name = name.starts_with(is_start)
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let is_ours = ["data-v", "data-n"].contains(&name) || name.starts_with("xml");
        if is_name && !is_ours && self.others.iter().all(|(other, _)| other != name) {
            self.others.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Attributes of the form `name="value"`, as far as they have it.
fn quoted(text: &str) -> Vec<(String, String)> {
    let mut result = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, behind)) = rest.split_once('=') {
        let Some(quote) = behind.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { break };
        let Some((value, behind)) = behind[1..].split_once(quote) else { break };
        let plain = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        result.push((name.trim().to_owned(), plain));
        rest = behind.trim_start();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, link: Option<&str>, title: Option<&str>, others: &[(&str, &str)]) {
        let attributes = NameAttributes::parse(&format!("f\t{line}\n")).unwrap();
        let found = attributes.get(|| "f").unwrap();
        assert_eq!((found.link.as_deref(), found.title.as_deref()), (link, title), "{line}");
        let names: Vec<(&str, &str)> = found.others.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(names, others, "{line}");
    }

    #[test]
    fn lines_are_read() {
        check("id=x\tclass=hot path", None, None, &[("id", "x"), ("class", "hot path")]);
        check("href=a?b=c", Some("a?b=c"), None, &[("target", "_top")]);
        check("target=new\thref=/\ta_extra=rel=\"help\"", Some("/"), None, &[("target", "new"), ("rel", "help")]);
        check("title=<t>\tg_extra=x='1' y=\"&lt;2\" z=3", None, Some("<t>"), &[("x", "1"), ("y", "<2")]);
        check("no attribute\t=x\t1a=b\tdata-v=0\txmlns=q\tid=a\tid=b", None, None, &[("id", "a")]);
    }

    #[test]
    fn a_line_without_a_tab_is_told() {
        assert_eq!(NameAttributes::parse("\nf\tid=x\ng id=y\n"), Err(NoTab(3)));
        assert_eq!(NameAttributes::parse("").map(|attributes| attributes.has_links()), Ok(false));
    }
}
