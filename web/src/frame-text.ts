/** The figures and places of one frame, as text, for the tooltip, the detail bar and the clipboard. */

import type { Formatter } from "./format";
import type { Messages } from "./i18n";
import { visible } from "./names";
import { NONE } from "./payload";
import { pathTo } from "./profile";
import type { Derived } from "./session";
import { nameOf } from "./state";

/** One line of figures. */
export interface Figure {
  label: string;
  value: string;
  /** Share of the zoomed view, when that is not everything. */
  ofView: string;
  ofAll: string;
}

/** What is said about a frame. */
export interface FrameText {
  name: string;
  /** As it is in the profile, for copying. */
  rawName: string;
  package: string;
  place: string;
  inlined: boolean;
  category: string;
  self: Figure;
  total: Figure;
}

/** Describes a node. */
export function describe(derived: Derived, node: number, format: Formatter, messages: Messages): FrameText {
  const { report, tree, values, root, sampleType } = derived;
  const { functions, strings } = report;
  const id = tree.function[node]!;
  const known = id !== NONE;
  const everything = values.weight[0]!;
  const inView = values.weight[root]!;
  const figure = (label: string, value: number): Figure => ({
    label,
    value: format.value(value, sampleType.unit, sampleType.name),
    ofView: root === 0 || node < root || node >= tree.end[root]! ? "" : messages.ofView(format.percent(value, inView)),
    ofAll: messages.ofAll(format.percent(value, everything)),
  });
  const file = known ? strings.get(functions.file[id]!) : "";
  const rawName = nameOf(report, tree, node) || messages.root;
  return {
    name: visible(rawName),
    rawName,
    package: known ? visible(strings.get(functions.package[id]!)) : "",
    place: file === "" ? "" : visible(messages.line(file, functions.line[id]!)),
    inlined: known && (functions.flags[id]! & 1) !== 0,
    category: known ? (report.categories[functions.category[id]!] ?? "unknown") : "",
    self: figure(messages.self, values.self[node]!),
    total: figure(messages.total, values.total[node]!),
  };
}

/** The stack of a node, its own frame first, one frame a line with its place. */
export function stackText(derived: Derived, node: number): string {
  const { report, tree } = derived;
  const { functions, strings } = report;
  return pathTo(tree, node)
    .reverse()
    .map((at) => {
      const id = tree.function[at]!;
      const file = strings.get(functions.file[id]!);
      const line = functions.line[id]!;
      return file === "" ? nameOf(report, tree, at) : `${nameOf(report, tree, at)}\t${file}${line > 0 ? `:${line}` : ""}`;
    })
    .join("\n");
}
