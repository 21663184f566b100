/** How the frames and functions of a comparison look: their colours and marks, kept until they change. */

import { changeColor, changeColors, changeMarks, colorSteps, markStyle } from "./change-colors";
import { css, type FrameColors, type Palette } from "./colors";
import { degree, type ColorBy, type ComparedCosts, type Comparison, type Sides } from "./comparison";
import type { Scene } from "./draw";
import type { Tree } from "./profile";

/** The looks of the comparisons of a report. */
export class ComparisonLook {
  readonly #colors = new Map<Palette, FrameColors[]>();
  #scene: { sides: Sides; colorBy: ColorBy; palette: Palette; scene: Scene["changes"] } | undefined;

  /** The colours of all steps of change. */
  colors(palette: Palette, { info }: Comparison): FrameColors {
    let both = this.#colors.get(palette);
    if (both === undefined) {
      both = [false, true].map((negate) => changeColors(palette, negate));
      this.#colors.set(palette, both);
    }
    return both[Number(info.negate)]!;
  }

  /** Step and mark of every node. */
  scene(tree: Tree, { sides, colorBy, info }: Comparison, palette: Palette): Scene["changes"] {
    const kept = this.#scene;
    if (kept?.sides === sides && kept.colorBy === colorBy && kept.palette === palette) return kept.scene;
    const scene = { steps: colorSteps(tree, sides, colorBy), marks: changeMarks(tree, sides), style: markStyle(palette, info.negate) };
    this.#scene = { sides, colorBy, palette, scene };
    return scene;
  }

  /** The colour of a function, as CSS. */
  ofFunction(costs: ComparedCosts, { colorBy, info }: Comparison, id: number, palette: Palette): string {
    return css(changeColor(degree(costs.before[colorBy][id]!, costs.after[colorBy][id]!), palette, info.negate));
  }

  /** The colour of a node, as CSS. */
  ofNode({ sides, colorBy, info }: Comparison, node: number, palette: Palette): string {
    return css(changeColor(degree(sides.before[colorBy][node]!, sides.after[colorBy][node]!), palette, info.negate));
  }
}
