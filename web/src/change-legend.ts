/** The legend of a comparison: what colours and marks mean, and what has no place at the chosen width. */

import { changeColor, markStyle } from "./change-colors";
import { css, type Palette } from "./colors";
import type { Comparison } from "./comparison";
import { button, element } from "./dom";
import type { Formatter } from "./format";
import type { Messages } from "./i18n";

/** What the legend shows. */
export interface ChangeLegendModel {
  comparison: Comparison;
  palette: Palette;
  format: Formatter;
  messages: Messages;
  unit: string;
  /** Gives every frame its place. */
  drawAll: () => void;
}

/** The entries of the legend. */
export function changeLegend({ comparison, palette, format, messages, unit, drawAll }: ChangeLegendModel): Node[] {
  const { info, width, notDrawn } = comparison;
  const style = markStyle(palette, info.negate);
  const entry = (degree: number, text: string, mark = ""): HTMLElement => {
    const swatch = element("span", { class: `swatch ${mark}` });
    swatch.style.backgroundColor = css(changeColor(degree, palette, info.negate));
    if (mark === "vanished") {
      swatch.style.backgroundImage = `repeating-linear-gradient(135deg, ${style.hatching} 0 2px, transparent 2px 4px)`;
      swatch.style.borderColor = style.vanished;
    } else if (mark === "appeared") {
      swatch.style.borderColor = style.appeared;
    }
    return element("span", { class: "legend-key" }, swatch, element("span", { class: "legend-name", text }));
  };
  const nodes: Node[] = [];
  if (notDrawn > 0) {
    const value = format.value(notDrawn, unit, info.valueName);
    const text = width === "after" ? messages.vanishedNotDrawn(value) : messages.appearedNotDrawn(value);
    nodes.push(button({ class: "legend-item not-drawn", text, title: messages.drawAll }, drawAll));
  }
  nodes.push(
    entry(-1, messages.vanished, "vanished"),
    entry(-0.5, messages.halved),
    entry(-0.1, "\u221210%"),
    entry(0, messages.same),
    entry(1 - 1 / 1.1, "+10%"),
    entry(0.5, messages.doubled),
    entry(1, messages.appeared, "appeared"),
  );
  return nodes;
}
