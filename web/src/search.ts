/**
 * Finding functions by name, and how much of a profile they cover.
 *
 * A query is tested once per function, never per frame. What is covered is counted once per stack: a frame below
 * another match adds nothing, and inside a zoom the frames above it count as the stacks' own.
 */

import { NONE } from "./payload";
import type { Tree, Values } from "./profile";
import type { Layout } from "./layout";
import { ABSENT } from "./layout";

/** What to look for in function names. */
export interface Query {
  text: string;
  regex: boolean;
  matchCase: boolean;
  /** The whole name must match. */
  whole: boolean;
}

/** No query. */
export const EMPTY_QUERY: Query = { text: "", regex: false, matchCase: false, whole: false };

/** Tests names. */
export interface NameTest {
  /** The names to test must be in lower case: a million names are lowered once, not for every letter typed. */
  lowered: boolean;
  matches(name: string): boolean;
}

/** The test for a query, or the reason why its pattern is not valid. */
export function compileQuery(query: Query): NameTest | Error {
  const { text, matchCase, whole } = query;
  if (query.regex) {
    try {
      const pattern = new RegExp(whole ? `^(?:${text})$` : text, matchCase ? "u" : "iu");
      return { lowered: false, matches: (name) => pattern.test(name) };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
  const wanted = matchCase ? text : text.toLowerCase();
  return { lowered: !matchCase, matches: whole ? (name) => name === wanted : (name) => name.includes(wanted) };
}

/** 1 for each function whose name passes; `nameOf` gives names in lower case when the test wants them so. */
export function matchFunctions(count: number, nameOf: (id: number) => string, test: NameTest): Uint8Array {
  const matches = new Uint8Array(count);
  for (let id = 0; id < count; id += 1) if (test.matches(nameOf(id))) matches[id] = 1;
  return matches;
}

/** What a query covers in one subtree. */
export interface Coverage {
  /** Weight of the stacks with at least one matching frame. */
  weight: number;
  /** The topmost matching frame of each such stack, in pre-order. */
  frames: number[];
}

/** Measures a match in the subtree of `root`. */
export function measureCoverage(tree: Tree, values: Values, matches: Uint8Array, root: number): Coverage {
  const isMatch = (node: number): boolean => {
    const id = tree.function[node]!;
    return id !== NONE && matches[id] === 1;
  };
  let weight = 0;
  const frames: number[] = [];
  if (tree.count === 0) return { weight, frames };
  let above = tree.parent[root]!;
  while (above !== NONE) {
    if (isMatch(above)) weight = values.weight[root]!;
    above = tree.parent[above]!;
  }
  const covered = weight;
  const end = tree.end[root]!;
  for (let node = root; node < end; ) {
    if (values.weight[node] === 0) {
      node = tree.end[node]!;
    } else if (isMatch(node)) {
      weight += values.weight[node]!;
      frames.push(node);
      node = tree.end[node]!;
    } else {
      node += 1;
    }
  }
  return { weight: covered > 0 ? covered : weight, frames };
}

/** How many matching frames lie before each position of a layout, so that a run of frames too narrow to draw one
 * by one still shows whether a match is among them. */
export function matchPrefix(tree: Tree, layout: Layout, matches: Uint8Array): Uint32Array {
  const prefix = new Uint32Array(layout.node.length + 1);
  for (let position = 0; position < layout.node.length; position += 1) {
    const id = tree.function[layout.node[position]!]!;
    prefix[position + 1] = prefix[position]! + (id !== NONE && matches[id] === 1 ? 1 : 0);
  }
  return prefix;
}

/** The matching frame after (or before) `current`, going round, in order of falling weight. */
export function nextMatch(coverage: Coverage, values: Values, layout: Layout, current: number | undefined, step: number): number | undefined {
  const frames = coverage.frames.filter((node) => layout.position[node] !== ABSENT);
  if (frames.length === 0) return undefined;
  frames.sort((a, b) => values.weight[b]! - values.weight[a]! || a - b);
  const at = current === undefined ? -1 : frames.indexOf(current);
  if (at < 0) return step > 0 ? frames[0] : frames[frames.length - 1];
  return frames[(at + step + frames.length) % frames.length];
}
