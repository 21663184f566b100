/** The figures and places of one frame, as text, for the tooltip, the detail bar and the clipboard. */

import { changeKind, difference, type Comparison } from "./comparison";
import type { Formatter } from "./format";
import type { Messages } from "./i18n";
import { visible } from "./names";
import { NONE } from "./payload";
import { pathTo } from "./profile";
import type { Values } from "./profile";
import type { Derived } from "./session";
import { nameOf } from "./state";

/** One line of figures. In a comparison: the change, both values, both shares. */
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
  const { report, tree, values, comparison, root, sampleType } = derived;
  const { functions, strings } = report;
  const compared = (label: string, which: keyof Values): Figure =>
    changeFigure(label, comparison!, which, node, sampleType.unit, format, messages);
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
    self: comparison === undefined ? figure(messages.self, values.self[node]!) : compared(messages.self, "self"),
    total: comparison === undefined ? figure(messages.total, values.total[node]!) : compared(messages.total, "total"),
  };
}

/** What became of one value of a node. */
function changeFigure(
  label: string,
  { sides, info }: Comparison,
  which: keyof Values,
  node: number,
  unit: string,
  format: Formatter,
  messages: Messages,
): Figure {
  const before = sides.before[which][node]!;
  const after = sides.after[which][node]!;
  const amount = (value: number): string => format.value(value, unit, info.valueName);
  const share = (value: number, whole: number): string => format.percent(value, whole);
  const growth = growthText(before, after, format, messages);
  return {
    label,
    value: `${format.signed(difference(before, after), unit, info.valueName)}${growth === "" ? "" : ` (${growth})`}`,
    ofView: `${amount(before)} \u2192 ${amount(after)}`,
    ofAll: `${share(before, sides.before.total[0]!)} \u2192 ${share(after, sides.after.total[0]!)}`,
  };
}

/** `+25.0%`, or a word for what appeared or vanished; empty for what is the same. */
export function growthText(before: number, after: number, format: Formatter, messages: Messages): string {
  const kind = changeKind(before, after);
  if (kind === "appeared") return messages.isNew;
  if (kind === "vanished") return messages.isGone;
  if (kind === "same") return "";
  const percent = format.percent(after - before, Math.abs(before));
  return after > before ? `+${percent}` : percent;
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
