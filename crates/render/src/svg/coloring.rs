//! Which colour a box has.

use firesteel_model::Profile;
use firesteel_normalize::Category;

use crate::color::Rgb;
use crate::svg::by_category::ByCategory;
use crate::svg::differences::{Differences, mixed};
use crate::svg::layout::{Layout, Placed};
use crate::svg::options::{Background, SvgOptions};
use crate::svg::palette::Palette;
use crate::svg::palette_map::PaletteMap;

/// Chooses the colours of boxes.
pub(super) struct Coloring<'a> {
    profile: &'a Profile,
    options: &'a SvgOptions,
    /// `None` for the palettes that look at names only.
    by_category: Option<ByCategory>,
    /// Colours of earlier pictures, to which those of this one are added.
    map: Option<&'a mut PaletteMap>,
    /// How to colour a difference, and the greatest change of any box.
    differences: Option<(Differences, i64)>,
}

impl<'a> Coloring<'a> {
    pub(super) fn new(
        profile: &'a Profile,
        column: usize,
        options: &'a SvgOptions,
        map: Option<&'a mut PaletteMap>,
        differences: Option<(Differences, i64)>,
    ) -> Self {
        let by_package = options.colors == Palette::Package && differences.is_none() && !options.color_diffusion;
        Self {
            profile,
            options,
            by_category: by_package.then(|| ByCategory::new(profile, column, options.shading)),
            map,
            differences,
        }
    }

    /// What is behind the boxes, if the options do not say.
    pub(super) fn background(&self) -> Background {
        match &self.by_category {
            // Classic colours on their classic ground.
            Some(by_category) if !by_category.palette.has_go => Palette::Hot.background(),
            _ => self.options.colors.background(),
        }
    }

    /// Self values by category, for a legend.
    pub(super) fn values(&self) -> [Option<i64>; Category::ALL.len()] {
        self.by_category.as_ref().map_or([None; Category::ALL.len()], |by_category| by_category.values)
    }

    /// Whether all boxes of a name and kind have the same colour.
    pub(super) fn goes_by_name(&self) -> bool {
        self.differences.is_none() && !self.options.color_diffusion && self.options.shading.goes_by_name()
    }

    /// The colour of a box. `full_name` is empty for the root.
    pub(super) fn color(&mut self, layout: &Layout, placed: Placed, full_name: &str, index: usize) -> Rgb {
        if let Some((differences, most)) = self.differences {
            return differences.color(change_of(layout, placed, differences), most, self.options.negate);
        }
        if self.options.color_diffusion {
            let share = if layout.whole > 0.0 { placed.total as f64 / layout.whole } else { 0.0 };
            return mixed(NARROWEST, WIDEST, share.clamp(0.0, 1.0).sqrt());
        }
        self.chosen(placed, full_name, index)
    }

    fn chosen(&mut self, placed: Placed, full_name: &str, index: usize) -> Rgb {
        // Those have colours of their own; the root has no name to keep one under.
        let is_fixed = matches!(full_name, "-" | "--" | "");
        if let Some(color) = self.map.as_ref().and_then(|map| map.color(full_name)).filter(|_| !is_fixed) {
            return color;
        }
        let color = match &self.by_category {
            Some(by_category) if !matches!(full_name, "-" | "--") => {
                let category = by_category.category(self.profile, placed.frame);
                by_category.palette.color(category, full_name, index as u64)
            }
            _ => self.options.colors.color(full_name, self.options.shading.numbers(full_name, index as u64)),
        };
        if let Some(map) = self.map.as_mut().filter(|_| !is_fixed) {
            map.insert(full_name, color);
        }
        color
    }
}

/// What changed in a box, as colours follow it.
pub(super) fn change_of(layout: &Layout, placed: Placed, differences: Differences) -> i64 {
    let (before, after) = (layout.values(placed, BEFORE), layout.values(placed, AFTER));
    if differences.own_only { after.1.saturating_sub(before.1) } else { after.0.saturating_sub(before.0) }
}

/// The columns of a profile that was made for a difference.
pub(super) const BEFORE: usize = 1;
pub(super) const AFTER: usize = 2;

/// Colours by width.
const NARROWEST: Rgb = Rgb::new(255, 250, 235);
const WIDEST: Rgb = Rgb::new(240, 96, 48);
