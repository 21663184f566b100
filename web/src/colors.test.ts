import { describe, expect, it } from "vitest";
import { fixture } from "../testing/report";
import { goFrame, goServiceStacks } from "../testing/go-service.mjs";
import { contrast, darken, DARK, frameColors, LIGHT, pack, readableText, toRgb, type Oklch, type Palette, type Rgb } from "./colors";

const PALETTES: [string, Palette][] = [
  ["light", LIGHT],
  ["dark", DARK],
];

// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
// severity 1.0, on linear RGB.
const DEFICIENCIES: Record<string, number[][]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance in OKLab of two colours as an eye with the deficiency sees them. */
function seenDistance(one: Rgb, other: Rgb, matrix: number[][]): number {
  const lab = (color: Rgb): number[] => {
    const linear = color.map((channel) => {
      const value = channel / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const [r, g, b] = matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, factor, index) => sum + factor * linear[index]!, 0)))) as Rgb;
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const [first, second] = [lab(one), lab(other)];
  return Math.hypot(...first.map((value, index) => value - second[index]!));
}

describe.each(PALETTES)("the %s palette", (_, palette) => {
  it.each(Object.entries(DEFICIENCIES))("keeps categories apart with %s", (_name, matrix) => {
    const entries = Object.entries(palette.categories);
    const close: string[] = [];
    entries.forEach(([name, color], index) => {
      for (const [otherName, other] of entries.slice(index + 1)) {
        const distance = seenDistance(toRgb(color), toRgb(other), matrix);
        if (distance < 0.045) close.push(`${name} ${otherName} ${distance.toFixed(3)}`);
      }
    });
    expect(close).toEqual([]);
  });

  it("has matches that no category resembles", () => {
    for (const color of Object.values(palette.categories)) {
      expect(seenDistance(toRgb(color), palette.match, DEFICIENCIES["none"]!)).toBeGreaterThan(0.12);
    }
  });

  it("has readable text on every frame of a real profile", () => {
    const { report } = fixture(goServiceStacks({ samples: 3000 }));
    const colors = frameColors(report.functions, report.strings, report.categories, palette);
    const rgb = (packed: number): Rgb => [packed & 0xff, (packed >>> 8) & 0xff, (packed >>> 16) & 0xff];
    const parse = (text: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as Rgb;
    const worst = { normal: 21, faded: 21 };
    for (let id = 0; id <= report.functions.count; id += 1) {
      worst.normal = Math.min(worst.normal, contrast(rgb(colors.normal[id]!), parse(colors.text[id]!)));
      worst.faded = Math.min(worst.faded, contrast(rgb(colors.faded[id]!), parse(colors.fadedText)));
    }
    expect(worst.normal).toBeGreaterThanOrEqual(4.5);
    expect(worst.faded).toBeGreaterThanOrEqual(3);
    expect(contrast(palette.match, readableText(palette.match, palette))).toBeGreaterThanOrEqual(4.5);
  });
});

it("one package has one hue, another a slightly different one", () => {
  const frames = ["encoding/json.a", "encoding/json.b", "regexp.c"].map(goFrame);
  const { report } = fixture([{ frames, values: [1] }]);
  const { normal } = frameColors(report.functions, report.strings, report.categories, LIGHT);
  expect(new Set(normal).size).toBeGreaterThanOrEqual(3);
});

it.each([
  [{ lightness: 0, chroma: 0, hue: 0 }, [0, 0, 0]],
  [{ lightness: 1, chroma: 0, hue: 0 }, [255, 255, 255]],
  [{ lightness: 0.62796, chroma: 0.25768, hue: 29.234 }, [255, 0, 0]],
  [{ lightness: 0.452, chroma: 0.31321, hue: 264.052 }, [0, 0, 255]],
] as [Oklch, Rgb][])("%j is %j", (color, expected) => {
  toRgb(color).forEach((channel, index) => expect(Math.abs(channel - expected[index]!)).toBeLessThanOrEqual(1));
});

it("packs colours the way a canvas holds them", () => {
  expect(pack([1, 2, 3])).toBe(0xff030201);
  expect(darken(0xff6496c8, 0.5)).toBe(0xff324b64);
});
