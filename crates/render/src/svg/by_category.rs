//! What the default colours and the legend go by.

use firesteel_model::{FrameId, Profile, StackId};
use firesteel_normalize::{Categorizer, Category};

use crate::svg::name_cache::NameCache;
use crate::svg::package_palette::PackagePalette;
use crate::svg::shading::Shading;

/// Whose code the functions of a profile are.
pub(super) struct ByCategory {
    pub(super) palette: PackagePalette,
    /// Self values of the categories that occur; of none when the profile has no Go frames, for then there is nothing
    /// for a legend to explain.
    pub(super) values: [Option<i64>; Category::ALL.len()],
    categorizer: Categorizer,
    known: NameCache<Category>,
}

impl ByCategory {
    /// Sorts every frame that a sample passes through.
    pub(super) fn new(profile: &Profile, column: usize, shading: Shading) -> Self {
        let categorizer = Categorizer::of_profile(profile);
        let mut known = NameCache::new(profile);
        let mut values = [None; Category::ALL.len()];
        for (index, value) in self_values_of_frames(profile, column).into_iter().enumerate() {
            let Some(value) = value else { continue };
            let frame_id = FrameId::from_index(index);
            let frame = profile.frame(frame_id);
            let name = profile.function(frame.function).name;
            let category = known.get(name.index(), frame.kind, || categorizer.frame_category(profile, frame_id));
            if let Some(slot) = Category::ALL.iter().position(|&other| other == category) {
                values[slot] = Some(values[slot].unwrap_or(0i64).saturating_add(value));
            }
        }
        let is_go = |category: Category| {
            matches!(category, Category::Own | Category::StandardLibrary | Category::Runtime | Category::ThirdParty)
        };
        let has_go = Category::ALL.iter().zip(values).any(|(&category, value)| value.is_some() && is_go(category));
        if !has_go {
            values = [None; Category::ALL.len()];
        }
        Self { palette: PackagePalette::new(has_go, shading), values, categorizer, known }
    }

    pub(super) fn category(&self, profile: &Profile, frame_id: FrameId) -> Category {
        let frame = profile.frame(frame_id);
        let known = self.known.find(profile.function(frame.function).name.index(), frame.kind);
        known.unwrap_or_else(|| self.categorizer.frame_category(profile, frame_id))
    }
}

/// What was sampled in each frame itself; `None` for frames that no sample passes through. Callers have a value too,
/// of zero: a Go program may have all of its samples in the kernel.
fn self_values_of_frames(profile: &Profile, column: usize) -> Vec<Option<i64>> {
    let mut values: Vec<Option<i64>> = vec![None; profile.frame_count()];
    let mut used = vec![false; profile.stacks().len()];
    for sample in profile.samples().filter(|sample| sample.stack != StackId::ROOT) {
        used[sample.stack.index()] = true;
        let slot = values[profile.stacks().frame(sample.stack).index()].get_or_insert(0);
        *slot = slot.saturating_add(sample.values.get(column).copied().unwrap_or(0).max(0));
    }
    for (stack, parent, frame) in profile.stacks().iter().rev() {
        if used[stack.index()] {
            used[parent.index()] = true;
            values[frame.index()].get_or_insert(0);
        }
    }
    values
}
