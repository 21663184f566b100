/**
 * The call tree of one profile: its shape, and its totals for one sample type.
 *
 * Nodes are in pre-order, so a subtree is the range `[node, end[node])` and no child lists are needed.
 * Nothing here recurses: a stack of 5,000 frames is ordinary input.
 */

import { NONE, PayloadError, type FunctionTable, type NodeTable } from "./payload";

/** The shape of a call tree. */
export interface Tree {
  count: number;
  parent: Uint32Array;
  function: Uint32Array;
  /** Distance from the root, which has depth 0. */
  depth: Uint32Array;
  /** One past the last node of the subtree. */
  end: Uint32Array;
  /** Levels below the node: 0 for a leaf. */
  height: Uint32Array;
}

/** The values of one sample type. */
export interface Values {
  /** The node's own value; negative in a difference. */
  self: Float64Array;
  /** The node's value with everything below it. */
  total: Float64Array;
  /** Sum of the absolute self values of the subtree: what a frame's width follows. The same array as `total`
   * when no value is negative. */
  weight: Float64Array;
}

/** Works out depth, subtree end and height, and refuses a table that is not a tree in pre-order. */
export function buildTree(nodes: NodeTable): Tree {
  const { count, parent } = nodes;
  const depth = new Uint32Array(count);
  const end = new Uint32Array(count);
  const height = new Uint32Array(count);
  if (count > 0 && parent[0] !== NONE) throw new PayloadError("tree", "node 0 has a parent");
  for (let node = 1; node < count; node += 1) {
    const above = parent[node]!;
    if (above >= node) throw new PayloadError("tree", `node ${node} comes before its parent ${above}`);
    depth[node] = depth[above]! + 1;
    // In pre-order a parent is the previous node or one of its ancestors. It is the ancestor at its depth; the walk
    // up costs each node at most one step over the whole table.
    let candidate = node - 1;
    while (candidate !== above && depth[candidate]! > depth[above]!) candidate = parent[candidate]!;
    if (candidate !== above) throw new PayloadError("tree", `node ${node} is not in pre-order`);
  }
  for (let node = count - 1; node >= 0; node -= 1) {
    if (end[node] === 0) end[node] = node + 1;
    const above = parent[node]!;
    if (node === 0) break;
    // Children are met last to first, so the first one met closes the parent's range.
    if (end[above] === 0) end[above] = end[node]!;
    if (height[node]! + 1 > height[above]!) height[above] = height[node]! + 1;
  }
  return { count, parent, function: nodes.function, depth, end, height };
}

/** Adds self values up the tree. Values that are not finite count as zero. */
export function computeValues(tree: Tree, column: Float64Array): Values {
  const self = column.every(Number.isFinite) ? column : column.map((value) => (Number.isFinite(value) ? value : 0));
  const total = Float64Array.from(self);
  addUp(tree, total);
  if (self.every((value) => value >= 0)) return { self, total, weight: total };
  const weight = self.map(Math.abs);
  addUp(tree, weight);
  return { self, total, weight };
}

function addUp(tree: Tree, values: Float64Array): void {
  for (let node = tree.count - 1; node > 0; node -= 1) values[tree.parent[node]!]! += values[node]!;
}

/** Calls `visit` for each child of `node`, in the order of the table (by name). */
export function forEachChild(tree: Tree, node: number, visit: (child: number) => void): void {
  const end = tree.end[node]!;
  for (let child = node + 1; child < end; child = tree.end[child]!) visit(child);
}

/** The nodes from the root's child down to `node`; empty for the root. */
export function pathTo(tree: Tree, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at !== NONE && at > 0; at = tree.parent[at]!) path.push(at);
  return path.reverse();
}

/** Whether `node` lies in the subtree of `root`, the root itself included. */
export function isWithin(tree: Tree, root: number, node: number): boolean {
  return node >= root && node < tree.end[root]!;
}

/** What each function costs in one subtree. */
export interface FunctionCosts {
  self: Float64Array;
  /** Counted once per stack, however often the function recurs in it. */
  total: Float64Array;
  /** The functions that occur, in order of first occurrence. */
  present: number[];
}

/** Sums the subtree of `root` by function. */
export function costsByFunction(tree: Tree, values: Values, functions: number, root: number): FunctionCosts {
  const self = new Float64Array(functions);
  const total = new Float64Array(functions);
  const open = new Uint32Array(functions);
  const seen = new Uint8Array(functions);
  const present: number[] = [];
  const path: number[] = [];
  const end = tree.count === 0 ? 0 : tree.end[root]!;
  for (let node = root; node < end; node += 1) {
    while (path.length > 0 && tree.end[path[path.length - 1]!]! <= node) {
      const left = tree.function[path.pop()!]!;
      if (left !== NONE) open[left]! -= 1;
    }
    path.push(node);
    const id = tree.function[node]!;
    if (id === NONE) continue;
    if (seen[id] === 0 && values.weight[node] !== 0) {
      seen[id] = 1;
      present.push(id);
    }
    self[id]! += values.self[node]!;
    if (open[id] === 0) total[id]! += values.total[node]!;
    open[id]! += 1;
  }
  return { self, total, present };
}

/** The self weight of each category in the subtree of `root`. */
export function weightByCategory(
  tree: Tree,
  values: Values,
  functions: FunctionTable,
  categories: number,
  root: number,
): Float64Array {
  const weights = new Float64Array(categories);
  const end = tree.count === 0 ? 0 : tree.end[root]!;
  for (let node = root; node < end; node += 1) {
    const id = tree.function[node]!;
    if (id === NONE) continue;
    const category = functions.category[id]!;
    if (category < categories) weights[category]! += Math.abs(values.self[node]!);
  }
  return weights;
}
