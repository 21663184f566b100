/**
 * Names as they are shown: made safe to look at, and shortened the way Go programmers shorten them.
 *
 * A name comes from a binary anybody may have built. It only ever becomes text, never markup; here it also loses
 * the characters that would make it read as something else: control characters, bidirectional overrides and
 * invisible characters become visible marks. What is copied or searched is the original.
 */

// C0 and C1 controls, soft hyphen, Arabic letter mark, zero-width and directional marks, line and paragraph
// separators, bidirectional embeddings, overrides and isolates, invisible operators, byte order mark, tags.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** The text with every invisible or direction-changing character replaced by a visible mark. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}

/** At most `limit` characters of the text, without cutting a surrogate pair, with an ellipsis when it was cut. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = Math.max(0, limit - 1);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}\u2026`;
}

/** The forms of a name for a box, longest first: in full, without the import path, without the package, without the
 * receiver. What is left out first is what the colour and the frames around say anyway. */
export function labelForms(name: string): string[] {
  const full = visible(shorten(name, 400));
  const forms = [full];
  // Type arguments hold import paths of their own: the path of the function ends before the first bracket.
  const bracket = full.search(/[[({]/);
  const head = bracket < 0 ? full : full.slice(0, bracket);
  const slash = head.lastIndexOf("/");
  const short = slash >= 0 ? full.slice(slash + 1) : full;
  if (short !== full && short !== "") forms.push(short);
  const dot = short.indexOf(".");
  if (dot > 0 && dot < short.length - 1 && !short.includes("::")) {
    const bare = short.slice(dot + 1);
    forms.push(bare);
    const receiver = /^\(\*[^()]*\)\./.exec(bare);
    if (receiver !== null && receiver[0].length < bare.length) forms.push(bare.slice(receiver[0].length));
  }
  return forms;
}
