/** The table of functions: a real table, sorted and filtered, that follows the zoom. It is also what a screen reader
 * reads instead of the canvas. */

import type { Palette } from "./colors";
import type { ComparedCosts } from "./comparison";
import { button, element, name, setText, tail } from "./dom";
import type { Formatter } from "./format";
import { growthText } from "./frame-text";
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

/** A column: what it sorts by, and how it looks. Narrow screens hide figures. */
interface Column {
  key: TableColumn;
  kind: "function" | "figure" | "percent" | "change";
  title: (messages: Messages) => string;
}

const COLUMNS: readonly Column[] = [
  { key: "name", kind: "function", title: (messages) => messages.columnName },
  { key: "self", kind: "figure", title: (messages) => messages.columnSelf },
  { key: "self", kind: "percent", title: (messages) => messages.columnSelfPercent },
  { key: "total", kind: "figure", title: (messages) => messages.columnTotal },
  { key: "total", kind: "percent", title: (messages) => messages.columnTotalPercent },
];

const COMPARED_COLUMNS: readonly Column[] = [
  { key: "name", kind: "function", title: (messages) => messages.columnName },
  { key: "selfBefore", kind: "figure", title: (messages) => messages.columnSelfBefore },
  { key: "selfAfter", kind: "figure", title: (messages) => messages.columnSelfAfter },
  { key: "self", kind: "change", title: (messages) => messages.columnSelfChange },
  { key: "totalBefore", kind: "figure", title: (messages) => messages.columnTotalBefore },
  { key: "totalAfter", kind: "figure", title: (messages) => messages.columnTotalAfter },
  { key: "total", kind: "change", title: (messages) => messages.columnTotalChange },
];

/** The values that a column sorts by; `undefined` for names. */
function valuesOf(costs: FunctionCosts & Partial<ComparedCosts>, column: TableColumn): Float64Array | undefined {
  switch (column) {
    case "name":
      return undefined;
    case "self":
    case "total":
      return costs[column];
    case "selfBefore":
      return costs.before?.self ?? costs.self;
    case "selfAfter":
      return costs.after?.self ?? costs.self;
    case "totalBefore":
      return costs.before?.total ?? costs.total;
    case "totalAfter":
      return costs.after?.total ?? costs.total;
  }
}

/** The functions to show, best first, at most `limit`; and how many pass the filter. */
export function pickRows(
  costs: FunctionCosts & Partial<ComparedCosts>,
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
  const main = valuesOf(costs, sort);
  if (main === undefined) {
    const rows = [...passing].sort((a, b) => sign * byName(a, b)).slice(0, limit);
    return { rows, count: passing.length };
  }
  const second = sort.startsWith("self") ? costs.total : costs.self;
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
  readonly #head = element("tr");
  #columns: readonly Column[] = [];
  #headers: HTMLButtonElement[] = [];
  #headerCells: HTMLTableCellElement[] = [];
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
    const table = element(
      "table",
      {},
      this.#caption,
      element("thead", {}, this.#head),
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
    this.#setColumns(model.derived.comparison === undefined ? COLUMNS : COMPARED_COLUMNS);
    this.#columns.forEach((column, index) => {
      setText(this.#headers[index]!, column.title(messages));
      const direction = column.key !== model.sort ? "none" : model.ascending ? "ascending" : "descending";
      const percent = column.kind === "percent";
      this.#headerCells[index]!.setAttribute("aria-sort", percent ? "none" : direction);
      // Narrow screens show only the percentages, and the arrow with them.
      if (percent) this.#headerCells[index]!.dataset["sorted"] = direction;
    });
    setText(this.#basis, this.#basisText(model));
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

  #setColumns(columns: readonly Column[]): void {
    if (this.#columns === columns) return;
    this.#columns = columns;
    this.#headers = columns.map((column) => button({ class: "sort" }, () => this.#sortBy(column.key)));
    this.#headerCells = this.#headers.map((header, index) =>
      element("th", { class: columns[index]!.kind, attributes: { scope: "col" } }, header),
    );
    this.#head.replaceChildren(...this.#headerCells);
    this.root.classList.toggle("compared", columns === COMPARED_COLUMNS);
  }

  /** What 100 % is. */
  #basisText({ derived, messages, format }: TableModel): string {
    const { comparison, root, values, sampleType } = derived;
    const amount = (value: number): string => format.value(value, sampleType.unit, sampleType.name);
    if (comparison === undefined) return messages.percentOf(amount(values.weight[root] ?? 0));
    const { before, after } = comparison.sides;
    return messages.sharesOf(amount(before.total[root]!), amount(after.total[root]!));
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

  #row(model: TableModel, costs: FunctionCosts, scale: Scale, id: number): HTMLTableRowElement {
    const { derived, messages } = model;
    const raw = model.session.functionName(id);
    const shown = visible(shorten(raw, 300));
    const swatch = element("span", { class: "swatch" });
    swatch.style.backgroundColor = model.colorOf(id);
    const pick = button(
      { class: "pick", title: shown, attributes: { "aria-label": messages.findFunction(shown), "data-function": String(id) } },
      () => this.#events.choose(raw),
      swatch,
      tail("pick-name", shown).root,
    );
    const head = element("th", { class: "function", attributes: { scope: "row" } }, pick);
    const cells =
      "before" in costs ? this.#comparedCells(model, costs as ComparedCosts, scale, id) : this.#plainCells(model, costs, scale, id);
    const row = element("tr", {}, head, ...cells);
    if (derived.search?.matches[id] === 1) row.classList.add("matched");
    return row;
  }

  #plainCells({ derived, format }: TableModel, costs: FunctionCosts, scale: Scale, id: number): Node[] {
    const { unit, name: typeName } = derived.sampleType;
    const whole = derived.values.weight[derived.root] ?? 0;
    const figure = (value: number): HTMLTableCellElement =>
      element("td", { class: "figure", text: format.value(value, unit, typeName) });
    const percent = (value: number, most: number): HTMLTableCellElement => {
      const bar = element("span", { class: "bar" });
      bar.style.width = most > 0 ? `${(Math.abs(value) / most) * BAR_PIXELS}px` : "0";
      return element("td", { class: "percent" }, element("span", { class: "percent-text", text: format.percent(value, whole) }), bar);
    };
    return [
      figure(costs.self[id]!),
      percent(costs.self[id]!, scale.self),
      figure(costs.total[id]!),
      percent(costs.total[id]!, scale.total),
    ];
  }

  #comparedCells(model: TableModel, costs: ComparedCosts, scale: Scale, id: number): Node[] {
    const { derived, format, messages } = model;
    const { unit, name: typeName } = derived.sampleType;
    const { sides, info } = derived.comparison!;
    const { before, after } = sides;
    const { negate } = info;
    const amount = (value: number): string => format.value(value, unit, typeName);
    const share = (value: number, whole: number): HTMLTableCellElement =>
      element("td", { class: "figure", text: value === 0 ? "\u2013" : format.percent(value, whole) });
    const change = (which: "self" | "total"): HTMLTableCellElement => {
      const value = costs[which][id]!;
      const places = [costs.before[which][id]!, costs.after[which][id]!].map(amount).join(" \u2192 ");
      const growth = growthText(costs.before[which][id]!, costs.after[which][id]!, format, messages);
      const bar = element("span", { class: `bar ${value < 0 !== negate ? "decrease" : "increase"}` });
      bar.style.width = scale[which] > 0 ? `${(Math.abs(value) / scale[which]) * BAR_PIXELS}px` : "0";
      return element(
        "td",
        { class: "change", title: places },
        element("span", { text: value === 0 ? "\u2013" : format.signed(value, unit, typeName) }),
        document.createTextNode(" "),
        element("span", { class: "growth", text: growth }),
        bar,
      );
    };
    return (["self", "total"] as const).flatMap((which) => [
      share(costs.before[which][id]!, before.total[derived.root]!),
      share(costs.after[which][id]!, after.total[derived.root]!),
      change(which),
    ]);
  }
}

/** The largest values shown, for the bars. */
interface Scale {
  self: number;
  total: number;
}
