/**
 * What the viewer shows, and how it is written into the fragment of the address.
 *
 * Everything is by name (profile, sample type, stack), so a link still leads to the right place after the report
 * was rendered again from newer data.
 */

import { COLOR_BYS, WIDTHS, type ColorBy, type WidthBy } from "./comparison";
import type { ChildOrder } from "./layout";
import { EMPTY_QUERY, type Query } from "./search";
import { NONE, type Report } from "./payload";
import { forEachChild, pathTo, type Tree } from "./profile";

/** Which panes are open. */
export type View = "flame" | "table" | "both";
export const VIEWS: readonly View[] = ["flame", "table", "both"];

/** `auto` follows the browser. */
export type Theme = "auto" | "light" | "dark";
export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

/** Columns of the table. In a comparison `self` and `total` are the changes, and each side has columns of its own. */
export type TableColumn = "name" | "self" | "total" | "selfBefore" | "selfAfter" | "totalBefore" | "totalAfter";
const COLUMNS: readonly TableColumn[] = ["name", "self", "total", "selfBefore", "selfAfter", "totalBefore", "totalAfter"];

/** One frame of a stack: its name, and which of the siblings of that name it is. Siblings share a name when one is
 * inlined or comes from another file. */
export interface Step {
  name: string;
  ordinal: number;
}

/** Everything a link restores. */
export interface ViewState {
  /** Name of the profile, or empty for the first. */
  profile: string;
  /** Name of the sample type, or empty for the profile's default. */
  sampleType: string;
  view: View;
  icicle: boolean;
  order: ChildOrder;
  /** What widths and colours of a comparison follow, or empty for what the report says. */
  width: WidthBy | "";
  colorBy: ColorBy | "";
  /** The zoomed stack, from the root's child down; see `stepsTo`. */
  zoom: Step[];
  /** The part of the zoomed frame on screen, as fractions of its width. */
  range: [from: number, to: number];
  query: Query;
  /** Categories drawn faintly. */
  dimmed: string[];
  tableSort: TableColumn;
  tableAscending: boolean;
  tableFilter: string;
  theme: Theme;
  /** A language tag, or empty to follow the browser. */
  language: string;
}

/** What is shown when the address says nothing. */
export const INITIAL_STATE: ViewState = {
  profile: "",
  sampleType: "",
  view: "flame",
  icicle: false,
  order: "name",
  width: "",
  colorBy: "",
  zoom: [],
  range: [0, 1],
  query: EMPTY_QUERY,
  dimmed: [],
  tableSort: "self",
  tableAscending: false,
  tableFilter: "",
  theme: "auto",
  language: "",
};

/** Longer fragments lose the zoom: browsers and chat programs cut or refuse them. */
const LONGEST_ZOOM = 60_000;

/** The fragment for a state, without `#`; only what differs from `INITIAL_STATE`. */
export function encodeState(state: ViewState): string {
  const parts: string[] = [];
  const add = (key: string, value: string): void => {
    parts.push(`${key}=${value}`);
  };
  if (state.profile !== "") add("p", encodePart(state.profile));
  if (state.sampleType !== "") add("t", encodePart(state.sampleType));
  if (state.view !== "flame") add("v", state.view);
  if (state.icicle) add("i", "1");
  if (state.order !== "name") add("o", state.order);
  if (state.width !== "") add("w", state.width);
  if (state.colorBy !== "") add("c", state.colorBy);
  const zoom = state.zoom.map(encodeStep).join(";");
  if (zoom !== "" && zoom.length <= LONGEST_ZOOM) {
    add("z", zoom);
  }
  const [from, to] = state.range;
  if (from !== 0 || to !== 1) add("r", `${from.toPrecision(6)}~${to.toPrecision(6)}`);
  if (state.query.text !== "") {
    add("q", encodePart(state.query.text));
    const flags = (state.query.regex ? "r" : "") + (state.query.matchCase ? "c" : "") + (state.query.whole ? "w" : "");
    if (flags !== "") add("qf", flags);
  }
  if (state.dimmed.length > 0) add("d", state.dimmed.map(encodePart).join(","));
  if (state.tableSort !== "self" || state.tableAscending) {
    add("s", `${state.tableSort}${state.tableAscending ? "+" : "-"}`);
  }
  if (state.tableFilter !== "") add("f", encodePart(state.tableFilter));
  if (state.theme !== "auto") add("th", state.theme);
  if (state.language !== "") add("l", encodePart(state.language));
  return parts.join("&");
}

/** Reads a fragment. Keys and values that make no sense are ignored: a link is typed and mangled by people. */
export function decodeState(fragment: string): ViewState {
  const state: ViewState = { ...INITIAL_STATE, query: { ...EMPTY_QUERY } };
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const value = part.slice(equals + 1);
    switch (part.slice(0, equals)) {
      case "p":
        state.profile = decodePart(value);
        break;
      case "t":
        state.sampleType = decodePart(value);
        break;
      case "v":
        state.view = VIEWS.find((view) => view === value) ?? "flame";
        break;
      case "i":
        state.icicle = value === "1";
        break;
      case "o":
        state.order = value === "width" ? "width" : "name";
        break;
      case "w":
        state.width = WIDTHS.find((width) => width === value) ?? "";
        break;
      case "c":
        state.colorBy = COLOR_BYS.find((colorBy) => colorBy === value) ?? "";
        break;
      case "z":
        state.zoom = value.split(";").filter((step) => step !== "").map(decodeStep);
        break;
      case "r":
        state.range = decodeRange(value);
        break;
      case "q":
        state.query.text = decodePart(value);
        break;
      case "qf":
        state.query.regex = value.includes("r");
        state.query.matchCase = value.includes("c");
        state.query.whole = value.includes("w");
        break;
      case "d":
        state.dimmed = value.split(",").filter((name) => name !== "").map(decodePart);
        break;
      case "s":
        state.tableSort = COLUMNS.find((column) => column === value.slice(0, -1)) ?? "self";
        state.tableAscending = value.endsWith("+");
        break;
      case "f":
        state.tableFilter = decodePart(value);
        break;
      case "th":
        state.theme = THEMES.find((theme) => theme === value) ?? "auto";
        break;
      case "l":
        state.language = decodePart(value);
        break;
    }
  }
  return state;
}

// A lone surrogate, as a pasted search may hold, has no percent encoding.
function encodePart(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function decodeRange(value: string): [number, number] {
  const [from, to] = value.split("~").map(Number);
  const sound = from !== undefined && to !== undefined && from >= 0 && to <= 1 && to > from;
  return sound ? [from, to] : [0, 1];
}

// A step is written as its name, and `:k` when the ordinal is not 0; `encodeURIComponent` leaves no colon in a name.
function encodeStep(step: Step): string {
  return `${encodePart(step.name) || "%00"}${step.ordinal === 0 ? "" : `:${step.ordinal}`}`;
}

function decodeStep(text: string): Step {
  const [name, ordinal] = text.split(":") as [string, string | undefined];
  return { name: name === "%00" ? "" : decodePart(name), ordinal: Math.max(0, Math.floor(Number(ordinal ?? 0)) || 0) };
}

/** The steps by name from the root to `node`. */
export function stepsTo(report: Report, tree: Tree, node: number): Step[] {
  return pathTo(tree, node).map((at) => {
    const name = nameOf(report, tree, at);
    let ordinal = 0;
    forEachChild(tree, tree.parent[at]!, (sibling) => {
      if (sibling < at && nameOf(report, tree, sibling) === name) ordinal += 1;
    });
    return { name, ordinal };
  });
}

/** Follows steps from the root as far as they lead; `complete` is false when the stack ends early. */
export function followSteps(report: Report, tree: Tree, steps: readonly Step[]): { node: number; complete: boolean } {
  let node = 0;
  for (const step of steps) {
    const candidates: number[] = [];
    if (tree.count > 0) {
      forEachChild(tree, node, (child) => {
        if (nameOf(report, tree, child) === step.name) candidates.push(child);
      });
    }
    // A sibling of the same name that is gone leaves the one that is there.
    const next = candidates[step.ordinal] ?? candidates[0];
    if (next === undefined) return { node, complete: false };
    node = next;
  }
  return { node, complete: true };
}

/** The name of a node's function; empty for the root. */
export function nameOf(report: Report, tree: Tree, node: number): string {
  const id = tree.function[node]!;
  return id === NONE ? "" : report.strings.get(report.functions.name[id]!);
}
