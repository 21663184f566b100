/** The flame graph on the page: a scrolled area with one canvas, the outlines of the hovered and selected frames,
 * and the conversion between the pointer and frames. */

import type { FrameColors } from "./colors";
import { element } from "./dom";
import { Renderer, rowTop, type Scene } from "./draw";
import { watchGestures, type Point } from "./gestures";
import { LabelFitter } from "./labels";
import { ABSENT, nodeAt, type Layout } from "./layout";
import type { Derived } from "./session";

/** What the view tells its owner. */
export interface FlameEvents {
  hover(node: number | undefined, point: Point): void;
  choose(node: number): void;
  /** The part of the zoomed frame on screen, as fractions of its width. */
  range(from: number, to: number): void;
}

/** What the view shows. */
export interface FlameModel {
  derived: Derived;
  colors: FrameColors;
  /** Of a comparison: colours and marks by node. */
  changes: Scene["changes"];
  dimmed: Uint8Array | undefined;
  range: [from: number, to: number];
  icicle: boolean;
  rootLabel: string;
}

/** Less than this share of the zoomed frame cannot be zoomed into by wheel or pinch. */
const SMALLEST_RANGE = 1e-7;
const ANIMATION_MILLISECONDS = 170;
const FONT_FAMILY = `"Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;

/** The flame graph pane. */
export class FlameView {
  readonly root: HTMLElement;
  readonly scroller: HTMLElement;
  readonly #content: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #hoverOutline: HTMLElement;
  readonly #selectOutline: HTMLElement;
  readonly #renderer: Renderer;
  readonly #events: FlameEvents;
  #labels: LabelFitter | undefined;
  #labelledReport: unknown;
  #model: FlameModel | undefined;
  #shownLayout: Layout | undefined;
  #from = 0;
  #to = 1;
  #animation: { from: number; to: number; start: number } | undefined;
  #frameRequest = 0;
  #hovered: number | undefined;
  #selected: number | undefined;
  #coarse = matchMedia("(pointer: coarse)").matches;
  #rows = 1;
  #offset = 0;

  constructor(events: FlameEvents) {
    this.#events = events;
    this.#canvas = element("canvas", { class: "canvas" });
    this.#hoverOutline = element("div", { class: "outline hovered" });
    this.#selectOutline = element("div", { class: "outline selected" });
    this.#content = element("div", { class: "content" }, this.#canvas, this.#selectOutline, this.#hoverOutline);
    this.scroller = element(
      "div",
      { class: "scroller", attributes: { tabindex: "0", role: "application" } },
      this.#content,
    );
    this.root = element("section", { class: "flame" }, this.scroller);
    this.#renderer = new Renderer(this.#canvas);
    this.scroller.addEventListener("scroll", () => this.#schedule(), { passive: true });
    new ResizeObserver(() => this.#fit()).observe(this.scroller);
    watchGestures(this.scroller, {
      hover: (point) => this.#hover(point),
      leave: () => this.#events.hover(undefined, { x: 0, y: 0 }),
      tap: (point) => {
        const node = this.#nodeUnder(point);
        if (node !== undefined) this.#events.choose(node);
      },
      zoom: (point, factor) => this.#zoomAround(point, factor),
      pan: (pixels) => this.#pan(pixels),
    });
  }

  /** Height of a row in CSS pixels: taller for fingers. */
  get rowHeight(): number {
    return this.#coarse ? 24 : 20;
  }

  /** Shows a model. */
  render(model: FlameModel): void {
    const before = this.#model;
    this.#model = model;
    if (this.#labelledReport !== model.derived.report) {
      this.#labelledReport = model.derived.report;
      this.#labels = undefined;
    }
    const [from, to] = this.#target(model);
    const sameLayout = this.#shownLayout === model.derived.layout && before !== undefined;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const rangeOnly = before !== undefined && before.derived.root === model.derived.root;
    if (sameLayout && !still && !rangeOnly && (from !== this.#from || to !== this.#to)) {
      this.#animation = { from: this.#from, to: this.#to, start: performance.now() };
    } else {
      this.#animation = undefined;
      this.#from = from;
      this.#to = to;
    }
    this.#shownLayout = model.derived.layout;
    const turned = before !== undefined && before.icicle !== model.icicle;
    const rootDistance = sameLayout && !turned ? this.#distanceFromRoot() : 0;
    this.#measure();
    this.#scrollToDistance(rootDistance);
    if (sameLayout && before.derived.root !== model.derived.root) this.#reveal(model.derived.root);
    this.#schedule();
  }

  /** Outlines the selected frame, and scrolls to it when asked. */
  select(node: number | undefined, scroll: boolean): void {
    this.#selected = node;
    if (scroll && node !== undefined) this.#reveal(node);
    this.#placeOutlines();
  }

  /** Takes the outline of the hovered frame away or moves it. */
  setHovered(node: number | undefined): void {
    this.#hovered = node;
    this.#placeOutlines();
  }

  /** The range in weights on screen, for moving the selection. */
  get window(): [from: number, to: number] {
    return this.#model === undefined ? [0, 1] : this.#target(this.#model);
  }

  /** Zooms by a factor around the middle, for the keyboard. */
  zoomBy(factor: number): void {
    this.#zoomAround({ x: this.scroller.clientWidth / 2, y: 0 }, factor);
  }

  /** Draws at once instead of with the next frame, and returns how long it took in milliseconds. */
  drawNow(): number {
    const start = performance.now();
    this.#draw(start);
    return performance.now() - start;
  }

  #target(model: FlameModel): [number, number] {
    const { layout, root } = model.derived;
    const position = layout.position[root];
    if (position === undefined || position === ABSENT) return [0, layout.width || 1];
    const left = layout.left[position]!;
    const width = layout.right[position]! - left;
    return [left + model.range[0] * width, left + model.range[1] * width];
  }

  #fit(): void {
    const distance = this.#distanceFromRoot();
    this.#measure();
    this.#scrollToDistance(distance);
    this.#draw(performance.now());
  }

  #measure(): void {
    const model = this.#model;
    if (model === undefined) return;
    const { tree, root } = model.derived;
    const height = this.scroller.clientHeight;
    this.#rows = tree.count === 0 ? 1 : tree.depth[root]! + tree.height[root]! + 1;
    const wanted = this.#rows * this.rowHeight;
    const full = Math.max(wanted, height);
    this.#offset = model.icicle ? 0 : full - wanted;
    this.#content.style.height = `${full}px`;
    this.#canvas.style.height = `${height}px`;
    this.#renderer.resize(this.scroller.clientWidth, height, Math.min(window.devicePixelRatio || 1, 3));
  }

  // The root edge is the fixed end of the picture: the bottom of a flame, the top of an icicle.
  #distanceFromRoot(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return this.#model?.icicle === true ? scrollTop : scrollHeight - clientHeight - scrollTop;
  }

  #scrollToDistance(distance: number): void {
    const { scrollHeight, clientHeight } = this.scroller;
    this.scroller.scrollTop = this.#model?.icicle === true ? distance : scrollHeight - clientHeight - distance;
  }

  #reveal(node: number): void {
    const top = this.#topOf(node);
    if (top === undefined) return;
    const { scrollTop, clientHeight } = this.scroller;
    const margin = this.rowHeight;
    if (top < scrollTop + margin) this.scroller.scrollTop = top - margin;
    else if (top + 2 * margin > scrollTop + clientHeight) this.scroller.scrollTop = top + 2 * margin - clientHeight;
  }

  #topOf(node: number): number | undefined {
    const model = this.#model;
    if (model === undefined || node >= model.derived.tree.count) return undefined;
    return this.#offset + rowTop(model.derived.tree.depth[node]!, this.#rows, this.rowHeight, model.icicle);
  }

  #schedule(): void {
    if (this.#frameRequest !== 0) return;
    this.#frameRequest = requestAnimationFrame((now) => {
      this.#frameRequest = 0;
      this.#draw(now);
    });
  }

  #draw(now: number): void {
    const model = this.#model;
    if (model === undefined || this.scroller.clientWidth === 0) return;
    const [from, to] = this.#target(model);
    if (this.#animation !== undefined) {
      const progress = Math.min(1, Math.max(0, (now - this.#animation.start) / ANIMATION_MILLISECONDS));
      const eased = 1 - (1 - progress) ** 3;
      this.#from = this.#animation.from + (from - this.#animation.from) * eased;
      this.#to = this.#animation.to + (to - this.#animation.to) * eased;
      if (progress === 1) this.#animation = undefined;
      else this.#schedule();
    } else {
      this.#from = from;
      this.#to = to;
    }
    this.#renderer.draw(this.#scene(model));
    this.#placeOutlines();
  }

  #scene(model: FlameModel): Scene {
    const { derived } = model;
    const { functions, strings } = derived.report;
    const font = `${this.#coarse ? 13 : 12}px ${FONT_FAMILY}`;
    this.#labels ??= new LabelFitter(this.#renderer.measurer(font), (id) => strings.get(functions.name[id]!));
    return {
      tree: derived.tree,
      layout: derived.layout,
      colors: model.colors,
      changes: model.changes,
      labels: this.#labels,
      font,
      inlined: (id) => (functions.flags[id]! & 1) !== 0,
      dimmed: model.dimmed,
      search: derived.search,
      from: this.#from,
      to: this.#to,
      zoomDepth: derived.tree.depth[derived.root] ?? 0,
      rows: this.#rows,
      scrollTop: this.scroller.scrollTop - this.#offset,
      rowHeight: this.rowHeight,
      icicle: model.icicle,
      rootLabel: model.rootLabel,
    };
  }

  #placeOutlines(): void {
    this.#place(this.#hoverOutline, this.#hovered);
    this.#place(this.#selectOutline, this.#selected);
  }

  #place(outline: HTMLElement, node: number | undefined): void {
    const layout = this.#model?.derived.layout;
    const top = node === undefined ? undefined : this.#topOf(node);
    const position = node === undefined ? ABSENT : (layout?.position[node] ?? ABSENT);
    if (layout === undefined || top === undefined || position === ABSENT || top < 0) {
      outline.hidden = true;
      return;
    }
    const width = this.scroller.clientWidth;
    const scale = width / (this.#to - this.#from);
    const left = Math.max(0, (layout.left[position]! - this.#from) * scale);
    const right = Math.min(width, (layout.right[position]! - this.#from) * scale);
    outline.hidden = right < 0 || left > width;
    outline.style.transform = `translate(${Math.round(left)}px, ${top}px)`;
    outline.style.width = `${Math.max(2, Math.round(right) - Math.round(left))}px`;
    outline.style.height = `${this.rowHeight}px`;
  }

  #nodeUnder(point: Point): number | undefined {
    const model = this.#model;
    if (model === undefined) return undefined;
    const line = Math.floor((point.y + this.scroller.scrollTop - this.#offset) / this.rowHeight);
    const depth = model.icicle ? line : this.#rows - 1 - line;
    const x = this.#from + (point.x / this.scroller.clientWidth) * (this.#to - this.#from);
    return nodeAt(model.derived.layout, depth, x);
  }

  #hover(point: Point): void {
    this.#events.hover(this.#nodeUnder(point), point);
  }

  #zoomAround(point: Point, factor: number): void {
    const model = this.#model;
    if (model === undefined) return;
    const [from, to] = model.range;
    const anchor = from + (point.x / this.scroller.clientWidth) * (to - from);
    const span = Math.min(1, Math.max(SMALLEST_RANGE, (to - from) * factor));
    this.#setRange(anchor - (anchor - from) * (span / (to - from)), span);
  }

  #pan(pixels: number): void {
    const model = this.#model;
    if (model === undefined) return;
    const [from, to] = model.range;
    const span = to - from;
    if (span < 1) this.#setRange(from + (pixels / this.scroller.clientWidth) * span, span);
  }

  /** Shows a part of the zoomed frame, as wheel and pinch do. */
  showRange(from: number, to: number): void {
    this.#setRange(from, to - from);
  }

  #setRange(from: number, span: number): void {
    const start = Math.min(1 - span, Math.max(0, from));
    this.#events.range(start, Math.min(1, start + span));
  }
}
