/** Differences in a real browser: the viewer from reports on disk, SVG pictures from the real program. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { differential } from "../testing/payload-encoder.mjs";
import { launch, openPage, ready, reportDirectory } from "./support/browser.mjs";
import { boxesOf, matched, nameOf, pictureDirectory, search, shownNames, zoomTo } from "./support/pictures.mjs";
import { address, canvasColors, clickAt, nameAt, overflows, tableNames, textOf } from "./support/reader.mjs";

const STACKS = "m 4 4\nm;gone;deep 40 0\nm;new 0 10\nm;stay 16 26";

let browser;
let reports;
let pictures;
let report;

before(async () => {
  browser = await launch();
  reports = await reportDirectory();
  pictures = await pictureDirectory();
  report = await reports.write("difference", { title: "a → b", profiles: [differential(STACKS)] });
});

after(async () => {
  await browser?.close();
  await reports?.close();
  await pictures?.close();
});

/** Opens a page, runs a test on it, and requires that the browser had nothing to complain about. */
async function on(url, options, test) {
  const { page, context, complaints } = await openPage(browser, url, options);
  try {
    await test(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const inViewer = (hash, options, test) =>
  on(report + hash, options, async (page) => {
    await ready(page);
    await test(page);
  });

const pressed = (page) => page.locator(".widths [aria-pressed=true]").innerText();

describe("the viewer of a difference", () => {
  it("draws what appeared and what vanished, and tells both values", () =>
    inViewer("", {}, async (page) => {
      assert.equal(await pressed(page), "Greater");
      assert.equal(await nameAt(page, 2, 0.2), "gone");
      assert.match(await textOf(page, ".tooltip"), /Total\s+-40 samples \(gone\)\s+40 samples → 0 samples\s+66\.7% → 0%/);
      assert.equal(await nameAt(page, 2, 0.55), "new");
      assert.match(await textOf(page, ".tooltip"), /\+10 samples \(new\)/);
      assert.equal(await nameAt(page, 2, 0.8), "stay");
      assert.match(await textOf(page, ".details"), /Self\s+\+10 samples \(\+62\.5%\)\s+16 samples → 26 samples\s+26\.7% → 65\.0%/);
      const colors = new Map(await canvasColors(page));
      assert.ok(colors.get("#f76852") > 1000, "what appeared is red");
      assert.ok(colors.get("#5ca2ec") > 1000, "what vanished is blue");
      assert.equal(await page.locator(".legend-key").count(), 7);
      assert.equal(await page.locator(".types").isVisible(), false);
    }));

  it("changes widths and colours by control and by key, and keeps both in the address", () =>
    inViewer("", {}, async (page) => {
      await page.getByRole("button", { name: "After" }).click();
      assert.match(await address(page), /#w=after$/);
      assert.equal(await nameAt(page, 2, 0.1), "new");
      assert.equal(await textOf(page, ".not-drawn"), "Vanished, not drawn: 40 samples");
      await page.locator(".not-drawn").click();
      assert.equal(await pressed(page), "Greater");
      await page.keyboard.press("w");
      assert.equal(await pressed(page), "Before");
      assert.equal(await textOf(page, ".not-drawn"), "Appeared, not drawn: 10 samples");
      await page.keyboard.press("d");
      assert.match(await address(page), /#w=before&c=self$/);
      await page.goBack();
      assert.match(await address(page), /#w=before$/);
      await page.goto(`${report}#w=delta&c=self&z=m;stay`);
      await page.reload();
      await ready(page);
      assert.equal(await pressed(page), "Change");
      assert.equal(await nameAt(page, 2, 0.5), "stay");
    }));

  it("colours by self or by total", () =>
    inViewer("#w=after", {}, async (page) => {
      await page.mouse.move(5, 5);
      const byTotal = new Map(await canvasColors(page));
      await page.keyboard.press("d");
      const bySelf = new Map(await canvasColors(page));
      const grey = (colors) => colors.get("#dededc") ?? 0;
      assert.ok(grey(bySelf) > grey(byTotal) + 1000, "`m` itself did not change");
    }));

  it("lists changes that can be sorted", () =>
    inViewer("#v=table", {}, async (page) => {
      assert.deepEqual(await tableNames(page), ["new", "stay", "m", "gone", "deep"]);
      const header = page.getByRole("button", { name: "Self change" });
      await header.click();
      assert.deepEqual((await tableNames(page))[0], "deep");
      assert.equal(await page.locator("th[aria-sort=ascending]").innerText(), "Self change");
      await page.getByRole("button", { name: "Total before" }).click();
      assert.deepEqual((await tableNames(page)).slice(0, 3), ["m", "gone", "deep"]);
      const row = await page.locator("tbody tr", { hasText: "stay" }).innerText();
      assert.deepEqual(row.split(/\s+/), ["stay", "26.7%", "65.0%", "+10", "samples", "+62.5%", "26.7%", "65.0%", "+10", "samples", "+62.5%"]);
    }));

  it("zooms and searches", () =>
    inViewer("", {}, async (page) => {
      await clickAt(page, 2, 0.2);
      assert.equal(await nameAt(page, 3, 0.9), "deep");
      await page.keyboard.press("Escape");
      await page.keyboard.press("/");
      await page.keyboard.type("stay");
      await page.waitForFunction(() => document.querySelector(".result").textContent.includes("matched"));
      assert.equal(await textOf(page, ".result"), "matched 32.5% of the width");
    }));

  it("speaks Chinese, fits a narrow dark screen", () =>
    inViewer("#v=both", { locale: "zh-CN", colorScheme: "dark", viewport: { width: 390, height: 780 } }, async (page) => {
      assert.equal(await pressed(page), "较大值");
      assert.match(await textOf(page, ".legend"), /已消失/);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await page.locator("thead th:visible").allInnerTexts(), ["函数", "自身变化", "总计变化"]);
    }));

  it("says so when nothing changed", async () => {
    const same = await reports.write("same", { title: "same", profiles: [differential("a;b 3 3", { by: "delta" })] });
    await on(same, {}, async (page) => {
      await ready(page);
      assert.equal(await textOf(page, ".empty h2"), "No difference");
      await page.getByRole("button", { name: "Greater" }).click();
      assert.equal(await nameAt(page, 2, 0.5), "b");
    });
    const empty = await reports.write("nothing", { title: "nothing", profiles: [differential("")] });
    await on(empty, {}, async (page) => {
      await ready(page);
      assert.equal(await textOf(page, ".empty h2"), "No samples");
    });
  });
});

describe("the picture of a difference", () => {
  const classOf = (page, name) =>
    page.evaluate(
      (wanted) =>
        Array.from(document.querySelectorAll("#frames > g"))
          .filter((group) => group.querySelector("title").textContent.startsWith(`${wanted} (`))
          .map((group) => group.getAttribute("class") ?? ""),
      name,
    );

  it("has every box of either side", async () => {
    const picture = await pictures.compare("max", STACKS);
    await on(picture, {}, async (page) => {
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "m", "gone", "deep", "new", "stay"]);
      assert.deepEqual(await classOf(page, "gone"), ["vanished"]);
      assert.deepEqual(await classOf(page, "new"), ["appeared"]);
      const { title } = (await boxesOf(page)).find((box) => nameOf(box) === "stay");
      assert.equal(title, "stay (before 16 samples 26.7%, after 26 samples 65.0%, change +10 samples +62.5%, self +10 samples +62.5%)");
      await zoomTo(page, "gone");
      assert.deepEqual(await shownNames(page), ["gone", "deep"]);
      await page.keyboard.press("Escape");
      assert.equal(await search(page, "stay"), "Matched: 32.5%");
    });
  });

  it("puts what vanished beside the graph where widths are those after", async () => {
    const picture = await pictures.compare("after", STACKS, "--by", "after");
    await on(picture, {}, async (page) => {
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "m", "new", "stay", "[vanished]", "m", "gone", "deep"]);
      await zoomTo(page, "[vanished]");
      assert.deepEqual(await shownNames(page), ["[vanished]", "m", "gone", "deep"]);
      await page.keyboard.press("Escape");
      assert.equal(await matched(page), " ");
    });
  });
});
