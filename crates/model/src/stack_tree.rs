//! All stacks of a profile as one tree: a stack is a node, its callers are its parents.

use hashbrown::HashTable;

use crate::id::{FrameId, StackId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    parent: StackId,
    frame: FrameId,
}

/// The tree of stacks. Node 0 is the empty stack; a parent's id is always below its children's, so
/// one reverse pass over the ids carries values from leaves to the root.
#[derive(Clone, Debug)]
pub struct StackTree {
    nodes: Vec<Node>,
    lookup: HashTable<StackId>,
}

impl Default for StackTree {
    fn default() -> Self {
        Self { nodes: vec![Node { parent: StackId::ROOT, frame: FrameId::UNKNOWN }], lookup: HashTable::new() }
    }
}

impl StackTree {
    /// The stack that `frame`, called from `parent`, makes. Added when it is new.
    pub fn push(&mut self, parent: StackId, frame: FrameId) -> StackId {
        let Self { nodes, lookup } = self;
        let node = Node { parent, frame };
        let hash = hash_of(node);
        if let Some(&id) = lookup.find(hash, |&id| nodes[id.index()] == node) {
            return id;
        }
        let id = StackId::from_index(nodes.len());
        nodes.push(node);
        lookup.insert_unique(hash, id, |&id| hash_of(nodes[id.index()]));
        id
    }

    /// The stack without its leaf; the root is its own parent.
    #[must_use]
    pub fn parent(&self, stack: StackId) -> StackId {
        self.nodes[stack.index()].parent
    }

    /// The leaf frame of a stack; [`FrameId::UNKNOWN`] for the root.
    #[must_use]
    pub fn frame(&self, stack: StackId) -> FrameId {
        self.nodes[stack.index()].frame
    }

    /// Number of nodes, the root included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no stack but the empty one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Every node but the root, parents first, as (stack, parent, frame).
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (StackId, StackId, FrameId)> + ExactSizeIterator {
        self.nodes.iter().enumerate().skip(1).map(|(index, node)| (StackId::from_index(index), node.parent, node.frame))
    }

    /// The frames of a stack from the leaf to the root.
    pub fn frames(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        let mut current = stack;
        std::iter::from_fn(move || {
            if current == StackId::ROOT {
                return None;
            }
            let node = self.nodes[current.index()];
            current = node.parent;
            Some(node.frame)
        })
    }
}

/// Spreads the two indices of a node over 64 bits: a multiplication by an odd constant (the golden
/// ratio in 64 bits) and a fold of the high half, which `HashTable` uses for its control bytes.
fn hash_of(node: Node) -> u64 {
    let key = (u64::from(node.parent.as_u32()) << 32) | u64::from(node.frame.as_u32());
    let product = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}
