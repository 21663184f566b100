/**
 * Reads the data block of a report: base64 of gzip of a JSON header and little-endian columns.
 *
 * The writer is `crates/render`. Everything in the block is untrusted: a column that leaves the block, an index
 * that leaves its table or an unknown version is an error with a code, never an exception from deep inside.
 */

/** "No node" and "no function" in the `u32` columns. */
export const NONE = 0xffffffff;

const MAGIC = "FIRESTL1";
const SUPPORTED_VERSION = 1;
const PREFIX_BYTES = 16;

/** Why a payload could not be read; each has its own explanation in the message catalogue. */
export type PayloadProblem =
  | "missing"
  | "base64"
  | "inflate"
  | "unsupported-browser"
  | "magic"
  | "version"
  | "header"
  | "column"
  | "tree";

/** A payload that cannot be shown, with the code to explain it by and a technical detail. */
export class PayloadError extends Error {
  readonly problem: PayloadProblem;

  constructor(problem: PayloadProblem, detail: string) {
    super(detail);
    this.name = "PayloadError";
    this.problem = problem;
  }
}

/** What one column of values counts, and in which unit. */
export interface SampleType {
  name: string;
  unit: string;
}

/** One row per distinct function; the columns share their index. */
export interface FunctionTable {
  count: number;
  name: Uint32Array;
  file: Uint32Array;
  line: Uint32Array;
  package: Uint32Array;
  category: Uint8Array;
  flags: Uint8Array;
}

/** The call tree of one profile in pre-order, with one column of self values per sample type. */
export interface NodeTable {
  count: number;
  parent: Uint32Array;
  function: Uint32Array;
  self: Float64Array[];
}

/** What is told of a difference besides its two columns of values, before and after. */
export interface ComparisonInfo {
  /** What the profiles are called. */
  before: string;
  after: string;
  /** Name of the compared sample type. */
  valueName: string;
  /** What values before were multiplied by. */
  beforeScale: number;
  /** What widths and colours follow at first. */
  by: string;
  colorBy: string;
  /** Whether blue is more. */
  negate: boolean;
  /** Frames that changed too little to be told apart. */
  leftOut: number;
}

/** One profile of the report. */
export interface ProfileData {
  name: string;
  sampleTypes: SampleType[];
  defaultSampleType: number;
  /** Length of the recording in nanoseconds, 0 when unknown. */
  duration: number;
  /** Set for a difference of two profiles. */
  comparison: ComparisonInfo | undefined;
  nodes: NodeTable;
}

/** A decoded report. */
export interface Report {
  title: string;
  subtitle: string;
  generator: string;
  metadata: [string, string][];
  warnings: string[];
  strings: StringTable;
  functions: FunctionTable;
  categories: string[];
  profiles: ProfileData[];
}

/** Strings in one UTF-8 blob, decoded when first asked for. */
export class StringTable {
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #cache: (string | undefined)[];
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The whole blob as one string when it is pure ASCII: slicing it is far cheaper than decoding each string. */
  readonly #ascii: string | undefined;

  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.#bytes = bytes;
    this.#offsets = offsets;
    this.#cache = new Array<string | undefined>(Math.max(0, offsets.length - 1));
    const whole = this.#decoder.decode(bytes);
    this.#ascii = whole.length === bytes.length && !whole.includes("\ufffd") ? whole : undefined;
  }

  /** How many strings there are. */
  get length(): number {
    return this.#cache.length;
  }

  /** The string at `index`; the empty string when there is none. */
  get(index: number): string {
    if (index >= this.#cache.length) return "";
    const cached = this.#cache[index];
    if (cached !== undefined) return cached;
    const start = this.#offsets[index] ?? 0;
    const end = this.#offsets[index + 1] ?? start;
    const text =
      this.#ascii === undefined ? this.#decoder.decode(this.#bytes.subarray(start, end)) : this.#ascii.slice(start, end);
    this.#cache[index] = text;
    return text;
  }
}

/** Turns the text of the data block into its inflated bytes. */
export async function inflateBlock(text: string): Promise<ArrayBuffer> {
  const trimmed = text.trim();
  if (trimmed === "") throw new PayloadError("missing", "the data block is empty");
  const compressed = decodeBase64(trimmed);
  if (typeof DecompressionStream === "undefined") {
    throw new PayloadError("unsupported-browser", "DecompressionStream is not available");
  }
  try {
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).arrayBuffer();
  } catch (error) {
    throw new PayloadError("inflate", error instanceof Error ? error.message : String(error));
  }
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  try {
    if (native !== undefined) return native.call(Uint8Array, text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch (error) {
    throw new PayloadError("base64", error instanceof Error ? error.message : String(error));
  }
}

/** Reads the inflated bytes of a data block. */
export function decodeReport(buffer: ArrayBuffer): Report {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < PREFIX_BYTES || new TextDecoder("latin1").decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new PayloadError("magic", `the data does not begin with ${MAGIC}`);
  }
  const headerLength = new DataView(buffer).getUint32(8, true);
  if (PREFIX_BYTES + headerLength > bytes.length) {
    throw new PayloadError("header", `a header of ${headerLength} bytes does not fit in ${bytes.length} bytes`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength)));
  } catch (error) {
    throw new PayloadError("header", error instanceof Error ? error.message : String(error));
  }
  const base = Math.ceil((PREFIX_BYTES + headerLength) / 8) * 8;
  return new HeaderReader(buffer, base).report(fields(header, "header"));
}

type Fields = Record<string, unknown>;

function fields(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PayloadError("header", `${where} is not an object`);
  }
  return value as Fields;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}

function readComparison(comparison: Fields): ComparisonInfo {
  return {
    before: text(comparison["before"]),
    after: text(comparison["after"]),
    valueName: text(comparison["valueName"]),
    beforeScale: count(comparison["beforeScale"]) || 1,
    by: text(comparison["by"]),
    colorBy: text(comparison["colorBy"]),
    negate: comparison["negate"] === true,
    leftOut: count(comparison["leftOut"]),
  };
}

class HeaderReader {
  readonly #buffer: ArrayBuffer;
  readonly #base: number;

  constructor(buffer: ArrayBuffer, base: number) {
    this.#buffer = buffer;
    this.#base = base;
  }

  report(header: Fields): Report {
    if (header["version"] !== SUPPORTED_VERSION) {
      throw new PayloadError("version", `version ${String(header["version"])}, this viewer reads ${SUPPORTED_VERSION}`);
    }
    const stringFields = fields(header["strings"], "strings");
    const strings = new StringTable(this.#bytes(stringFields["bytes"]), this.#words(stringFields["offsets"]));
    const functions = this.#functions(fields(header["functions"], "functions"), strings.length);
    return {
      title: text(header["title"]),
      subtitle: text(header["subtitle"]),
      generator: text(header["generator"]),
      metadata: list(header["metadata"]).map((pair) => [text(list(pair)[0]), text(list(pair)[1])]),
      warnings: list(header["warnings"]).map(text),
      strings,
      functions,
      categories: list(header["categories"]).map(text),
      profiles: list(header["profiles"]).map((profile, index) =>
        this.#profile(fields(profile, `profile ${index}`), functions.count),
      ),
    };
  }

  #functions(table: Fields, strings: number): FunctionTable {
    const name = this.#words(table["name"]);
    const functions: FunctionTable = {
      count: name.length,
      name,
      file: this.#words(table["file"]),
      line: this.#words(table["line"]),
      package: this.#words(table["package"]),
      category: this.#bytes(table["category"]),
      flags: this.#bytes(table["flags"]),
    };
    const columns = [functions.file, functions.line, functions.package, functions.category, functions.flags];
    if (columns.some((column) => column.length !== name.length)) {
      throw new PayloadError("column", "the function columns differ in length");
    }
    for (const column of [functions.name, functions.file, functions.package]) {
      for (const index of column) {
        if (index >= strings) throw new PayloadError("column", `string ${index} of ${strings} does not exist`);
      }
    }
    return functions;
  }

  #profile(profile: Fields, functions: number): ProfileData {
    const nodeFields = fields(profile["nodes"], "nodes");
    const parent = this.#words(nodeFields["parent"]);
    const nodes: NodeTable = {
      count: parent.length,
      parent,
      function: this.#words(nodeFields["function"]),
      self: list(nodeFields["self"]).map((column) => this.#floats(column)),
    };
    const sampleTypes = list(profile["sampleTypes"]).map((sampleType) => {
      const entry = fields(sampleType, "sample type");
      return { name: text(entry["name"]), unit: text(entry["unit"]) };
    });
    if (nodes.self.length !== sampleTypes.length || sampleTypes.length === 0) {
      throw new PayloadError("column", `${sampleTypes.length} sample types but ${nodes.self.length} value columns`);
    }
    if (nodes.function.length !== nodes.count || nodes.self.some((column) => column.length !== nodes.count)) {
      throw new PayloadError("column", "the node columns differ in length");
    }
    for (let node = 1; node < nodes.count; node += 1) {
      if (nodes.function[node]! >= functions) {
        throw new PayloadError("column", `function ${nodes.function[node]} of ${functions} does not exist`);
      }
    }
    const comparison = profile["comparison"] === undefined ? undefined : readComparison(fields(profile["comparison"], "comparison"));
    if (comparison !== undefined && nodes.self.length !== 2) {
      throw new PayloadError("column", `a comparison of ${nodes.self.length} columns`);
    }
    return {
      name: text(profile["name"]),
      sampleTypes,
      defaultSampleType: Math.min(Math.floor(count(profile["defaultSampleType"])), sampleTypes.length - 1),
      duration: count(profile["duration"]),
      comparison,
      nodes,
    };
  }

  #bytes(value: unknown): Uint8Array {
    const [offset, length] = this.#place(value, "u8", 1);
    return new Uint8Array(this.#buffer, offset, length);
  }

  #words(value: unknown): Uint32Array {
    const [offset, length] = this.#place(value, "u32", 4);
    return new Uint32Array(this.#buffer, offset, length);
  }

  #floats(value: unknown): Float64Array {
    const [offset, length] = this.#place(value, "f64", 8);
    return new Float64Array(this.#buffer, offset, length);
  }

  #place(value: unknown, type: string, width: number): [offset: number, length: number] {
    const column = fields(value, "column");
    const offset = column["offset"];
    const length = column["length"];
    const sound =
      column["type"] === type &&
      Number.isSafeInteger(offset) &&
      Number.isSafeInteger(length) &&
      (offset as number) >= 0 &&
      (length as number) >= 0 &&
      (offset as number) % 8 === 0 &&
      this.#base + (offset as number) + (length as number) * width <= this.#buffer.byteLength;
    if (!sound) throw new PayloadError("column", `bad ${type} column ${JSON.stringify(value)}`);
    return [this.#base + (offset as number), length as number];
  }
}
