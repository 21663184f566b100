//! The nodes of V8's call tree.

use firesteel_model::{FrameId, FrameKind, StackId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::json::{JsonError, JsonReader};
use crate::profile_builder::{ProfileBuilder, SourceLines};

/// What is under every stack and says nothing.
const ROOT: &str = "(root)";

/// A function as V8 describes it.
#[derive(Clone, Debug, Default)]
pub(super) struct CallFrame {
    pub(super) name: String,
    pub(super) url: String,
    /// Line where the function begins, from 1; 0 when unknown.
    pub(super) line: u32,
}

impl CallFrame {
    /// Reads a `callFrame`, whose lines count from 0.
    fn read(json: &mut JsonReader<'_>) -> Result<Self, JsonError> {
        let mut frame = Self::default();
        json.object(|json, key| {
            match key {
                "functionName" => frame.name = json.text()?,
                "url" => frame.url = json.text()?,
                "lineNumber" => frame.line = json.index()?.map_or(0, |line| line.saturating_add(1)),
                _ => {}
            }
            Ok(())
        })?;
        Ok(frame)
    }

    /// The frame; `None` for the root of the tree.
    pub(super) fn intern(&self, builder: &mut ProfileBuilder) -> Option<FrameId> {
        let kind = match self.name.as_str() {
            ROOT => return None,
            name if name.starts_with('(') && name.ends_with(')') && self.url.is_empty() => FrameKind::Marker,
            _ => FrameKind::Jit,
        };
        let name = if self.name.is_empty() { "(anonymous)" } else { &self.name };
        let lines = SourceLines { start: self.line, line: self.line };
        Some(builder.source_frame(name, &self.url, lines, kind))
    }
}

/// A node as it is declared; relations to others are told as `parent` or as `children`.
#[derive(Clone, Debug)]
pub(crate) struct NewNode {
    id: u64,
    parent: Option<u64>,
    children: Vec<u64>,
    frame: Option<FrameId>,
    hits: i64,
}

impl NewNode {
    /// Reads a node.
    pub(crate) fn read(json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<Self, JsonError> {
        let mut node = Self { id: 0, parent: None, children: Vec::new(), frame: None, hits: 0 };
        let mut frame = CallFrame::default();
        json.object(|json, key| {
            match key {
                "id" => node.id = json.integer()?.unwrap_or(0) as u64,
                "parent" => node.parent = json.integer()?.map(|parent| parent as u64),
                "hitCount" => node.hits = json.integer()?.unwrap_or(0).max(0),
                "callFrame" => frame = CallFrame::read(json)?,
                "children" => json.array(|json| {
                    node.children.extend(json.integer()?.map(|child| child as u64));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        node.frame = frame.intern(builder);
        Ok(node)
    }
}

/// A node that was declared.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: Option<u64>,
    frame: Option<FrameId>,
    stack: Option<StackId>,
}

/// Nodes by their ids, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Nodes {
    known: HashMap<u64, Node, SeedableState<'static>>,
    /// Parents that were told before the child was.
    parents: HashMap<u64, u64, SeedableState<'static>>,
    /// How often each node was hit, for profiles that have no samples.
    pub(super) hits: Vec<(u64, i64)>,
}

impl Default for Nodes {
    fn default() -> Self {
        Self {
            known: HashMap::with_hasher(SeedableState::fixed()),
            parents: HashMap::with_hasher(SeedableState::fixed()),
            hits: Vec::new(),
        }
    }
}

impl Nodes {
    /// Reads a node and adds it.
    pub(super) fn read(&mut self, json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<(), JsonError> {
        let node = NewNode::read(json, builder)?;
        self.add_new(node);
        Ok(())
    }

    /// Adds a node that was read.
    pub(crate) fn add_new(&mut self, node: NewNode) {
        for child in node.children {
            self.parents.insert(child, node.id);
        }
        self.add(node.id, node.parent, node.frame);
        if node.hits != 0 {
            self.hits.push((node.id, node.hits));
        }
    }

    /// Adds a node.
    pub(super) fn add(&mut self, id: u64, parent: Option<u64>, frame: Option<FrameId>) {
        self.known.entry(id).or_insert(Node { parent, frame, stack: None });
    }

    /// The stack of a node; `None` when there is no such node.
    pub(crate) fn stack(&mut self, id: u64, builder: &mut ProfileBuilder) -> Option<StackId> {
        let mut path = Vec::new();
        let mut next = Some(id);
        let mut stack = StackId::ROOT;
        while let Some(id) = next {
            let Some(node) = self.known.get(&id) else {
                if path.is_empty() {
                    return None;
                }
                break;
            };
            if let Some(known) = node.stack {
                stack = known;
                break;
            }
            // Broken input may go round in circles.
            if path.len() > self.known.len() {
                return None;
            }
            path.push(id);
            next = node.parent.or_else(|| self.parents.get(&id).copied());
        }
        for id in path.into_iter().rev() {
            let Some(node) = self.known.get_mut(&id) else { continue };
            if let Some(frame) = node.frame {
                stack = builder.profile.push_stack(stack, frame);
            }
            node.stack = Some(stack);
        }
        Some(stack)
    }
}
