/** Filters write themselves into what was typed, and are read out of it. */
import { describe, expect, it } from "vitest";

import { partsOf, toggled, valuesOf, withoutFilters, withValues, wordsOf } from "../src/query";

describe("a filter is written into the query", () => {
  it.each([
    ["bread", "type", "pdf", "bread type:pdf "],
    ["", "lang", "de", "lang:de "],
    ["bread type:pdf", "type", "word", "bread type:pdf,word "],
    ["bread type:pdf,word more", "type", "pdf", "bread type:word more "],
    ["bread TYPE:pdf", "type", "pdf", "bread "],
    ["type:pdf bread type:word", "type", "mail", "type:pdf,word,mail bread "],
    ["bread -type:pdf", "type", "pdf", "bread -type:pdf type:pdf "],
    ["a lang:de，fr", "lang", "es", "a lang:de,fr,es "],
  ] as const)("%s + %s:%s", (query, name, value, expected) => {
    expect(toggled(query, name, value)).toBe(expected);
  });

  it("writes a name with spaces in quotation marks", () => {
    expect(withValues("bread", "in", ["My notes"])).toBe('bread in:"My notes" ');
    expect(valuesOf('bread in:"My notes"', "in")).toEqual(["My notes"]);
  });

  it("takes a filter out again", () => {
    expect(withValues("bread after:2024 crust", "after", [])).toBe("bread crust ");
    expect(withoutFilters('bread type:pdf "a b" -lang:de')).toBe('bread "a b" ');
  });
});

describe("a query is taken apart", () => {
  it("knows words, phrases, filters and what is left out", () => {
    const parts = partsOf('bread "rye flour" -draft -type:pdf „zwei Wörter“ note:this');
    expect(parts.map(({ kind, negated, text }) => [kind, negated, text])).toEqual([
      ["word", false, "bread"],
      ["phrase", false, "rye flour"],
      ["word", true, "draft"],
      ["filter", true, "pdf"],
      ["phrase", false, "zwei Wörter"],
      ["word", false, "note:this"],
    ]);
  });

  it("gives the words that are looked for", () => {
    expect(wordsOf('bread -draft type:pdf "rye flour"')).toBe("bread rye flour");
  });
});
