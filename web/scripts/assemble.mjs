/**
 * Puts the built script and style sheet into the report template.
 *
 * `dist/report.html` keeps two placeholders: `{{TITLE}}`, for text escaped for HTML, and `{{PAYLOAD}}`, for base64.
 * The policy names the hashes of exactly the one script and the one style sheet, so nothing else can run, whatever a
 * profile contains.
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const LARGEST_REPORT = 150_000;

const at = (path) => new URL(`../${path}`, import.meta.url);
const sha256 = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const template = await readFile(at("template.html"), "utf8");
const script = (await readFile(at("dist/viewer.js"), "utf8")).trim();
const style = (await readFile(at("dist/viewer.css"), "utf8")).trim();

for (const [what, text, forbidden] of [
  ["viewer.js", script, /<\/script|<!--|\r|\{\{/i],
  ["viewer.css", style, /<\/style|<!--|\r|\{\{/i],
]) {
  const found = forbidden.exec(text);
  if (found !== null) throw new Error(`${what} contains ${JSON.stringify(found[0])}, which cannot be inlined`);
}

const policy = [
  "default-src 'none'",
  `script-src ${sha256(script)}`,
  `style-src ${sha256(style)}`,
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
const report = template.replace(/\{\{(POLICY|STYLE|SCRIPT)\}\}/g, (_, name) => parts[name]);
const left = [...report.matchAll(/\{\{([A-Z]+)\}\}/g)].map((match) => match[1]).sort();
if (left.join() !== "PAYLOAD,TITLE") throw new Error(`placeholders left: ${left.join(", ")}`);
const size = Buffer.byteLength(report);
if (size > LARGEST_REPORT) throw new Error(`report.html has ${size} bytes, more than ${LARGEST_REPORT}`);
await writeFile(at("dist/report.html"), report);
console.log(`dist/report.html  ${size} bytes`);
