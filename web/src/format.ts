/** Numbers with their units, as people read them. */

import type { Messages } from "./i18n";

const NONE = "\u2013";

/** Formats the values of one language; a formatter is made once per language, not once per number. */
export class Formatter {
  readonly #messages: Messages;
  readonly #whole: Intl.NumberFormat;
  readonly #digits: Intl.NumberFormat[];

  constructor(messages: Messages) {
    this.#messages = messages;
    this.#whole = new Intl.NumberFormat(messages.locale, { maximumFractionDigits: 0 });
    this.#digits = [0, 1, 2, 3].map(
      (digits) =>
        new Intl.NumberFormat(messages.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    );
  }

  /** A whole number with the separators of the language. */
  integer(value: number): string {
    return this.#whole.format(Number.isFinite(value) ? value : 0);
  }

  /** A value of a sample type: `1,234 samples`, `1.23 s`, `4.5 MiB`, or the number and the unit as written. */
  value(value: number, unit: string, typeName: string): string {
    if (!Number.isFinite(value)) return NONE;
    // A scale leaves 7.000000000000001 of what is 7.
    const whole = Math.round(value);
    if (Math.abs(value - whole) <= 1e-9 * Math.abs(whole)) value = whole;
    switch (unit) {
      case "nanoseconds":
        return this.#duration(value);
      case "microseconds":
        return this.#duration(value * 1e3);
      case "milliseconds":
        return this.#duration(value * 1e6);
      case "seconds":
        return this.#duration(value * 1e9);
      case "bytes":
        return this.#bytes(value);
      case "count":
      case "":
        return this.#messages.counted(countedThing(typeName), value, this.#number(value));
      default:
        return `${this.#number(value)} ${unit}`;
    }
  }

  /** The same with a sign in front, also of what is above zero. */
  signed(value: number, unit: string, typeName: string): string {
    return `${value > 0 ? "+" : ""}${this.value(value, unit, typeName)}`;
  }

  /** `part` as a percentage of `whole`; a dash when there is no whole. */
  percent(part: number, whole: number): string {
    if (!Number.isFinite(part) || !Number.isFinite(whole) || whole === 0) return NONE;
    const percent = (part / whole) * 100;
    const size = Math.abs(percent);
    if (size === 0) return "0%";
    if (size < 0.005) return percent < 0 ? ">-0.01%" : "<0.01%";
    if (size > 99.995 && size < 100.005) return `${percent < 0 ? "-" : ""}100%`;
    return `${this.#digits[size >= 10 ? 1 : 2]!.format(percent)}%`;
  }

  #number(value: number): string {
    return Number.isInteger(value) ? this.#whole.format(value) : this.#significant(value);
  }

  /** Three significant digits for the range in which units are chosen. */
  #significant(value: number): string {
    const size = Math.abs(value);
    return this.#digits[size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2]!.format(value);
  }

  #duration(nanoseconds: number): string {
    const size = Math.abs(nanoseconds);
    if (size === 0) return "0 s";
    if (size < 999.5) return `${this.#number(nanoseconds)} ns`;
    if (size < 999.5e3) return `${this.#significant(nanoseconds / 1e3)} \u00b5s`;
    if (size < 999.5e6) return `${this.#significant(nanoseconds / 1e6)} ms`;
    if (size < 600e9) return `${this.#significant(nanoseconds / 1e9)} s`;
    if (size < 7200e9) return `${this.#significant(nanoseconds / 60e9)} min`;
    return `${this.#significant(nanoseconds / 3600e9)} h`;
  }

  #bytes(bytes: number): string {
    const units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if (Math.abs(bytes) < 1024) return `${this.#number(bytes)} B`;
    let value = bytes;
    let unit = -1;
    while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return `${this.#significant(value)} ${units[unit]!}`;
  }
}

/** What a column of counts counts. */
export type CountedThing = "samples" | "objects" | "goroutines" | "contentions" | "threads";

function countedThing(typeName: string): CountedThing {
  if (/objects/.test(typeName)) return "objects";
  if (/goroutine/.test(typeName)) return "goroutines";
  if (/contention/.test(typeName)) return "contentions";
  if (/thread/.test(typeName)) return "threads";
  return "samples";
}
