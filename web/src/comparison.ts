/**
 * Two profiles side by side: what became of every frame, and how wide it is drawn.
 *
 * A frame is there when either profile has it. Values of the profile before are scaled by the writer; what they were
 * scaled by is told beside them.
 */

import type { ComparisonInfo } from "./payload";
import { computeValues, costsByFunction, type FunctionCosts, type Tree, type Values } from "./profile";

/** What the width of a frame follows. */
export type WidthBy = "before" | "after" | "delta" | "max";
export const WIDTHS: readonly WidthBy[] = ["before", "after", "delta", "max"];

/** What the colour of a frame follows: its change with or without what it calls. */
export type ColorBy = "total" | "self";
export const COLOR_BYS: readonly ColorBy[] = ["total", "self"];

/** What became of a value. */
export type ChangeKind = "appeared" | "vanished" | "grown" | "shrunk" | "same";

/** The values of both profiles for one tree. */
export interface Sides {
  before: Values;
  after: Values;
}

/** What is drawn and told of a comparison. */
export interface Comparison {
  info: ComparisonInfo;
  sides: Sides;
  width: WidthBy;
  colorBy: ColorBy;
  /** The value of the frames that have no width because the side that widths follow lacks them. */
  notDrawn: number;
}

/** What each function costs on both sides; `self` and `total` are the changes. */
export interface ComparedCosts extends FunctionCosts {
  before: FunctionCosts;
  after: FunctionCosts;
}

/** Scaling and adding up a great many numbers errs by less than this part. */
const ROUNDING = 1e-9;

/** What came (above zero) or went (below); zero when both differ by nothing but rounding. */
export function difference(before: number, after: number): number {
  const delta = after - before;
  return Math.abs(delta) <= ROUNDING * Math.max(Math.abs(before), Math.abs(after)) ? 0 : delta;
}

/** The change as a part of the greater value: -1 for what vanished, 1 for what appeared, 0.5 for what doubled. */
export function degree(before: number, after: number): number {
  const most = Math.max(Math.abs(before), Math.abs(after));
  return most === 0 ? 0 : Math.min(1, Math.max(-1, difference(before, after) / most));
}

/** What became of a value. */
export function changeKind(before: number, after: number): ChangeKind {
  if (before === 0 && after !== 0) return "appeared";
  if (before !== 0 && after === 0) return "vanished";
  const delta = difference(before, after);
  return delta > 0 ? "grown" : delta < 0 ? "shrunk" : "same";
}

/** Adds up both sides. */
export function computeSides(tree: Tree, before: Float64Array, after: Float64Array): Sides {
  return { before: computeValues(tree, before), after: computeValues(tree, after) };
}

/** The changes of both sides, with the weight that widths follow. */
export function changesOf(tree: Tree, sides: Sides, width: WidthBy): Values {
  const { before, after } = sides;
  const self = before.self.map((value, node) => difference(value, after.self[node]!));
  const total = before.total.map((value, node) => difference(value, after.total[node]!));
  return { self, total, weight: weightOf(tree, sides, self, width) };
}

function weightOf(tree: Tree, { before, after }: Sides, delta: Float64Array, width: WidthBy): Float64Array {
  switch (width) {
    case "before":
      return before.weight;
    case "after":
      return after.weight;
    case "delta":
      return computeValues(tree, delta).weight;
    case "max":
      return computeValues(tree, before.self.map((value, node) => Math.max(value, after.self[node]!, 0))).weight;
  }
}

/** The value of what one side lacks, on the other: of the frames without a width. */
export function notDrawn(sides: Sides, width: WidthBy): number {
  if (width !== "before" && width !== "after") return 0;
  const shown = width === "before" ? sides.before : sides.after;
  const other = width === "before" ? sides.after : sides.before;
  return other.self.reduce((sum, value, node) => (shown.weight[node] === 0 ? sum + Math.max(0, value) : sum), 0);
}

/** Sums the subtree of `root` by function for both sides. Functions that either side has are there. */
export function comparedCosts(tree: Tree, sides: Sides, weight: Float64Array, functions: number, root: number): ComparedCosts {
  const before = costsByFunction(tree, { ...sides.before, weight }, functions, root);
  const after = costsByFunction(tree, { ...sides.after, weight }, functions, root);
  return {
    self: before.self.map((value, id) => difference(value, after.self[id]!)),
    total: before.total.map((value, id) => difference(value, after.total[id]!)),
    present: before.present,
    before,
    after,
  };
}
