/** Entry point: reads the data block of the page and starts the viewer, or says why it cannot. */

import "./styles/base.css";
import "./styles/bars.css";
import "./styles/panes.css";
import "./styles/comparison.css";
import { App } from "./app";
import { element } from "./dom";
import { chooseMessages } from "./i18n";
import { decodeReport, inflateBlock, PayloadError } from "./payload";

const DATA_BLOCK = "firesteel-report";
/** A profile that takes longer than this to read gets a line that says so. */
const LOADING_MILLISECONDS = 200;

async function start(): Promise<void> {
  const container = document.getElementById("app");
  if (container === null) return;
  const loading = setTimeout(() => showLoading(container), LOADING_MILLISECONDS);
  try {
    const block = document.getElementById(DATA_BLOCK);
    if (block === null) throw new PayloadError("missing", `there is no element #${DATA_BLOCK}`);
    const text = block.textContent ?? "";
    // The text is not needed again, and it can be tens of megabytes.
    block.remove();
    const report = decodeReport(await inflateBlock(text));
    if (report.title !== "") document.title = report.title;
    clearTimeout(loading);
    const app = new App(report, container);
    app.flame.drawNow();
    performance.mark("firesteel-drawn");
    container.dataset["ready"] = "true";
    // For the browser's console, and for the tests that drive the page.
    Object.assign(window, { firesteel: app });
  } catch (error) {
    clearTimeout(loading);
    showFailure(container, error);
  }
}

function showLoading(container: HTMLElement): void {
  container.replaceChildren(element("p", { class: "loading", text: chooseMessages(navigator.languages).loading }));
}

function showFailure(container: HTMLElement, error: unknown): void {
  const messages = chooseMessages(navigator.languages);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.lang = messages.locale;
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  const known = error instanceof PayloadError;
  const detail = error instanceof Error ? error.message : String(error);
  container.replaceChildren(
    element(
      "main",
      { class: "failure", attributes: { role: "alert" } },
      element(
        "div",
        { class: "empty-box" },
        element("h1", { text: messages.failureTitle }),
        ...(known ? [element("p", { text: messages.failures[error.problem] })] : []),
        element("p", { class: "quiet name", text: detail }),
      ),
    ),
  );
}

void start();
