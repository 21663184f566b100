/** Making elements. Text only ever enters as text nodes: names come from binaries and are not trusted. */

/** What an element starts with. */
export interface ElementOptions {
  class?: string;
  text?: string;
  title?: string;
  type?: string;
  attributes?: Record<string, string>;
}

/** Makes an element with children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  if (options.text !== undefined) made.textContent = options.text;
  if (options.title !== undefined) made.title = options.title;
  if (options.type !== undefined) made.setAttribute("type", options.type);
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A push button that calls `press`. */
export function button(options: ElementOptions, press: (event: MouseEvent) => void, ...children: Node[]): HTMLButtonElement {
  const made = element("button", { type: "button", ...options }, ...children);
  made.addEventListener("click", press);
  return made;
}

/** Gives a control its tooltip and its accessible name. */
export function name(control: HTMLElement, label: string, shortcut = ""): void {
  control.title = shortcut === "" ? label : `${label} (${shortcut})`;
  control.setAttribute("aria-label", label);
}

/** A text that loses its beginning when there is no room: the end of a path or a qualified name says most. */
export function tail(className: string, text = ""): { root: HTMLElement; text: HTMLElement } {
  const inner = element("bdi", { class: "name", text });
  return { root: element("span", { class: `tail ${className}` }, inner), text: inner };
}

/** Sets the text of a node when it differs, so that nothing is laid out for nothing. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Copies a text; false when the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page from a file may have no clipboard permission; selecting a field and copying still works.
    const field = element("textarea", { class: "offscreen" });
    field.value = text;
    document.body.append(field);
    const focused = document.activeElement;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return done;
  }
}
