import { describe, expect, it } from "vitest";
import { LabelFitter } from "./labels";
import { labelForms, shorten, visible } from "./names";

describe("hidden characters", () => {
  it.each([
    ["main.main", "main.main"],
    ["日本語 é 𝄞", "日本語 é 𝄞"],
    ["a\nb\tc\u0000", "a␊b␉c␀"],
    ["\u001b[31m", "␛[31m"],
    ["\u007f", "␡"],
    ["a\u202eb", "a⟨U+202E⟩b"],
    ["\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"],
    ["a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"],
    ["\u0085\u2028", "⟨U+0085⟩⟨U+2028⟩"],
    ["\ud800", "⟨U+D800⟩"],
    ["</script><img src=x>", "</script><img src=x>"],
  ])("%j is shown as %j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe("shortening", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["a𝄞bcd", 3, "a…"],
    ["", 3, ""],
  ])("%j to %d is %j", (text, limit, expected) => {
    expect(shorten(text, limit)).toBe(expected);
  });
});

describe("forms of a name", () => {
  it.each([
    ["main.main", ["main.main", "main"]],
    ["net/http.(*conn).serve", ["net/http.(*conn).serve", "http.(*conn).serve", "(*conn).serve", "serve"]],
    [
      "github.com/a/b.Map[go.shape.string,github.com/c/d.T]",
      ["github.com/a/b.Map[go.shape.string,github.com/c/d.T]", "b.Map[go.shape.string,github.com/c/d.T]", "Map[go.shape.string,github.com/c/d.T]"],
    ],
    ["do_syscall_64", ["do_syscall_64"]],
    ["std::vec::Vec<a.b>::push", ["std::vec::Vec<a.b>::push"]],
    ["a/", ["a/"]],
    ["", [""]],
    [".x", [".x"]],
  ])("%j are %j", (name, expected) => {
    expect(labelForms(name)).toEqual(expected);
  });

  it("of a huge name are short", () => {
    expect(labelForms("x".repeat(100_000))[0]!.length).toBe(400);
  });
});

describe("labels", () => {
  const names = ["net/http.(*conn).serve", "日本日本日本"];
  const fitter = new LabelFitter((text) => text.length * 10, (id) => names[id]!);
  it.each([
    [0, 220, "net/http.(*conn).serve"],
    [0, 219, "http.(*conn).serve"],
    [0, 130, "(*conn).serve"],
    [0, 50, "serve"],
    [0, 49, "ser…"],
    [0, 39, ""],
    [0, 0, ""],
    [0, -5, ""],
    [1, 45, "日本日…"],
  ])("%d in %d is %j and fits", (id, room, expected) => {
    const label = fitter.fit(id, room);
    expect(label).toBe(expected);
    if (label !== "") expect(label.length * 10).toBeLessThanOrEqual(room);
  });
});
