/** Everything above the graph: title, search, switches, warnings. */

import { ComparisonTools } from "./comparison-tools";
import { button, element, name, setText } from "./dom";
import { CATALOGUES, type Messages } from "./i18n";
import { icon, mark, type IconName } from "./icons";
import { visible } from "./names";
import type { Query } from "./search";
import type { Derived, Session } from "./session";
import { VIEWS, type View, type ViewState } from "./state";

/** What the toolbar asks for. */
export interface ToolbarEvents {
  change(patch: Partial<ViewState>): void;
  search(query: Query): void;
  nextMatch(step: number): void;
  zoomOut(): void;
  resetZoom(): void;
  history(step: number): void;
  theme(): void;
  info(): void;
  help(): void;
}

/** What the toolbar shows. */
export interface ToolbarModel {
  session: Session;
  derived: Derived;
  state: ViewState;
  messages: Messages;
  /** The search result in words. */
  searchResult: string;
  searchFailed: boolean;
  zoomed: boolean;
  canGoBack: boolean;
  canGoForward: boolean;
}

/** The bars above the graph. */
export class Toolbar {
  readonly root: HTMLElement;
  readonly search: HTMLInputElement;
  readonly #events: ToolbarEvents;
  readonly #title = element("h1");
  readonly #subtitle = element("span", { class: "subtitle name" });
  readonly #result = element("output", { class: "result" });
  readonly #flags: Record<"matchCase" | "wholeName" | "useRegex", HTMLButtonElement>;
  readonly #clear: HTMLButtonElement;
  readonly #views: HTMLButtonElement[];
  readonly #viewGroup = element("div", { class: "segments", attributes: { role: "group" } });
  readonly #profiles = element("div", { class: "segments profiles", attributes: { role: "group" } });
  readonly #types = element("select", { class: "types" });
  readonly #comparing: ComparisonTools;
  readonly #order: HTMLButtonElement;
  readonly #direction: HTMLButtonElement;
  readonly #zoomOut: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #theme: HTMLButtonElement;
  readonly #language = element("select", { class: "language" });
  readonly #info: HTMLButtonElement;
  readonly #help: HTMLButtonElement;
  readonly #warnings: HTMLButtonElement;
  #query: Query = { text: "", regex: false, matchCase: false, whole: false };
  #state: ViewState | undefined;
  #optionsFor = "";

  constructor(events: ToolbarEvents, legend: HTMLElement) {
    this.#events = events;
    this.search = element("input", { type: "search", attributes: { spellcheck: "false", autocomplete: "off", autocapitalize: "off", enterkeyhint: "search" } });
    this.search.addEventListener("input", () => this.#find({ text: this.search.value }));
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        events.nextMatch(event.shiftKey ? -1 : 1);
      }
    });
    const flag = (label: string, flip: () => Partial<Query>): HTMLButtonElement =>
      button({ class: "flag", text: label }, () => this.#find(flip()));
    this.#flags = {
      matchCase: flag("Aa", () => ({ matchCase: !this.#query.matchCase })),
      wholeName: flag("ab", () => ({ whole: !this.#query.whole })),
      useRegex: flag(".*", () => ({ regex: !this.#query.regex })),
    };
    this.#flags.wholeName.classList.add("boxed");
    this.#clear = button({ class: "flag" }, () => this.#find({ text: "", whole: false }), icon("clear"));
    this.#views = VIEWS.map((view) => button({ class: "segment" }, () => events.change({ view })));
    this.#viewGroup.append(...this.#views);
    this.#types.addEventListener("change", () => events.change({ sampleType: this.#types.value }));
    this.#comparing = new ComparisonTools((patch) => events.change(patch));
    this.#direction = button({ class: "tool" }, () => events.change({ icicle: this.#state?.icicle !== true }), icon("flame"), element("span"));
    this.#order = button(
      { class: "tool" },
      () => events.change({ order: this.#state?.order === "width" ? "name" : "width" }),
      icon("order"),
      element("span"),
    );
    const tool = (which: IconName, press: () => void): HTMLButtonElement => button({ class: "tool icon-only" }, press, icon(which));
    this.#back = tool("back", () => events.history(-1));
    this.#forward = tool("forward", () => events.history(1));
    this.#zoomOut = tool("out", events.zoomOut);
    this.#reset = tool("reset", events.resetZoom);
    this.#theme = tool("auto", events.theme);
    this.#info = tool("info", events.info);
    this.#help = tool("help", events.help);
    this.#warnings = button({ class: "warnings" }, events.info, icon("warning"), element("strong"), element("span", { class: "warning-text" }));
    for (const messages of CATALOGUES) {
      this.#language.append(element("option", { text: messages.languageName, attributes: { value: messages.locale, lang: messages.locale } }));
    }
    this.#language.addEventListener("change", () => events.change({ language: this.#language.value }));
    this.root = element(
      "div",
      { class: "bars" },
      element(
        "header",
        { class: "head" },
        mark(),
        element("div", { class: "titles" }, this.#title, this.#subtitle),
        element(
          "div",
          { class: "search", attributes: { role: "search" } },
          element("div", { class: "search-box" }, icon("search"), this.search, this.#result, this.#clear, ...Object.values(this.#flags)),
        ),
        element("div", { class: "actions" }, this.#info, this.#theme, element("label", { class: "language-label" }, icon("language"), this.#language), this.#help),
      ),
      this.#warnings,
      element(
        "div",
        { class: "tools" },
        element(
          "div",
          { class: "switches" },
          this.#viewGroup,
          this.#profiles,
          this.#types,
          this.#comparing.root,
          element("div", { class: "graph-tools" }, this.#direction, this.#order),
          element("div", { class: "zoom-tools" }, this.#back, this.#forward, this.#zoomOut, this.#reset),
        ),
        legend,
      ),
    );
  }

  /** Shows a model. */
  render(model: ToolbarModel): void {
    const { messages, state, session } = model;
    const { report } = session;
    this.#state = state;
    this.#query = state.query;
    setText(this.#title, visible(report.title) || "Firesteel");
    this.#title.title = this.#title.textContent;
    setText(this.#subtitle, visible(report.subtitle));
    this.#subtitle.title = visible(report.subtitle);
    this.#renderSearch(model);
    this.#viewGroup.setAttribute("aria-label", messages.viewsLabel);
    VIEWS.forEach((view, index) => this.#renderView(view, this.#views[index]!, model, index));
    this.#renderOptions(model);
    this.#comparing.render(model.derived.comparison, messages);
    const noGraph = state.view === "table";
    this.#direction.parentElement!.hidden = noGraph;
    setText(this.#direction.lastElementChild as HTMLElement, state.icicle ? messages.icicle : messages.flame);
    this.#direction.firstElementChild!.replaceWith(icon(state.icicle ? "icicle" : "flame"));
    name(this.#direction, messages.orientationLabel, "i");
    setText(this.#order.lastElementChild as HTMLElement, state.order === "width" ? messages.orderWidth : messages.orderName);
    name(this.#order, messages.orderLabel, "s");
    name(this.#back, messages.goBack, "Alt+←");
    name(this.#forward, messages.goForward, "Alt+→");
    name(this.#zoomOut, messages.zoomOut, "Backspace");
    name(this.#reset, messages.resetZoom, "Esc");
    this.#zoomOut.disabled = !model.zoomed;
    this.#reset.disabled = !model.zoomed;
    this.#back.disabled = !model.canGoBack;
    this.#forward.disabled = !model.canGoForward;
    this.#back.parentElement!.hidden = !model.zoomed && !model.canGoBack && !model.canGoForward;
    name(this.#theme, messages.theme[state.theme], "t");
    this.#theme.firstElementChild!.replaceWith(icon(state.theme === "auto" ? "auto" : state.theme === "light" ? "sun" : "moon"));
    name(this.#language, messages.language, "l");
    this.#language.value = messages.locale;
    name(this.#info, messages.info, "m");
    name(this.#help, messages.help, "?");
    this.#renderWarnings(report.warnings, messages);
  }

  #renderSearch({ messages, state, searchResult, searchFailed }: ToolbarModel): void {
    const { query } = state;
    name(this.search, messages.searchLabel, "/");
    this.search.placeholder = messages.searchPlaceholder;
    if (this.search.value !== query.text) this.search.value = query.text;
    name(this.#flags.matchCase, messages.matchCase);
    name(this.#flags.wholeName, messages.wholeName);
    name(this.#flags.useRegex, messages.useRegex);
    this.#flags.matchCase.setAttribute("aria-pressed", String(query.matchCase));
    this.#flags.wholeName.setAttribute("aria-pressed", String(query.whole));
    this.#flags.useRegex.setAttribute("aria-pressed", String(query.regex));
    name(this.#clear, messages.clearSearch, "Esc");
    this.#clear.hidden = query.text === "";
    setText(this.#result, searchResult);
    this.#result.title = messages.matchedHint;
    this.#result.hidden = searchResult === "";
    this.#result.classList.toggle("failed", searchFailed);
  }

  #renderView(view: View, control: HTMLButtonElement, { messages, state }: ToolbarModel, index: number): void {
    setText(control, messages.views[view]);
    control.title = `${messages.viewTitles[view]} (${index + 1})`;
    control.setAttribute("aria-pressed", String(state.view === view));
  }

  #renderOptions({ session, derived, messages }: ToolbarModel): void {
    const { profiles } = session.report;
    const key = `${derived.profileIndex}`;
    this.#profiles.setAttribute("aria-label", messages.profilesLabel);
    this.#profiles.hidden = profiles.length < 2;
    name(this.#types, messages.sampleTypeLabel);
    this.#types.hidden = derived.comparison !== undefined || derived.profile.sampleTypes.length < 2;
    if (this.#optionsFor !== key) {
      this.#optionsFor = key;
      this.#profiles.replaceChildren(
        ...profiles.map((profile, index) =>
          button({ class: "segment", text: visible(profile.name) || String(index + 1) }, () =>
            this.#events.change({ profile: index === 0 ? "" : session.profileKey(index), sampleType: "" }),
          ),
        ),
      );
      this.#types.replaceChildren(
        ...derived.profile.sampleTypes.map(({ name: typeName }) =>
          element("option", { text: visible(typeName), attributes: { value: typeName } }),
        ),
      );
    }
    [...this.#profiles.children].forEach((tab, index) => tab.setAttribute("aria-pressed", String(index === derived.profileIndex)));
    this.#types.value = derived.sampleType.name;
  }

  #renderWarnings(warnings: string[], messages: Messages): void {
    this.#warnings.hidden = warnings.length === 0;
    if (warnings.length === 0) return;
    const [, count, first] = this.#warnings.children as unknown as [Element, HTMLElement, HTMLElement];
    setText(count, messages.warnings(warnings.length));
    setText(first, warnings.map(visible).join(" · "));
    this.#warnings.title = warnings.map(visible).join("\n");
  }

  #find(change: Partial<Query>): void {
    this.#events.search({ ...this.#query, ...change });
  }
}
