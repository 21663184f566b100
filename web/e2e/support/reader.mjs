/** What a reader sees and does, for the browser tests. */

/** Text of the first element that matches. */
export const textOf = (page, selector) => page.locator(selector).first().innerText();

/** The address as the page has it; the driver hears of changes a moment later. */
export const address = (page) => page.evaluate(() => location.href);

/** Moves the pointer over a row counted from the root, at a fraction of the graph's width, and returns the name. */
export async function nameAt(page, level, fraction) {
  const point = await pointAt(page, level, fraction);
  await page.mouse.move(point.x, point.y - 1);
  await page.mouse.move(point.x, point.y);
  const found = await page.evaluate(() => !document.querySelector(".tooltip").hidden);
  return found ? textOf(page, ".tooltip-name") : "";
}

/** The place of a row counted from the root. */
export async function pointAt(page, level, fraction) {
  const box = await page.locator(".scroller").boundingBox();
  const { icicle, row } = await page.evaluate(() => ({ icicle: window.firesteel.state.icicle, row: window.firesteel.flame.rowHeight }));
  const down = (level + 0.5) * row;
  return { x: box.x + Math.min(box.width - 1, fraction * box.width), y: icicle ? box.y + down : box.y + box.height - down };
}

/** Clicks a frame. */
export async function clickAt(page, level, fraction) {
  const point = await pointAt(page, level, fraction);
  await page.mouse.click(point.x, point.y);
}

/** How many pixels of the canvas have each colour, as `#rrggbb`, most first. */
export async function canvasColors(page) {
  return page.evaluate(() => {
    window.firesteel.flame.drawNow();
    const canvas = document.querySelector("canvas");
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([color, count]) => [`#${color.toString(16).padStart(6, "0")}`, count]);
  });
}

/** Names in the first column of the table. */
export const tableNames = (page) => page.locator(".table tbody .name").allInnerTexts();

/** Whether anything sticks out of the window to the right. */
export const overflows = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth || document.body.scrollWidth > window.innerWidth);
