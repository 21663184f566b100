/** Where the arrow keys lead. */

import { ABSENT, neighbour } from "./layout";
import { NONE } from "./payload";
import { forEachChild } from "./profile";
import type { Derived } from "./session";

/** The frame to select after a press of an arrow key; the zoomed frame when nothing is selected. */
export function moveSelection(
  derived: Derived,
  selected: number | undefined,
  direction: "up" | "down" | "left" | "right",
  icicle: boolean,
  window: [from: number, to: number],
): number {
  const { tree, values, layout, root } = derived;
  if (selected === undefined || selected >= tree.count || layout.position[selected] === ABSENT) return root;
  if (direction === "left" || direction === "right") {
    const step = direction === "left" ? -1 : 1;
    return neighbour(layout, selected, tree.depth[selected]!, step, window[0], window[1]) ?? selected;
  }
  const towardsRoot = icicle === (direction === "up");
  if (towardsRoot) {
    const parent = tree.parent[selected]!;
    return parent === NONE ? selected : parent;
  }
  // Above the zoomed frame only the way back to it is on screen.
  if (selected < root && root < tree.end[selected]!) {
    let step = root;
    while (tree.parent[step] !== selected) step = tree.parent[step]!;
    return step;
  }
  let heaviest = selected;
  forEachChild(tree, selected, (child) => {
    if (values.weight[child]! > 0 && (heaviest === selected || values.weight[child]! > values.weight[heaviest]!)) heaviest = child;
  });
  return heaviest;
}
