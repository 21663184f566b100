import { describe, expect, it } from "vitest";
import { fixture } from "../testing/report";
import { pathTo } from "./profile";
import { decodeState, encodeState, followSteps, INITIAL_STATE, stepsTo, type ViewState } from "./state";

const step = (name: string, ordinal = 0): { name: string; ordinal: number } => ({ name, ordinal });

describe("the fragment", () => {
  it("is empty for the initial state", () => {
    expect(encodeState(INITIAL_STATE)).toBe("");
    expect(decodeState("")).toEqual(INITIAL_STATE);
    expect(decodeState("#")).toEqual(INITIAL_STATE);
  });

  it.each([
    { profile: "heap", sampleType: "inuse_space" },
    { view: "both", icicle: true, order: "width" },
    { zoom: [step("net/http.(*conn).serve"), step("a;b&c=d:e#f%41", 2), step("日本"), step("")] },
    { range: [0.25, 0.5] },
    { query: { text: "a&b=c#d", regex: true, matchCase: true, whole: true } },
    { query: { text: "100%", regex: false, matchCase: false, whole: false } },
    { dimmed: ["runtime", "third-party"] },
    { tableSort: "name", tableAscending: true, tableFilter: "x y" },
    { tableSort: "self", tableAscending: true },
    { width: "delta", colorBy: "self", tableSort: "totalBefore" },
    { theme: "dark", language: "zh-CN" },
  ] as Partial<ViewState>[])("brings back %j", (patch) => {
    const state = { ...INITIAL_STATE, ...patch };
    const fragment = encodeState(state);
    expect(decodeState(`#${fragment}`)).toEqual(state);
    expect(fragment).toMatch(/^[\x21-\x7e]*$/);
    expect(fragment).not.toContain("#");
  });

  it.each(["v=nothing&o=x&th=pink&s=zz&w=wide&c=red", "r=0.9~0.1&r2", "=&&=", "q", "r=a~b", "r=-1~2"])("that is nonsense (%j) is ignored", (fragment) => {
    expect(decodeState(fragment)).toEqual(INITIAL_STATE);
  });

  it("survives bad percent signs and lone surrogates", () => {
    expect(decodeState("q=50%").query.text).toBe("50%");
    expect(encodeState({ ...INITIAL_STATE, tableFilter: "\ud800" })).toBe("f=%EF%BF%BD");
  });

  it("leaves out a zoom that no address can hold", () => {
    const zoom = Array.from({ length: 5000 }, () => step("some/package.(*Type).Method"));
    expect(encodeState({ ...INITIAL_STATE, zoom, icicle: true })).toBe("i=1");
  });
});

describe("steps", () => {
  const made = fixture([
    { frames: [{ name: "a" }, { name: "b", file: "1" }, { name: "c" }], values: [1] },
    { frames: [{ name: "a" }, { name: "b", file: "2" }, { name: "d" }], values: [1] },
    { frames: [{ name: "" }], values: [1] },
  ]);

  it("lead back to every node", () => {
    for (let node = 0; node < made.tree.count; node += 1) {
      expect(followSteps(made.report, made.tree, stepsTo(made.report, made.tree, node))).toEqual({ node, complete: true });
    }
  });

  it("tell siblings of one name apart", () => {
    const d = made.tree.count - 1;
    expect(stepsTo(made.report, made.tree, d)).toEqual([step("a"), step("b", 1), step("d")]);
  });

  it("survive another rendering, as far as the stack still exists", () => {
    const later = fixture("a;b;x 1\na;b;d 2\nz 9");
    const follow = (...names: string[]): unknown => {
      const { node, complete } = followSteps(later.report, later.tree, names.map((name) => step(name)));
      return [pathTo(later.tree, node).map(later.name).join(";"), complete];
    };
    expect(follow("a", "b", "d")).toEqual(["a;b;d", true]);
    expect(follow("a", "b", "gone", "d")).toEqual(["a;b", false]);
    expect(followSteps(later.report, later.tree, [step("a"), step("b", 3)])).toEqual({ node: later.at("a;b"), complete: true });
  });
});
