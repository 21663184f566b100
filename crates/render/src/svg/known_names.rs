//! Names made safe for the picture, each once.

use firesteel_model::StringId;

use crate::annotation::without_annotation;
use crate::markup::push_escaped;

/// The shown form of names, escaped.
pub(super) struct KnownNames {
    text: String,
    /// For each string where its form begins and ends in the text; an empty range for those not asked for yet.
    ranges: Vec<(u32, u32)>,
}

impl KnownNames {
    /// For a number of strings.
    pub(super) fn new(strings: usize) -> Self {
        Self { text: String::new(), ranges: vec![(0, 0); strings] }
    }

    /// Appends what is shown of a function's name, without its mark.
    pub(super) fn push(&mut self, out: &mut String, id: StringId, full_name: &str) {
        let (mut start, mut end) = self.ranges[id.index()];
        if start == end {
            let first = self.text.len();
            push_escaped(&mut self.text, without_annotation(full_name));
            let (Ok(from), Ok(to)) = (u32::try_from(first), u32::try_from(self.text.len())) else {
                // Names of more than four gigabytes are not kept.
                out.push_str(&self.text[first..]);
                return self.text.truncate(first);
            };
            self.ranges[id.index()] = (from, to);
            (start, end) = (from, to);
        }
        out.push_str(&self.text[start as usize..end as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FrameKind, Profile};

    #[test]
    fn names_are_the_same_every_time() {
        let mut profile = Profile::default();
        for name in ["a<b>_[k]", "", "plain"] {
            profile.intern_named_frame(name, FrameKind::Kernel);
        }
        let mut known = KnownNames::new(profile.strings().len());
        for (name, expect) in [("a<b>_[k]", "a&lt;b&gt;"), ("plain", "plain"), ("", "")] {
            let id = profile.strings().find(name).unwrap();
            for _ in 0..2 {
                let mut out = String::new();
                known.push(&mut out, id, name);
                assert_eq!(out, expect);
            }
        }
    }
}
