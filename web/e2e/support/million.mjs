/**
 * Measures the viewer with a million frames: `node e2e/support/million.mjs [frames] [functions]`.
 *
 * First paint is from the navigation to the first finished picture, as a reader waits for it. Frames are timed with
 * the drawing forced, so neither the display's rate nor idle time is in them.
 */

import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assembleBlock, CATEGORIES, ColumnWriter, compressBlock } from "../../testing/payload-encoder.mjs";
import { seededRandom } from "../../testing/go-service.mjs";
import { launch, openPage, ready, reportDirectory } from "./browser.mjs";

const frames = Number(process.argv[2] ?? 1_000_000);
const functionCount = Number(process.argv[3] ?? 50_000);
const DEEPEST = 500;

const reports = await reportDirectory();
const url = await reports.writeRaw("million", "million", compressBlock(million()));
const bytes = statSync(fileURLToPath(url)).size;
console.log(`${frames} frames, ${functionCount} functions, depth to ${DEEPEST}: ${(bytes / 1e6).toFixed(1)} MB`);

const browser = await launch();
const firstPaints = [];
for (let round = 0; round < 5; round += 1) {
  const { page, context } = await openPage(browser, url, { viewport: { width: 1920, height: 1080 }, reducedMotion: "no-preference" });
  await ready(page);
  firstPaints.push(await page.evaluate(() => performance.getEntriesByName("firesteel-drawn")[0].startTime));
  if (round === 4) await measure(page);
  await context.close();
}
console.log(`first paint           ${summary(firstPaints)}`);
await browser.close();
await reports.close();

async function measure(page) {
  const results = await page.evaluate(async () => {
    const app = window.firesteel;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = {};
    const time = async (name, rounds, act) => {
      times[name] = [];
      for (let round = 0; round < rounds; round += 1) {
        const start = performance.now();
        await act(round);
        times[name].push(performance.now() - start);
        await frame();
      }
    };
    const { flame } = app;
    await time("redraw, whole view", 30, () => flame.drawNow());
    const range = (from, to) => app.flame.showRange(from, to);
    await time("wheel zoom step", 30, (round) => {
      const span = 0.9 ** (round + 1);
      range(0.31 * (1 - span), 0.31 * (1 - span) + span);
      flame.drawNow();
    });
    await time("pan step at 10 %", 30, (round) => {
      range(0.2 + round / 100, 0.3 + round / 100);
      flame.drawNow();
    });
    range(0, 1);
    flame.drawNow();
    const scroller = document.querySelector(".scroller");
    await time("scroll step", 30, (round) => {
      scroller.scrollTop = scroller.scrollHeight - round * 300;
      flame.drawNow();
    });
    scroller.scrollTop = scroller.scrollHeight;
    const box = scroller.getBoundingClientRect();
    await time("hover", 60, (round) => {
      scroller.dispatchEvent(new PointerEvent("pointermove", { clientX: 20 + round * 29, clientY: box.bottom - 60 - round * 3, pointerType: "mouse", pointerId: 1 }));
    });
    const click = (x, y) => {
      const at = { clientX: x, clientY: y, pointerType: "mouse", pointerId: 1, button: 0 };
      scroller.dispatchEvent(new PointerEvent("pointerdown", at));
      scroller.dispatchEvent(new PointerEvent("pointerup", at));
    };
    await time("zoom by click", 20, async (round) => {
      click(200 + round * 60, box.bottom - 70);
      flame.drawNow();
      times.reset ??= [];
    });
    const gaps = [];
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    for (let last = await frame(), count = 0; count < 14; count += 1) {
      const now = await frame();
      gaps.push(now - last);
      last = now;
    }
    times["zoom animation, frame gap"] = gaps;
    const search = document.querySelector("input[type=search]");
    await time("search, key to result", 8, async (round) => {
      search.value = "handler1234".slice(0, round + 4);
      search.dispatchEvent(new Event("input"));
      while (app.state.query.text !== search.value) await frame();
      flame.drawNow();
    });
    await time("redraw, searched", 20, () => flame.drawNow());
    delete times.reset;
    return times;
  });
  for (const [name, times] of Object.entries(results)) console.log(`${name.padEnd(26)}${summary(times)}`);
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  return `median ${at(0.5)} ms, worst ${at(1)} ms, n ${sorted.length}`;
}

/** A random tree in pre-order with a heavy-tailed width and a few very deep stacks. */
function million() {
  const random = seededRandom(9);
  const columns = new ColumnWriter();
  const parent = new Uint32Array(frames);
  const functionColumn = new Uint32Array(frames);
  const self = new Float64Array(frames);
  parent[0] = functionColumn[0] = 0xffffffff;
  const path = [0];
  for (let node = 1; node < frames; node += 1) {
    // Mostly a step deeper or beside; now and then far back towards the root.
    const turn = random();
    let up = turn < 0.62 ? 0 : turn < 0.99 ? 1 + Math.floor(random() * 3) : Math.floor(random() ** 2 * path.length);
    if (path.length > DEEPEST) up = Math.max(up, Math.floor(random() * DEEPEST));
    path.length = Math.max(1, path.length - up);
    parent[node] = path.at(-1);
    functionColumn[node] = Math.floor(random() * functionCount);
    self[node] = Math.ceil(random() ** 8 * 1000);
    path.push(node);
  }
  const encoder = new TextEncoder();
  const texts = [""];
  for (let id = 0; id < functionCount; id += 1) texts.push(`github.com/acme/service${id % 97}/internal/part${id % 13}.(*Type${id % 1009}).handler${id}`);
  for (let id = 0; id < 97; id += 1) texts.push(`github.com/acme/service${id}`);
  const parts = texts.map((text) => encoder.encode(text));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, index) => (offsets[index + 1] = offsets[index] + part.length));
  const blob = new Uint8Array(offsets.at(-1));
  parts.forEach((part, index) => blob.set(part, offsets[index]));
  const ids = Uint32Array.from({ length: functionCount }, (_, id) => id);
  return assembleBlock(
    {
      version: 1,
      title: "million",
      subtitle: "",
      generator: "bench",
      metadata: [],
      warnings: [],
      strings: { bytes: columns.add("u8", blob), offsets: columns.add("u32", offsets) },
      functions: {
        name: columns.add("u32", ids.map((id) => id + 1)),
        file: columns.add("u32", new Uint32Array(functionCount)),
        line: columns.add("u32", new Uint32Array(functionCount)),
        package: columns.add("u32", ids.map((id) => functionCount + 1 + (id % 97))),
        category: columns.add("u8", ids.map((id) => id % 7)),
        flags: columns.add("u8", ids.map((id) => (id % 5 === 0 ? 1 : 0))),
      },
      categories: CATEGORIES,
      profiles: [
        {
          name: "cpu",
          sampleTypes: [{ name: "samples", unit: "count" }],
          defaultSampleType: 0,
          duration: 0,
          nodes: { parent: columns.add("u32", parent), function: columns.add("u32", functionColumn), self: [columns.add("f64", self)] },
        },
      ],
    },
    columns,
  );
}
