import { describe, expect, it } from "vitest";
import { fixture, functionId, randomFolded } from "../testing/report";
import { seededRandom } from "../testing/go-service.mjs";
import { NONE, PayloadError } from "./payload";
import { buildTree, computeValues, costsByFunction, isWithin, pathTo, weightByCategory } from "./profile";

const SAMPLE = `
a;b;c 3
a;b 2
a;d 5
e 1
`;

describe("the tree", () => {
  it("has depth, end and height", () => {
    const { tree, at } = fixture(SAMPLE);
    expect([...tree.depth]).toEqual([0, 1, 2, 3, 2, 1]);
    expect([...tree.end]).toEqual([6, 5, 4, 4, 5, 6]);
    expect([...tree.height]).toEqual([3, 2, 1, 0, 0, 0]);
    expect(pathTo(tree, at("a;b;c"))).toEqual([at("a"), at("a;b"), at("a;b;c")]);
    expect(isWithin(tree, at("a"), at("a;d"))).toBe(true);
    expect(isWithin(tree, at("a"), at("e"))).toBe(false);
  });

  it.each([
    ["a root with a parent", [0]],
    ["a parent after its child", [NONE, 2, 0]],
    ["a node out of pre-order", [NONE, 0, 0, 1]],
    ["a second root", [NONE, NONE]],
  ])("refuses %s", (_, parent) => {
    const nodes = { count: parent.length, parent: Uint32Array.from(parent), function: new Uint32Array(parent.length), self: [] };
    expect(() => buildTree(nodes)).toThrow(PayloadError);
  });

  it("may be 100,000 deep", () => {
    const count = 100_000;
    const parent = Uint32Array.from({ length: count }, (_, node) => (node === 0 ? NONE : node - 1));
    const tree = buildTree({ count, parent, function: new Uint32Array(count), self: [] });
    expect(tree.height[0]).toBe(count - 1);
    expect(computeValues(tree, new Float64Array(count).fill(1)).total[0]).toBe(count);
  });

  it("may have no node at all", () => {
    const tree = buildTree({ count: 0, parent: new Uint32Array(0), function: new Uint32Array(0), self: [] });
    const values = computeValues(tree, new Float64Array(0));
    expect(costsByFunction(tree, values, 0, 0).present).toEqual([]);
  });
});

describe("totals", () => {
  it("add up", () => {
    const { values, at } = fixture(SAMPLE);
    expect([values.total[0], values.total[at("a")], values.total[at("a;b")]]).toEqual([11, 10, 5]);
    expect(values.weight).toBe(values.total);
  });

  it("keep signs, and weights do not", () => {
    const { values, at } = fixture("a;b 5\na;c -5\nd -2");
    expect([values.total[0], values.total[at("a")], values.total[at("d")]]).toEqual([-2, 0, -2]);
    expect([values.weight[0], values.weight[at("a")], values.weight[at("d")]]).toEqual([12, 10, 2]);
  });

  it("take values that are not finite as zero", () => {
    const { tree } = fixture("a 1\nb 2");
    expect([...computeValues(tree, Float64Array.of(0, Number.NaN, Number.POSITIVE_INFINITY)).total]).toEqual([0, 0, 0]);
  });

  it("equal the sum of self values below every node", () => {
    const random = seededRandom(1);
    for (let round = 0; round < 50; round += 1) {
      const { tree, values } = fixture(randomFolded(random, 30, round % 2 === 0));
      for (let node = 0; node < tree.count; node += 1) {
        const below = values.self.subarray(node, tree.end[node]);
        expect(values.total[node]).toBe(below.reduce((sum, value) => sum + value, 0));
        expect(values.weight[node]).toBe(below.reduce((sum, value) => sum + Math.abs(value), 0));
      }
    }
  });
});

describe("costs by function", () => {
  it("count a recursive function once per stack", () => {
    const made = fixture("f;g;f;f 4\nf 1\nh;f 2");
    const costs = costsByFunction(made.tree, made.values, made.report.functions.count, 0);
    expect(costs.total[functionId(made, "f")]).toBe(7);
    expect(costs.self[functionId(made, "f")]).toBe(7);
    expect(costs.total[functionId(made, "g")]).toBe(4);
  });

  it("follow the zoom", () => {
    const made = fixture("a;x 3\nb;x 5\nb 1");
    const costs = costsByFunction(made.tree, made.values, made.report.functions.count, made.at("b"));
    expect(costs.total[functionId(made, "x")]).toBe(5);
    expect(costs.total[functionId(made, "b")]).toBe(6);
    expect(costs.present).not.toContain(functionId(made, "a"));
  });

  it("have self values that add up to the total", () => {
    const random = seededRandom(2);
    for (let round = 0; round < 30; round += 1) {
      const made = fixture(randomFolded(random, 40, false));
      const costs = costsByFunction(made.tree, made.values, made.report.functions.count, 0);
      expect(costs.self.reduce((sum, value) => sum + value, 0)).toBe(made.values.total[0]);
      for (const id of costs.present) {
        expect(costs.total[id]!).toBeGreaterThanOrEqual(costs.self[id]!);
        expect(costs.total[id]!).toBeLessThanOrEqual(made.values.total[0]!);
      }
    }
  });
});

it("categories get the self weight of their functions", () => {
  const made = fixture("own.a;std.b 3\nown.a 2\nruntime.c -1");
  const shares = weightByCategory(made.tree, made.values, made.report.functions, made.report.categories.length, 0);
  expect(Object.fromEntries(made.report.categories.map((name, index) => [name, shares[index]]))).toMatchObject({ own: 2, std: 3, runtime: 1, kernel: 0 });
});
