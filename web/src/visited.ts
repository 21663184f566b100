/** The states the reader went through, in the browser's own history. */

const PAUSE_MILLISECONDS = 150;

/** Writes fragments into the address and reports when the browser goes to another one. */
export class VisitedStates {
  #index = 0;
  #last = 0;
  #pending: string | undefined;
  #timer = 0;

  constructor(restore: (fragment: string) => void) {
    const known: unknown = history.state;
    this.#index = indexIn(known) ?? 0;
    this.#last = this.#index;
    history.replaceState({ index: this.#index }, "");
    window.addEventListener("popstate", (event) => {
      clearTimeout(this.#timer);
      this.#pending = undefined;
      const index = indexIn(event.state);
      // A fragment typed by hand makes an entry of its own, after which nothing follows.
      this.#index = index ?? this.#index + 1;
      this.#last = index === undefined ? this.#index : Math.max(this.#last, this.#index);
      if (index === undefined) history.replaceState({ index: this.#index }, "");
      restore(location.hash);
    });
  }

  /** Whether an earlier state of this page can be gone back to. */
  get canGoBack(): boolean {
    return this.#index > 0;
  }

  /** Whether a later state can be gone forward to. */
  get canGoForward(): boolean {
    return this.#index < this.#last;
  }

  /** Puts a fragment into the address: as a new entry, in place of the present one, or in its place after a pause.
   * Wheels and pinches make hundreds of states a second, more than browsers allow to be recorded. */
  record(fragment: string, how: "push" | "replace" | "later"): void {
    clearTimeout(this.#timer);
    if (how === "later") {
      this.#pending = fragment;
      this.#timer = window.setTimeout(() => this.#flush(), PAUSE_MILLISECONDS);
      return;
    }
    if (how === "push") this.#flush();
    this.#pending = undefined;
    this.#write(fragment, how);
  }

  #flush(): void {
    if (this.#pending === undefined) return;
    this.#write(this.#pending, "replace");
    this.#pending = undefined;
  }

  #write(fragment: string, how: "push" | "replace"): void {
    if (how === "push" && `#${fragment}` === (location.hash || "#")) return;
    try {
      if (how === "push") {
        history.pushState({ index: this.#index + 1 }, "", `#${fragment}`);
        this.#index += 1;
        this.#last = this.#index;
      } else {
        history.replaceState({ index: this.#index }, "", `#${fragment}`);
      }
    } catch {
      // Browsers limit how often the history may be written; the view is right without it.
    }
  }
}

function indexIn(state: unknown): number | undefined {
  if (typeof state !== "object" || state === null || !("index" in state)) return undefined;
  return typeof state.index === "number" ? state.index : undefined;
}
