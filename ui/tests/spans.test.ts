/** Marks and the text they stand in, whatever comes over the wire. */
import { describe, expect, it } from "vitest";

import { around, harmless, isolated, segmentsOf, type Span } from "../src/components/spans";

const marked = (text: string, marks: Span[]) =>
  segmentsOf(text, marks).map((one) => (one.isMarked ? `[${one.text}]` : one.text)).join("");

describe("marks", () => {
  it.each<[string, string, Span[], string]>([
    ["none", "bread", [], "bread"],
    ["one", "rye bread", [[4, 9]], "rye [bread]"],
    ["overlapping", "rye bread", [[0, 6], [4, 9]], "[rye bread]"],
    ["out of order", "rye bread", [[4, 9], [0, 3]], "[rye] [bread]"],
    ["one within another", "rye bread", [[0, 9], [2, 4]], "[rye bread]"],
    ["out of the text", "rye", [[-5, 2], [2, 900]], "[ry][e]"],
    ["turned round", "rye", [[3, 1]], "rye"],
    ["empty", "rye", [[1, 1]], "rye"],
    ["no numbers", "rye", [[Number.NaN, 2]], "[ry]e"],
    ["through a pair of surrogates", "a😀b", [[2, 4]], "a[😀b]"],
  ])("%s", (_, text, marks, expected) => {
    expect(marked(text, marks)).toBe(expected);
  });

  it("never loses a letter, whatever the marks are", () => {
    const text = "Über die Brücke 橋 😀 جسر";
    for (let from = -3; from < text.length + 3; from += 1) {
      const segments = segmentsOf(text, [[from, from + 5], [from + 2, from + 9]], [from - 1, from + 3]);
      expect(segments.map((one) => one.text).join("")).toBe(text);
    }
  });

  it("numbers the marks and sets the telling sentence apart", () => {
    const segments = segmentsOf("a b c", [[0, 1], [4, 5]], [0, 3]);
    expect(segments.filter((one) => one.isMarked).map((one) => one.mark)).toEqual([0, 1]);
    expect(segments.filter((one) => one.isApart).map((one) => one.text).join("")).toBe("a b");
  });
});

describe("text that would disturb what stands around it", () => {
  it("loses its control characters and turns of direction, and none of its length", () => {
    const hostile = "a\u0000b\u0007c\u202efdp.exe\u2066d\u0085\u2028e";
    expect(harmless(hostile)).toBe("a\ufffdb\ufffdc\ufffdfdp.exe\ufffdd\ufffd\ufffde");
    expect(harmless(hostile)).toHaveLength(hostile.length);
  });

  it("keeps lines, tabs, and the letters of every script", () => {
    const plain = "a\n\tb é ك 漢 ไ 😀";
    expect(harmless(plain)).toBe(plain);
  });

  it("stands in a direction of its own inside our sentences", () => {
    expect(isolated("a\u2069b")).toBe("\u2068a\ufffdb\u2069");
  });
});

describe("a long text", () => {
  it("is cut around its first mark, and the marks move along", () => {
    const text = `${"x".repeat(50_000)}needle${"y".repeat(50_000)}`;
    const piece = around(text, [[50_000, 50_006]], 400);
    expect(piece.text.length).toBeLessThanOrEqual(401);
    expect(piece.text.slice(...(piece.marks[0] ?? [0, 0]))).toBe("needle");
  });

  it("stays whole where it is short", () => {
    expect(around("bread", [[0, 2]], 400)).toEqual({ text: "bread", marks: [[0, 2]], from: 0 });
  });
});
