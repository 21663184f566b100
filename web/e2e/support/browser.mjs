/** Starts Chromium and opens reports from files. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { compressBlock, encodeReport, fillTemplate } from "../../testing/payload-encoder.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser named by CHROMIUM, or Debian's. */
export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, headless: true });
}

/** A directory for report files that is removed by `close`. */
export async function reportDirectory() {
  const path = await mkdtemp(join(tmpdir(), "firesteel-viewer-"));
  const template = await readFile(new URL("../../dist/report.html", import.meta.url), "utf8");
  return {
    path,
    /** Writes a report and returns its address. */
    async write(name, input) {
      return this.writeRaw(name, input.title ?? "", compressBlock(encodeReport(input)));
    },
    async writeRaw(name, title, payload) {
      const file = join(path, `${name}.html`);
      await writeFile(file, fillTemplate(template, title, payload));
      return pathToFileURL(file).href;
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
}

/** Opens a page that keeps everything the browser complains about. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 860 },
    reducedMotion: "reduce",
    colorScheme: "light",
    locale: "en-US",
    ...options,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, context, complaints };
}

/** Waits until the viewer has drawn. */
export async function ready(page) {
  await page.waitForSelector("#app[data-ready]");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
