import { describe, expect, it } from "vitest";
import { fixture, randomFolded } from "../testing/report";
import { seededRandom } from "../testing/go-service.mjs";
import { ABSENT, firstFrom, firstRightOf, layOut, neighbour, nodeAt, type ChildOrder } from "./layout";
import { moveSelection } from "./selection";
import type { Derived } from "./session";

const ORDERS: ChildOrder[] = ["name", "width"];

describe.each(ORDERS)("a layout by %s", (order) => {
  it("keeps children inside their parents, apart, and as wide as their weight", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 40; round += 1) {
      const { tree, values } = fixture(randomFolded(random, 50, round % 3 === 0));
      const layout = layOut(tree, values, order);
      for (let depth = 0; depth < layout.levels; depth += 1) {
        for (let at = layout.levelStart[depth]!; at < layout.levelStart[depth + 1]!; at += 1) {
          const node = layout.node[at]!;
          expect(tree.depth[node]).toBe(depth);
          expect(layout.position[node]).toBe(at);
          expect(layout.right[at]! - layout.left[at]!).toBe(values.weight[node]);
          if (at > layout.levelStart[depth]!) expect(layout.left[at]!).toBeGreaterThanOrEqual(layout.right[at - 1]!);
          if (depth > 0) {
            const parent = layout.position[tree.parent[node]!]!;
            expect(layout.left[at]!).toBeGreaterThanOrEqual(layout.left[parent]!);
            expect(layout.right[at]!).toBeLessThanOrEqual(layout.right[parent]!);
          }
        }
      }
      for (let node = 0; node < tree.count; node += 1) {
        expect(layout.position[node] === ABSENT).toBe(values.weight[node] === 0);
      }
    }
  });
});

it("orders children by name or by width", () => {
  const { tree, values, name } = fixture("a 1\nb 5\nc 3\nd 3");
  const namesOf = (order: ChildOrder): string[] => [...layOut(tree, values, order).node].slice(1).map(name);
  expect(namesOf("name")).toEqual(["a", "b", "c", "d"]);
  expect(namesOf("width")).toEqual(["b", "c", "d", "a"]);
});

it("has no levels when there is no weight", () => {
  const { tree, values } = fixture("a;b 0");
  expect(layOut(tree, values, "name")).toMatchObject({ levels: 0, width: 0 });
});

it("finds what lies at a place", () => {
  const { tree, values, at } = fixture("a;x 2\na 1\nb 4");
  const layout = layOut(tree, values, "name");
  expect(nodeAt(layout, 1, 0)).toBe(at("a"));
  expect(nodeAt(layout, 1, 2.9)).toBe(at("a"));
  expect(nodeAt(layout, 1, 3)).toBe(at("b"));
  expect(nodeAt(layout, 2, 1.9)).toBe(at("a;x"));
  expect(nodeAt(layout, 2, 2.5)).toBeUndefined();
  expect(nodeAt(layout, 1, 7)).toBeUndefined();
  expect(nodeAt(layout, 9, 0)).toBeUndefined();
  expect(nodeAt(layout, -1, 0)).toBeUndefined();
});

it("searches a level like a plain scan", () => {
  const random = seededRandom(4);
  const { tree, values } = fixture(Array.from({ length: 300 }, (_, index) => `f${index} ${1 + Math.floor(random() * 9)}`).join("\n"));
  const layout = layOut(tree, values, "name");
  const [from, to] = [layout.levelStart[1]!, layout.levelStart[2]!];
  const scan = (test: (position: number) => boolean): number => {
    let position = from;
    while (position < to && !test(position)) position += 1;
    return position;
  };
  for (let round = 0; round < 500; round += 1) {
    const x = random() * (layout.width + 20) - 10;
    expect(firstRightOf(layout, from, to, x)).toBe(scan((position) => layout.right[position]! > x));
    expect(firstFrom(layout, from, to, x)).toBe(scan((position) => layout.left[position]! >= x));
  }
});

describe("the selection", () => {
  const made = fixture("a;x;y 5\na;z 1\nb 4");
  const layout = layOut(made.tree, made.values, "name");
  const derived = { ...made, layout, root: 0 } as unknown as Derived;
  const move = (from: string, direction: "up" | "down" | "left" | "right", icicle = false, root = 0): number =>
    moveSelection({ ...derived, root }, made.at(from), direction, icicle, [0, layout.width]);

  it.each([
    ["a", "up", false, "a;x"],
    ["a", "down", false, ""],
    ["a", "down", true, "a;x"],
    ["a", "up", true, ""],
    ["a", "right", false, "b"],
    ["a", "left", false, "a"],
    ["b", "up", false, "b"],
    ["a;x", "right", false, "a;z"],
    ["", "down", false, ""],
  ] as const)("goes from %j %s (icicle %s) to %j", (from, direction, icicle, to) => {
    expect(move(from, direction, icicle)).toBe(made.at(to));
  });

  it("starts at the zoomed frame, and leads back to it from its ancestors", () => {
    expect(moveSelection({ ...derived, root: made.at("b") }, undefined, "up", false, [0, 10])).toBe(made.at("b"));
    expect(move("a", "up", false, made.at("a;z"))).toBe(made.at("a;z"));
  });

  it("does not leave the window", () => {
    expect(neighbour(layout, made.at("a"), 1, 1, 0, 6)).toBeUndefined();
    expect(neighbour(layout, made.at("a"), 1, 1, 0, 6.5)).toBe(made.at("b"));
  });
});
