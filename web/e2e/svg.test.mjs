/**
 * The script inside SVG pictures, in a real browser, on pictures from the real program. `npm run e2e` needs Chromium and
 * a built firesteel; CHROMIUM and FIRESTEEL_BIN name others.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, openPage } from "./support/browser.mjs";
import { box, boxesOf, hitNames, matched, nameOf, pictureDirectory, search, shownNames, zoomTo } from "./support/pictures.mjs";
import { address } from "./support/reader.mjs";

const STACKS = `main.main;main.work;fmt.Println 40
main.main;main.work;net/http.(*conn).serve 20
main.main;main.idle 30
runtime.mallocgc 10
`;

/** In the order of the document: from the root, callees by name. */
const NAMES = ["all", "main.main", "main.idle", "main.work", "fmt.Println", "net/http.(*conn).serve", "runtime.mallocgc"];

let browser;
let pictures;
let small;

before(async () => {
  pictures = await pictureDirectory();
  browser = await launch();
  small = await pictures.draw("small", STACKS);
});

after(async () => {
  await browser?.close();
  await pictures?.close();
});

/** Opens a picture, runs a test on it, and requires that the browser had nothing to complain about. */
async function on(url, test) {
  const { page, context, complaints } = await openPage(browser, url);
  try {
    await test(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const details = (page) => page.locator("#details").textContent();

/** Left edge and width of a box. */
const extent = async (page, name) => {
  const { x, width } = (await boxesOf(page)).find((candidate) => nameOf(candidate) === name);
  return [x, width];
};

const places = async (page) => (await boxesOf(page)).map(({ x, y, width, label, shown }) => ({ x, y, width, label, shown }));

describe("a picture", () => {
  it("has every box once, at its place", () =>
    on(small, async (page) => {
      const boxes = await boxesOf(page);
      assert.deepEqual(boxes.map(nameOf), NAMES);
      assert.deepEqual(await extent(page, "all"), [10, 1180]);
      assert.deepEqual(await extent(page, "main.work"), [364, 708]);
      assert.deepEqual(await extent(page, "net/http.(*conn).serve"), [836, 236]);
      const [all, main] = boxes;
      assert.ok(main.y < all.y, "callees are above");
      assert.equal(await page.locator("#legend").count(), 1);
    }));

  it("tells about the box under the pointer", () =>
    on(small, async (page) => {
      await (await box(page, "main.work")).hover();
      assert.equal(await details(page), "Function: main.work (60 samples, 60.00%)");
      await page.mouse.move(0, 0);
      assert.equal(await details(page), " ");
    }));

  it("says what is too narrow to be drawn, whenever nothing is under the pointer", async () =>
    on(await pictures.draw("narrow", "a 100000\nb;c 1\n"), async (page) => {
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "a"]);
      const note = "1 box narrower than 0.1 px and what it calls are not drawn";
      assert.equal(await details(page), note);
      await (await box(page, "a")).hover();
      assert.equal(await details(page), "Function: a (100,000 samples, 100.00%)");
      await page.mouse.move(0, 0);
      assert.equal(await details(page), note);
    }));
});

describe("a click", () => {
  it("zooms, and keeps the ancestors in sight", () =>
    on(small, async (page) => {
      assert.equal(await page.locator("#unzoom").isVisible(), false);
      await zoomTo(page, "main.work");
      assert.equal(await page.locator("#unzoom").isVisible(), true);
      assert.deepEqual(await shownNames(page), ["main.work", "fmt.Println", "net/http.(*conn).serve"]);
      const faded = (await boxesOf(page)).filter((candidate) => candidate.opacity === "0.5");
      assert.deepEqual(faded.map(nameOf), ["all", "main.main"]);
      assert.deepEqual(faded.map(({ x, width, label }) => ({ x, width, label })), [
        { x: 10, width: 1180, label: "all" },
        { x: 10, width: 1180, label: "main.main" },
      ]);
      assert.deepEqual(await extent(page, "main.work"), [10, 1180]);
      assert.deepEqual(await extent(page, "fmt.Println"), [10, 786.7]);
      assert.deepEqual(await extent(page, "net/http.(*conn).serve"), [796.7, 393.3]);
      await (await box(page, "fmt.Println")).hover();
      assert.equal(await details(page), "Function: fmt.Println (40 samples, 40.00%), 66.67% of view");
      await (await box(page, "main.main")).hover();
      assert.equal(await details(page), "Function: main.main (90 samples, 90.00%)");
    }));

  it("on an ancestor zooms out to it, and labels what has room now", async () =>
    on(await pictures.draw("labels", `${STACKS}main.main;main.work;strings.Index;strings.indexFunc 1\n`), async (page) => {
      const label = async () => (await boxesOf(page)).find((candidate) => nameOf(candidate) === "strings.indexFunc").label;
      assert.equal(await label(), "");
      await zoomTo(page, "strings.Index");
      assert.equal(await label(), "strings.indexFunc");
      await zoomTo(page, "main.main");
      assert.equal(await label(), "");
      assert.ok((await shownNames(page)).includes("main.idle"));
      assert.ok(!(await shownNames(page)).includes("runtime.mallocgc"));
      assert.deepEqual(await extent(page, "main.idle"), [10, 389]);
    }));

  it("on Reset Zoom or on the root puts everything back", () =>
    on(small, async (page) => {
      const before = await places(page);
      await zoomTo(page, "fmt.Println");
      await zoomTo(page, "main.work");
      assert.notDeepEqual(await places(page), before);
      await page.locator("#unzoom").click();
      assert.deepEqual(await places(page), before);
      assert.equal(await page.locator("#unzoom").isVisible(), false);
      await zoomTo(page, "main.idle");
      await zoomTo(page, "all");
      assert.deepEqual(await places(page), before);
      assert.equal(await address(page), small);
    }));
});

describe("search", () => {
  it("takes patterns and plain text, and looks at names only", () =>
    on(small, async (page) => {
      for (const [term, share, names] of [
        ["^main\\.(work|idle)$", "90.0", ["main.idle", "main.work"]],
        ["main", "90.0", ["main.main", "main.idle", "main.work"]],
        ["net/http.(*conn).serve", "20.0", ["net/http.(*conn).serve"]],
        ["(*conn)", "20.0", ["net/http.(*conn).serve"]],
        ["Println|mallocgc", "50.0", ["fmt.Println", "runtime.mallocgc"]],
        ["(unclosed", "0.0", []],
        ["samples", "0.0", []],
        ["MAIN", "0.0", []],
        [".", "100", NAMES],
      ]) {
        assert.equal(await search(page, term), `Matched: ${share}%`, term);
        assert.deepEqual(await hitNames(page), names, term);
        await page.keyboard.press("Escape");
        assert.deepEqual([await matched(page), await hitNames(page)], [" ", []]);
      }
    }));

  it("paints what it found, until it is reset", () =>
    on(small, async (page) => {
      const fill = async () => (await boxesOf(page)).find((candidate) => nameOf(candidate) === "main.idle").fill;
      const own = await fill();
      await search(page, "idle");
      assert.equal(await fill(), "rgb(230, 0, 230)");
      assert.equal(await page.locator("#search").textContent(), "Reset Search");
      await page.locator("#search").click();
      assert.equal(await fill(), own);
      assert.equal(await page.locator("#search").textContent(), "Search");
      assert.equal(await matched(page), " ");
      assert.equal(await address(page), small);
    }));

  it("ignores case when asked to", () =>
    on(small, async (page) => {
      await page.locator("#ignorecase").click();
      assert.equal(await search(page, "MAIN.I"), "Matched: 30.0%");
      await page.keyboard.press("Control+i");
      assert.equal(await matched(page), "Matched: 0.0%");
      await page.keyboard.press("Control+i");
      assert.equal(await matched(page), "Matched: 30.0%");
    }));

  it("counts what is in view", () =>
    on(small, async (page) => {
      assert.equal(await search(page, "Println|mallocgc"), "Matched: 50.0%");
      await zoomTo(page, "main.work");
      assert.equal(await matched(page), "Matched: 66.7%");
      await zoomTo(page, "fmt.Println");
      assert.equal(await matched(page), "Matched: 100%");
      await page.locator("#unzoom").click();
      assert.equal(await matched(page), "Matched: 50.0%");
    }));

  it("opens by button and keys, follows typing, and gives up on Escape", () =>
    on(small, async (page) => {
      const field = page.locator("input");
      for (const open of [() => page.locator("#search").click(), () => page.keyboard.press("F3"), () => page.keyboard.press("Control+f")]) {
        await open();
        await page.keyboard.type("idl");
        await page.waitForFunction(() => document.querySelector("#matched").textContent === "Matched: 30.0%");
        await page.keyboard.press("Escape");
        assert.equal(await field.count(), 0);
        assert.equal(await matched(page), " ");
      }
      await zoomTo(page, "main.work");
      await search(page, "Println");
      await page.keyboard.press("Escape");
      assert.equal(await matched(page), " ");
      assert.equal(await page.locator("#unzoom").isVisible(), true, "the first Escape ends the search only");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#unzoom").isVisible(), false);
    }));
});

describe("a link", () => {
  it("brings back zoom, search and case", () =>
    on(small, async (page) => {
      await page.keyboard.press("Control+i");
      await search(page, "PRINT(LN|F)");
      await zoomTo(page, "main.work");
      const link = await address(page);
      assert.match(link, /[?#]p=[0-9a-f]{8}&s=PRINT/);
      const seen = [await places(page), await matched(page), await hitNames(page)];
      assert.equal(seen[1], "Matched: 66.7%");
      await on(link, async (restored) => {
        assert.deepEqual([await places(restored), await matched(restored), await hitNames(restored)], seen);
        assert.equal(await address(restored), link);
        await restored.locator("#ignorecase").click();
        assert.equal(await matched(restored), "Matched: 0.0%");
      });
    }));

  it("works for other data with the same names", () =>
    on(small, async (page) => {
      await search(page, "Println");
      await zoomTo(page, "main.work");
      const state = (await address(page)).slice(small.length);
      const newer = await pictures.draw("newer", `a.first;b 7\n${STACKS.replace("Println 40", "Println 60")}`);
      await on(newer + state, async (other) => {
        assert.deepEqual(await shownNames(other), ["main.work", "fmt.Println", "net/http.(*conn).serve"]);
        assert.equal(await matched(other), "Matched: 75.0%");
      });
      const without = await pictures.draw("without", "main.main 1\n");
      await on(without + state, async (other) => {
        assert.deepEqual(await shownNames(other), ["all", "main.main"]);
        assert.equal(await matched(other), "Matched: 0.0%");
      });
    }));
});

describe("hostile names", () => {
  const evil = [
    `</text></svg><script>window.pwned=1</script>`,
    `]]></script><script>window.pwned=1//`,
    `"><image href="x" onerror="window.pwned=1"/>`,
    `' onclick='window.pwned=1`,
    `<!--<title>`,
    `&lt&#60&amp `,
    `<a href="javascript:window.pwned=1">x</a>`,
    `$& {{x}} %s \\`,
    `__proto__`,
    `constructor`,
    `f (12 samples, 3.00%)`,
    `(((`,
    `世界.🔥`,
  ].map((name) => name.replaceAll(";", "").trim());

  it("stay text, and are found, zoomed to and linked to", async () => {
    const text = evil.map((name) => `${name} 10\n`).join("");
    await on(await pictures.draw("evil", text, "--title", `</title>${evil[0]}&"'`), async (page) => {
      const unharmed = async () => {
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.locator("script").count(), 1);
        assert.equal(await page.locator("a, image, img, foreignObject, [onclick], [onerror], [onload]").count(), 0);
      };
      assert.deepEqual((await boxesOf(page)).slice(1).map(nameOf).sort(), [...evil].sort());
      await unharmed();
      for (const name of evil) {
        await search(page, name);
        assert.ok((await hitNames(page)).includes(name), name);
        await zoomTo(page, name);
        assert.deepEqual(await shownNames(page), [name]);
        assert.equal(await matched(page), "Matched: 100%", name);
        await on(await address(page), async (restored) => {
          assert.deepEqual([await shownNames(restored), await matched(restored)], [[name], "Matched: 100%"]);
        });
        await unharmed();
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
      }
    });
  });

  it("that would steer a terminal or hide themselves are made visible", async () =>
    on(await pictures.draw("hidden", "a\u202egnp.exe 1\nb\u001b[2Jc 1\n"), async (page) => {
      assert.deepEqual((await boxesOf(page)).slice(1).map(nameOf), ["a⟨U+202E⟩gnp.exe", "b␛[2Jc"]);
    }));
});

describe("options", () => {
  it("--inverted has the root at the top, and the script works", async () =>
    on(await pictures.draw("icicle", STACKS, "--inverted"), async (page) => {
      assert.equal(await page.locator("#title").textContent(), "Icicle Graph");
      const [all, main, idle] = await boxesOf(page);
      assert.ok(all.y < main.y && main.y < idle.y, "callees are below");
      await zoomTo(page, "main.work");
      assert.deepEqual(await shownNames(page), ["main.work", "fmt.Println", "net/http.(*conn).serve"]);
      assert.equal(await search(page, "Println"), "Matched: 66.7%");
      const link = await address(page);
      await on(link, async (restored) => assert.deepEqual(await places(restored), await places(page)));
      await (await box(page, "fmt.Println")).hover();
      assert.match(await details(page), /^Function: fmt\.Println \(40 samples/);
    }));

  it("--colors hot draws in the classic colours, and the script works", async () =>
    on(await pictures.draw("hot", STACKS, "--colors", "hot"), async (page) => {
      const [, ...boxes] = await boxesOf(page);
      for (const { fill } of boxes) {
        const [red, green, blue] = fill.match(/\d+/g).map(Number);
        assert.ok(red >= 205 && green <= 230 && blue <= 55, fill);
      }
      assert.equal(await page.locator("#legend").count(), 0);
      await zoomTo(page, "main.idle");
      assert.equal(await search(page, "idle"), "Matched: 100%");
      assert.deepEqual(await hitNames(page), ["main.idle"]);
    }));
});

describe("firesteel flamegraph", () => {
  it("--compat draws a function twice where flamegraph.pl does, and the script works", async () =>
    on(await pictures.flamegraph("compat", "a;b 10.5\na;b+x 5\na;b;c 20\na;b c;d 30\n", ["--compat"]), async (page) => {
      const names = (await boxesOf(page)).map(nameOf);
      assert.equal(names.filter((name) => name === "b").length, 2);
      assert.equal(await search(page, "^b$"), "Matched: 46.6%");
      await zoomTo(page, "d");
      assert.deepEqual(await extent(page, "d"), [10, 1180]);
      assert.deepEqual(await shownNames(page), ["d"]);
      await page.locator("#unzoom").click();
      assert.equal((await shownNames(page)).length, names.length);
    }));

  it("--width fluid fills the window, before and after zooming and resizing", async () =>
    on(await pictures.flamegraph("fluid", STACKS, ["--width", "fluid"]), async (page) => {
      for (const size of [900, 500]) {
        await page.setViewportSize({ width: size, height: 400 });
        await page.waitForFunction((size) => document.documentElement.viewBox.baseVal.width === size, size);
        assert.deepEqual(await extent(page, "all"), [10, size - 20]);
        const [x, width] = await extent(page, "runtime.mallocgc");
        assert.ok(Math.abs(x + width - (size - 10)) < 0.11, `${x} ${width}`);
        const title = await page.locator("#title").getAttribute("x");
        assert.equal(title, String(size / 2));
      }
      await zoomTo(page, "main.work");
      assert.deepEqual(await extent(page, "main.work"), [10, 480]);
      await page.setViewportSize({ width: 800, height: 400 });
      await page.waitForFunction(() => document.documentElement.viewBox.baseVal.width === 800);
      assert.deepEqual(await extent(page, "main.work"), [10, 780]);
      assert.deepEqual(await shownNames(page), ["main.work", "fmt.Println", "net/http.(*conn).serve"]);
      await page.keyboard.press("Escape");
      assert.deepEqual(await extent(page, "all"), [10, 780]);
    }));

  it("--nameattr makes links, which Ctrl zooms to, and titles that search does not mind", async () => {
    const files = { attributes: "main.idle\thref=#linked\ttitle=does nothing (much)\nmain.work\tclass=busy\n" };
    await on(await pictures.flamegraph("links", STACKS, ["--nameattr", "attributes"], files), async (page) => {
      assert.equal(await page.locator("#frames > a").count(), 1);
      assert.equal(await page.locator("#frames > g.busy title").textContent(), "main.work (60 samples, 60.00%)");
      assert.equal(await search(page, "^main.idle$"), "Matched: 30.0%");
      await page.keyboard.press("Escape");
      const link = page.locator("#frames > a > rect");
      await link.hover();
      assert.equal(await details(page), "Function: does nothing (much)");
      await link.click({ modifiers: ["Control"] });
      assert.deepEqual(await extent(page, "does nothing"), [10, 1180]);
      assert.equal(await page.evaluate(() => location.hash), "");
    });
  });

  it("shows what changed, what vanished too", async () =>
    on(await pictures.flamegraph("changed", "m;gone 100 0\nm;stay 50 60\nm;new 0 5\n"), async (page) => {
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "m", "gone", "new", "stay"]);
      await (await box(page, "gone")).hover();
      assert.equal(await details(page), "Function: gone (before 100 samples, after 0 samples: -100, gone; self -100, gone)");
      await zoomTo(page, "stay");
      assert.deepEqual(await extent(page, "stay"), [10, 1180]);
      assert.equal(await page.locator("#legend text").first().textContent(), "less");
    }));

  it("has the colours and the labels that it is told to have", async () => {
    const options = ["--search-color", "#00ff00", "--stroke-color", "#0000ff", "--uicolor", "#ff0000"];
    const long = "net/http.(*verylongtypename).ServeHTTP 1\nb 60\n";
    await on(await pictures.flamegraph("colors", long, [...options, "--truncate-text-right", "--pretty-xml"]), async (page) => {
      const style = (selector, property) =>
        page.evaluate(([selector, property]) => getComputedStyle(document.querySelector(selector))[property], [selector, property]);
      assert.equal(await style("#title", "fill"), "rgb(255, 0, 0)");
      assert.equal(await style("#frames rect", "stroke"), "rgb(0, 0, 255)");
      await search(page, "^b$");
      assert.equal((await boxesOf(page)).find((candidate) => nameOf(candidate) === "b").fill, "rgb(0, 255, 0)");
      await page.keyboard.press("Escape");
      const label = async () => (await boxesOf(page)).find((candidate) => nameOf(candidate).startsWith("net/")).label;
      await zoomTo(page, "net/http.(*verylongtypename).ServeHTTP");
      assert.equal(await label(), "net/http.(*verylongtypename).ServeHTTP");
    });
    await on(await pictures.flamegraph("cut", `a;${long}`, ["--truncate-text-right", "--width", "200"]), async (page) => {
      await zoomTo(page, "net/http.(*verylongtypename).ServeHTTP");
      const { label } = (await boxesOf(page)).find((candidate) => nameOf(candidate).startsWith("net/"));
      assert.match(label, /^net\/http\..*\.\.$/);
    });
  });

  it("--encoding leaves names as they are", async () =>
    on(await pictures.flamegraph("latin", "世界;naïve 10\n", ["--encoding", "ISO-8859-1", "--title", "火"]), async (page) => {
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "世界", "naïve"]);
      assert.equal(await page.locator("#title").textContent(), "火");
      assert.equal(await search(page, "世界"), "Matched: 100%");
    }));

  it("--flamechart runs from left to right", async () =>
    on(await pictures.flamegraph("chart", "m;b 10\nm;a 20\nm;c 30\n", ["--flamechart"]), async (page) => {
      assert.equal(await page.locator("#title").textContent(), "Flame Chart");
      assert.deepEqual((await boxesOf(page)).map(nameOf), ["all", "m", "b", "a", "c"]);
      await zoomTo(page, "a");
      assert.deepEqual(await shownNames(page), ["a"]);
    }));
});
