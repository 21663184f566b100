/** The bar at the bottom and the tooltip at the pointer: what one frame is and what it costs. */

import { button, element, name, setText, tail } from "./dom";
import type { Figure, FrameText } from "./frame-text";
import type { Point } from "./gestures";
import type { Messages } from "./i18n";
import { icon } from "./icons";
import { shorten } from "./names";

/** Longer names are cut on screen; copying gives all of them. */
const LONGEST_NAME = 2000;
const TOOLTIP_NAME = 240;

class FigureLine {
  readonly root = element("div", { class: "figure-line" });
  readonly #label = element("span", { class: "figure-label" });
  readonly #value = element("span", { class: "figure-value" });
  readonly #ofView = element("span", { class: "figure-share" });
  readonly #ofAll = element("span", { class: "figure-share" });

  constructor() {
    this.root.append(this.#label, this.#value, this.#ofView, this.#ofAll);
  }

  render(figure: Figure): void {
    setText(this.#label, figure.label);
    setText(this.#value, figure.value);
    setText(this.#ofView, figure.ofView);
    this.#ofView.hidden = figure.ofView === "";
    setText(this.#ofAll, figure.ofAll);
  }
}

/** The detail bar. */
export class DetailBar {
  readonly root: HTMLElement;
  readonly #swatch = element("span", { class: "swatch" });
  readonly #name = element("span", { class: "detail-name name" });
  readonly #inlined = element("span", { class: "badge" });
  readonly #package = element("span", { class: "detail-package name" });
  readonly #place = tail("detail-place");
  readonly #self = new FigureLine();
  readonly #total = new FigureLine();
  readonly #summary = element("div", { class: "summary" });
  readonly #hint = element("div", { class: "hint" });
  readonly #frame: HTMLElement;
  readonly #copyName: HTMLButtonElement;
  readonly #copyStack: HTMLButtonElement;

  constructor(copy: { name(): void; stack(): void }) {
    this.#copyName = button({ class: "tool" }, copy.name, icon("copy"), element("span"));
    this.#copyStack = button({ class: "tool" }, copy.stack, icon("stack"), element("span"));
    this.#frame = element(
      "div",
      { class: "detail-frame" },
      element(
        "div",
        { class: "detail-who" },
        element("div", { class: "detail-title" }, this.#swatch, this.#name, this.#inlined),
        element("div", { class: "detail-where" }, this.#package, this.#place.root),
      ),
      element("div", { class: "figures" }, this.#total.root, this.#self.root),
      element("div", { class: "detail-tools" }, this.#copyName, this.#copyStack),
    );
    this.root = element("footer", { class: "details" }, element("div", { class: "detail-idle" }, this.#summary, this.#hint), this.#frame);
  }

  /** Shows a frame. */
  showFrame(frame: FrameText, color: string, messages: Messages): void {
    this.root.classList.add("has-frame");
    this.#swatch.style.backgroundColor = color;
    const shown = shorten(frame.name, LONGEST_NAME);
    setText(this.#name, shown);
    this.#name.title = shown;
    setText(this.#inlined, messages.inlined);
    this.#inlined.title = messages.inlinedHint;
    this.#inlined.hidden = !frame.inlined;
    setText(this.#package, frame.package);
    setText(this.#place.text, frame.place);
    this.#place.root.title = frame.place;
    this.#self.render(frame.self);
    this.#total.render(frame.total);
    for (const [control, label, key] of [
      [this.#copyName, messages.copyName, "c"],
      [this.#copyStack, messages.copyStack, "C"],
    ] as const) {
      name(control, label, key);
      setText(control.lastElementChild as HTMLElement, label);
    }
  }

  /** Shows what the whole view holds. */
  showSummary(summary: string, hint: string): void {
    this.root.classList.remove("has-frame");
    setText(this.#summary, summary);
    setText(this.#hint, hint);
  }
}

/** The tooltip. */
export class Tooltip {
  readonly root = element("div", { class: "tooltip", attributes: { "aria-hidden": "true" } });
  readonly #name = element("div", { class: "tooltip-name name" });
  readonly #where = element("div", { class: "tooltip-where name" });
  readonly #total = new FigureLine();
  readonly #self = new FigureLine();

  constructor() {
    this.root.append(this.#name, this.#where, element("div", { class: "figures" }, this.#total.root, this.#self.root));
    this.root.hidden = true;
  }

  /** Shows a frame beside a point of the window. */
  show(frame: FrameText, categoryName: string, point: Point, messages: Messages): void {
    setText(this.#name, shorten(frame.name, TOOLTIP_NAME));
    const parts = [frame.inlined ? messages.inlined : "", categoryName, frame.place === "" ? frame.package : frame.place];
    setText(this.#where, parts.filter((part) => part !== "").join(" · "));
    this.#where.hidden = this.#where.textContent === "";
    this.#total.render(frame.total);
    this.#self.render(frame.self);
    this.root.hidden = false;
    const { offsetWidth, offsetHeight } = this.root;
    const beside = point.x + 14 + offsetWidth <= window.innerWidth ? point.x + 14 : point.x - 14 - offsetWidth;
    const below = point.y + 18 + offsetHeight <= window.innerHeight ? point.y + 18 : point.y - 12 - offsetHeight;
    this.root.style.transform = `translate(${Math.max(4, Math.round(beside))}px, ${Math.max(4, Math.round(below))}px)`;
  }

  /** Takes it away. */
  hide(): void {
    this.root.hidden = true;
  }
}
