/** The legend: what each colour stands for, its share of the view, and a switch that fades it. */

import { categoryColor, type Palette } from "./colors";
import { button, element, setText } from "./dom";
import type { Formatter } from "./format";
import type { Messages } from "./i18n";

/** What the legend shows. */
export interface LegendModel {
  categories: string[];
  shares: Float64Array;
  whole: number;
  dimmed: string[];
  palette: Palette;
  format: Formatter;
  messages: Messages;
}

interface Item {
  press: HTMLButtonElement;
  swatch: HTMLElement;
  label: HTMLElement;
  share: HTMLElement;
}

/** The legend strip. */
export class LegendView {
  readonly root = element("div", { class: "legend", attributes: { role: "group" } });
  readonly #toggle: (category: string) => void;
  readonly #items = new Map<string, Item>();

  constructor(toggle: (category: string) => void) {
    this.#toggle = toggle;
  }

  /** Shows a model; categories without a share are left out. */
  render(model: LegendModel): void {
    const { messages, format } = model;
    this.root.setAttribute("aria-label", messages.legendLabel);
    const shown: Node[] = [];
    model.categories.forEach((category, index) => {
      const share = model.shares[index] ?? 0;
      if (share === 0 && !model.dimmed.includes(category)) return;
      let item = this.#items.get(category);
      if (item === undefined) {
        item = this.#make(category);
        this.#items.set(category, item);
      }
      const label = messages.categories[category] ?? category;
      const percent = format.percent(share, model.whole);
      item.swatch.style.backgroundColor = categoryColor(category, model.palette);
      setText(item.label, label);
      setText(item.share, percent);
      item.press.title = messages.legendItem(label, percent);
      item.press.setAttribute("aria-pressed", String(model.dimmed.includes(category)));
      shown.push(item.press);
    });
    if (shown.length !== this.root.childElementCount || shown.some((node, index) => this.root.children[index] !== node)) {
      this.root.replaceChildren(...shown);
    }
  }

  /** Shows other entries in place of categories. */
  show(nodes: Node[], label: string): void {
    this.root.setAttribute("aria-label", label);
    this.root.replaceChildren(...nodes);
  }

  #make(category: string): Item {
    const swatch = element("span", { class: "swatch" });
    const label = element("span", { class: "legend-name" });
    const share = element("span", { class: "share" });
    const press = button({ class: "legend-item" }, () => this.#toggle(category), swatch, label, share);
    return { press, swatch, label, share };
  }
}
