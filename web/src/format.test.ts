import { describe, expect, it } from "vitest";
import { Formatter } from "./format";
import { chooseMessages } from "./i18n";
import { en } from "./i18n/en";
import { zhCN } from "./i18n/zh-CN";

const english = new Formatter(en);
const chinese = new Formatter(zhCN);

describe("values", () => {
  it.each([
    [0, "nanoseconds", "cpu", "0 s"],
    [1, "nanoseconds", "cpu", "1 ns"],
    [999, "nanoseconds", "cpu", "999 ns"],
    [1000, "nanoseconds", "cpu", "1.00 µs"],
    [1_500_000, "nanoseconds", "cpu", "1.50 ms"],
    [12_340_000, "nanoseconds", "cpu", "12.3 ms"],
    [999_400_000, "nanoseconds", "cpu", "999 ms"],
    [999_600_000, "nanoseconds", "cpu", "1.00 s"],
    [24_020_000_000, "nanoseconds", "cpu", "24.0 s"],
    [599e9, "nanoseconds", "cpu", "599 s"],
    [1800e9, "nanoseconds", "cpu", "30.0 min"],
    [4 * 3600e9, "nanoseconds", "cpu", "4.00 h"],
    [-1_500_000, "nanoseconds", "cpu", "-1.50 ms"],
    [2, "milliseconds", "wall", "2.00 ms"],
    [3, "seconds", "wall", "3.00 s"],
    [1, "count", "samples", "1 sample"],
    [1234, "count", "samples", "1,234 samples"],
    [0, "count", "samples", "0 samples"],
    [-5, "count", "samples", "-5 samples"],
    [2, "count", "alloc_objects", "2 objects"],
    [7, "count", "goroutine", "7 goroutines"],
    [3, "count", "contentions", "3 contentions"],
    [0.5, "count", "samples", "0.50 samples"],
    [1023, "bytes", "inuse_space", "1,023 B"],
    [1024, "bytes", "inuse_space", "1.00 KiB"],
    [1_048_500, "bytes", "inuse_space", "1.00 MiB"],
    [5 * 2 ** 30, "bytes", "inuse_space", "5.00 GiB"],
    [-2048, "bytes", "inuse_space", "-2.00 KiB"],
    [42, "furlongs", "x", "42 furlongs"],
    [Number.NaN, "count", "samples", "–"],
  ])("%d %s of %s is %s", (value, unit, name, expected) => {
    expect(english.value(value, unit, name)).toBe(expected);
  });

  it("speak Chinese", () => {
    expect(chinese.value(1234, "count", "samples")).toBe("1,234 个样本");
    expect(zhCN.matched(chinese.percent(1, 8), chinese.value(4512, "count", "samples"))).toBe("匹配 4,512 个样本 的 12.5%");
  });
});

describe("percentages", () => {
  it.each([
    [1, 8, "12.5%"],
    [1, 100, "1.00%"],
    [1, 3000, "0.03%"],
    [1, 1e6, "<0.01%"],
    [-1, 1e6, ">-0.01%"],
    [0, 5, "0%"],
    [5, 5, "100%"],
    [99_999, 100_000, "100%"],
    [-5, 10, "-50.0%"],
    [1, 0, "–"],
    [0, 0, "–"],
    [Number.NaN, 1, "–"],
  ])("%d of %d is %s", (part, whole, expected) => {
    expect(english.percent(part, whole)).toBe(expected);
  });
});

describe("the language", () => {
  it.each([
    [["zh-CN", "en"], "zh-CN"],
    [["zh-Hant-TW"], "zh-CN"],
    [["zh"], "zh-CN"],
    [["de-DE", "zh-CN"], "zh-CN"],
    [["de-DE", "en-GB", "zh"], "en"],
    [["fr"], "en"],
    [[], "en"],
  ])("for %j is %s", (wanted, expected) => {
    expect(chooseMessages(wanted).locale).toBe(expected);
  });

  it("has every text in every language", () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]));
      return typeof value;
    };
    expect(shape(zhCN)).toEqual(shape(en));
    const same = (one: unknown, other: unknown, path: string): string[] =>
      typeof one === "object" && one !== null
        ? Object.keys(one).flatMap((key) => same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], `${path}.${key}`))
        : one === other && typeof one === "string" && /[a-z]{2}/.test(one)
          ? [path]
          : [];
    // Names of keys are the same on every keyboard.
    expect(same(en, zhCN, "").filter((path) => !/^\.keys\.\d+\.0$/.test(path))).toEqual([]);
  });
});
