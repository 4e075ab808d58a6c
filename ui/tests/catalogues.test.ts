/** Every language says everything, with the same values and in all its forms. */
import { describe, expect, it } from "vitest";

import { en, type Catalogue, type Key } from "../src/text/en";
import { catalogueOf, directionOf, firstSpoken, SPOKEN, type Spoken } from "../src/text/languages";
import { text } from "../src/text/text.svelte";

const others = SPOKEN.filter((language): language is Exclude<Spoken, "en"> => language !== "en");

const placeholders = (entry: string | object) => {
  const texts = typeof entry === "string" ? [entry] : Object.values(entry as Record<string, string>);
  return new Set(texts.flatMap((one) => [...one.matchAll(/\{(\w+)\}/gu)].map((match) => match[1])));
};

describe.each(others)("%s", (language) => {
  const read = () => catalogueOf(language);

  it("has every text and no other", async () => {
    expect(Object.keys(await read()).sort()).toEqual(Object.keys(en).sort());
  });

  it("has the same values in each text", async () => {
    const catalogue: Catalogue = await read();
    for (const key of Object.keys(en) as Key[]) {
      expect([key, placeholders(catalogue[key])]).toEqual([key, placeholders(en[key])]);
    }
  });

  it("has every form that its plural rules ask for", async () => {
    const catalogue = await read();
    // Spanish and French have a form for whole millions, which are written out here as other numbers are.
    const asked = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const categories = asked.filter((one) => language === "ar" || one !== "many");
    for (const [key, entry] of Object.entries(catalogue)) {
      if (typeof entry === "string") continue;
      for (const category of categories) expect([key, category, entry[category]]).toEqual([key, category, expect.any(String)]);
    }
  });

  it("is translated, and empty nowhere", async () => {
    const catalogue = await read();
    const keys = Object.keys(en) as Key[];
    const same = keys.filter((key) => JSON.stringify(catalogue[key]) === JSON.stringify(en[key]));
    // Names such as PDF, and words that two languages share.
    expect(same.length).toBeLessThan(keys.length * 0.08);
    for (const key of keys) expect(JSON.stringify(catalogue[key])).not.toMatch(/""/u);
  });
});

describe("plural forms", () => {
  it.each([
    ["en", 1, "1 document"], ["en", 2, "2 documents"], ["de", 1, "1 Dokument"], ["fr", 0, "0 document"], ["zh", 3, "3 个文档"],
    ["ar", 1, "مستند واحد"], ["ar", 2, "مستندان"], ["ar", 5, "5 مستندات"], ["ar", 11, "11 مستندًا"], ["ar", 100, "100 مستند"],
  ] as const)("%s %d", async (language, count, expected) => {
    await text.speak(language);
    expect(text.of("search.status", { count })).toBe(expected);
  });
});

describe("languages", () => {
  it("runs from right to left in Arabic only", () => {
    expect(SPOKEN.filter((language) => directionOf(language) === "rtl")).toEqual(["ar"]);
  });

  it("takes the first of the system's languages that is spoken here", () => {
    expect(firstSpoken(["nl", "fr-CA", "de"])).toBe("fr");
    expect(firstSpoken(["nl"])).toBe("en");
  });

  it("keeps to the language that was asked for last", async () => {
    await Promise.all([text.speak("ar"), text.speak("de")]);
    expect(text.of("view.search")).toBe("Suche");
  });
});
