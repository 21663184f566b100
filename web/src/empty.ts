/** What is shown instead of a graph when there is nothing to draw: why, and what to do. */

import { button, element } from "./dom";
import type { Messages } from "./i18n";
import { visible } from "./names";
import type { Session } from "./session";
import type { ViewState } from "./state";

/** The pane for a profile without samples. */
export class EmptyView {
  readonly root = element("section", { class: "empty" });
  readonly #session: Session;
  readonly #change: (patch: Partial<ViewState>) => void;

  constructor(session: Session, change: (patch: Partial<ViewState>) => void) {
    this.#session = session;
    this.#change = change;
  }

  /** Explains, and offers the sample types and profiles that do have values. `unchanged` says that both sides of a
   * comparison are alike, so that widths that follow changes are all zero. */
  render(messages: Messages, cpu: boolean, unchanged: boolean): void {
    if (unchanged) {
      const content = [element("h2", { text: messages.unchangedTitle }), element("p", { text: messages.unchangedText })];
      this.root.replaceChildren(element("div", { class: "empty-box" }, ...content));
      return;
    }
    const others = this.#others();
    const content: Node[] = [element("h2", { text: messages.emptyTitle })];
    if (others.length > 0) {
      content.push(element("p", { text: messages.emptyOther }), element("p", { class: "choices" }, ...others));
    }
    content.push(
      element("p", { text: messages.emptyText }),
      element("ul", {}, ...(cpu ? messages.emptyReasonsCpu : messages.emptyReasonsOther).map((reason) => element("li", { text: reason }))),
    );
    this.root.replaceChildren(element("div", { class: "empty-box" }, ...content));
  }

  #others(): Node[] {
    const { profiles } = this.#session.report;
    const single = [...profiles.entries()].filter(([, profile]) => profile.comparison === undefined);
    return single.flatMap(([profileIndex, profile]) =>
      profile.sampleTypes.flatMap((sampleType, typeIndex) => {
        const values = this.#session.values(profileIndex, typeIndex);
        if (values.weight.length === 0 || values.weight[0] === 0) return [];
        const label = profiles.length > 1 ? `${profile.name}: ${sampleType.name}` : sampleType.name;
        const patch = { profile: profileIndex === 0 ? "" : this.#session.profileKey(profileIndex), sampleType: sampleType.name, zoom: [] };
        return [button({ class: "segment choice", text: visible(label) }, () => this.#change(patch))];
      }),
    );
  }
}
