/**
 * Colours of changes: red for more, blue for less, the deeper the greater the change is for the frame itself.
 *
 * The depth is the square root of the degree, so that a tenth more is well visible; `crates/render` draws SVG pictures
 * alike. Frames share a few steps of colour, so a frame carries the index of its step.
 */

import { degree, type ColorBy, type Sides } from "./comparison";
import { css, mix, pack, readableText, type FrameColors, type Palette, type Rgb } from "./colors";
import type { Tree } from "./profile";

/** Steps on each side of "the same". */
const STEPS = 24;

/** No mark, appeared, vanished: in the column of marks. */
export const APPEARED = 1;
export const VANISHED = 2;

/** The colour of a degree from -1 to 1. */
export function changeColor(value: number, palette: Palette, negate: boolean): Rgb {
  const { neutral, more, less } = palette.changes;
  return mix(neutral, value < 0 !== negate ? less : more, Math.sqrt(Math.abs(value)));
}

/** The colours of all steps; the last is the root's. */
export function changeColors(palette: Palette, negate: boolean): FrameColors {
  const colors: Rgb[] = [];
  for (let step = -STEPS; step <= STEPS; step += 1) colors.push(changeColor(degreeOf(step), palette, negate));
  colors.push(palette.root);
  return {
    normal: Uint32Array.from(colors, pack),
    faded: Uint32Array.from(colors, (color) => pack(mix(color, palette.background, palette.fade))),
    text: colors.map((color) => css(readableText(color, palette))),
    match: pack(palette.match),
    background: pack(palette.background),
    fadedText: css(mix(readableText(palette.background, palette), palette.background, 0.35)),
    matchText: css(readableText(palette.match, palette)),
  };
}

/** Steps are even in depth rather than in degree: even to the eye. */
function degreeOf(step: number): number {
  return Math.sign(step) * (step / STEPS) ** 2;
}

function stepOf(value: number): number {
  return STEPS + Math.round(Math.sign(value) * Math.sqrt(Math.abs(value)) * STEPS);
}

/** The step of every node. */
export function colorSteps(tree: Tree, sides: Sides, colorBy: ColorBy): Uint8Array {
  const steps = new Uint8Array(tree.count);
  for (let node = 0; node < tree.count; node += 1) {
    steps[node] = stepOf(degree(sides.before[colorBy][node]!, sides.after[colorBy][node]!));
  }
  return steps;
}

/** Which nodes appeared and which vanished, with all that they call. */
export function changeMarks(tree: Tree, sides: Sides): Uint8Array {
  const marks = new Uint8Array(tree.count);
  for (let node = 1; node < tree.count; node += 1) {
    const before = sides.before.total[node] !== 0;
    const after = sides.after.total[node] !== 0;
    if (before !== after) marks[node] = after ? APPEARED : VANISHED;
  }
  return marks;
}

/** How marks are drawn over the colour of a frame. */
export interface MarkStyle {
  /** Lines across what vanished. */
  hatching: string;
  appeared: string;
  vanished: string;
}

/** The looks of marks in a palette. */
export function markStyle(palette: Palette, negate: boolean): MarkStyle {
  const edge = palette.changes.edge;
  return {
    hatching: css(changeColor(-0.2, palette, negate)),
    appeared: css(mix(changeColor(1, palette, negate), edge, 0.55)),
    vanished: css(mix(changeColor(-1, palette, negate), edge, 0.55)),
  };
}
