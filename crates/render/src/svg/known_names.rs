//! What is the same for all boxes of a name, worked out once.

use firesteel_model::{FrameKind, Profile, StringId};

use crate::annotation::without_annotation;
use crate::color::Rgb;
use crate::markup::push_escaped;
use crate::svg::document::push_color;

/// The shown forms of names, escaped, and the colours of their boxes, as texts.
pub(super) struct KnownNames {
    text: String,
    known: Vec<Known>,
}

/// Where the texts of a name are.
#[derive(Clone, Copy, Default)]
struct Known {
    start: usize,
    /// Where the shown form ends and the colour begins.
    middle: usize,
    /// Where the colour ends; nothing is known where it is zero.
    end: usize,
    kind: FrameKind,
    color: Rgb,
}

impl KnownNames {
    /// For the names of a profile.
    pub(super) fn new(profile: &Profile) -> Self {
        Self { text: String::new(), known: vec![Known::default(); profile.strings().len()] }
    }

    /// The colour that boxes of a name had before, if they were of the same kind.
    pub(super) fn color(&self, name: StringId, kind: FrameKind) -> Option<Rgb> {
        let known = self.known[name.index()];
        (known.end > 0 && known.kind == kind).then_some(known.color)
    }

    /// The shown form of a name, without its mark, and its colour. `full_name` is only asked for the first time.
    pub(super) fn texts<'a>(
        &mut self,
        name: StringId,
        kind: FrameKind,
        color: Rgb,
        full_name: impl FnOnce() -> &'a str,
    ) -> (&str, &str) {
        let mut known = self.known[name.index()];
        if known.end == 0 || known.kind != kind || known.color != color {
            let start = self.text.len();
            push_escaped(&mut self.text, without_annotation(full_name()));
            let middle = self.text.len();
            push_color(&mut self.text, color);
            known = Known { start, middle, end: self.text.len(), kind, color };
            self.known[name.index()] = known;
        }
        (&self.text[known.start..known.middle], &self.text[known.middle..known.end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_every_time_and_follow_the_colour() {
        let mut profile = Profile::default();
        for name in ["a<b>_[k]", "plain"] {
            profile.intern_named_frame(name, FrameKind::Kernel);
        }
        let mut known = KnownNames::new(&profile);
        for (name, shown) in [("a<b>_[k]", "a&lt;b&gt;"), ("plain", "plain")] {
            let id = profile.strings().find(name).unwrap();
            assert_eq!(known.color(id, FrameKind::Kernel), None);
            for (red, color) in [(1, "rgb(1,0,0)"), (1, "rgb(1,0,0)"), (2, "rgb(2,0,0)")] {
                let texts = known.texts(id, FrameKind::Kernel, Rgb::new(red, 0, 0), || name);
                assert_eq!(texts, (shown, color));
            }
            assert_eq!(known.color(id, FrameKind::Kernel), Some(Rgb::new(2, 0, 0)));
            assert_eq!(known.color(id, FrameKind::Go), None);
        }
    }
}
