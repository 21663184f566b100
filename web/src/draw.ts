/**
 * Draws the visible rows of a flame graph into a canvas the size of the viewport.
 *
 * Boxes are written as pixels: one scan line per row, copied down the row's height, so the cost follows the pixels
 * on screen and not the frames in the profile. Runs of frames narrower than a pixel are skipped over by galloping
 * search. Text goes on top through the canvas.
 */

import { APPEARED, VANISHED, type MarkStyle } from "./change-colors";
import { darken, type FrameColors } from "./colors";
import type { LabelFitter } from "./labels";
import { firstFrom, firstRightOf, type Layout } from "./layout";
import { NONE } from "./payload";
import type { Tree } from "./profile";

/** Everything one picture depends on. Lengths are CSS pixels unless said otherwise. */
export interface Scene {
  tree: Tree;
  layout: Layout;
  colors: FrameColors;
  /** Of a comparison: the colour of each node, and what appeared and vanished. */
  changes: { steps: Uint8Array; marks: Uint8Array; style: MarkStyle } | undefined;
  labels: LabelFitter;
  font: string;
  /** 1 for functions compiled into their caller. */
  inlined: (id: number) => boolean;
  /** 1 for each function drawn faintly because its category is. */
  dimmed: Uint8Array | undefined;
  /** The search, when there is one. */
  search: { matches: Uint8Array; prefix: Uint32Array } | undefined;
  /** The part of the layout's width on screen. */
  from: number;
  to: number;
  /** Levels above this one are ancestors of the zoomed frame. */
  zoomDepth: number;
  /** Rows in the scrolled content, and how far it is scrolled. */
  rows: number;
  scrollTop: number;
  rowHeight: number;
  icicle: boolean;
  rootLabel: string;
}

interface Label {
  /** Function, or `NONE` for the root. */
  id: number;
  left: number;
  room: number;
  top: number;
  color: string;
}

/** A box with a mark over its colour. Left edge and width are device pixels. */
interface MarkedBox {
  mark: number;
  left: number;
  width: number;
  depth: number;
  faint: boolean;
}

/** Frames narrower than this, in CSS pixels, have no label. */
const NARROWEST_LABEL = 18;
const PADDING = 4;
/** A run of narrow frames that covers less than this share of its pixel is not drawn unless a match is in it. */
const FAINTEST_RUN = 0.12;

/** The top edge of the row of a level within the scrolled content. */
export function rowTop(depth: number, rows: number, rowHeight: number, icicle: boolean): number {
  return (icicle ? depth : rows - 1 - depth) * rowHeight;
}

/** Draws scenes into one canvas, keeping its pixel buffer between them. */
export class Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #image: ImageData | undefined;
  #pixels = new Uint32Array(0);
  #width = 0;
  #height = 0;
  #ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("no 2d canvas");
    this.#context = context;
  }

  /** Sets the size in CSS pixels and the device pixels per CSS pixel. */
  resize(width: number, height: number, ratio: number): void {
    if (width === this.#width && height === this.#height && ratio === this.#ratio) return;
    this.#width = width;
    this.#height = height;
    this.#ratio = ratio;
    this.#canvas.width = Math.max(1, Math.round(width * ratio));
    this.#canvas.height = Math.max(1, Math.round(height * ratio));
    this.#image = undefined;
  }

  /** A function that measures text in a font, in CSS pixels. */
  measurer(font: string): (text: string) => number {
    return (text) => {
      this.#context.setTransform(1, 0, 0, 1, 0, 0);
      this.#context.font = font;
      return this.#context.measureText(text).width;
    };
  }

  /** Draws a scene. */
  draw(scene: Scene): void {
    const columns = this.#canvas.width;
    const lines = this.#canvas.height;
    if (this.#image === undefined) {
      this.#image = this.#context.createImageData(columns, lines);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    const pixels = this.#pixels.fill(scene.colors.background);
    const labels: Label[] = [];
    const marks: MarkedBox[] = [];
    const row = new Uint32Array(columns);
    const edge = new Uint32Array(columns);
    for (let depth = 0; depth < Math.min(scene.layout.levels, scene.rows); depth += 1) {
      const cssTop = rowTop(depth, scene.rows, scene.rowHeight, scene.icicle) - scene.scrollTop;
      if (cssTop + scene.rowHeight <= 0 || cssTop >= this.#height) continue;
      const top = Math.round(cssTop * this.#ratio);
      const bottom = Math.round((cssTop + scene.rowHeight) * this.#ratio) - Math.max(1, Math.round(this.#ratio / 2));
      row.fill(scene.colors.background);
      const marked = this.#rasterize(scene, depth, row, edge, labels, marks, cssTop);
      for (let line = Math.max(0, top); line < Math.min(bottom, lines); line += 1) pixels.set(row, line * columns);
      if (marked) {
        // The edge towards the caller carries the mark of inlined frames.
        const thick = Math.max(1, Math.round(this.#ratio));
        const first = scene.icicle ? top : bottom - thick;
        for (let line = first; line < first + thick; line += 1) {
          if (line >= 0 && line < lines) pixels.set(edge, line * columns);
        }
      }
    }
    this.#context.putImageData(this.#image, 0, 0);
    if (scene.changes !== undefined) this.#drawMarks(scene, scene.changes.style, marks);
    this.#drawLabels(scene, labels);
  }

  /** Writes one level into `row`; returns whether `edge` differs from it. */
  #rasterize(
    scene: Scene,
    depth: number,
    row: Uint32Array,
    edge: Uint32Array,
    labels: Label[],
    marks: MarkedBox[],
    cssTop: number,
  ): boolean {
    const { layout, tree, colors, changes, search, dimmed } = scene;
    const columns = row.length;
    const scale = columns / (scene.to - scene.from);
    const until = layout.levelStart[depth + 1]!;
    const rootColor = colors.normal.length - 1;
    const ancestor = depth < scene.zoomDepth;
    const narrowest = NARROWEST_LABEL * this.#ratio;
    const gap = Math.max(1, Math.round(this.#ratio / 2));
    const inlinedBoxes: number[] = [];
    let at = firstRightOf(layout, layout.levelStart[depth]!, until, scene.from);
    while (at < until) {
      const left = (layout.left[at]! - scene.from) * scale;
      if (left >= columns) break;
      const right = (layout.right[at]! - scene.from) * scale;
      const node = layout.node[at]!;
      const raw = tree.function[node]!;
      const color = raw === NONE ? rootColor : changes === undefined ? raw : changes.steps[node]!;
      if (right - left < 1) {
        const cell = Math.max(0, Math.floor(left));
        let next = firstFrom(layout, at + 1, until, scene.from + (cell + 1) / scale);
        // The last frame that begins in this pixel may be wide enough to be drawn on its own.
        if (next - 1 > at && (layout.right[next - 1]! - layout.left[next - 1]!) * scale >= 1) next -= 1;
        const matched = search !== undefined && search.prefix[next]! > search.prefix[at]!;
        const covered = (layout.right[next - 1]! - layout.left[at]!) * scale;
        if (matched) row[cell] = colors.match;
        else if (covered >= FAINTEST_RUN) {
          const faint = ancestor || search !== undefined || dimmed?.[raw] === 1 || covered < 0.5;
          row[cell] = faint ? colors.faded[color]! : colors.normal[color]!;
        }
        at = next;
        continue;
      }
      const begin = Math.max(0, Math.round(left));
      const end = Math.min(columns, Math.max(begin + 1, Math.round(right)));
      const matched = search !== undefined && raw !== NONE && search.matches[raw] === 1;
      const faint = !matched && (ancestor || (search !== undefined && raw !== NONE) || dimmed?.[raw] === 1);
      const fill = matched ? colors.match : faint ? colors.faded[color]! : colors.normal[color]!;
      const wide = end - begin >= 4 * gap;
      const fillEnd = wide && right < columns ? end - gap : end;
      row.fill(fill, begin, fillEnd);
      if (wide && raw !== NONE && scene.inlined(raw)) inlinedBoxes.push(begin, fillEnd, fill);
      const mark = changes?.marks[node] ?? 0;
      if (wide && mark !== 0 && !matched) marks.push({ mark, left: begin, width: fillEnd - begin, depth, faint });
      if (end - begin >= narrowest) {
        labels.push({
          id: raw,
          left: begin / this.#ratio,
          room: (fillEnd - begin) / this.#ratio - 2 * PADDING,
          top: cssTop,
          color: matched ? colors.matchText : faint ? colors.fadedText : colors.text[color]!,
        });
      }
      at += 1;
    }
    if (inlinedBoxes.length === 0) return false;
    edge.set(row);
    const dash = Math.max(2, Math.round(3 * this.#ratio));
    for (let box = 0; box < inlinedBoxes.length; box += 3) {
      const dark = darken(inlinedBoxes[box + 2]!, 0.42);
      for (let x = inlinedBoxes[box]!; x < inlinedBoxes[box + 1]!; x += 2 * dash) {
        edge.fill(dark, x, Math.min(x + dash, inlinedBoxes[box + 1]!));
      }
    }
    return true;
  }

  /** Hatches what vanished and outlines what appeared. */
  #drawMarks(scene: Scene, style: MarkStyle, boxes: MarkedBox[]): void {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    const line = Math.max(1, Math.round(this.#ratio));
    const hatching = this.#hatching(style.hatching);
    context.lineWidth = line;
    for (const { mark, left, width, depth, faint } of boxes) {
      const cssTop = rowTop(depth, scene.rows, scene.rowHeight, scene.icicle) - scene.scrollTop;
      const top = Math.round(cssTop * this.#ratio);
      const height = Math.round((cssTop + scene.rowHeight) * this.#ratio) - Math.max(1, Math.round(this.#ratio / 2)) - top;
      context.globalAlpha = faint ? 0.3 : 1;
      if (mark === VANISHED && hatching !== null) {
        context.fillStyle = hatching;
        context.fillRect(left, top, width, height);
      }
      context.setLineDash(mark === VANISHED ? [3 * line, 2 * line] : []);
      context.strokeStyle = mark === APPEARED ? style.appeared : style.vanished;
      if (width > 3 * line) context.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  /** Diagonal lines of a colour. */
  #hatching(color: string): CanvasPattern | null {
    const size = Math.round(8 * this.#ratio);
    const tile = new OffscreenCanvas(size, size);
    const context = tile.getContext("2d");
    if (context === null) return null;
    context.strokeStyle = color;
    context.lineWidth = size / 4;
    context.beginPath();
    // Three lines, so that corners meet those of the next tile.
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift - size, size * 2);
      context.lineTo(shift + size * 2, -size);
    }
    context.stroke();
    return this.#context.createPattern(tile as unknown as HTMLCanvasElement, "repeat");
  }

  #drawLabels(scene: Scene, labels: Label[]): void {
    const context = this.#context;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.font = scene.font;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.direction = "ltr";
    let color = "";
    for (const label of labels) {
      const text =
        label.id === NONE ? fitRoot(scene, label.room) : scene.labels.fit(label.id, label.room);
      if (text === "") continue;
      if (label.color !== color) {
        color = label.color;
        context.fillStyle = color;
      }
      context.fillText(text, label.left + PADDING, label.top + scene.rowHeight / 2);
    }
  }
}

function fitRoot(scene: Scene, room: number): string {
  return scene.labels.width(scene.rootLabel) <= room ? scene.rootLabel : scene.labels.cut(scene.rootLabel, room);
}
