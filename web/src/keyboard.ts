/** The keys. Each does what a control on the page does; none works while a text field has the focus, but the few
 * that leave it. */

import type { View } from "./state";

/** What keys ask for. */
export interface KeyEvents {
  move(direction: "up" | "down" | "left" | "right"): void;
  zoomIn(): void;
  zoomOut(): void;
  /** Zooms around the middle; a factor below 1 zooms in. */
  zoomBy(factor: number): void;
  /** One step back to the plain view; leaves text fields first. */
  escape(): void;
  search(): void;
  nextMatch(step: number): void;
  view(view: View): void;
  icicle(): void;
  order(): void;
  /** In a comparison: the next of the widths, and of the ways to colour. */
  width(): void;
  colorBy(): void;
  theme(): void;
  language(): void;
  info(): void;
  help(): void;
  copyName(): void;
  copyStack(): void;
  /** Whether arrows and Enter belong to the graph now. */
  graphHasFocus(): boolean;
}

const KEY_ZOOM = 1.5;

/** Listens on the whole document. */
export function listenToKeys(events: KeyEvents): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : undefined;
    const typing = target?.closest("input, textarea, select") !== null && target !== undefined;
    const inDialog = target?.closest("dialog") !== null && target !== undefined;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f" && !event.altKey && !event.shiftKey) {
      // A second press reaches the browser's own search.
      if (typing) return;
      events.search();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (inDialog) {
      if (event.key === "?") events.help();
      return;
    }
    if (event.key === "Escape") {
      events.escape();
      event.preventDefault();
      return;
    }
    if (typing) return;
    if (act(event.key, events)) event.preventDefault();
  });
}

function act(key: string, events: KeyEvents): boolean {
  if (events.graphHasFocus()) {
    switch (key) {
      case "ArrowUp":
        events.move("up");
        return true;
      case "ArrowDown":
        events.move("down");
        return true;
      case "ArrowLeft":
        events.move("left");
        return true;
      case "ArrowRight":
        events.move("right");
        return true;
      case "Enter":
        events.zoomIn();
        return true;
    }
  }
  const actions: Record<string, () => void> = {
    Backspace: events.zoomOut,
    "/": events.search,
    n: () => events.nextMatch(1),
    N: () => events.nextMatch(-1),
    "+": () => events.zoomBy(1 / KEY_ZOOM),
    "=": () => events.zoomBy(1 / KEY_ZOOM),
    "-": () => events.zoomBy(KEY_ZOOM),
    1: () => events.view("flame"),
    2: () => events.view("table"),
    3: () => events.view("both"),
    i: events.icicle,
    s: events.order,
    w: events.width,
    d: events.colorBy,
    t: events.theme,
    l: events.language,
    m: events.info,
    "?": events.help,
    c: events.copyName,
    C: events.copyStack,
  };
  const action = actions[key];
  action?.();
  return action !== undefined;
}
