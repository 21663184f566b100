import { describe, expect, it } from "vitest";
import { assembleBlock, ColumnWriter, compressBlock, encodeReport, folded } from "../testing/payload-encoder.mjs";
import { decodeReport, inflateBlock, NONE, PayloadError, StringTable } from "./payload";

function blockOf(header: unknown, columns = new ColumnWriter()): ArrayBuffer {
  return assembleBlock(header, columns).slice().buffer;
}

function problemOf(buffer: ArrayBuffer): string {
  try {
    decodeReport(buffer);
  } catch (error) {
    if (error instanceof PayloadError) return error.problem;
    throw error;
  }
  return "none";
}

const TINY = {
  title: "t",
  subtitle: "s",
  metadata: [["k", "v"]] as [string, string][],
  warnings: ["w"],
  profiles: [
    {
      name: "cpu",
      sampleTypes: [
        { name: "samples", unit: "count" },
        { name: "cpu", unit: "nanoseconds" },
      ],
      defaultSampleType: 1,
      duration: 5e9,
      stacks: [
        { frames: [{ name: "main", category: "own", file: "a.go", line: 7, package: "main" }], values: [1, 10] },
        { frames: [{ name: "main", category: "own", file: "a.go", line: 7, package: "main" }, { name: "日本 𝄞", inlined: true }], values: [2, -20] },
      ],
    },
  ],
};

describe("a report", () => {
  it("comes back from its compressed block as it was written", async () => {
    const report = decodeReport(await inflateBlock(`\n${compressBlock(encodeReport(TINY))}\n`));
    expect(report).toMatchObject({ title: "t", subtitle: "s", metadata: [["k", "v"]], warnings: ["w"] });
    const [profile] = report.profiles;
    expect(profile).toMatchObject({ name: "cpu", defaultSampleType: 1, duration: 5e9 });
    expect([...profile!.nodes.parent]).toEqual([NONE, 0, 1]);
    expect([...profile!.nodes.self[1]!]).toEqual([0, 10, -20]);
    const names = [...profile!.nodes.function].slice(1).map((id) => report.strings.get(report.functions.name[id]!));
    expect(names).toEqual(["main", "日本 𝄞"]);
    expect([...report.functions.flags]).toEqual([0, 1]);
    expect(report.categories[report.functions.category[0]!]).toBe("own");
  });

  it("may be empty", () => {
    const report = decodeReport(encodeReport({ profiles: [{ name: "cpu", sampleTypes: [{ name: "cpu", unit: "nanoseconds" }], stacks: [] }] }).buffer);
    expect(report.profiles[0]!.nodes.count).toBe(1);
    expect(report.functions.count).toBe(0);
  });

  it("keeps siblings in order of their bytes", () => {
    const report = decodeReport(encodeReport({ profiles: [{ name: "p", sampleTypes: [{ name: "n", unit: "count" }], stacks: folded("b 1\na 1\nZ 1\né 1") }] }).buffer);
    const { nodes } = report.profiles[0]!;
    expect([...nodes.function].slice(1).map((id) => report.strings.get(report.functions.name[id]!))).toEqual(["Z", "a", "b", "é"]);
  });
});

describe("a damaged block", () => {
  it.each([
    ["", "missing"],
    ["{{PAYLOAD}}", "base64"],
    ["AAAA", "inflate"],
  ])("%j is %s", async (text, problem) => {
    await expect(inflateBlock(text)).rejects.toMatchObject({ problem });
  });

  it("that was cut short does not inflate", async () => {
    const whole = compressBlock(encodeReport(TINY));
    await expect(inflateBlock(whole.slice(0, 4 * Math.floor(whole.length / 8)))).rejects.toMatchObject({ problem: "inflate" });
  });

  it("is told by what is wrong with it", () => {
    const good = encodeReport(TINY);
    expect(problemOf(good.slice().buffer)).toBe("none");
    expect(problemOf(new ArrayBuffer(4))).toBe("magic");
    const noHeader = good.slice();
    new DataView(noHeader.buffer).setUint32(8, 1 << 30, true);
    expect(problemOf(noHeader.buffer)).toBe("header");
    expect(problemOf(blockOf([]))).toBe("header");
    expect(problemOf(blockOf({ version: 2 }))).toBe("version");
    expect(problemOf(blockOf({ version: 1 }))).toBe("header");
    expect(problemOf(good.slice(0, good.length - 8).buffer)).toBe("column");
  });

  it.each([
    { type: "u32", offset: 4, length: 0 },
    { type: "u32", offset: -8, length: 0 },
    { type: "u32", offset: 0, length: 1e9 },
    { type: "u32", offset: 0, length: -1 },
    { type: "u32", offset: 0, length: 0.5 },
    { type: "f64", offset: 0, length: 0 },
    { type: "u32", offset: Number.MAX_SAFE_INTEGER - 7, length: 1 },
  ])("with the column %j is refused", (offsets) => {
    const strings = { bytes: { type: "u8", offset: 0, length: 0 }, offsets };
    expect(problemOf(blockOf({ version: 1, strings }))).toBe("column");
  });

  it("with an index outside its table is refused", () => {
    for (const [table, column] of [
      ["functions", "name"],
      ["nodes", "function"],
    ] as const) {
      const block = encodeReport(TINY);
      const length = new DataView(block.buffer).getUint32(8, true);
      const header = JSON.parse(new TextDecoder().decode(block.subarray(16, 16 + length)));
      const place = table === "functions" ? header.functions[column] : header.profiles[0].nodes[column];
      const base = Math.ceil((16 + length) / 8) * 8;
      new DataView(block.buffer).setUint32(base + place.offset + 4, 99, true);
      expect(problemOf(block.buffer as ArrayBuffer)).toBe("column");
    }
  });
});

describe("strings", () => {
  const table = (...texts: string[]): StringTable => {
    const encoder = new TextEncoder();
    const parts = texts.map((text) => encoder.encode(text));
    const offsets = [0];
    for (const part of parts) offsets.push(offsets.at(-1)! + part.length);
    const bytes = new Uint8Array(offsets.at(-1)!);
    parts.forEach((part, index) => bytes.set(part, offsets[index]));
    return new StringTable(bytes, Uint32Array.from(offsets));
  };

  it.each([[["", "main.main", "x"]], [["", "é", "main", "𝄞"]]])("%j come back", (texts) => {
    const strings = table(...texts);
    expect(texts.map((_, index) => strings.get(index))).toEqual(texts);
    expect(strings.get(texts.length)).toBe("");
  });

  it("with invalid UTF-8 have replacement characters", () => {
    const strings = new StringTable(Uint8Array.of(0x61, 0xff, 0x62), Uint32Array.of(0, 2, 3));
    expect([strings.get(0), strings.get(1)]).toEqual(["a\ufffd", "b"]);
  });
});
