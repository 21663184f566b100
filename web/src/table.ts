/** The table of functions: a real table, sorted and filtered, that follows the zoom. It is also what a screen reader
 * reads instead of the canvas. */

import type { Palette } from "./colors";
import { button, element, name, setText, tail } from "./dom";
import type { Formatter } from "./format";
import type { Messages } from "./i18n";
import { shorten, visible } from "./names";
import type { Derived, Session } from "./session";
import type { TableColumn } from "./state";
import type { FunctionCosts } from "./profile";

/** What the table tells its owner. */
export interface TableEvents {
  sort(column: TableColumn, ascending: boolean): void;
  filter(text: string): void;
  choose(name: string): void;
}

/** What the table shows. */
export interface TableModel {
  session: Session;
  derived: Derived;
  format: Formatter;
  messages: Messages;
  sort: TableColumn;
  ascending: boolean;
  filter: string;
  palette: Palette;
  /** Colour of a function's category in the palette. */
  colorOf: (id: number) => string;
}

/** Rows shown at first, and added by each press of the button below them. */
const PAGE = 200;
/** Length of the bar of the largest value in a column. */
const BAR_PIXELS = 56;

const COLUMNS: readonly { key: TableColumn; percent: boolean }[] = [
  { key: "name", percent: false },
  { key: "self", percent: false },
  { key: "self", percent: true },
  { key: "total", percent: false },
  { key: "total", percent: true },
];

/** The functions to show, best first, at most `limit`; and how many pass the filter. */
export function pickRows(
  costs: FunctionCosts,
  nameOf: (id: number) => string,
  sort: TableColumn,
  ascending: boolean,
  filter: string,
  limit: number,
): { rows: number[]; count: number } {
  const wanted = filter.toLowerCase();
  const passing = wanted === "" ? costs.present : costs.present.filter((id) => nameOf(id).toLowerCase().includes(wanted));
  const sign = ascending ? 1 : -1;
  const byName = (a: number, b: number): number => compareText(nameOf(a), nameOf(b)) || a - b;
  if (sort === "name") {
    const rows = [...passing].sort((a, b) => sign * byName(a, b)).slice(0, limit);
    return { rows, count: passing.length };
  }
  const main = sort === "self" ? costs.self : costs.total;
  const second = sort === "self" ? costs.total : costs.self;
  let candidates = [...passing];
  if (candidates.length > 4 * limit) {
    // Only the rows shown need their exact order; a sort of plain numbers finds where they end.
    const values = Float64Array.from(candidates, (id) => main[id]!).sort();
    const bound = ascending ? values[limit - 1]! : values[values.length - limit]!;
    candidates = candidates.filter((id) => (ascending ? main[id]! <= bound : main[id]! >= bound));
  }
  candidates.sort((a, b) => sign * (main[a]! - main[b]!) || sign * (second[a]! - second[b]!) || byName(a, b));
  return { rows: candidates.slice(0, limit), count: passing.length };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The table pane. */
export class TableView {
  readonly root: HTMLElement;
  readonly filter: HTMLInputElement;
  readonly #events: TableEvents;
  readonly #caption = element("caption", { class: "offscreen" });
  readonly #headers: HTMLButtonElement[];
  readonly #headerCells: HTMLTableCellElement[];
  readonly #body = element("tbody");
  readonly #count = element("output", { class: "count" });
  readonly #basis = element("span", { class: "basis" });
  readonly #more: HTMLButtonElement;
  readonly #none = element("p", { class: "none" });
  #model: TableModel | undefined;
  #limit = PAGE;
  #shownFor: unknown[] = [];
  #lookOf: unknown[] = [];

  constructor(events: TableEvents) {
    this.#events = events;
    this.filter = element("input", { type: "search", class: "filter", attributes: { spellcheck: "false", autocomplete: "off" } });
    this.filter.addEventListener("input", () => events.filter(this.filter.value));
    this.#headers = COLUMNS.map((column) => button({ class: "sort" }, () => this.#sortBy(column.key)));
    this.#headerCells = this.#headers.map((header, index) =>
      element("th", { class: cellClass(index), attributes: { scope: "col" } }, header),
    );
    const table = element(
      "table",
      {},
      this.#caption,
      element("thead", {}, element("tr", {}, ...this.#headerCells)),
      this.#body,
    );
    this.#more = button({ class: "more" }, () => {
      this.#limit += PAGE * 5;
      this.#fill();
    });
    this.root = element(
      "section",
      { class: "table" },
      element("div", { class: "table-bar" }, this.filter, this.#count, this.#basis),
      element("div", { class: "rows", attributes: { tabindex: "-1" } }, table, this.#none, this.#more),
    );
  }

  /** Shows a model. */
  render(model: TableModel): void {
    this.#model = model;
    const { messages } = model;
    setText(this.#caption, messages.tableCaption);
    name(this.filter, messages.tableFilter);
    this.filter.placeholder = messages.tableFilter;
    if (this.filter.value !== model.filter) this.filter.value = model.filter;
    const titles = [messages.columnName, messages.columnSelf, messages.columnSelfPercent, messages.columnTotal, messages.columnTotalPercent];
    COLUMNS.forEach((column, index) => {
      setText(this.#headers[index]!, titles[index]!);
      const direction = column.key !== model.sort ? "none" : model.ascending ? "ascending" : "descending";
      this.#headerCells[index]!.setAttribute("aria-sort", column.percent ? "none" : direction);
      // Narrow screens show only the percentages, and the arrow with them.
      if (column.percent) this.#headerCells[index]!.dataset["sorted"] = direction;
    });
    const basis = model.derived.values.weight[model.derived.root] ?? 0;
    const { unit, name: typeName } = model.derived.sampleType;
    setText(this.#basis, messages.percentOf(model.format.value(basis, unit, typeName)));
    const shownFor = [model.derived.values, model.derived.root, model.sort, model.ascending, model.filter];
    const lookOf = [model.messages, model.derived.search?.matches, model.palette];
    const changed = (now: unknown[], before: unknown[]): boolean => now.some((part, index) => part !== before[index]);
    const other = changed(shownFor, this.#shownFor);
    if (other) this.#limit = PAGE;
    if (!other && !changed(lookOf, this.#lookOf)) return;
    this.#shownFor = shownFor;
    this.#lookOf = lookOf;
    this.#fill();
  }

  #sortBy(column: TableColumn): void {
    const model = this.#model;
    if (model === undefined) return;
    const again = model.sort === column;
    this.#events.sort(column, again ? !model.ascending : column === "name");
  }

  #fill(): void {
    const model = this.#model;
    if (model === undefined) return;
    const { session, derived, format, messages } = model;
    const costs = session.costs(derived);
    const { rows, count } = pickRows(costs, (id) => session.functionName(id), model.sort, model.ascending, model.filter, this.#limit);
    const largest = (column: Float64Array): number => rows.reduce((most, id) => Math.max(most, Math.abs(column[id]!)), 0);
    const scale = { self: largest(costs.self), total: largest(costs.total) };
    const focused = document.activeElement;
    const focusedRow = focused instanceof HTMLElement && this.#body.contains(focused) ? focused.dataset["function"] : undefined;
    this.#body.replaceChildren(...rows.map((id) => this.#row(model, costs, scale, id)));
    if (focusedRow !== undefined) {
      this.#body.querySelector<HTMLElement>(`[data-function="${focusedRow}"]`)?.focus({ preventScroll: true });
    }
    setText(this.#count, messages.functionsShown(format.integer(count), format.integer(costs.present.length)));
    this.#more.hidden = count <= rows.length;
    setText(this.#more, messages.showMore(format.integer(Math.min(PAGE * 5, count - rows.length))));
    this.#none.hidden = count > 0;
    setText(this.#none, messages.noFunctions);
  }

  #row(model: TableModel, costs: FunctionCosts, scale: { self: number; total: number }, id: number): HTMLTableRowElement {
    const { derived, format, messages } = model;
    const { unit, name: typeName } = derived.sampleType;
    const raw = model.session.functionName(id);
    const shown = visible(shorten(raw, 300));
    const whole = derived.values.weight[derived.root] ?? 0;
    const swatch = element("span", { class: "swatch" });
    swatch.style.backgroundColor = model.colorOf(id);
    const pick = button(
      { class: "pick", title: shown, attributes: { "aria-label": messages.findFunction(shown), "data-function": String(id) } },
      () => this.#events.choose(raw),
      swatch,
      tail("pick-name", shown).root,
    );
    const figure = (value: number): HTMLTableCellElement =>
      element("td", { class: "figure", text: format.value(value, unit, typeName) });
    const percent = (value: number, most: number): HTMLTableCellElement => {
      const bar = element("span", { class: "bar" });
      bar.style.width = most > 0 ? `${(Math.abs(value) / most) * BAR_PIXELS}px` : "0";
      return element("td", { class: "percent" }, element("span", { class: "percent-text", text: format.percent(value, whole) }), bar);
    };
    const row = element(
      "tr",
      {},
      element("th", { class: "function", attributes: { scope: "row" } }, pick),
      figure(costs.self[id]!),
      percent(costs.self[id]!, scale.self),
      figure(costs.total[id]!),
      percent(costs.total[id]!, scale.total),
    );
    if (derived.search?.matches[id] === 1) row.classList.add("matched");
    return row;
  }
}

function cellClass(index: number): string {
  return index === 0 ? "function" : COLUMNS[index]!.percent ? "percent" : "figure";
}
