//! The call graph that pprof's tables are made from.

use std::cmp::Ordering;
use std::collections::HashMap;

use firesteel_model::{FrameId, Profile};
use rapidhash::fast::SeedableState;

use super::Report;
use super::node_info::NodeInfo;
use crate::text::TopOrder;

/// A row of the table.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) info: NodeInfo,
    pub(super) flat: i64,
    pub(super) cumulative: i64,
    pub(super) inline: Inline,
}

/// Whether a function was inlined into its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Never,
    Sometimes,
    Always,
}

/// The rows that are left, and how many there were.
pub(super) struct Trimmed {
    pub(super) nodes: Vec<Node>,
    /// Rows before the number of rows was limited.
    pub(super) original_count: usize,
    /// Rows dropped because their share is too small.
    pub(super) dropped: usize,
}

/// A call, seen from the one that is called.
struct Edge {
    weight: i64,
    inline: bool,
    /// The sample that added to it last, counted from 1.
    seen: usize,
}

/// Which row each frame belongs to.
struct Rows {
    infos: Vec<NodeInfo>,
    of_frame: Vec<Option<usize>>,
}

impl Rows {
    fn of(report: &Report<'_>) -> Self {
        let profile = report.profile;
        let mut rows = Self { infos: Vec::new(), of_frame: vec![None; profile.frame_count()] };
        let mut known: HashMap<NodeInfo, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
        for (_, _, frame) in profile.stacks().iter() {
            let slot = &mut rows.of_frame[frame.index()];
            if slot.is_none() {
                let info = NodeInfo::of(profile, frame, report.options.granularity, true);
                let infos = &mut rows.infos;
                *slot = Some(*known.entry(info).or_insert_with_key(|info| {
                    infos.push(info.clone());
                    infos.len() - 1
                }));
            }
        }
        rows
    }
}

/// Sums and calls of the rows that are kept.
struct Graph {
    flat: Vec<i64>,
    cumulative: Vec<i64>,
    /// By (called, caller).
    edges: HashMap<(usize, usize), Edge, SeedableState<'static>>,
}

impl Graph {
    /// Adds up all samples. Rows that are not kept are jumped over; what was sampled in them is nobody's own.
    fn new(report: &Report<'_>, rows: &Rows, kept: Option<&[bool]>) -> Self {
        let count = rows.infos.len();
        let mut graph = Self {
            flat: vec![0; count],
            cumulative: vec![0; count],
            edges: HashMap::with_hasher(SeedableState::fixed()),
        };
        let mut seen = vec![0usize; count];
        let mut frames: Vec<(FrameId, bool)> = Vec::new();
        for (number, sample) in report.profile.samples().enumerate() {
            let weight = report.value(sample.values);
            if weight == 0 {
                continue;
            }
            let stamp = number + 1;
            frames_of(report.profile, sample.stack, &mut frames);
            let mut parent = None;
            let mut residual = false;
            for &(frame, inlined) in frames.iter().rev() {
                let row = rows.of_frame[frame.index()].filter(|&row| kept.is_none_or(|kept| kept[row]));
                let Some(row) = row else {
                    residual = true;
                    continue;
                };
                if seen[row] != stamp {
                    seen[row] = stamp;
                    graph.cumulative[row] = graph.cumulative[row].wrapping_add(weight);
                }
                if let Some(parent) = parent.filter(|&parent| parent != row) {
                    graph.call(row, parent, weight, inlined, stamp);
                }
                parent = Some(row);
                residual = false;
            }
            if let Some(leaf) = parent.filter(|_| !residual) {
                graph.flat[leaf] = graph.flat[leaf].wrapping_add(weight);
            }
        }
        graph
    }

    fn call(&mut self, called: usize, caller: usize, weight: i64, inline: bool, stamp: usize) {
        let edge = self.edges.entry((called, caller)).or_insert(Edge { weight: 0, inline: true, seen: 0 });
        if edge.seen != stamp {
            edge.seen = stamp;
            edge.weight = edge.weight.wrapping_add(weight);
            edge.inline &= inline;
        }
    }

    /// The rows that have a value.
    fn rows(&self) -> Vec<usize> {
        (0..self.flat.len()).filter(|&row| self.flat[row] != 0 || self.cumulative[row] != 0).collect()
    }

    fn compare(&self, rows: &Rows, order: TopOrder, a: usize, b: usize) -> Ordering {
        let size = |values: &[i64], row: usize| values[row].wrapping_abs();
        let (first, second) = match order {
            TopOrder::SelfValue => (&self.flat, &self.cumulative),
            TopOrder::Total => (&self.cumulative, &self.flat),
        };
        // What sorts first is the size of the value, then the name.
        size(first, b)
            .cmp(&size(first, a))
            .then_with(|| rows.infos[a].compare(&rows.infos[b]))
            .then_with(|| size(second, b).cmp(&size(second, a)))
    }
}

/// The frames of a stack, leaf first, each with whether it was inlined into the next.
pub(super) fn frames_of(profile: &Profile, stack: firesteel_model::StackId, frames: &mut Vec<(FrameId, bool)>) {
    frames.clear();
    frames.extend(profile.stacks().frames(stack).map(|frame| (frame, profile.frame(frame).flags.inlined)));
    // The root has nothing to be inlined into.
    if let Some((_, inlined)) = frames.last_mut() {
        *inlined = false;
    }
}

fn share(total: i64, fraction: f64) -> i64 {
    ((total as f64 * fraction) as i64).wrapping_abs()
}

/// The rows of the table: those of a large enough share, as many as wanted, in order.
pub(super) fn trimmed(report: &Report<'_>) -> Trimmed {
    let options = report.options;
    let rows = Rows::of(report);
    let mut graph = Graph::new(report, &rows, None);
    let mut present = graph.rows();
    let total = present.iter().fold(0i64, |sum, &row| sum.wrapping_add(graph.flat[row]));
    let node_cutoff = share(total, options.node_fraction);
    let edge_cutoff = share(total, options.edge_fraction);
    let mut dropped = 0;
    if node_cutoff > 0 {
        let kept: Vec<usize> =
            present.iter().copied().filter(|&row| graph.cumulative[row].wrapping_abs() >= node_cutoff).collect();
        if kept.len() != present.len() {
            dropped = present.len() - kept.len();
            graph = Graph::new(report, &rows, Some(&as_set(&kept, rows.infos.len())));
            present = graph.rows();
        }
    }
    let original_count = present.len();
    present.sort_by(|&a, &b| graph.compare(&rows, options.order, a, b));
    if options.node_count > 0 && options.node_count < present.len() {
        present.truncate(options.node_count);
        graph = Graph::new(report, &rows, Some(&as_set(&present, rows.infos.len())));
        present = graph.rows();
        present.sort_by(|&a, &b| graph.compare(&rows, options.order, a, b));
    }
    let mut inline = vec![(false, false); rows.infos.len()];
    for (&(called, _), edge) in &graph.edges {
        if edge.weight.wrapping_abs() >= edge_cutoff {
            let (yes, no) = &mut inline[called];
            *(if edge.inline { yes } else { no }) = true;
        }
    }
    let nodes = present.into_iter().map(|row| Node {
        info: rows.infos[row].clone(),
        flat: graph.flat[row],
        cumulative: graph.cumulative[row],
        inline: match inline[row] {
            (true, false) => Inline::Always,
            (true, true) => Inline::Sometimes,
            (false, _) => Inline::Never,
        },
    });
    Trimmed { nodes: nodes.collect(), original_count, dropped }
}

fn as_set(rows: &[usize], count: usize) -> Vec<bool> {
    let mut set = vec![false; count];
    for &row in rows {
        set[row] = true;
    }
    set
}
