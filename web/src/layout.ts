/**
 * Where every frame lies: per level, frames sorted by their left edge, in typed arrays.
 *
 * Positions are in units of weight from the left edge of the root, so zooming never touches them. Because each
 * level is sorted, drawing and hit testing start with a binary search and cost what the screen shows.
 */

import type { Tree, Values } from "./profile";

/** How the children of a frame are ordered from left to right. */
export type ChildOrder = "name" | "width";

/** Frames by level, then by left edge. Frames without weight are left out. */
export interface Layout {
  levels: number;
  /** Level `d` is the range `[levelStart[d], levelStart[d + 1])` of the arrays below. */
  levelStart: Uint32Array;
  node: Uint32Array;
  left: Float64Array;
  right: Float64Array;
  /** Where a node is in the arrays above; `ABSENT` for a node without weight. */
  position: Uint32Array;
  width: number;
}

/** In `position`: the node has no weight and therefore no place. */
export const ABSENT = 0xffffffff;

/** Lays out a whole tree. Children start at their parent's left edge; the parent's self value is at its right. */
export function layOut(tree: Tree, values: Values, order: ChildOrder): Layout {
  const { weight } = values;
  const node = new Uint32Array(tree.count);
  const left = new Float64Array(tree.count);
  const right = new Float64Array(tree.count);
  const position = new Uint32Array(tree.count).fill(ABSENT);
  const starts: number[] = [0];
  let filled = 0;
  const width = tree.count > 0 ? weight[0]! : 0;
  if (width > 0) {
    right[0] = width;
    position[0] = 0;
    filled = 1;
    starts.push(1);
  }
  const children: number[] = [];
  let begin = 0;
  while (begin < filled) {
    const levelEnd = filled;
    for (let at = begin; at < levelEnd; at += 1) {
      const parent = node[at]!;
      const subtreeEnd = tree.end[parent]!;
      let x = left[at]!;
      if (order === "name") {
        for (let child = parent + 1; child < subtreeEnd; child = tree.end[child]!) {
          if (weight[child] === 0) continue;
          position[child] = filled;
          node[filled] = child;
          left[filled] = x;
          x = Math.min(x + weight[child]!, right[at]!);
          right[filled] = x;
          filled += 1;
        }
        continue;
      }
      children.length = 0;
      for (let child = parent + 1; child < subtreeEnd; child = tree.end[child]!) {
        if (weight[child] !== 0) children.push(child);
      }
      // Equal widths keep the order by name, so the picture is the same every time.
      if (children.length > 1) children.sort((a, b) => weight[b]! - weight[a]! || a - b);
      for (const child of children) {
        position[child] = filled;
        node[filled] = child;
        left[filled] = x;
        x = Math.min(x + weight[child]!, right[at]!);
        right[filled] = x;
        filled += 1;
      }
    }
    begin = levelEnd;
    if (filled > levelEnd) starts.push(filled);
  }
  return {
    levels: starts.length - 1,
    levelStart: Uint32Array.from(starts),
    node: node.subarray(0, filled),
    left: left.subarray(0, filled),
    right: right.subarray(0, filled),
    position,
    width,
  };
}

/** The first position in `[from, to)` whose right edge lies beyond `x`; `to` when there is none. */
export function firstRightOf(layout: Layout, from: number, to: number, x: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (layout.right[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first position in `[from, to)` whose left edge is at or beyond `x`, found by galloping from `from`: cheap
 * when it is near, which it is for runs of frames narrower than a pixel. */
export function firstFrom(layout: Layout, from: number, to: number, x: number): number {
  let step = 1;
  let low = from;
  let high = from;
  while (high < to && layout.left[high]! < x) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  if (high > to) high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (layout.left[middle]! >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The node at weight `x` on level `depth`, or `undefined` where nothing lies. */
export function nodeAt(layout: Layout, depth: number, x: number): number | undefined {
  if (depth < 0 || depth >= layout.levels) return undefined;
  const to = layout.levelStart[depth + 1]!;
  const at = firstRightOf(layout, layout.levelStart[depth]!, to, x);
  return at < to && layout.left[at]! <= x ? layout.node[at]! : undefined;
}

/** The neighbour of `node` on its level, `step` places to the right, when it lies within `[from, to]`. */
export function neighbour(layout: Layout, node: number, depth: number, step: number, from: number, to: number): number | undefined {
  const position = layout.position[node];
  if (position === undefined || position === ABSENT) return undefined;
  const next = position + step;
  if (next < layout.levelStart[depth]! || next >= layout.levelStart[depth + 1]!) return undefined;
  const inside = layout.right[next]! > from && layout.left[next]! < to;
  return inside ? layout.node[next]! : undefined;
}
