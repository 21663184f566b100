/** English, and the shape every other catalogue has to have. */

import type { CountedThing } from "../format";
import type { PayloadProblem } from "../payload";

const SINGULAR: Record<CountedThing, string> = {
  samples: "sample",
  objects: "object",
  goroutines: "goroutine",
  contentions: "contention",
  threads: "thread",
};

const PROBLEMS: Record<PayloadProblem, string> = {
  missing: "This file holds no profile. It may be the empty template, or it was cut short while being saved.",
  base64: "The profile in this file is damaged: it was probably cut short or changed while being copied.",
  inflate: "The profile in this file is damaged: it cannot be decompressed.",
  "unsupported-browser":
    "This browser is too old to decompress the profile. Use Chromium 80, Firefox 113, Safari 16.4 or newer.",
  magic: "The data in this file is not a Firesteel profile.",
  version: "This profile was written by another version of Firesteel. Render it again with the installed version.",
  header: "The profile in this file is damaged: its header cannot be read.",
  column: "The profile in this file is damaged: a table does not fit.",
  tree: "The profile in this file is damaged: its stacks do not form a tree.",
};

export const en = {
  locale: "en",
  languageName: "English",

  counted: (thing: CountedThing, value: number, formatted: string): string =>
    `${formatted} ${Math.abs(value) === 1 ? SINGULAR[thing] : thing}`,

  views: { flame: "Graph", table: "Top", both: "Both" },
  viewTitles: { flame: "Flame graph", table: "Top functions", both: "Flame graph and top functions" },
  viewsLabel: "View",
  profilesLabel: "Profile",
  sampleTypeLabel: "Sample type",

  searchPlaceholder: "Search functions",
  searchLabel: "Search function names",
  matchCase: "Match case",
  useRegex: "Use a regular expression",
  wholeName: "Match the whole name",
  clearSearch: "Clear search",
  badPattern: "not a valid pattern",
  noMatch: "no match",
  matched: (percent: string, of: string): string => `matched ${percent} of ${of}`,
  matchedHint: "Each stack is counted once, however many of its frames match.",

  flame: "Flame",
  icicle: "Icicle",
  orientationLabel: "Direction: flame grows up, icicle grows down",
  orderName: "By name",
  orderWidth: "By width",
  orderLabel: "Order of the frames beside each other",
  resetZoom: "Reset zoom",
  zoomOut: "Zoom out one frame",
  goBack: "Back",
  goForward: "Forward",

  info: "About this profile",
  help: "Help and keys",
  close: "Close",
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
  language: "Language",

  root: "all",
  flameRegion: "Flame graph. Arrow keys move the selection, Enter zooms, Escape zooms out. The table of top functions holds the same figures.",
  self: "Self",
  total: "Total",
  ofView: (percent: string): string => `${percent} of view`,
  ofAll: (percent: string): string => `${percent} of all`,
  inlined: "inlined",
  inlinedHint: "Compiled into its caller",
  copyName: "Copy name",
  copyStack: "Copy stack",
  copied: "Copied",
  copyFailed: "The browser refused to copy",
  line: (file: string, line: number): string => (line > 0 ? `${file}:${line}` : file),
  inView: (value: string, frames: string, depth: string): string => `${value} in view, ${frames} frames, ${depth} deep`,
  hoverHint: "Hover over a frame for its figures, click it to zoom",
  touchHint: "Tap a frame to zoom",
  announce: (name: string, self: string, total: string, percent: string): string =>
    `${name}: total ${total}, ${percent} of all; self ${self}`,

  categories: {
    own: "Own code",
    std: "Std library",
    runtime: "Runtime",
    "third-party": "Third party",
    native: "Native",
    kernel: "Kernel",
    unknown: "Unknown",
  } as Record<string, string>,
  legendLabel: "Where the self time goes; press one to fade its frames",
  legendItem: (name: string, percent: string): string => `${name}: ${percent} of self in view`,

  tableCaption: "Functions by cost",
  tableFilter: "Filter functions",
  columnName: "Function",
  columnSelf: "Self",
  columnTotal: "Total",
  columnSelfPercent: "Self %",
  columnTotalPercent: "Total %",
  percentOf: (of: string): string => `Percentages are of ${of}`,
  functionsShown: (shown: string, all: string): string => (shown === all ? `${all} functions` : `${shown} of ${all} functions`),
  showMore: (more: string): string => `Show ${more} more`,
  noFunctions: "No function matches the filter.",
  findFunction: (name: string): string => `Highlight ${name} in the graph`,

  warnings: (count: number): string => (count === 1 ? "1 warning" : `${count} warnings`),
  metadataTitle: "Recording",
  warningsTitle: "Warnings",
  noMetadata: "The profile carries no details of its recording.",
  generatedBy: (generator: string): string => `Written by ${generator}`,

  emptyTitle: "No samples",
  emptyText: "Nothing was recorded, so there is no graph to draw. The usual reasons:",
  emptyReasonsCpu: [
    "The program did no work on the CPU while it was recorded: a waiting program takes no CPU samples. Put load on it, or record what it waits for.",
    "The recording was too short or the sampling rate too low: record for longer (-d) or more often (-F).",
    "A filter removed every stack: render the profile again without it.",
    "The program ended before the recording began: start it through Firesteel instead of attaching to it.",
  ],
  emptyReasonsOther: [
    "Nothing of this kind happened while the profile was taken.",
    "Block and mutex profiles stay empty until the program calls runtime.SetBlockProfileRate or runtime.SetMutexProfileFraction.",
    "The heap profile samples about one allocation in 512 KiB: a small program may not have hit one. Lower runtime.MemProfileRate to see more.",
    "A filter removed every stack: render the profile again without it.",
  ],
  emptyOther: "Other data in this report has values:",
  linkIncomplete: "The linked stack is not in this profile any more; showing the nearest frame.",
  linkTypeMissing: (name: string): string => `This report has no “${name}”.`,

  failureTitle: "This report cannot be shown",
  failures: PROBLEMS,
  loading: "Reading the profile…",

  keysTitle: "Keys",
  keys: [
    ["← ↑ ↓ →", "Move the selection"],
    ["Enter", "Zoom to the selected frame"],
    ["Backspace", "Zoom out one frame"],
    ["+  -", "Zoom in and out around the middle"],
    ["Esc", "Close, reset zoom, then clear the search"],
    ["/  Ctrl+F", "Search"],
    ["Enter  n  N", "Next and previous match"],
    ["1  2  3", "Graph, top functions, both"],
    ["i", "Flame or icicle"],
    ["s", "Order by name or width"],
    ["c  C", "Copy name, copy stack"],
    ["t", "Theme"],
    ["l", "Language"],
    ["m", "About this profile"],
    ["?", "This help"],
  ] as [string, string][],
  mouseTitle: "Mouse and touch",
  mouse: [
    ["Click, tap", "Zoom to a frame"],
    ["Ctrl + wheel, pinch", "Zoom where the pointer is"],
    ["Drag, Shift + wheel", "Move sideways"],
    ["Browser back, forward", "Through the zooms"],
  ] as [string, string][],
  readingTitle: "How to read it",
  reading: [
    "Each box is a function on the stack; the box on the side of “all” called it. The wider the box, the more was sampled in it and in what it called.",
    "Self is what was sampled in the function itself, total adds everything it called. Order from left to right is not time.",
    "Colours tell whose code it is; the legend gives each one’s share. A dotted edge marks a function that was inlined into its caller.",
  ],
};

export type Messages = typeof en;
