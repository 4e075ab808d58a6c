/** Long lists, and the order of hits in them. */
import { describe, expect, it } from "vitest";

import { Heights } from "../src/components/heights";
import { arranged, keyOf } from "../src/features/search/order";
import type { Hit } from "../src/wire";

describe("rows of a long list", () => {
  const heights = () => {
    const made = new Heights(100);
    made.setKeys(Array.from({ length: 5000 }, (_, at) => `row ${at}`));
    return made;
  };

  it("stand where the guess says until they are measured", () => {
    const made = heights();
    expect(made.total).toBe(500_000);
    expect(made.topOf(10)).toBe(1000);
    expect(made.between(1000, 1700, 2)).toEqual([8, 20]);
  });

  it("move down where one above is higher than was thought", () => {
    const made = heights();
    expect(made.measure("row 3", 260)).toBe(true);
    expect(made.measure("row 3", 260)).toBe(false);
    expect(made.topOf(10)).toBe(1160);
    expect(made.total).toBe(500_160);
  });

  it("are few, wherever one stands", () => {
    const made = heights();
    for (const from of [0, 250_000, 499_900, 9_000_000, -50]) {
      const [first, last] = made.between(from, from + 800, 4);
      expect(last - first).toBeLessThanOrEqual(18);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(last).toBeLessThanOrEqual(5000);
    }
  });

  it("may be none", () => {
    const made = new Heights(100);
    made.setKeys([]);
    expect(made.between(0, 800, 4)).toEqual([0, 0]);
  });
});

const hit = (document: number, title = `document ${document}`): Hit => ({
  document, title, files: [{ id: document, name: "a.pdf", folder: "/a" }], format: "pdf", date: 0, passages: [], unread: null, others: [],
  why: { words: [], name: [], band: "strong", shares: { words: 0, name: 0, meaning: 1 }, language: "en", reranked: false },
});

describe("a new answer", () => {
  const documents = (hits: Hit[]) => hits.map((one) => one.document);

  it("takes the former's place while the user has not moved", () => {
    expect(documents(arranged([hit(1), hit(2)], [hit(2), hit(3)], false))).toEqual([2, 3]);
  });

  it("leaves every hit where it is once he has, and adds the new ones at the end", () => {
    expect(documents(arranged([hit(1), hit(2), hit(3)], [hit(4), hit(3), hit(1)], true))).toEqual([1, 2, 3, 4]);
  });

  it("brings what is known of a hit up to date", () => {
    expect(arranged([hit(1, "old")], [hit(2), hit(1, "new")], true)[0]?.title).toBe("new");
  });

  it("tells files without text apart by their file", () => {
    const nameless = { ...hit(1), document: null };
    expect(keyOf(nameless)).not.toBe(keyOf(hit(1)));
  });
});
