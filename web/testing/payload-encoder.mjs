/**
 * Writes data blocks for tests, as `crates/render` does for reports.
 *
 * Plain JavaScript, so that both vitest and the browser tests can import it.
 */

import { gzipSync } from "node:zlib";

/**
 * @typedef {{ name: string, file?: string, line?: number, package?: string, category?: string, inlined?: boolean }} Frame
 * @typedef {{ frames: Frame[], values: number[] }} Stack  Frames from the root's child to the leaf.
 * @typedef {{ name: string, unit: string }} SampleType
 * @typedef {{ before: string, after: string, valueName: string, beforeScale: number, by: string, colorBy: string, negate: boolean, leftOut: number }} Comparison
 * @typedef {{ name: string, sampleTypes: SampleType[], defaultSampleType?: number, duration?: number, comparison?: Comparison, stacks: Stack[] }} Profile
 * @typedef {{ title?: string, subtitle?: string, generator?: string, metadata?: [string, string][], warnings?: string[], profiles: Profile[] }} ReportInput
 * @typedef {{ frame: Frame | undefined, children: Map<string, TreeNode>, self: number[] }} TreeNode
 */

export const CATEGORIES = ["own", "std", "runtime", "third-party", "native", "kernel", "unknown"];
const NONE = 0xffffffff;

/** Collects columns and says where each will lie. */
export class ColumnWriter {
  constructor() {
    /** @type {Uint8Array[]} */
    this.parts = [];
    this.length = 0;
  }

  /**
   * @param {"u8" | "u32" | "f64"} type
   * @param {ArrayLike<number>} values
   */
  add(type, values) {
    const column = type === "u8" ? Uint8Array.from(values) : type === "u32" ? Uint32Array.from(values) : Float64Array.from(values);
    const bytes = new Uint8Array(column.buffer);
    const place = { type, offset: this.length, length: column.length };
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    this.parts.push(padded);
    this.length += padded.length;
    return place;
  }
}

/**
 * Puts a header and its columns together, not compressed.
 * @param {unknown} header
 * @param {ColumnWriter} columns
 */
export function assembleBlock(header, columns) {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const base = Math.ceil((16 + json.length) / 8) * 8;
  const block = new Uint8Array(base + columns.length);
  block.set(new TextEncoder().encode("FIRESTL1"));
  new DataView(block.buffer).setUint32(8, json.length, true);
  block.set(json, 16);
  let at = base;
  for (const part of columns.parts) {
    block.set(part, at);
    at += part.length;
  }
  return block;
}

/**
 * The text of the data block for bytes.
 * @param {Uint8Array} block
 */
export function compressBlock(block) {
  return gzipSync(block).toString("base64");
}

/**
 * The bytes of the data block of a report, not compressed.
 * @param {ReportInput} input
 */
export function encodeReport(input) {
  const columns = new ColumnWriter();
  /** @type {Map<string, number>} */
  const strings = new Map([["", 0]]);
  const intern = (/** @type {string} */ text) => {
    const known = strings.get(text);
    if (known !== undefined) return known;
    strings.set(text, strings.size);
    return strings.size - 1;
  };
  /** @type {Map<string, number>} */
  const functions = new Map();
  /** @type {Record<string, number[]>} */
  const table = { name: [], file: [], line: [], package: [], category: [], flags: [] };
  const functionId = (/** @type {Frame} */ frame) => {
    const key = keyOf(frame);
    const known = functions.get(key);
    if (known !== undefined) return known;
    const id = functions.size;
    functions.set(key, id);
    const row = [
      intern(frame.name),
      intern(frame.file ?? ""),
      frame.line ?? 0,
      intern(frame.package ?? ""),
      CATEGORIES.indexOf(frame.category ?? "unknown"),
      frame.inlined === true ? 1 : 0,
    ];
    Object.values(table).forEach((column, index) => column.push(row[index] ?? 0));
    return id;
  };

  const profiles = input.profiles.map((profile) => {
    const root = buildTree(profile);
    /** @type {number[]} */
    const parent = [];
    /** @type {number[]} */
    const functionColumn = [];
    const self = profile.sampleTypes.map(() => /** @type {number[]} */ ([]));
    /** @type {{ node: TreeNode, parent: number }[]} */
    const pending = [{ node: root, parent: NONE }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node } = next;
      const index = parent.length;
      parent.push(next.parent);
      functionColumn.push(node.frame === undefined ? NONE : functionId(node.frame));
      self.forEach((column, type) => column.push(node.self[type] ?? 0));
      const children = [...node.children.values()].sort((a, b) => Buffer.compare(Buffer.from(a.frame?.name ?? ""), Buffer.from(b.frame?.name ?? "")));
      for (const child of children.reverse()) pending.push({ node: child, parent: index });
    }
    return {
      name: profile.name,
      sampleTypes: profile.sampleTypes,
      defaultSampleType: profile.defaultSampleType ?? 0,
      duration: profile.duration ?? 0,
      comparison: profile.comparison,
      nodes: {
        parent: columns.add("u32", parent),
        function: columns.add("u32", functionColumn),
        self: self.map((column) => columns.add("f64", column)),
      },
    };
  });

  const encoder = new TextEncoder();
  const texts = [...strings.keys()].map((text) => encoder.encode(text));
  const offsets = [0];
  for (const text of texts) offsets.push((offsets.at(-1) ?? 0) + text.length);
  const blob = new Uint8Array(offsets.at(-1) ?? 0);
  texts.forEach((text, index) => blob.set(text, offsets[index]));
  const header = {
    version: 1,
    title: input.title ?? "",
    subtitle: input.subtitle ?? "",
    generator: input.generator ?? "firesteel 0.1.0",
    metadata: input.metadata ?? [],
    warnings: input.warnings ?? [],
    strings: { bytes: columns.add("u8", blob), offsets: columns.add("u32", offsets) },
    functions: {
      name: columns.add("u32", table["name"] ?? []),
      file: columns.add("u32", table["file"] ?? []),
      line: columns.add("u32", table["line"] ?? []),
      package: columns.add("u32", table["package"] ?? []),
      category: columns.add("u8", table["category"] ?? []),
      flags: columns.add("u8", table["flags"] ?? []),
    },
    categories: CATEGORIES,
    profiles,
  };
  return assembleBlock(header, columns);
}

/** @param {Frame} frame */
function keyOf(frame) {
  return JSON.stringify([frame.name, frame.file, frame.line, frame.package, frame.category, frame.inlined]);
}

/**
 * @param {Profile} profile
 * @returns {TreeNode}
 */
function buildTree(profile) {
  const zeros = () => profile.sampleTypes.map(() => 0);
  /** @type {TreeNode} */
  const root = { frame: undefined, children: new Map(), self: zeros() };
  for (const { frames, values } of profile.stacks) {
    let node = root;
    for (const frame of frames) {
      const key = keyOf(frame);
      let child = node.children.get(key);
      if (child === undefined) {
        child = { frame, children: new Map(), self: zeros() };
        node.children.set(key, child);
      }
      node = child;
    }
    values.forEach((value, type) => {
      node.self[type] = (node.self[type] ?? 0) + value;
    });
  }
  return root;
}

/**
 * A difference of two profiles from differential folded text, one `a;b;c BEFORE AFTER` a line.
 * @param {string} text
 * @param {Partial<Comparison>} [more]
 * @returns {Profile}
 */
export function differential(text, more = {}) {
  const stacks = folded(text).map(({ frames, values }) => {
    const last = frames[frames.length - 1];
    const space = last?.name.lastIndexOf(" ") ?? 0;
    const before = Number(last?.name.slice(space + 1));
    const cut = [...frames.slice(0, -1), { ...last, name: last?.name.slice(0, space) ?? "" }];
    return { frames: cut, values: [before, ...values] };
  });
  const sampleTypes = ["before", "after"].map((name) => ({ name, unit: "count" }));
  const standard = { before: "a", after: "b", valueName: "samples", beforeScale: 1, by: "max", colorBy: "total", negate: false, leftOut: 0 };
  return { name: "", sampleTypes, defaultSampleType: 1, comparison: { ...standard, ...more }, stacks };
}

/**
 * Stacks from folded text, one `a;b;c 12` a line; every frame in the category of its first word, if it is one.
 * @param {string} text
 * @returns {Stack[]}
 */
export function folded(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const space = line.lastIndexOf(" ");
      const frames = line
        .slice(0, space)
        .split(";")
        .map((name) => ({ name, category: CATEGORIES.find((category) => name.startsWith(`${category}.`)) ?? "own" }));
      return { frames, values: [Number(line.slice(space + 1))] };
    });
}

/**
 * A report with the template's placeholders filled in.
 * @param {string} template
 * @param {string} title
 * @param {string} payload
 */
export function fillTemplate(template, title, payload) {
  const escaped = title.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return template.replace("{{TITLE}}", () => escaped).replace("{{PAYLOAD}}", () => payload);
}
