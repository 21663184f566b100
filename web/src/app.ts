/** Holds the state, keeps it in the address, and hands what follows from it to the views. */

import { changeLegend } from "./change-legend";
import { categoryColor, DARK, frameColors, LIGHT, type FrameColors, type Palette } from "./colors";
import type { ComparedCosts, Comparison } from "./comparison";
import { ComparisonLook } from "./comparison-look";
import { nextColorBy, nextWidth } from "./comparison-tools";
import { DetailBar, Tooltip } from "./details";
import { helpPanel, infoPanel, type Panel } from "./dialogs";
import { copyText, element, setText } from "./dom";
import { EmptyView } from "./empty";
import { FlameView } from "./flame-view";
import { Formatter } from "./format";
import { describe, stackText } from "./frame-text";
import { CATALOGUES, chooseMessages, type Messages } from "./i18n";
import { listenToKeys } from "./keyboard";
import { LegendView } from "./legend";
import { visible } from "./names";
import { NONE, type Report } from "./payload";
import { nextMatch, type Query } from "./search";
import { moveSelection } from "./selection";
import { Session, type Derived } from "./session";
import { decodeState, encodeState, stepsTo, THEMES, type ViewState } from "./state";
import { TableView } from "./table";
import { Toolbar } from "./toolbar";
import { VisitedStates } from "./visited";

/** Profiles with more functions than this are searched when typing pauses. */
const SEARCH_AT_ONCE = 50_000;
const SEARCH_PAUSE_MILLISECONDS = 120;
const TOAST_MILLISECONDS = 2200;

/** The viewer. */
export class App {
  readonly flame: FlameView;
  readonly #session: Session;
  readonly #container: HTMLElement;
  readonly #visited: VisitedStates;
  readonly #toolbar: Toolbar;
  readonly #legend: LegendView;
  readonly #table: TableView;
  readonly #empty: EmptyView;
  readonly #details: DetailBar;
  readonly #tooltip = new Tooltip();
  readonly #toast = element("div", { class: "toast", attributes: { role: "status" } });
  readonly #live = element("div", { class: "offscreen", attributes: { "aria-live": "polite" } });
  readonly #info: Panel;
  readonly #help: Panel;
  readonly #darkScheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #colors = new Map<Palette, FrameColors>();
  readonly #look = new ComparisonLook();
  #state: ViewState;
  #derived: Derived | undefined;
  #messages: Messages = CATALOGUES[0]!;
  #format = new Formatter(this.#messages);
  #selected: number | undefined;
  #hovered: number | undefined;
  #dimmed: { categories: string[]; functions: Uint8Array } | undefined;
  #searchTimer = 0;
  #toastTimer = 0;

  constructor(report: Report, container: HTMLElement) {
    this.#session = new Session(report);
    this.#container = container;
    this.#state = decodeState(location.hash);
    this.#visited = new VisitedStates((fragment) => this.#restore(fragment));
    this.#info = infoPanel(report);
    this.#help = helpPanel();
    this.#legend = new LegendView((category) => this.#toggleCategory(category));
    this.#toolbar = new Toolbar(
      {
        change: (patch) => this.#change(patch, "push"),
        search: (query) => this.#search(query),
        nextMatch: (step) => this.#nextMatch(step),
        zoomOut: () => this.#zoomOut(),
        resetZoom: () => this.#zoomTo(0),
        history: (step) => history.go(step),
        theme: () => this.#nextTheme(),
        info: () => this.#info.toggle(this.#messages),
        help: () => this.#help.toggle(this.#messages),
      },
      this.#legend.root,
    );
    this.flame = new FlameView({
      hover: (node, point) => this.#hover(node, point),
      choose: (node) => this.#zoomTo(node),
      range: (from, to) => this.#change({ range: [from, to] }, "later"),
    });
    this.#table = new TableView({
      sort: (tableSort, tableAscending) => this.#change({ tableSort, tableAscending }, "replace"),
      filter: (tableFilter) => this.#change({ tableFilter }, "replace"),
      choose: (name) => this.#chooseFunction(name),
    });
    this.#empty = new EmptyView(this.#session, (patch) => this.#change(patch, "push"));
    this.#details = new DetailBar({ name: () => this.#copyName(), stack: () => this.#copyStack() });
    const panes = element("main", { class: "panes" }, this.flame.root, this.#table.root, this.#empty.root);
    container.replaceChildren(
      this.#toolbar.root,
      panes,
      this.#details.root,
      this.#tooltip.root,
      this.#toast,
      this.#live,
      this.#info.root,
      this.#help.root,
    );
    this.#darkScheme.addEventListener("change", () => this.#render());
    window.addEventListener("languagechange", () => this.#render());
    this.#listen();
    this.#render();
    this.#reportBrokenLink();
  }

  /** The state on screen. */
  get state(): ViewState {
    return this.#state;
  }

  #listen(): void {
    listenToKeys({
      move: (direction) => this.#move(direction),
      zoomIn: () => this.#selected !== undefined && this.#zoomTo(this.#selected),
      zoomOut: () => this.#zoomOut(),
      zoomBy: (factor) => this.flame.zoomBy(factor),
      escape: () => this.#escape(),
      search: () => {
        this.#toolbar.search.focus();
        this.#toolbar.search.select();
      },
      nextMatch: (step) => this.#nextMatch(step),
      view: (view) => this.#change({ view }, "push"),
      icicle: () => this.#change({ icicle: !this.#state.icicle }, "push"),
      order: () => this.#change({ order: this.#state.order === "name" ? "width" : "name" }, "push"),
      width: () => {
        const comparison = this.#derived?.comparison;
        if (comparison !== undefined) this.#change({ width: nextWidth(comparison.width) }, "push");
      },
      colorBy: () => {
        const comparison = this.#derived?.comparison;
        if (comparison !== undefined) this.#change({ colorBy: nextColorBy(comparison.colorBy) }, "push");
      },
      theme: () => this.#nextTheme(),
      language: () => this.#nextLanguage(),
      info: () => this.#info.toggle(this.#messages),
      help: () => this.#help.toggle(this.#messages),
      copyName: () => this.#copyName(),
      copyStack: () => this.#copyStack(),
      graphHasFocus: () =>
        this.#state.view !== "table" &&
        (document.activeElement === this.flame.scroller || document.activeElement === document.body),
    });
  }

  #restore(fragment: string): void {
    this.#state = decodeState(fragment);
    this.#selected = undefined;
    this.#render();
    this.#reportBrokenLink();
  }

  #change(patch: Partial<ViewState>, how: "push" | "replace" | "later"): void {
    const before = this.#derived;
    this.#state = { ...this.#state, ...patch };
    this.#visited.record(encodeState(this.#state), how);
    this.#render();
    if (before?.tree !== this.#derived?.tree) this.#select(undefined, false);
  }

  #render(): void {
    const { language, theme } = this.#state;
    const messages = chooseMessages(language === "" ? navigator.languages : [language, ...navigator.languages]);
    if (messages !== this.#messages) {
      this.#messages = messages;
      this.#format = new Formatter(messages);
    }
    const dark = theme === "dark" || (theme === "auto" && this.#darkScheme.matches);
    document.documentElement.lang = messages.locale;
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    const derived = this.#session.derive(this.#state);
    this.#derived = derived;
    if (derived === undefined || derived.values.weight.length === 0 || derived.values.weight[0] === 0) {
      this.#renderEmpty(derived);
      return;
    }
    this.#container.dataset["view"] = this.#state.view;
    this.#renderToolbar(derived);
    const palette = dark ? DARK : LIGHT;
    this.#renderLegend(derived, palette);
    this.flame.scroller.setAttribute("aria-label", messages.flameRegion);
    const { comparison } = derived;
    if (this.#state.view !== "table") {
      this.flame.render({
        derived,
        colors: comparison === undefined ? this.#colorsOf(palette) : this.#look.colors(palette, comparison),
        changes: comparison && this.#look.scene(derived.tree, comparison, palette),
        dimmed: comparison === undefined ? this.#dimmedFunctions() : undefined,
        range: this.#state.range,
        icicle: this.#state.icicle,
        rootLabel: this.#rootLabel(derived),
      });
    }
    if (this.#state.view !== "flame") this.#renderTable(derived, palette);
    this.flame.select(this.#selected, false);
    this.#renderDetails();
  }

  #renderEmpty(derived: Derived | undefined): void {
    this.#container.dataset["view"] = "empty";
    if (derived !== undefined) this.#renderToolbar(derived);
    this.#legend.root.replaceChildren();
    this.#tooltip.hide();
    const { name, unit } = derived?.sampleType ?? { name: "", unit: "" };
    const cpu = /^(|cpu|samples|cycles|instructions|cpu-clock|task-clock)$/.test(name) && unit !== "bytes";
    const { before, after } = derived?.comparison?.sides ?? {};
    this.#empty.render(this.#messages, cpu, before?.weight[0] !== 0 && after?.weight[0] !== 0 && before !== undefined);
    this.#details.showSummary("", "");
  }

  #renderToolbar(derived: Derived): void {
    const { search, queryError } = derived;
    let searchResult = "";
    if (queryError !== undefined) searchResult = this.#messages.badPattern;
    else if (search !== undefined && search.coverage.weight === 0) searchResult = this.#messages.noMatch;
    else if (search !== undefined) {
      const whole = derived.values.weight[derived.root]!;
      const percent = this.#format.percent(search.coverage.weight, whole);
      searchResult =
        derived.comparison === undefined
          ? this.#messages.matched(percent, this.#valueText(derived, whole))
          : this.#messages.matchedWidth(percent);
    }
    this.#toolbar.render({
      session: this.#session,
      derived,
      state: this.#state,
      messages: this.#messages,
      searchResult,
      searchFailed: queryError !== undefined || search?.coverage.weight === 0,
      zoomed: derived.root !== 0 || this.#state.range[0] !== 0 || this.#state.range[1] !== 1,
      canGoBack: this.#visited.canGoBack,
      canGoForward: this.#visited.canGoForward,
    });
  }

  #renderLegend(derived: Derived, palette: Palette): void {
    const { comparison } = derived;
    if (comparison !== undefined) {
      const entries = changeLegend({
        comparison,
        palette,
        format: this.#format,
        messages: this.#messages,
        unit: derived.sampleType.unit,
        drawAll: () => this.#change({ width: "max" }, "push"),
      });
      this.#legend.show(entries, this.#messages.changeLegendLabel);
      return;
    }
    this.#legend.render({
      categories: this.#session.report.categories,
      shares: this.#session.shares(derived),
      whole: derived.values.weight[derived.root]!,
      dimmed: this.#state.dimmed,
      palette,
      format: this.#format,
      messages: this.#messages,
    });
  }

  #renderTable(derived: Derived, palette: Palette): void {
    const { functions, categories } = this.#session.report;
    const { comparison } = derived;
    this.#table.render({
      session: this.#session,
      derived,
      format: this.#format,
      messages: this.#messages,
      sort: this.#state.tableSort,
      ascending: this.#state.tableAscending,
      filter: this.#state.tableFilter,
      palette,
      colorOf: (id) =>
        comparison === undefined
          ? categoryColor(categories[functions.category[id]!] ?? "unknown", palette)
          : this.#look.ofFunction(this.#session.costs(derived) as ComparedCosts, comparison, id, palette),
    });
  }

  #renderDetails(): void {
    const derived = this.#derived;
    if (derived === undefined) return;
    const node = this.#hovered ?? this.#selected;
    if (node !== undefined && node < derived.tree.count) {
      const text = describe(derived, node, this.#format, this.#messages);
      this.#details.showFrame(text, this.#colorOfNode(derived, node), this.#messages);
      return;
    }
    const { tree, root, values, comparison } = derived;
    const frames = this.#format.integer(tree.end[root]! - root - (root === 0 ? 1 : 0));
    const depth = this.#format.integer(tree.height[root]!);
    const touch = matchMedia("(hover: none)").matches;
    const amount = comparison === undefined ? this.#valueText(derived, values.weight[root]!) : this.#changeText(derived, comparison, root);
    this.#details.showSummary(
      this.#messages.inView(amount, frames, depth),
      this.#state.view === "table" ? "" : touch ? this.#messages.touchHint : this.#messages.hoverHint,
    );
  }

  #valueText(derived: Derived, value: number): string {
    return this.#format.value(value, derived.sampleType.unit, derived.sampleType.name);
  }

  /** What a node was and is. */
  #changeText(derived: Derived, { sides }: Comparison, node: number): string {
    const [before, after] = [sides.before, sides.after].map((side) => this.#valueText(derived, side.total[node]!));
    return `${before} \u2192 ${after}`;
  }

  #rootLabel(derived: Derived): string {
    if (derived.comparison !== undefined) return `${this.#messages.root} · ${this.#changeText(derived, derived.comparison, 0)}`;
    return `${this.#messages.root} · ${this.#valueText(derived, derived.values.total[0]!)}`;
  }

  #palette(): Palette {
    return document.documentElement.dataset["theme"] === "dark" ? DARK : LIGHT;
  }

  #colorsOf(palette: Palette): FrameColors {
    let colors = this.#colors.get(palette);
    if (colors === undefined) {
      const { functions, strings, categories } = this.#session.report;
      colors = frameColors(functions, strings, categories, palette);
      this.#colors.set(palette, colors);
    }
    return colors;
  }

  #colorOfNode(derived: Derived, node: number): string {
    const id = derived.tree.function[node]!;
    if (id === NONE) return "transparent";
    if (derived.comparison !== undefined) return this.#look.ofNode(derived.comparison, node, this.#palette());
    const { functions, categories } = this.#session.report;
    return categoryColor(categories[functions.category[id]!] ?? "unknown", this.#palette());
  }

  #dimmedFunctions(): Uint8Array | undefined {
    const { dimmed } = this.#state;
    if (dimmed.length === 0) return undefined;
    if (this.#dimmed?.categories !== dimmed) {
      const { functions, categories } = this.#session.report;
      const faint = categories.map((category) => dimmed.includes(category));
      this.#dimmed = { categories: dimmed, functions: functions.category.map((category) => (faint[category] === true ? 1 : 0)) };
    }
    return this.#dimmed.functions;
  }

  #hover(node: number | undefined, point: { x: number; y: number }): void {
    const derived = this.#derived;
    if (derived === undefined) return;
    if (node !== this.#hovered) {
      this.#hovered = node;
      this.flame.setHovered(node);
      this.#renderDetails();
    }
    if (node === undefined) {
      this.#tooltip.hide();
      return;
    }
    const box = this.flame.scroller.getBoundingClientRect();
    const text = describe(derived, node, this.#format, this.#messages);
    const category = text.category === "" ? "" : (this.#messages.categories[text.category] ?? text.category);
    this.#tooltip.show(text, category, { x: box.left + point.x, y: box.top + point.y }, this.#messages);
  }

  #select(node: number | undefined, scroll: boolean): void {
    this.#selected = node;
    this.flame.select(node, scroll);
    this.#renderDetails();
  }

  #move(direction: "up" | "down" | "left" | "right"): void {
    const derived = this.#derived;
    if (derived === undefined || derived.tree.count === 0) return;
    const next = moveSelection(derived, this.#selected, direction, this.#state.icicle, this.flame.window);
    this.#hovered = undefined;
    this.flame.setHovered(undefined);
    this.#tooltip.hide();
    this.#select(next, true);
    const text = describe(derived, next, this.#format, this.#messages);
    const percent = this.#format.percent(derived.values.total[next]!, derived.values.weight[0]!);
    const said =
      derived.comparison === undefined
        ? this.#messages.announce(text.name, text.self.value, text.total.value, percent)
        : this.#messages.announceChange(text.name, text.self.value, text.total.value, text.total.ofAll);
    setText(this.#live, said);
  }

  #zoomTo(node: number): void {
    const derived = this.#derived;
    if (derived === undefined) return;
    this.#tooltip.hide();
    this.#selected = node === 0 ? undefined : node;
    const [from, to] = this.#state.range;
    if (node === derived.root && from === 0 && to === 1) {
      this.#select(this.#selected, true);
      return;
    }
    this.#change({ zoom: stepsTo(this.#session.report, derived.tree, node), range: [0, 1] }, "push");
  }

  #zoomOut(): void {
    const derived = this.#derived;
    if (derived === undefined) return;
    const [from, to] = this.#state.range;
    if (from !== 0 || to !== 1) this.#change({ range: [0, 1] }, "replace");
    else if (derived.root !== 0) this.#zoomTo(derived.tree.parent[derived.root]!);
  }

  #escape(): void {
    const active = document.activeElement;
    const zoomed = this.#derived?.root !== 0 || this.#state.range[0] !== 0 || this.#state.range[1] !== 1;
    if (active === this.#toolbar.search) this.flame.scroller.focus({ preventScroll: true });
    else if (active instanceof HTMLInputElement) active.blur();
    else if (zoomed) this.#zoomTo(0);
    else if (this.#state.query.text !== "") this.#search({ ...this.#state.query, text: "", whole: false });
    else this.#select(undefined, false);
  }

  #search(query: Query): void {
    clearTimeout(this.#searchTimer);
    const apply = (): void => this.#change({ query }, "replace");
    if (this.#session.report.functions.count <= SEARCH_AT_ONCE || query.text === "") apply();
    else this.#searchTimer = window.setTimeout(apply, SEARCH_PAUSE_MILLISECONDS);
  }

  #chooseFunction(name: string): void {
    const { query } = this.#state;
    const again = query.whole && !query.regex && query.text === name;
    this.#search(again ? { ...query, text: "", whole: false } : { text: name, regex: false, matchCase: true, whole: true });
  }

  #nextMatch(step: number): void {
    const { search, values, layout } = this.#derived ?? {};
    if (search === undefined || values === undefined || layout === undefined) return;
    const next = nextMatch(search.coverage, values, layout, this.#selected, step);
    if (next !== undefined) this.#select(next, true);
  }

  #toggleCategory(category: string): void {
    const { dimmed } = this.#state;
    const without = dimmed.filter((name) => name !== category);
    this.#change({ dimmed: without.length === dimmed.length ? [...dimmed, category] : without }, "replace");
  }

  #nextTheme(): void {
    const theme = THEMES[(THEMES.indexOf(this.#state.theme) + 1) % THEMES.length]!;
    this.#change({ theme }, "replace");
  }

  #nextLanguage(): void {
    const next = CATALOGUES[(CATALOGUES.indexOf(this.#messages) + 1) % CATALOGUES.length]!;
    this.#change({ language: next.locale }, "replace");
  }

  #copyName(): void {
    const node = this.#hovered ?? this.#selected;
    if (this.#derived === undefined || node === undefined) return;
    this.#copy(describe(this.#derived, node, this.#format, this.#messages).rawName);
  }

  #copyStack(): void {
    const node = this.#hovered ?? this.#selected;
    if (this.#derived !== undefined && node !== undefined) this.#copy(stackText(this.#derived, node));
  }

  #copy(text: string): void {
    void copyText(text).then((done) => this.#showToast(done ? this.#messages.copied : this.#messages.copyFailed));
  }

  #reportBrokenLink(): void {
    const derived = this.#derived;
    if (derived === undefined) return;
    const { sampleType, profile } = this.#state;
    const noType = sampleType !== "" && derived.sampleType.name !== sampleType;
    const noProfile = profile !== "" && this.#session.profileKey(derived.profileIndex) !== profile;
    if (noProfile || noType) this.#showToast(this.#messages.linkTypeMissing(visible(noProfile ? profile : sampleType)));
    else if (!derived.zoomComplete) this.#showToast(this.#messages.linkIncomplete);
  }

  #showToast(text: string): void {
    setText(this.#toast, text);
    this.#toast.classList.add("shown");
    clearTimeout(this.#toastTimer);
    this.#toastTimer = window.setTimeout(() => this.#toast.classList.remove("shown"), TOAST_MILLISECONDS);
  }
}
