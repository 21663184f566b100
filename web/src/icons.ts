/** The icons of the toolbar, drawn as strokes on a 16 by 16 grid. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.4 10.4L14 14",
  clear: "M4 4l8 8M12 4l-8 8",
  info: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 7.3v3.9M8 4.8v.4",
  help: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6.2 6.3a1.85 1.85 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.4M8 11.3v.3",
  sun: "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.05 3.05l1.15 1.15M11.8 11.8l1.15 1.15M3.05 12.95l1.15-1.15M11.8 4.2l1.15-1.15",
  moon: "M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1z",
  auto: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 2v12M8 4h3.6M8 6.7h5M8 9.4h5M8 12h3.6",
  language: "M1.5 3.8h7M5 2v1.8M7 3.8c-.6 2.9-2.6 5-5 6M3.2 6c1 1.7 2.4 3 4.2 3.8M8 14l3-7.5l3 7.5M9 11.6h4",
  flame: "M2 13.5h12M3.5 10h9M5 6.5h5M6 3h2.5",
  icicle: "M2 2.5h12M3.5 6h9M5 9.5h5M6 13h2.5",
  order: "M3 13V7M6.5 13V4M10 13V9.5M13.5 13V11",
  color: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5 8h6M8 5v6",
  out: "M8 13V3M4 7l4-4l4 4",
  reset: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  back: "M9.5 3.5L5 8l4.5 4.5",
  forward: "M6.5 3.5L11 8l-4.5 4.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  stack: "M2.5 4h11M2.5 8h11M2.5 12h7",
  warning: "M8 2L1.5 13.5h13zM8 6.3v3.4M8 11.6v.3",
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** Makes an icon; it is decoration, the control around it carries the name. */
export function icon(which: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[which]);
  svg.append(path);
  return svg;
}

/** The mark of the product: three stacked bars of a flame. */
export function mark(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const [x, y, width, shade] of [
    [1, 14.5, 18, "base"],
    [3, 10, 11, "middle"],
    [15, 10, 3, "middle"],
    [4, 5.5, 6, "upper"],
    [5, 1, 3, "tip"],
  ] as const) {
    const bar = document.createElementNS(SVG, "rect");
    bar.setAttribute("x", String(x));
    bar.setAttribute("y", String(y));
    bar.setAttribute("width", String(width));
    bar.setAttribute("height", "3.7");
    bar.setAttribute("rx", "0.8");
    bar.setAttribute("class", shade);
    svg.append(bar);
  }
  return svg;
}
