import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/go-service.mjs";
import { differential, encodeReport } from "../testing/payload-encoder.mjs";
import { changeColor, changeColors, changeMarks, colorSteps, APPEARED, VANISHED } from "./change-colors";
import { contrast, DARK, LIGHT, toRgb, type Rgb } from "./colors";
import { changeKind, changesOf, comparedCosts, computeSides, degree, difference, notDrawn, WIDTHS, type ComparedCosts } from "./comparison";
import { Formatter } from "./format";
import { growthText } from "./frame-text";
import { CATALOGUES } from "./i18n";
import { decodeReport, PayloadError } from "./payload";
import { Session } from "./session";
import { INITIAL_STATE } from "./state";
import { pickRows } from "./table";

const SAMPLE = "m 4 4\nm;gone;deep 40 0\nm;new 0 10\nm;stay 16 26";

function session(text = SAMPLE, more = {}): Session {
  return new Session(decodeReport(encodeReport({ profiles: [differential(text, more)] }).buffer as ArrayBuffer));
}

const names = (of: Session): string[] => {
  const { tree } = of.derive(INITIAL_STATE)!;
  return [...tree.function].map((id, node) => (node === 0 ? "" : of.functionName(id)));
};

describe("a comparison", () => {
  it("has every frame of either side, with its change", () => {
    const made = session();
    const { values, comparison, sampleType } = made.derive(INITIAL_STATE)!;
    expect(names(made)).toEqual(["", "m", "gone", "deep", "new", "stay"]);
    expect([...values.self]).toEqual([0, 0, 0, -40, 10, 10]);
    expect([...values.total]).toEqual([-20, -20, -40, -40, 10, 10]);
    expect(comparison?.width).toBe("max");
    expect(sampleType).toEqual({ name: "samples", unit: "count" });
  });

  it.each([
    ["before", [60, 60, 40, 40, 0, 16], 10],
    ["after", [40, 40, 0, 0, 10, 26], 40],
    ["delta", [60, 60, 40, 40, 10, 10], 0],
    ["max", [80, 80, 40, 40, 10, 26], 0],
  ] as const)("has widths by %s", (width, weights, without) => {
    const { values, comparison } = session().derive({ ...INITIAL_STATE, width })!;
    expect([...values.weight]).toEqual(weights);
    expect(comparison?.notDrawn).toBe(without);
  });

  it("follows what the report says until something is chosen", () => {
    const made = session(SAMPLE, { by: "after", colorBy: "self" });
    const chosen = (state = {}): unknown[] => {
      const { width, colorBy } = made.derive({ ...INITIAL_STATE, ...state })!.comparison!;
      return [width, colorBy];
    };
    expect(chosen()).toEqual(["after", "self"]);
    expect(chosen({ width: "delta", colorBy: "total" })).toEqual(["delta", "total"]);
    const odd = session(SAMPLE, { by: "sideways", colorBy: "" });
    expect(odd.derive(INITIAL_STATE)!.comparison).toMatchObject({ width: "max", colorBy: "total" });
  });

  it("of a profile with itself has no change", () => {
    const { values } = session("a;b 3 3\na 1 1").derive({ ...INITIAL_STATE, width: "delta" })!;
    expect(values.weight[0]).toBe(0);
  });

  it("has widths that hold those of what is called", () => {
    const random = seededRandom(4);
    const lines = Array.from({ length: 60 }, () => {
      const path = Array.from({ length: 1 + Math.floor(random() * 6) }, () => `f${Math.floor(random() * 4)}`);
      return `${path.join(";")} ${Math.floor(random() * 9)} ${Math.floor(random() * 9)}`;
    });
    const { tree, comparison } = session(lines.join("\n")).derive(INITIAL_STATE)!;
    for (const width of WIDTHS) {
      const { weight } = changesOf(tree, comparison!.sides, width);
      const sums = new Float64Array(tree.count);
      for (let node = 1; node < tree.count; node += 1) sums[tree.parent[node]!]! += weight[node]!;
      expect([...weight].every((value, node) => value >= sums[node]!)).toBe(true);
    }
  });

  it("refuses another number of columns", () => {
    const profile = differential("a 1 2");
    const third = { ...profile, sampleTypes: profile.sampleTypes.slice(0, 1) };
    expect(() => decodeReport(encodeReport({ profiles: [third] }).buffer as ArrayBuffer)).toThrow(PayloadError);
  });
});

describe("a change", () => {
  it.each([
    [0, 0, "same", 0, ""],
    [0, 3, "appeared", 1, "new"],
    [3, 0, "vanished", -1, "gone"],
    [2, 4, "grown", 0.5, "+100%"],
    [4, 3, "shrunk", -0.25, "-25.0%"],
    [7, 7.000000000000001, "same", 0, ""],
  ] as const)("from %d to %d is %s", (before, after, kind, part, growth) => {
    expect(changeKind(before, after)).toBe(kind);
    expect(degree(before, after)).toBe(part);
    expect(degree(after, before)).toBe(part === 0 ? 0 : -part);
    const messages = CATALOGUES[0]!;
    expect(growthText(before, after, new Formatter(messages), messages)).toBe(growth);
    expect(difference(before, after) === 0).toBe(kind === "same");
  });
});

describe("the table", () => {
  it("has what widths leave out, and sorts by every column", () => {
    const made = session();
    const derived = made.derive({ ...INITIAL_STATE, width: "after" })!;
    const costs = made.costs(derived) as ComparedCosts;
    const pick = (sort: Parameters<typeof pickRows>[2], ascending = false): string[] =>
      pickRows(costs, (id) => made.functionName(id), sort, ascending, "", 9).rows.map((id) => made.functionName(id));
    expect(pick("self")).toEqual(["new", "stay", "m", "gone", "deep"]);
    expect(pick("self", true)[0]).toBe("deep");
    expect(pick("selfBefore").slice(0, 2)).toEqual(["deep", "stay"]);
    expect(pick("totalAfter").slice(0, 2)).toEqual(["m", "stay"]);
  });

  it("counts recursion once on each side", () => {
    const made = session("f;f 2 3\nf 1 1");
    const { tree, comparison, values } = made.derive(INITIAL_STATE)!;
    const costs = comparedCosts(tree, comparison!.sides, values.weight, 1, 0);
    expect([costs.before.total[0], costs.after.total[0], costs.total[0]]).toEqual([3, 4, 1]);
  });
});

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the colours of changes on %s", (_, palette) => {
  it("are red and blue, exchanged on demand, grey for what is the same", () => {
    const [red, , blue] = changeColor(1, palette, false);
    expect(red).toBeGreaterThan(blue + 60);
    expect(changeColor(1, palette, true)).toEqual(changeColor(-1, palette, false));
    expect(changeColor(0, palette, false)).toEqual(palette.changes.neutral);
  });

  it("have readable text", () => {
    const colors = changeColors(palette, false);
    const parse = (text: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as Rgb;
    const rgb = (packed: number): Rgb => [packed & 0xff, (packed >>> 8) & 0xff, (packed >>> 16) & 0xff];
    colors.normal.forEach((color, step) => expect(contrast(rgb(color), parse(colors.text[step]!))).toBeGreaterThanOrEqual(4.5));
  });

  it("do not look like a match", () => {
    for (const color of [-1, -0.5, 0, 0.5, 1].map((value) => changeColor(value, palette, false))) {
      const distance = Math.hypot(...color.map((channel, index) => channel - palette.match[index]!));
      expect(distance).toBeGreaterThan(70);
    }
    expect(toRgb(palette.fallback)).not.toEqual(palette.match);
  });
});

it("every node has its step and its mark", () => {
  const { tree, comparison } = session().derive(INITIAL_STATE)!;
  const { sides } = comparison!;
  const steps = colorSteps(tree, sides, "total");
  expect(steps[2]).toBe(0);
  expect(steps[4]).toBe(48);
  expect(colorSteps(tree, sides, "self")[2]).toBe(24);
  expect([...changeMarks(tree, sides)]).toEqual([0, 0, VANISHED, VANISHED, APPEARED, 0]);
  expect(notDrawn(computeSides(tree, new Float64Array(6), new Float64Array(6)), "after")).toBe(0);
});
