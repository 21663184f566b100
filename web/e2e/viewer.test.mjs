/** The viewer in a real browser, from reports on disk. `npm run e2e` needs Chromium; CHROMIUM names another one. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { compressBlock, encodeReport, folded } from "../testing/payload-encoder.mjs";
import { goServiceReport } from "../testing/go-service.mjs";
import { launch, openPage, ready, reportDirectory } from "./support/browser.mjs";
import { address, canvasColors, clickAt, nameAt, overflows, pointAt, tableNames, textOf } from "./support/reader.mjs";

const MATCH = "#ba20b2";
const SAMPLES = [{ name: "samples", unit: "count" }];
const plain = (text, more = {}) => ({ title: "small", profiles: [{ name: "cpu", sampleTypes: SAMPLES, stacks: folded(text) }], ...more });

let browser;
let reports;
let service;
let small;

before(async () => {
  browser = await launch();
  reports = await reportDirectory();
  service = await reports.write("service", goServiceReport());
  small = await reports.write("small", plain("a;b;c 4\na;b;d 2\na;e 2\nf;b 1\nmain.Run 1"));
});

after(async () => {
  await browser?.close();
  await reports?.close();
});

/** Opens a report, runs a test on it, and requires that the browser had nothing to complain about. */
async function on(url, options, test) {
  const { page, context, complaints } = await openPage(browser, url, options);
  try {
    await ready(page);
    await test(page, context);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

describe("the graph", () => {
  it("is drawn, with every category in its colour", () =>
    on(service, {}, async (page) => {
      const colors = await canvasColors(page);
      assert.ok(colors.length > 40, `${colors.length} colours`);
      const painted = colors.filter(([color]) => color !== "#ffffff").reduce((sum, [, count]) => sum + count, 0);
      assert.ok(painted > 150_000, `${painted} pixels`);
      assert.match(await textOf(page, ".summary"), /^72\.1 s in view, [\d,]+ frames, \d+ deep$/);
      assert.equal(await nameAt(page, 0, 0.5), "all");
      assert.equal(await nameAt(page, 1, 0.01), "net/http.(*conn).serve");
      assert.equal(await page.locator(".legend-item").count(), 6);
      assert.equal(await page.title(), "shop");
    }));

  it("names a frame and its costs under the pointer", () =>
    on(small, {}, async (page) => {
      assert.equal(await nameAt(page, 2, 0.3), "b");
      assert.match(await textOf(page, ".tooltip"), /Total\s+6 samples\s+60\.0% of all/);
      assert.match(await textOf(page, ".details"), /Self\s+0 samples\s+0% of all/);
      await page.mouse.move(5, 5);
      assert.equal(await page.locator(".tooltip").isVisible(), false);
    }));

  it("zooms by click, keeps the ancestors, and goes back and forward", () =>
    on(small, {}, async (page) => {
      await clickAt(page, 2, 0.3);
      assert.match(await address(page), /#z=a;b$/);
      for (const [level, name] of [[0, "all"], [1, "a"], [2, "b"]]) {
        assert.equal(await nameAt(page, level, 0.01), name);
        assert.equal(await nameAt(page, level, 0.99), name);
      }
      assert.equal(await nameAt(page, 3, 0.1), "c");
      assert.match(await textOf(page, ".tooltip"), /Total\s+4 samples\s+66\.7% of view\s+40\.0% of all/);
      await page.goBack();
      assert.equal(await nameAt(page, 1, 0.85), "f");
      await page.goForward();
      assert.equal(await nameAt(page, 1, 0.85), "a");
      await page.getByRole("button", { name: "Zoom out one frame" }).click();
      assert.match(await address(page), /#z=a$/);
      await page.getByRole("button", { name: "Back" }).click();
      await page.waitForURL(/#z=a;b$/);
      await page.getByRole("button", { name: "Reset zoom" }).click();
      assert.equal(await nameAt(page, 1, 0.85), "f");
    }));

  it("zooms to an ancestor by click", () =>
    on(`${small}#z=a;b;c`, {}, async (page) => {
      await clickAt(page, 1, 0.5);
      assert.match(await address(page), /#z=a$/);
      await clickAt(page, 0, 0.5);
      assert.match(await address(page), /#$/);
    }));

  it("zooms by wheel where the pointer is, and moves sideways", () =>
    on(small, {}, async (page) => {
      const { x, y } = await pointAt(page, 1, 0.85);
      await page.mouse.move(x, y);
      await page.keyboard.down("Control");
      for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, -200);
      await page.keyboard.up("Control");
      await page.waitForURL(/r=/);
      assert.equal(await nameAt(page, 1, 0.85), "f");
      assert.equal(await nameAt(page, 1, 0.6), "f");
      await page.mouse.move(200, y);
      await page.mouse.down();
      await page.mouse.move(900, y, { steps: 6 });
      await page.mouse.up();
      assert.equal(await nameAt(page, 1, 0.2), "a");
      await page.keyboard.press("Backspace");
      await page.waitForURL((url) => !url.hash.includes("r="));
      await page.keyboard.press("+");
      await page.waitForURL(/r=0\.166667~0\.833333/);
    }));

  it("turns into an icicle and back", () =>
    on(small, {}, async (page) => {
      const box = await page.locator(".scroller").boundingBox();
      const atTop = () => page.mouse.move(box.x + 300, box.y + 8).then(() => page.locator(".tooltip").isVisible());
      assert.equal(await atTop(), false);
      await page.getByRole("button", { name: /Direction/ }).click();
      assert.match(await address(page), /#i=1$/);
      assert.equal(await atTop(), true);
      assert.equal(await textOf(page, ".tooltip-name"), "all");
      assert.equal(await nameAt(page, 3, 0.1), "c");
      await page.keyboard.press("i");
      assert.equal(await atTop(), false);
    }));

  it("orders frames by name or by width", async () =>
    on(await reports.write("order", plain("a 1\nb 9")), {}, async (page) => {
      assert.equal(await nameAt(page, 1, 0.05), "a");
      await page.getByRole("button", { name: /Order of the frames/ }).click();
      assert.equal(await nameAt(page, 1, 0.05), "b");
    }));

  it("fades a category from the legend", () =>
    on(service, {}, async (page) => {
      const before = (await canvasColors(page)).slice(0, 30).map(([color]) => color);
      await page.locator(".legend-item", { hasText: "Std library" }).click();
      assert.match(await address(page), /#d=std$/);
      assert.equal(await page.locator(".legend-item", { hasText: "Std library" }).getAttribute("aria-pressed"), "true");
      const after = (await canvasColors(page)).slice(0, 30).map(([color]) => color);
      assert.notDeepEqual(after, before);
      await page.locator(".legend-item", { hasText: "Std library" }).click();
      assert.deepEqual((await canvasColors(page)).slice(0, 30).map(([color]) => color), before);
    }));

  it("switches profiles and sample types", () =>
    on(service, {}, async (page) => {
      await page.getByLabel("Sample type").selectOption("samples");
      assert.match(await textOf(page, ".summary"), /^72,000 samples in view/);
      await page.getByRole("button", { name: "heap", exact: true }).click();
      assert.match(await textOf(page, ".summary"), /^39\.1 MiB in view/);
      assert.match(await address(page), /#p=heap$/);
      await page.getByLabel("Sample type").selectOption("inuse_objects");
      assert.match(await textOf(page, ".summary"), /^5,000 objects in view/);
    }));
});

describe("the search", () => {
  const find = async (page, text) => page.getByRole("searchbox", { name: "Search function names" }).fill(text);

  it("counts each stack once and paints matches", async () =>
    on(await reports.write("recursive", plain("f;g;f 6\nf 2\ng 2")), {}, async (page) => {
      await find(page, "f");
      assert.equal(await textOf(page, ".result"), "matched 80.0% of 10 samples");
      assert.ok((await canvasColors(page)).some(([color, count]) => color === MATCH && count > 5000));
      await clickAt(page, 1, 0.9);
      assert.equal(await textOf(page, ".result"), "no match");
      await page.goBack();
      assert.equal(await textOf(page, ".result"), "matched 80.0% of 10 samples");
      await page.getByRole("button", { name: "Clear search" }).click();
      assert.ok(!(await canvasColors(page)).some(([color]) => color === MATCH));
    }));

  it("takes patterns, case and whole names", () =>
    on(small, {}, async (page) => {
      await find(page, "run");
      assert.equal(await textOf(page, ".result"), "matched 10.0% of 10 samples");
      await page.getByRole("button", { name: "Match case" }).click();
      assert.equal(await textOf(page, ".result"), "no match");
      await find(page, "^[cd]$");
      await page.getByRole("button", { name: "Use a regular expression" }).click();
      assert.equal(await textOf(page, ".result"), "matched 60.0% of 10 samples");
      await find(page, "(");
      assert.equal(await textOf(page, ".result"), "not a valid pattern");
      await page.getByRole("button", { name: "Use a regular expression" }).click();
      await find(page, "b");
      await page.getByRole("button", { name: "Match the whole name" }).click();
      assert.equal(await textOf(page, ".result"), "matched 70.0% of 10 samples");
      assert.match(await address(page), /#q=b&qf=cw$/);
    }));

  it("goes from match to match", () =>
    on(small, {}, async (page) => {
      await find(page, "b");
      await page.keyboard.press("Enter");
      assert.match(await textOf(page, ".details"), /60\.0% of all/);
      await page.keyboard.press("Enter");
      assert.match(await textOf(page, ".details"), /10\.0% of all/);
      await page.keyboard.press("Shift+Enter");
      assert.match(await textOf(page, ".details"), /60\.0% of all/);
    }));
});

describe("the table", () => {
  it("sorts, filters, follows the zoom and highlights", () =>
    on(`${small}#v=both`, {}, async (page) => {
      assert.deepEqual(await tableNames(page), ["c", "d", "e", "b", "main.Run", "a", "f"]);
      const header = (name) => page.locator("thead").getByRole("button", { name, exact: true });
      await header("Total").click();
      assert.deepEqual((await tableNames(page)).slice(0, 3), ["a", "b", "c"]);
      assert.equal(await page.locator("th[aria-sort=descending]").innerText(), "Total");
      await header("Total").click();
      assert.equal(await page.locator("th[aria-sort=ascending]").innerText(), "Total");
      await header("Function").click();
      assert.deepEqual(await tableNames(page), ["a", "b", "c", "d", "e", "f", "main.Run"]);
      const row = page.locator("tbody tr").nth(1);
      assert.deepEqual(await row.locator("td").allInnerTexts(), ["1 sample", "10.0%", "7 samples", "70.0%"]);
      await page.getByLabel("Filter functions").fill("RUN");
      assert.deepEqual(await tableNames(page), ["main.Run"]);
      assert.equal(await textOf(page, ".count"), "1 of 7 functions");
      await page.getByLabel("Filter functions").fill("");
      await clickAt(page, 1, 0.85);
      assert.deepEqual(await tableNames(page), ["b", "f"]);
      assert.equal(await textOf(page, ".basis"), "Percentages are of 1 sample");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Highlight b in the graph" }).click();
      assert.equal(await textOf(page, ".result"), "matched 70.0% of 10 samples");
      assert.equal(await page.locator("tr.matched").count(), 1);
      await page.getByRole("button", { name: "Highlight b in the graph" }).click();
      assert.equal(await page.locator("tr.matched").count(), 0);
    }));

  it("shows long lists in parts", async () =>
    on(`${await reports.write("many", plain(Array.from({ length: 1500 }, (_, index) => `f${index} ${index + 1}`).join("\n")))}#v=table`, {}, async (page) => {
      assert.equal(await page.locator("tbody tr").count(), 200);
      await page.getByRole("button", { name: "Show 1,000 more" }).click();
      assert.equal(await page.locator("tbody tr").count(), 1200);
      assert.equal((await tableNames(page))[1199], "f300");
    }));
});

describe("the page", () => {
  it("is dark where the system is, and when asked", () =>
    on(service, { colorScheme: "dark" }, async (page) => {
      assert.equal((await canvasColors(page))[0][0], "#14161a");
      await page.keyboard.press("t");
      assert.match(await address(page), /#th=light$/);
      assert.equal((await canvasColors(page))[0][0], "#ffffff");
      await page.keyboard.press("t");
      await page.keyboard.press("t");
      assert.match(await address(page), /#$/);
      await page.emulateMedia({ colorScheme: "light" });
      await page.waitForSelector("html[data-theme=light]");
      assert.equal((await canvasColors(page))[0][0], "#ffffff");
    }));

  it("speaks Chinese where the browser does, and when asked", () =>
    on(`${service}#v=both&q=json`, { locale: "zh-CN" }, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
      assert.match(await textOf(page, ".result"), /^匹配 72\.1 s 的 [\d.]+%$/);
      const text = await page.evaluate(() => [...document.querySelectorAll(".bars button:not(.warnings), .bars label, .table-bar, thead, .legend-name")].map((part) => part.innerText).join(" "));
      const english = text.match(/\b(Graph|Both|Flame|Icicle|By|Function|Self|Total|Own|Kernel|samples)\b/g);
      assert.equal(english, null);
      await page.keyboard.press("l");
      assert.match(await textOf(page, ".result"), /^matched/);
      assert.match(await address(page), /l=en$/);
      await page.getByLabel("Language").selectOption("zh-CN");
      assert.match(await textOf(page, ".result"), /^匹配/);
    }));

  it("comes back from its address", () =>
    on(service, {}, async (page, context) => {
      await page.keyboard.press("3");
      await page.keyboard.press("i");
      await page.keyboard.press("s");
      await page.getByRole("searchbox", { name: "Search function names" }).fill("json");
      await page.keyboard.press("Escape");
      await clickAt(page, 1, 0.3);
      await clickAt(page, 2, 0.3);
      await page.keyboard.press("t");
      const look = (shown) => shown.evaluate(() => [document.querySelector(".result").textContent, document.querySelector("tbody").textContent, document.querySelector(".legend").textContent]);
      const expected = await look(page);
      const again = await context.newPage();
      await again.goto(await address(page));
      await ready(again);
      assert.deepEqual(await look(again), expected);
      assert.deepEqual((await canvasColors(again)).filter(([, count]) => count > 4000), (await canvasColors(page)).filter(([, count]) => count > 4000));
    }));

  it("says when a link leads nowhere any more", () =>
    on(`${small}#z=a;gone;c`, {}, async (page) => {
      assert.match(await textOf(page, ".toast.shown"), /not in this profile any more/);
      assert.equal(await nameAt(page, 1, 0.99), "a");
    }));

  it("follows an address that is edited by hand", () =>
    on(small, {}, async (page) => {
      await page.evaluate(() => (location.hash = "#z=f"));
      await page.waitForFunction(() => document.querySelector(".summary").textContent.startsWith("1 sample"));
      await page.goBack();
      assert.equal(await nameAt(page, 1, 0.01), "a");
    }));

  it("works by keyboard alone", () =>
    on(small, {}, async (page) => {
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      assert.equal(await textOf(page, ".detail-name"), "b");
      assert.match(await page.locator("[aria-live=polite]").innerText(), /b: total 6 samples, 60\.0% of all; self 0 samples/);
      await page.keyboard.press("ArrowRight");
      assert.equal(await textOf(page, ".detail-name"), "e");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Enter");
      assert.match(await address(page), /#z=a;b$/);
      await page.keyboard.press("Backspace");
      assert.match(await address(page), /#z=a$/);
      await page.keyboard.press("Escape");
      assert.match(await address(page), /#$/);
      await page.keyboard.press("Control+f");
      await page.keyboard.type("e");
      assert.equal(await textOf(page, ".result"), "matched 20.0% of 10 samples");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".result").isVisible(), false);
      await page.keyboard.press("?");
      assert.equal(await page.getByRole("dialog").isVisible(), true);
      await page.keyboard.press("Escape");
      assert.equal(await page.getByRole("dialog").isVisible(), false);
      await page.keyboard.press("2");
      await page.keyboard.press("/");
      const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? "");
      for (let presses = 0; presses < 60 && (await focused()) !== "Highlight c in the graph"; presses += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await textOf(page, ".result"), "matched 40.0% of 10 samples");
      assert.equal(await focused(), "Highlight c in the graph");
    }));

  it("copies a name and a stack", () =>
    on(small, {}, async (page) => {
      await page.evaluate(() => {
        window.copied = [];
        Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => void window.copied.push(text) } });
      });
      await clickAt(page, 3, 0.1);
      await page.mouse.move(5, 5);
      await page.keyboard.press("c");
      await page.getByRole("button", { name: "Copy stack" }).click();
      assert.deepEqual(await page.evaluate(() => window.copied), ["c", "c\nb\na"]);
      assert.equal(await textOf(page, ".toast.shown"), "Copied");
    }));

  it("tells what was recorded and warns", () =>
    on(service, {}, async (page) => {
      assert.match(await textOf(page, ".warnings"), /2 warnings\s+12 samples were lost/);
      await page.locator(".warnings").click();
      const text = await textOf(page, "dialog[open]");
      for (const part of ["Go version", "go1.27.3", "12 samples were lost", "Written by firesteel 0.1.0"]) assert.ok(text.includes(part), part);
    }));

  it("fits on a narrow screen and zooms by tap", () =>
    on(service, { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }, async (page) => {
      assert.equal(await overflows(page), false);
      const point = await pointAt(page, 1, 0.3);
      await page.touchscreen.tap(point.x, point.y);
      await page.waitForURL(/#z=/);
      assert.equal(await textOf(page, ".detail-name"), "net/http.(*conn).serve");
      for (const view of ["Top", "Both"]) {
        await page.getByRole("button", { name: view, exact: true }).tap();
        assert.equal(await overflows(page), false);
        assert.ok((await page.locator("tbody tr").count()) > 20);
      }
    }));
});

describe("a profile that is odd", () => {
  it("and empty explains itself", async () =>
    on(await reports.write("empty", { title: "idle", profiles: [{ name: "cpu", sampleTypes: [{ name: "cpu", unit: "nanoseconds" }], stacks: [] }] }), {}, async (page) => {
      const text = await textOf(page, ".empty");
      assert.match(text, /^No samples/);
      assert.match(text, /record for longer \(-d\)/);
      assert.ok(!/NaN|undefined|Infinity/.test(await page.evaluate(() => document.body.innerText)));
    }));

  it("and empty in one type offers the others", async () => {
    const sampleTypes = [{ name: "alloc_space", unit: "bytes" }, { name: "inuse_space", unit: "bytes" }];
    const stacks = [{ frames: [{ name: "a" }], values: [4096, 0] }];
    await on(await reports.write("half", { title: "half", profiles: [{ name: "heap", sampleTypes, defaultSampleType: 1, stacks }] }), {}, async (page) => {
      assert.match(await textOf(page, ".empty"), /MemProfileRate/);
      await page.locator(".choice", { hasText: "alloc_space" }).click();
      assert.equal(await nameAt(page, 1, 0.5), "a");
    });
  });

  it("and without any profile explains itself", async () =>
    on(await reports.write("none", { title: "none", profiles: [] }), {}, async (page) => {
      assert.match(await textOf(page, ".empty"), /^No samples/);
    }));

  it("with negative and cancelling values shows no nonsense", async () =>
    on(`${await reports.write("negative", plain("a;b 5\na;c -5\nd -2"))}#v=both&q=c`, {}, async (page) => {
      assert.equal(await nameAt(page, 1, 0.1), "a");
      assert.match(await textOf(page, ".tooltip"), /Total\s+0 samples\s+0% of all/);
      const text = await page.evaluate(() => document.body.innerText);
      assert.ok(!/NaN|undefined|Infinity/.test(text));
      assert.match(text, /-5 samples/);
      assert.equal(await textOf(page, ".result"), "matched 41.7% of 12 samples");
    }));

  it("and 5,000 deep with a name of 100 kB works", async () => {
    const frames = Array.from({ length: 5000 }, (_, depth) => ({ name: `level${depth}` }));
    const stacks = [{ frames, values: [3] }, { frames: [{ name: "x".repeat(100_000) }], values: [1] }];
    await on(await reports.write("deep", { title: "deep", profiles: [{ name: "cpu", sampleTypes: SAMPLES, stacks }] }), {}, async (page) => {
      assert.equal(await nameAt(page, 1, 0.1), "level0");
      assert.equal((await nameAt(page, 1, 0.9)).length, 240);
      await page.locator(".scroller").evaluate((scroller) => (scroller.scrollTop = 0));
      const box = await page.locator(".scroller").boundingBox();
      await page.mouse.move(box.x + 100, box.y + 12);
      assert.equal(await textOf(page, ".tooltip-name"), "level4999");
      await page.mouse.click(box.x + 100, box.y + 12);
      await page.waitForFunction(() => document.querySelector(".summary") !== null && document.querySelector(".detail-name").textContent === "level4999");
      await page.keyboard.press("2");
      assert.equal(await overflows(page), false);
    });
  });

  it("with hostile names injects nothing", async () => {
    const evil = [
      `</script><img src=x onerror="window.pwned=1">`,
      `"><svg onload=window.pwned=1>`,
      `javascript:window.pwned=1`,
      `'; window.pwned=1; '`,
      `<!--<script>window.pwned=1</script>`,
      `a\u202egnp.exe\u2066`,
      `\u001b[31mred\u0000\n`,
      `{{PAYLOAD}} $& $1 {{TITLE}}`,
      `__proto__`,
      `constructor`,
    ];
    const stacks = evil.map((name, index) => ({ frames: [{ name, file: name, package: name, category: "own", line: index }, { name: `${name};x` }], values: [10] }));
    const input = {
      title: evil[0],
      subtitle: evil[1],
      generator: evil[4],
      warnings: evil,
      metadata: evil.map((text) => [text, text]),
      profiles: [{ name: evil[0], sampleTypes: [{ name: evil[1], unit: evil[0] }, { name: evil[3], unit: evil[5] }], stacks: stacks.map((stack) => ({ ...stack, values: [10, 1] })) }, { name: "__proto__", sampleTypes: SAMPLES, stacks: [] }],
    };
    await on(`${await reports.write("hostile", input)}#v=both`, {}, async (page) => {
      assert.equal(await textOf(page, "h1"), evil[0]);
      for (let index = 0; index < evil.length; index += 1) assert.ok((await nameAt(page, 1, (index + 0.5) / evil.length)) !== "");
      await clickAt(page, 1, 0.05);
      await page.reload();
      await ready(page);
      await page.keyboard.press("m");
      await page.keyboard.press("Escape");
      for (const name of await tableNames(page)) assert.ok(!/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/.test(name), JSON.stringify(name));
      const found = await page.evaluate(() => ({
        pwned: window.pwned,
        images: document.querySelectorAll("img, iframe, object, a").length,
        scripts: document.scripts.length,
      }));
      assert.deepEqual(found, { pwned: undefined, images: 0, scripts: 1 });
    });
  });

  it("through a hostile address injects nothing", () =>
    on(`${small}#q=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&z=__proto__;constructor&p=%3Csvg%3E&d=__proto__&l=%3Cb%3E&th=x`, {}, async (page) => {
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.equal(await textOf(page, ".result"), "no match");
    }));
});

describe("a file that is damaged", () => {
  for (const [name, payload, message] of [
    ["empty-template", "", /holds no profile/],
    ["cut", compressBlock(encodeReport(plain("a 1"))).slice(0, 40), /damaged/],
    ["garbage", "!!!!", /damaged/],
    ["other", Buffer.from("hello").toString("base64"), /damaged/],
  ]) {
    it(`says so (${name})`, async () => {
      const { page, context, complaints } = await openPage(browser, await reports.writeRaw(name, name, payload));
      await page.waitForSelector(".failure");
      assert.match(await textOf(page, ".failure"), message);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});

describe("the policy", () => {
  it("lets no other script, style, frame or request through", async () => {
    const { page, context, complaints } = await openPage(browser, small);
    await ready(page);
    await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.pwned = 1";
      document.body.append(script);
      const handler = document.createElement("div");
      handler.setAttribute("onclick", "window.pwned = 2");
      document.body.append(handler);
      handler.click();
      await fetch("https://example.invalid/").catch(() => {});
      const frame = document.createElement("iframe");
      frame.src = "data:text/html,<script>parent.pwned = 3</script>";
      document.body.append(frame);
    });
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    const refused = complaints.filter((complaint) => complaint.includes("Content Security Policy"));
    assert.ok(refused.length >= 4, complaints.join("\n"));
    assert.ok(!complaints.some((complaint) => complaint.startsWith("request: http")), complaints.join("\n"));
    await context.close();
  });
});
