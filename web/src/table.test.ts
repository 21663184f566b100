import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/go-service.mjs";
import { pickRows } from "./table";

const costs = {
  self: Float64Array.of(5, 0, 3, 3, -9),
  total: Float64Array.of(5, 9, 3, 8, -9),
  present: [0, 1, 2, 3, 4],
};
const names = ["delta", "main.Alpha", "beta", "gamma", "alpha"];
const pick = (...rest: ["name" | "self" | "total", boolean, string, number]): string[] =>
  pickRows(costs, (id) => names[id]!, ...rest).rows.map((id) => names[id]!);

describe("the rows", () => {
  it.each([
    [["self", false, "", 9], ["delta", "gamma", "beta", "main.Alpha", "alpha"]],
    [["self", true, "", 9], ["alpha", "main.Alpha", "beta", "gamma", "delta"]],
    [["total", false, "", 2], ["main.Alpha", "gamma"]],
    [["name", true, "", 9], ["alpha", "beta", "delta", "gamma", "main.Alpha"]],
    [["name", false, "", 1], ["main.Alpha"]],
    [["self", false, "ALPHA", 9], ["main.Alpha", "alpha"]],
    [["self", false, "zzz", 9], []],
  ] as [["name" | "self" | "total", boolean, string, number], string[]][])("for %j are %j", (question, expected) => {
    expect(pick(...question)).toEqual(expected);
  });

  it("count all that pass, not only those shown", () => {
    expect(pickRows(costs, (id) => names[id]!, "self", false, "a", 1).count).toBe(5);
  });

  it("of a long table are the same as of a full sort", () => {
    const random = seededRandom(6);
    const count = 5000;
    const long = {
      self: Float64Array.from({ length: count }, () => Math.floor(random() * 400)),
      total: Float64Array.from({ length: count }, () => Math.floor(random() * 400)),
      present: Array.from({ length: count }, (_, id) => id),
    };
    const nameOf = (id: number): string => `f${id}`;
    for (const ascending of [false, true]) {
      const all = pickRows(long, nameOf, "self", ascending, "", count).rows;
      expect(pickRows(long, nameOf, "self", ascending, "", 100).rows).toEqual(all.slice(0, 100));
    }
  });
});
