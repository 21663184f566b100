/** Which language the viewer speaks. */

import { en, type Messages } from "./en";
import { zhCN } from "./zh-CN";

export type { Messages } from "./en";

/** Every catalogue, in the order the language switch goes through them. */
export const CATALOGUES: readonly Messages[] = [en, zhCN];

/** The catalogue for the first wanted language there is one for; English when there is none. */
export function chooseMessages(wanted: readonly string[]): Messages {
  for (const tag of wanted) {
    const exact = CATALOGUES.find((messages) => messages.locale.toLowerCase() === tag.toLowerCase());
    if (exact !== undefined) return exact;
    const primary = tag.toLowerCase().split(/[-_]/)[0];
    const related = CATALOGUES.find((messages) => messages.locale.toLowerCase().split("-")[0] === primary);
    if (related !== undefined) return related;
  }
  return en;
}
