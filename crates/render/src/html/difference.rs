//! Reports on differences: the data block of two profiles side by side.

use firesteel_model::{Comparison, DiffTree};
use serde::Serialize;

use crate::difference::{DifferenceOptions, short_sentence};
use crate::html::columns::Columns;
use crate::html::payload::{HtmlOptions, NodesHeader, ProfileHeader, SampleTypeHeader, block, write_shape};
use crate::html::tables::Tables;
use crate::html::template::page;

/// What the viewer is told of a difference besides both columns.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ComparisonHeader {
    /// What the profile before is called.
    before: String,
    /// What the profile after is called.
    after: String,
    /// Name of the compared column.
    value_name: String,
    /// What values before were multiplied by.
    before_scale: f64,
    /// What widths follow at first: `before`, `after`, `delta` or `max`.
    by: &'static str,
    /// What colours follow at first: `total` or `self`.
    color_by: &'static str,
    /// Whether blue is more.
    negate: bool,
    /// How many boxes changed too little to be told apart.
    left_out: usize,
}

/// A report on what changed between two profiles. Facts about both, if any, are for the caller to give in `options`.
#[must_use]
pub fn render_difference(
    comparison: &Comparison,
    tree: &DiffTree,
    difference: DifferenceOptions,
    options: &HtmlOptions,
) -> String {
    let mut texts = options.clone();
    if texts.title.is_empty() {
        let (before, after) = comparison.titles();
        texts.title = format!("{before} \u{2192} {after}");
    }
    if texts.subtitle.is_empty() {
        texts.subtitle = short_sentence(comparison);
    }
    let title = texts.title.clone();
    page(&title, &payload(comparison, tree, difference, texts))
}

fn payload(comparison: &Comparison, tree: &DiffTree, difference: DifferenceOptions, texts: HtmlOptions) -> Vec<u8> {
    let mut tables = Tables::default();
    let mut columns = Columns::default();
    let (parents, functions) = write_shape(comparison.profile(), tree.nodes(), &mut tables);
    let nodes = 0..tree.nodes().len();
    let (before, after) = comparison.titles();
    let unit = comparison.value_type().unit.as_str();
    let profile = ProfileHeader {
        name: String::new(),
        sample_types: ["before", "after"].map(|name| SampleTypeHeader { name: name.into(), unit: unit.into() }).into(),
        default_sample_type: 1,
        duration: 0,
        comparison: Some(ComparisonHeader {
            before: before.to_owned(),
            after: after.to_owned(),
            value_name: comparison.value_type().name.clone(),
            before_scale: comparison.before_scale(),
            by: difference.by.as_str(),
            color_by: difference.color_by.as_str(),
            negate: difference.negate,
            left_out: tree.left_out(),
        }),
        nodes: NodesHeader {
            parent: columns.push_u32(parents.into_iter()),
            function: columns.push_u32(functions.into_iter()),
            self_values: vec![
                columns.push_f64(nodes.clone().map(|node| tree.self_change(node).before)),
                columns.push_f64(nodes.map(|node| tree.self_change(node).after)),
            ],
        },
    };
    block(texts, vec![profile], &tables, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::payload::tests::Block;
    use firesteel_model::{FrameKind, Normalization, Profile, Sample, StackId, ValueType};

    fn profile(title: &str, stacks: &[(&str, i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        profile.metadata.title = title.to_owned();
        for (name, value) in stacks {
            let frame = profile.intern_named_frame(name, FrameKind::Go);
            let stack = profile.push_stack(StackId::ROOT, frame);
            profile.add_sample(Sample::new(stack, &[*value]));
        }
        profile
    }

    #[test]
    fn a_difference_has_both_columns() {
        let (before, after) = (profile("a", &[("f", 4), ("gone", 1)]), profile("b", &[("f", 8), ("new", 2)]));
        let comparison = Comparison::new((&before, 0), (&after, 0)).unwrap();
        let mut comparison = comparison.normalized(Normalization::Auto, false);
        let tree = comparison.tree(0.0);
        let block = Block::read(&payload(&comparison, &tree, DifferenceOptions::default(), HtmlOptions::default()));
        let strings = block.strings();
        let names = block.u32s("/functions/name").into_iter().map(|id| strings[id as usize].as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["f", "gone", "new"]);
        assert_eq!(block.f64s("/profiles/0/nodes/self/0"), [0.0, 8.0, 2.0, 0.0]);
        assert_eq!(block.f64s("/profiles/0/nodes/self/1"), [0.0, 8.0, 0.0, 2.0]);
        let told = &block.header["profiles"][0];
        assert_eq!(told["sampleTypes"][0], serde_json::json!({"name": "before", "unit": "count"}));
        insta::assert_snapshot!(serde_json::to_string_pretty(&told["comparison"]).unwrap(), @r#"
        {
          "after": "b",
          "before": "a",
          "beforeScale": 2.0,
          "by": "max",
          "colorBy": "total",
          "leftOut": 0,
          "negate": false,
          "valueName": "samples"
        }
        "#);
    }
}
