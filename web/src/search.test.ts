import { describe, expect, it } from "vitest";
import { fixture, randomFolded } from "../testing/report";
import { seededRandom } from "../testing/go-service.mjs";
import { layOut } from "./layout";
import { NONE } from "./payload";
import { pathTo } from "./profile";
import { compileQuery, EMPTY_QUERY, matchFunctions, matchPrefix, measureCoverage, nextMatch, type Query } from "./search";

function matching(query: Partial<Query>, ...names: string[]): string[] {
  const test = compileQuery({ ...EMPTY_QUERY, ...query });
  if (test instanceof Error) throw test;
  return names.filter((name) => test.matches(test.lowered ? name.toLowerCase() : name));
}

describe("a query", () => {
  const names = ["main.Run", "main.run", "net/http.(*conn).serve", "a.b"];
  it.each([
    [{ text: "run" }, ["main.Run", "main.run"]],
    [{ text: "run", matchCase: true }, ["main.run"]],
    [{ text: "(*conn)" }, ["net/http.(*conn).serve"]],
    [{ text: "a.b" }, ["a.b"]],
    [{ text: "^main\\.", regex: true }, ["main.Run", "main.run"]],
    [{ text: "^main\\.R", regex: true, matchCase: true }, ["main.Run"]],
    [{ text: "main.run", whole: true }, ["main.Run", "main.run"]],
    [{ text: "main.run", whole: true, matchCase: true }, ["main.run"]],
    [{ text: "main|a.b", regex: true, whole: true }, ["a.b"]],
    [{ text: "12" }, []],
  ] as [Partial<Query>, string[]][])("%j finds %j", (query, expected) => {
    expect(matching(query, ...names)).toEqual(expected);
  });

  it("that is no pattern is an error, not an exception", () => {
    expect(compileQuery({ ...EMPTY_QUERY, text: "(", regex: true })).toBeInstanceOf(Error);
  });
});

function cover(folded: string, text: string, root = ""): { share: number; frames: string[] } {
  const made = fixture(folded);
  const test = compileQuery({ ...EMPTY_QUERY, text, whole: true, matchCase: true });
  if (test instanceof Error) throw test;
  const matches = matchFunctions(made.report.functions.count, (id) => made.report.strings.get(made.report.functions.name[id]!), test);
  const coverage = measureCoverage(made.tree, made.values, matches, made.at(root));
  return {
    share: coverage.weight / made.values.weight[made.at(root)]!,
    frames: coverage.frames.map((node) => pathTo(made.tree, node).map(made.name).join(";")),
  };
}

describe("coverage", () => {
  it("counts each stack once, however often it matches", () => {
    expect(cover("f;g;f 6\nf 2\ng 2", "f")).toEqual({ share: 0.8, frames: ["f"] });
    expect(cover("a;f 1\nb;f 1\nc 2", "f")).toEqual({ share: 0.5, frames: ["a;f", "b;f"] });
  });

  it("is of the zoomed view", () => {
    expect(cover("a;f 1\na;g 3\nb;f 6", "f", "a").share).toBe(0.25);
  });

  it("is everything inside a match", () => {
    expect(cover("f;a 1\nf;b 3\ng 9", "f", "f;a").share).toBe(1);
  });

  it("is nothing without a match or without weight", () => {
    expect(cover("a 1\nb 0", "zzz")).toEqual({ share: 0, frames: [] });
    expect(cover("a 1\nb;f 0", "f")).toEqual({ share: 0, frames: [] });
  });

  it("equals the sum over the stacks that hold a match", () => {
    const random = seededRandom(5);
    for (let round = 0; round < 60; round += 1) {
      const made = fixture(randomFolded(random, 40, false));
      const matches = Uint8Array.from({ length: made.report.functions.count }, () => (random() < 0.3 ? 1 : 0));
      let expected = 0;
      for (let node = 1; node < made.tree.count; node += 1) {
        if (pathTo(made.tree, node).some((at) => matches[made.tree.function[at]!] === 1)) expected += made.values.self[node]!;
      }
      expect(measureCoverage(made.tree, made.values, matches, 0).weight).toBe(expected);
      const layout = layOut(made.tree, made.values, "name");
      const prefix = matchPrefix(made.tree, layout, matches);
      layout.node.forEach((node, position) => {
        const id = made.tree.function[node]!;
        expect(prefix[position + 1]! - prefix[position]!).toBe(id !== NONE && matches[id] === 1 ? 1 : 0);
      });
    }
  });
});

it("goes through matches from the heaviest, round and round", () => {
  const made = fixture("a;f 1\nb;f 5\nc;f 3");
  const layout = layOut(made.tree, made.values, "name");
  const matches = matchFunctions(made.report.functions.count, (id) => made.report.strings.get(made.report.functions.name[id]!), { lowered: false, matches: (name) => name === "f" });
  const coverage = measureCoverage(made.tree, made.values, matches, 0);
  const order: string[] = [];
  let at: number | undefined;
  for (let step = 0; step < 4; step += 1) {
    at = nextMatch(coverage, made.values, layout, at, 1);
    order.push(made.name(made.tree.parent[at!]!));
  }
  expect(order).toEqual(["b", "c", "a", "b"]);
  expect(nextMatch(coverage, made.values, layout, undefined, -1)).toBe(made.at("a;f"));
  expect(nextMatch({ weight: 0, frames: [] }, made.values, layout, undefined, 1)).toBeUndefined();
});
