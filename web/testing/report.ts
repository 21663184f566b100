/** Reports for unit tests. */

import { decodeReport, type Report } from "../src/payload";
import { buildTree, computeValues, type Tree, type Values } from "../src/profile";
import { encodeReport, folded, type Stack } from "./payload-encoder.mjs";

/** A decoded report with the tree and the values of its only profile. */
export interface Fixture {
  report: Report;
  tree: Tree;
  values: Values;
  /** The node reached by these names. */
  at(path: string): number;
  name(node: number): string;
}

/** A fixture from folded text or stacks. */
export function fixture(source: string | Stack[]): Fixture {
  const stacks = typeof source === "string" ? folded(source) : source;
  const block = encodeReport({ profiles: [{ name: "p", sampleTypes: [{ name: "samples", unit: "count" }], stacks }] });
  const report = decodeReport(block.buffer as ArrayBuffer);
  const { nodes } = report.profiles[0]!;
  const tree = buildTree(nodes);
  const name = (node: number): string => (node === 0 ? "" : report.strings.get(report.functions.name[tree.function[node]!]!));
  const at = (path: string): number => {
    let node = 0;
    for (const wanted of path.split(";").filter((part) => part !== "")) {
      const parent = node;
      node = [...tree.parent.keys()].find((child) => tree.parent[child] === parent && name(child) === wanted) ?? -1;
      if (node < 0) throw new Error(`no ${wanted} in ${path}`);
    }
    return node;
  };
  return { report, tree, values: computeValues(tree, nodes.self[0]!), at, name };
}

/** The id of a function by name. */
export function functionId({ report }: Fixture, name: string): number {
  for (let id = 0; id < report.functions.count; id += 1) if (report.strings.get(report.functions.name[id]!) === name) return id;
  throw new Error(`no function ${name}`);
}

/** Folded text with random shape and values, the same for the same seed. */
export function randomFolded(random: () => number, stacks: number, signed: boolean): string {
  const lines: string[] = [];
  for (let stack = 0; stack < stacks; stack += 1) {
    const depth = 1 + Math.floor(random() * 9);
    const path = Array.from({ length: depth }, () => `f${Math.floor(random() * 5)}`);
    const value = Math.floor(random() * 100) - (signed ? 50 : 0);
    lines.push(`${path.join(";")} ${value}`);
  }
  return lines.join("\n");
}
