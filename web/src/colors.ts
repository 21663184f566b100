/**
 * Colours of frames: by whose code it is, with a small variation per package.
 *
 * The categories differ in lightness as well as in hue, so they stay apart for colour-blind eyes (a test simulates
 * the three kinds). Colours are chosen in OKLCH, where equal steps look equal, and packed as the little-endian
 * 0xAABBGGRR words that a canvas holds.
 */

import type { FunctionTable, StringTable } from "./payload";

/** OKLCH: lightness 0 to 1, chroma, hue in degrees. */
export interface Oklch {
  lightness: number;
  chroma: number;
  hue: number;
}

/** Red, green and blue, 0 to 255. */
export type Rgb = [red: number, green: number, blue: number];

/** The colours of one theme. */
export interface Palette {
  background: Rgb;
  /** The root frame and frames without a function. */
  root: Rgb;
  categories: Record<string, Oklch>;
  fallback: Oklch;
  match: Rgb;
  darkText: Rgb;
  lightText: Rgb;
  /** How far a faded frame goes towards the background, 0 to 1. */
  fade: number;
  /** Of a comparison: what is the same, what is more, what is less; and what edges go towards. */
  changes: { neutral: Rgb; more: Rgb; less: Rgb; edge: Rgb };
}

/** Colours for the light theme. */
export const LIGHT: Palette = {
  background: [255, 255, 255],
  root: [222, 224, 228],
  categories: {
    own: { lightness: 0.78, chroma: 0.155, hue: 58 },
    std: { lightness: 0.85, chroma: 0.07, hue: 232 },
    runtime: { lightness: 0.7, chroma: 0.09, hue: 268 },
    "third-party": { lightness: 0.8, chroma: 0.105, hue: 168 },
    native: { lightness: 0.8, chroma: 0.105, hue: 338 },
    kernel: { lightness: 0.48, chroma: 0.035, hue: 260 },
    unknown: { lightness: 0.9, chroma: 0.012, hue: 90 },
  },
  fallback: { lightness: 0.9, chroma: 0.012, hue: 90 },
  match: [186, 32, 178],
  darkText: [22, 24, 29],
  lightText: [255, 255, 255],
  fade: 0.72,
  changes: { neutral: [222, 222, 220], more: [247, 104, 82], less: [92, 162, 236], edge: [0, 0, 0] },
};

/** Colours for the dark theme. */
export const DARK: Palette = {
  background: [20, 22, 26],
  root: [62, 66, 74],
  categories: {
    own: { lightness: 0.75, chroma: 0.15, hue: 60 },
    std: { lightness: 0.5, chroma: 0.09, hue: 240 },
    runtime: { lightness: 0.42, chroma: 0.135, hue: 284 },
    "third-party": { lightness: 0.66, chroma: 0.095, hue: 168 },
    native: { lightness: 0.51, chroma: 0.135, hue: 342 },
    kernel: { lightness: 0.39, chroma: 0.012, hue: 255 },
    unknown: { lightness: 0.47, chroma: 0.01, hue: 90 },
  },
  fallback: { lightness: 0.47, chroma: 0.01, hue: 90 },
  match: [240, 118, 230],
  darkText: [13, 14, 17],
  lightText: [244, 245, 247],
  fade: 0.64,
  changes: { neutral: [64, 67, 74], more: [196, 58, 42], less: [40, 108, 184], edge: [255, 255, 255] },
};

/** What a frame needs for being drawn, per function, or per step of a change; the last is the root. */
export interface FrameColors {
  normal: Uint32Array;
  faded: Uint32Array;
  match: number;
  background: number;
  text: string[];
  fadedText: string;
  matchText: string;
}

/** Colours for every function of a report. */
export function frameColors(functions: FunctionTable, strings: StringTable, categories: string[], palette: Palette): FrameColors {
  const normal = new Uint32Array(functions.count + 1);
  const faded = new Uint32Array(functions.count + 1);
  const text = new Array<string>(functions.count + 1);
  const bases = categories.map((category) => palette.categories[category] ?? palette.fallback);
  const cache = new Map<number, [normal: number, faded: number, text: string]>();
  const entry = (color: Rgb, text: Rgb): [number, number, string] => [
    pack(color),
    pack(mix(color, palette.background, palette.fade)),
    css(text),
  ];
  // One text colour per category: letters that change colour from box to box are tiring.
  const texts = bases.map((base) => readableText(toRgb(base), palette));
  for (let id = 0; id < functions.count; id += 1) {
    const category = functions.category[id]!;
    const base = bases[category] ?? palette.fallback;
    // Boxes side by side of one package differ by a shade, or the edges between narrow ones vanish.
    const shade = functions.name[id]! % 3;
    const key = (functions.package[id]! * 3 + shade) * 256 + category;
    let colors = cache.get(key);
    if (colors === undefined) {
      const text = texts[category] ?? readableText(toRgb(base), palette);
      colors = entry(toRgb(vary(base, strings.get(functions.package[id]!), shade)), text);
      cache.set(key, colors);
    }
    normal[id] = colors[0];
    faded[id] = colors[1];
    text[id] = colors[2];
  }
  const root = entry(palette.root, readableText(palette.root, palette));
  normal[functions.count] = root[0];
  faded[functions.count] = root[1];
  text[functions.count] = root[2];
  return {
    normal,
    faded,
    text,
    match: pack(palette.match),
    background: pack(palette.background),
    fadedText: css(mix(readableText(palette.background, palette), palette.background, 0.35)),
    matchText: css(readableText(palette.match, palette)),
  };
}

/** The middle colour of a category, as CSS. */
export function categoryColor(category: string, palette: Palette): string {
  return css(toRgb(palette.categories[category] ?? palette.fallback));
}

function vary(base: Oklch, packageName: string, shade: number): Oklch {
  const seed = hash(packageName);
  const turn = ((seed & 0xff) / 255 - 0.5) * 20;
  const lift = (((seed >>> 8) & 0xff) / 255 - 0.5) * 0.024 + (shade - 1) * 0.012;
  return { lightness: base.lightness + lift, chroma: base.chroma, hue: base.hue + turn };
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  // The low bits of short strings are alike; fold the high ones in.
  return (value ^ (value >>> 15)) >>> 0;
}

/** OKLCH to sRGB, after Björn Ottosson, "A perceptual color space for image processing" (2020); out-of-range
 * channels are clipped. */
export function toRgb(color: Oklch): Rgb {
  const angle = (color.hue * Math.PI) / 180;
  const a = color.chroma * Math.cos(angle);
  const b = color.chroma * Math.sin(angle);
  const l = (color.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (color.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (color.lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((channel) => {
    const clipped = Math.min(1, Math.max(0, channel));
    const gamma = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(gamma * 255);
  }) as Rgb;
}

/** Contrast ratio of two colours as WCAG 2 defines it, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The text colour of a palette that reads better on `background`. */
export function readableText(background: Rgb, palette: Palette): Rgb {
  const dark = contrast(background, palette.darkText);
  return dark >= contrast(background, palette.lightText) ? palette.darkText : palette.lightText;
}

/** A colour on the way from one to another. */
export function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  return from.map((channel, index) => Math.round(channel + (to[index]! - channel) * amount)) as Rgb;
}

/** `0xAABBGGRR`, opaque. */
export function pack([red, green, blue]: Rgb): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A packed colour moved towards black by `amount`. */
export function darken(color: number, amount: number): number {
  const keep = 1 - amount;
  return pack([(color & 0xff) * keep, ((color >>> 8) & 0xff) * keep, ((color >>> 16) & 0xff) * keep]);
}

/** `#rrggbb`. */
export function css(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
