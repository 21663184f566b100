/** The switches of a comparison: what widths follow, and what colours do. */

import { COLOR_BYS, WIDTHS, type ColorBy, type Comparison, type WidthBy } from "./comparison";
import { button, element, name, setText } from "./dom";
import type { Messages } from "./i18n";
import { icon } from "./icons";

/** The switches; hidden for a report on one profile. */
export class ComparisonTools {
  readonly root: HTMLElement;
  readonly #widths = element("div", { class: "segments widths", attributes: { role: "group" } });
  readonly #buttons: HTMLButtonElement[];
  readonly #color: HTMLButtonElement;
  #colorBy: ColorBy = "total";

  constructor(change: (patch: { width: WidthBy } | { colorBy: ColorBy }) => void) {
    this.#buttons = WIDTHS.map((width) => button({ class: "segment" }, () => change({ width })));
    this.#widths.append(...this.#buttons);
    this.#color = button({ class: "tool" }, () => change({ colorBy: nextColorBy(this.#colorBy) }), icon("color"), element("span"));
    this.root = element("div", { class: "comparison-tools" }, this.#widths, this.#color);
  }

  /** Shows what is chosen. */
  render(comparison: Comparison | undefined, messages: Messages): void {
    this.root.hidden = comparison === undefined;
    if (comparison === undefined) return;
    this.#colorBy = comparison.colorBy;
    this.#widths.setAttribute("aria-label", messages.widthsLabel);
    WIDTHS.forEach((width, index) => {
      const control = this.#buttons[index]!;
      setText(control, messages.widths[width]);
      control.title = `${messages.widthTitles[width]} (w)`;
      control.setAttribute("aria-pressed", String(width === comparison.width));
    });
    setText(this.#color.lastElementChild as HTMLElement, messages.colorBy[comparison.colorBy]);
    name(this.#color, messages.colorByTitles[comparison.colorBy], "d");
  }
}

/** The width to show after this one. */
export function nextWidth(width: WidthBy): WidthBy {
  return WIDTHS[(WIDTHS.indexOf(width) + 1) % WIDTHS.length]!;
}

/** The other way to colour. */
export function nextColorBy(colorBy: ColorBy): ColorBy {
  return COLOR_BYS[(COLOR_BYS.indexOf(colorBy) + 1) % COLOR_BYS.length]!;
}
