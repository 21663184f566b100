/** The two panels over the graph: what was recorded, and how to use the viewer. */

import { button, element, name } from "./dom";
import type { Messages } from "./i18n";
import { icon } from "./icons";
import { visible } from "./names";
import type { Report } from "./payload";

/** A dialog whose content is made when it opens. */
export class Panel {
  readonly root = element("dialog", { class: "panel" });
  readonly #build: (messages: Messages) => { title: string; content: Node[] };

  constructor(build: (messages: Messages) => { title: string; content: Node[] }) {
    this.#build = build;
    // A press outside the box lands on the dialog element itself.
    this.root.addEventListener("click", (event) => {
      if (event.target === this.root) this.root.close();
    });
  }

  /** Opens it, or closes it when it is open. */
  toggle(messages: Messages): void {
    if (this.root.open) {
      this.root.close();
      return;
    }
    const { title, content } = this.#build(messages);
    const close = button({ class: "tool icon-only" }, () => this.root.close(), icon("clear"));
    name(close, messages.close, "Esc");
    const heading = element("h2", { text: title, attributes: { id: "panel-title" } });
    this.root.setAttribute("aria-labelledby", "panel-title");
    this.root.replaceChildren(
      element("div", { class: "panel-box" }, element("div", { class: "panel-head" }, heading, close), element("div", { class: "panel-body" }, ...content)),
    );
    this.root.showModal();
  }
}

/** The panel with metadata and warnings. */
export function infoPanel(report: Report): Panel {
  return new Panel((messages) => {
    const content: Node[] = [];
    if (report.warnings.length > 0) {
      content.push(
        element("h3", { text: messages.warningsTitle }),
        element("ul", { class: "warning-list" }, ...report.warnings.map((warning) => element("li", { text: visible(warning) }))),
      );
    }
    if (report.metadata.length > 0) {
      const rows = report.metadata.map(([key, value]) =>
        element(
          "tr",
          {},
          element("th", { text: visible(key), attributes: { scope: "row" } }),
          element("td", { class: "name", text: visible(value) }),
        ),
      );
      content.push(
        element("h3", { text: messages.metadataTitle }),
        element("table", { class: "metadata" }, element("tbody", {}, ...rows)),
      );
    } else {
      content.push(element("p", { text: messages.noMetadata }));
    }
    if (report.generator !== "") {
      content.push(element("p", { class: "quiet", text: messages.generatedBy(visible(report.generator)) }));
    }
    return { title: messages.info, content };
  });
}

/** The panel with keys and how to read the graph. */
export function helpPanel(): Panel {
  return new Panel((messages) => ({
    title: messages.help,
    content: [
      element("h3", { text: messages.readingTitle }),
      ...messages.reading.map((text) => element("p", { text })),
      element(
        "div",
        { class: "key-columns" },
        element("div", {}, element("h3", { text: messages.keysTitle }), keyTable(messages.keys)),
        element("div", {}, element("h3", { text: messages.mouseTitle }), keyTable(messages.mouse)),
      ),
    ],
  }));
}

function keyTable(rows: [string, string][]): HTMLTableElement {
  return element(
    "table",
    { class: "keys" },
    element(
      "tbody",
      {},
      ...rows.map(([keys, text]) =>
        element(
          "tr",
          {},
          element("th", { attributes: { scope: "row" } }, ...keys.split("  ").map((key) => element("kbd", { text: key }))),
          element("td", { text }),
        ),
      ),
    ),
  );
}
