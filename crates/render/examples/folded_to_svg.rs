//! Draws folded stacks from standard input: `folded_to_svg [PALETTE] < stacks.folded > picture.svg`.
//!
//! The shortest use of the crate: make a profile, render it. The command line reads many more formats.

use std::io::{Read, Write};

use firesteel_model::{FrameKind, Profile, Sample, StackId, ValueType};
use firesteel_render::html::{self, HtmlOptions};
use firesteel_render::svg::{self, Palette, SvgOptions};

fn main() -> std::io::Result<()> {
    let mut folded = Vec::new();
    std::io::stdin().lock().read_to_end(&mut folded)?;
    let profile = read(&String::from_utf8_lossy(&folded));
    let output = match std::env::args().nth(1).as_deref() {
        Some("html") => html::render(&profile, &HtmlOptions::default()),
        name => {
            let colors = name.and_then(Palette::from_name).unwrap_or_default();
            svg::render(&profile, &SvgOptions { colors, ..SvgOptions::default() })
        }
    };
    std::io::stdout().lock().write_all(output.as_bytes())
}

/// Lines of frames separated by `;`, root first, then a space and a count. Others are skipped.
fn read(folded: &str) -> Profile {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    for line in folded.lines() {
        let Some((frames, count)) = line.rsplit_once(' ') else { continue };
        let Ok(count) = count.parse() else { continue };
        let mut stack = StackId::ROOT;
        for name in frames.split(';') {
            let frame = profile.intern_named_frame(name, FrameKind::Unknown);
            stack = profile.push_stack(stack, frame);
        }
        profile.add_sample(Sample::new(stack, &[count]));
    }
    profile
}
