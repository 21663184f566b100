//! All stacks of a profile as one tree: a stack is a node, its callers are its parents.

use hashbrown::HashTable;

use crate::id::{FrameId, StackId};

/// What is needed on the way from the root. Parents are kept apart, so that more nodes fit into the processor's cache.
#[derive(Clone, Copy, Debug)]
struct Node {
    frame: FrameId,
    /// The child added last; the root when there is none, for the root is nobody's child.
    newest_child: StackId,
    /// The child of the same parent that was added before this one; the root for the first.
    older_sibling: StackId,
}

/// How many children of a node are looked at one by one. The nodes of real trees mostly have one or two, and the next
/// stack mostly goes the way of the last one; a node with more children than this has them in the hash table.
const FEW: usize = 4;

/// The tree of stacks. Node 0 is the empty stack; a parent's id is always below its children's, so
/// one reverse pass over the ids carries values from leaves to the root.
#[derive(Clone, Debug)]
pub struct StackTree {
    nodes: Vec<Node>,
    /// The parent of each node.
    parents: Vec<StackId>,
    /// The children of nodes that have more than a few.
    lookup: HashTable<StackId>,
}

impl Default for StackTree {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new(FrameId::UNKNOWN, StackId::ROOT)],
            parents: vec![StackId::ROOT],
            lookup: HashTable::new(),
        }
    }
}

impl StackTree {
    /// The stack that `frame`, called from `parent`, makes. Added when it is new.
    pub fn push(&mut self, parent: StackId, frame: FrameId) -> StackId {
        let newest = self.nodes[parent.index()].newest_child;
        let mut child = newest;
        let mut seen = 0;
        while child != StackId::ROOT {
            if seen == FEW {
                return self.push_among_many(parent, frame);
            }
            let node = self.nodes[child.index()];
            if node.frame == frame {
                return child;
            }
            child = node.older_sibling;
            seen += 1;
        }
        let id = self.add(parent, Node::new(frame, newest));
        if seen == FEW {
            // From now on there are many.
            let mut child = id;
            while child != StackId::ROOT {
                self.index(child);
                child = self.nodes[child.index()].older_sibling;
            }
        }
        id
    }

    /// The same for a parent whose children are in the hash table.
    fn push_among_many(&mut self, parent: StackId, frame: FrameId) -> StackId {
        let Self { nodes, parents, .. } = self;
        let same = |&id: &StackId| nodes[id.index()].frame == frame && parents[id.index()] == parent;
        if let Some(&id) = self.lookup.find(hash_of((parent, frame)), same) {
            return id;
        }
        let id = self.add(parent, Node::new(frame, self.nodes[parent.index()].newest_child));
        self.index(id);
        id
    }

    fn add(&mut self, parent: StackId, node: Node) -> StackId {
        let id = StackId::from_index(self.nodes.len());
        self.nodes.push(node);
        self.parents.push(parent);
        self.nodes[parent.index()].newest_child = id;
        id
    }

    fn index(&mut self, stack: StackId) {
        let Self { nodes, parents, lookup } = self;
        let hash = |&id: &StackId| hash_of((parents[id.index()], nodes[id.index()].frame));
        lookup.insert_unique(hash(&stack), stack, hash);
    }

    /// Puts another frame in the place of each. Two frames must not get the same one: stacks that differed would not.
    pub(crate) fn exchange_frames(&mut self, other: impl Fn(FrameId) -> FrameId) {
        for node in self.nodes.iter_mut().skip(1) {
            node.frame = other(node.frame);
        }
        let many: Vec<StackId> = self.lookup.drain().collect();
        for stack in many {
            self.index(stack);
        }
    }

    /// The stack without its leaf; the root is its own parent.
    #[must_use]
    pub fn parent(&self, stack: StackId) -> StackId {
        self.parents[stack.index()]
    }

    /// The leaf frame of a stack; [`FrameId::UNKNOWN`] for the root.
    #[must_use]
    pub fn frame(&self, stack: StackId) -> FrameId {
        self.nodes[stack.index()].frame
    }

    /// The child of a stack that was added last; the root when it has none.
    pub(crate) fn newest_child(&self, stack: StackId) -> StackId {
        self.nodes[stack.index()].newest_child
    }

    /// The child of the same parent that was added before a stack; the root when there is none.
    pub(crate) fn older_sibling(&self, stack: StackId) -> StackId {
        self.nodes[stack.index()].older_sibling
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
        let nodes = self.nodes.iter().zip(&self.parents).enumerate().skip(1);
        nodes.map(|(index, (node, &parent))| (StackId::from_index(index), parent, node.frame))
    }

    /// The frames of a stack from the leaf to the root.
    pub fn frames(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        let mut current = stack;
        std::iter::from_fn(move || {
            if current == StackId::ROOT {
                return None;
            }
            let frame = self.frame(current);
            current = self.parent(current);
            Some(frame)
        })
    }

    /// The stacks that are one call longer than this one, with their leaf frames, in falling order of ids.
    pub fn children(&self, stack: StackId) -> impl Iterator<Item = (StackId, FrameId)> {
        let mut next = self.nodes[stack.index()].newest_child;
        std::iter::from_fn(move || {
            let child = next;
            if child == StackId::ROOT {
                return None;
            }
            let node = self.nodes[child.index()];
            next = node.older_sibling;
            Some((child, node.frame))
        })
    }
}

impl Node {
    fn new(frame: FrameId, older_sibling: StackId) -> Self {
        Self { frame, newest_child: StackId::ROOT, older_sibling }
    }
}

/// Spreads the two indices of a node over 64 bits: a multiplication by an odd constant (the golden
/// ratio in 64 bits) and a fold of the high half, which `HashTable` uses for its control bytes.
fn hash_of((parent, frame): (StackId, FrameId)) -> u64 {
    let key = (u64::from(parent.as_u32()) << 32) | u64::from(frame.as_u32());
    let product = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Few children or many, a stack is there once, and its parent has it among its children.
        #[test]
        fn every_stack_is_there_once(pushes in proptest::collection::vec((any::<proptest::sample::Index>(), 0usize..12), 1..200)) {
            let mut tree = StackTree::default();
            let mut known = HashMap::new();
            for (parent, frame) in pushes {
                // Low ids come often, so that some nodes have many children.
                let parent = StackId::from_index(parent.index(tree.len()) / 4);
                let frame = FrameId::from_index(frame);
                let before = tree.len();
                let stack = tree.push(parent, frame);
                let expected = *known.entry((parent, frame)).or_insert(StackId::from_index(before));
                prop_assert_eq!(stack, expected);
                prop_assert_eq!((tree.parent(stack), tree.frame(stack)), (parent, frame));
            }
            prop_assert_eq!(tree.len(), known.len() + 1);
            for parent in (0..tree.len()).map(StackId::from_index) {
                let children: Vec<_> = tree.children(parent).collect();
                let mut expected: Vec<_> = tree.iter().filter(|&(_, of, _)| of == parent).map(|(id, _, frame)| (id, frame)).collect();
                expected.reverse();
                prop_assert_eq!(children, expected);
            }
        }
    }
}
