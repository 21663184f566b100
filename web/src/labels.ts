/**
 * Fits names into boxes without measuring each one: the widths of the ASCII characters are measured once per font,
 * and the forms of a function's name once per function.
 */

import { labelForms } from "./names";

const ASCII = 128;
const ELLIPSIS = "\u2026";

interface Form {
  text: string;
  width: number;
}

/** Fits function names into widths, for one font. */
export class LabelFitter {
  readonly #measure: (text: string) => number;
  readonly #ascii = new Float64Array(ASCII);
  readonly #other = new Map<string, number>();
  readonly #ellipsis: number;
  readonly #forms = new Map<number, Form[]>();
  readonly #nameOf: (id: number) => string;

  constructor(measure: (text: string) => number, nameOf: (id: number) => string) {
    this.#measure = measure;
    this.#nameOf = nameOf;
    for (let code = 0x20; code < ASCII; code += 1) this.#ascii[code] = measure(String.fromCharCode(code));
    this.#ellipsis = measure(ELLIPSIS);
  }

  /** The longest form of a function's name that fits into `room`, or a cut one, or nothing. */
  fit(id: number, room: number): string {
    let forms = this.#forms.get(id);
    if (forms === undefined) {
      forms = labelForms(this.#nameOf(id)).map((text) => ({ text, width: this.width(text) }));
      this.#forms.set(id, forms);
    }
    for (const form of forms) if (form.width <= room) return form.text;
    // A cut name is worth more without its package and receiver.
    const shortest = forms[forms.length - 1];
    return shortest === undefined ? "" : this.cut(shortest.text, room);
  }

  /** Width of a text. Kerning is left out, which errs towards too wide. */
  width(text: string): number {
    let width = 0;
    for (const character of text) width += this.#characterWidth(character);
    return width;
  }

  /** As much of a text as fits with an ellipsis; nothing when that is less than three characters. */
  cut(text: string, room: number): string {
    let width = this.#ellipsis;
    let kept = "";
    let count = 0;
    for (const character of text) {
      width += this.#characterWidth(character);
      if (width > room) break;
      kept += character;
      count += 1;
    }
    return count < 3 ? "" : kept + ELLIPSIS;
  }

  #characterWidth(character: string): number {
    const code = character.charCodeAt(0);
    if (code < ASCII) return this.#ascii[code]!;
    let width = this.#other.get(character);
    if (width === undefined) {
      width = this.#measure(character);
      this.#other.set(character, width);
    }
    return width;
  }
}
