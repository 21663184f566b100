/** Takes the pictures that are looked at by eye: `npm run shots -- <directory> [name]...`. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { goServiceReport } from "../../testing/go-service.mjs";
import { differential } from "../../testing/payload-encoder.mjs";
import { launch, openPage, ready, reportDirectory } from "./browser.mjs";

const directory = process.argv[2];
if (directory === undefined) throw new Error("usage: npm run shots -- <directory> [name]...");
await mkdir(directory, { recursive: true });
const reports = await reportDirectory();
const browser = await launch();
const service = await reports.write("service", goServiceReport());
const empty = await reports.write("empty", {
  title: "idle",
  subtitle: "pid 77, 10.0 s at 999 Hz",
  profiles: [{ name: "cpu", sampleTypes: [{ name: "cpu", unit: "nanoseconds" }], stacks: [] }],
});

const difference = await reports.write("difference", {
  title: "v1.4 → v1.5",
  subtitle: "samples: 170 samples → 181 samples (+6.47%)",
  profiles: [differential("main;serve;parse 40 61\nmain;serve;render 60 58\nmain;serve;legacy;convert 45 0\nmain;serve;cache;lookup 0 34\nmain;idle 25 28")],
});

const JSON_ZOOM = [
  "net/http.(*conn).serve",
  "net/http.serverHandler.ServeHTTP",
  "net/http.(*ServeMux).ServeHTTP",
  "net/http.HandlerFunc.ServeHTTP",
  "github.com/acme/shop/internal/web.(*Server).withMetrics.func1",
  "github.com/go-chi/chi/v5.(*Mux).ServeHTTP",
  "github.com/go-chi/chi/v5.(*Mux).routeHTTP",
  "github.com/acme/shop/internal/web.(*Server).handleCatalog",
].map(encodeURIComponent).join(";");
const narrow = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const hover = (x, y) => (page) => page.mouse.move(x, y);

const SHOTS = [
  ["light", service, "", {}, hover(420, 640)],
  ["dark", service, "", { colorScheme: "dark" }, hover(420, 640)],
  ["searched", service, "#q=json&o=width", {}],
  ["searched-dark", service, "#q=json", { colorScheme: "dark" }],
  ["zoomed", service, `#z=${JSON_ZOOM}`, {}, (page) => page.keyboard.press("ArrowDown")],
  ["zoomed-2x", service, `#z=${JSON_ZOOM}&o=width`, { deviceScaleFactor: 2, colorScheme: "dark" }],
  ["icicle", service, "#i=1&o=width", {}],
  ["table", service, "#v=table", {}],
  ["both", service, "#v=both&q=json&p=heap", {}],
  ["both-dark", service, "#v=both", { colorScheme: "dark" }],
  ["chinese", service, "#v=both&q=json", { locale: "zh-CN" }, hover(420, 700)],
  ["dimmed", service, "#d=runtime,std", {}],
  ["difference", difference, "#v=both", {}, hover(300, 700)],
  ["difference-dark", difference, "#w=after", { colorScheme: "dark" }],
  ["difference-narrow", difference, "#v=both&l=zh-CN", narrow],
  ["empty", empty, "", {}],
  ["info", service, "", {}, (page) => page.keyboard.press("m")],
  ["help", service, "", { colorScheme: "dark" }, (page) => page.keyboard.press("?")],
  ["narrow", service, "", narrow, (page) => page.touchscreen.tap(120, 560)],
  ["narrow-searched", service, "#q=json&i=1", { ...narrow, colorScheme: "dark" }],
  ["narrow-both", service, "#v=both", { ...narrow, locale: "zh-CN" }],
  ["narrow-table", service, "#v=table", narrow],
];

const only = process.argv.slice(3);
for (const [name, url, hash, options, act] of SHOTS) {
  if (only.length > 0 && !only.includes(name)) continue;
  const { page, context, complaints } = await openPage(browser, url + hash, options);
  await ready(page);
  await act?.(page);
  await page.waitForTimeout(150);
  await page.screenshot({ path: join(directory, `${name}.png`) });
  for (const complaint of complaints) console.log(`${name}: ${complaint}`);
  await context.close();
}
await browser.close();
await reports.close();
