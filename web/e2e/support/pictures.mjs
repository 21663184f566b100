/** SVG pictures as the real program draws them. */

import { execFile } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const BUILT = fileURLToPath(new URL("../../../target/debug/firesteel", import.meta.url));

/** The program: the one that FIRESTEEL_BIN names, or the debug build. */
async function program() {
  const path = process.env.FIRESTEEL_BIN ?? BUILT;
  try {
    await access(path);
  } catch {
    const remedy = "run `cargo build -p firesteel-cli`, or set FIRESTEEL_BIN to a built firesteel";
    throw new Error(`no program to draw pictures with: there is no ${path}; ${remedy}`);
  }
  return path;
}

/** A directory for pictures that is removed by `close`. */
export async function pictureDirectory() {
  const firesteel = await program();
  const path = await mkdtemp(join(tmpdir(), "firesteel-pictures-"));
  return {
    /** Draws folded stacks and returns the picture's address. */
    async draw(name, folded, ...options) {
      const [input, output] = [join(path, `${name}.folded`), join(path, `${name}.svg`)];
      await writeFile(input, folded);
      await promisify(execFile)(firesteel, ["render", "--no-open", "-o", output, ...options, input]);
      return pathToFileURL(output).href;
    },
    /** Draws differential folded stacks and returns the picture's address. */
    async compare(name, folded, ...options) {
      const [input, output] = [join(path, `${name}.folded`), join(path, `${name}.svg`)];
      await writeFile(input, folded);
      await promisify(execFile)(firesteel, ["diff", "--normalize", "off", "-o", output, ...options, input]);
      return pathToFileURL(output).href;
    },
    /** The same with the options of flamegraph.pl; `files` are further files, which options may name. */
    async flamegraph(name, folded, options = [], files = {}) {
      const [input, output] = [join(path, `${name}.folded`), join(path, `${name}.svg`)];
      await writeFile(input, folded);
      for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
      await promisify(execFile)(firesteel, ["flamegraph", "-q", "-o", output, ...options, input], { cwd: path });
      return pathToFileURL(output).href;
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
}

/** The boxes in document order: name, place, label, and what the script says of them. */
export const boxesOf = (page) =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll("#frames > *"), (group) => {
      const rect = group.querySelector("rect");
      return {
        title: group.querySelector("title").textContent,
        x: Number(rect.getAttribute("x")),
        y: Number(rect.getAttribute("y")),
        width: Number(rect.getAttribute("width")),
        label: group.querySelector("text")?.textContent ?? "",
        fill: getComputedStyle(rect).fill,
        opacity: getComputedStyle(group).opacity,
        shown: getComputedStyle(group).display !== "none",
        hit: group.classList.contains("hit"),
      };
    }),
  );

/** The name in a box's title, which ends with amounts in one pair of parentheses. */
export const nameOf = (box) => box.title.slice(0, box.title.lastIndexOf(" ("));

/** Names of the boxes that can be seen and are not faded. */
export const shownNames = async (page) => (await boxesOf(page)).filter((box) => box.shown && box.opacity === "1").map(nameOf);

/** Names of the boxes that are marked as found. */
export const hitNames = async (page) => (await boxesOf(page)).filter((box) => box.hit).map(nameOf);

/** The rectangle of the first box of a name. */
export async function box(page, name) {
  const index = (await boxesOf(page)).findIndex((candidate) => nameOf(candidate) === name);
  if (index < 0) throw new Error(`no box ${name}`);
  return page.locator("#frames > g").nth(index).locator("rect");
}

/** Zooms to the first box of a name by click, and takes the pointer away. */
export async function zoomTo(page, name) {
  await (await box(page, name)).click();
  await page.mouse.move(0, 0);
}

/** Opens the search field with a key, searches, and returns what is said to match. */
export async function search(page, term, key = "/") {
  await page.keyboard.press(key);
  await page.locator("input").fill(term);
  await page.keyboard.press("Enter");
  return matched(page);
}

/** What is said to match. */
export const matched = (page) => page.locator("#matched").textContent();
