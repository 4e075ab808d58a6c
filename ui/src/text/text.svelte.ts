/**
 * The texts in the language that is set, and numbers, dates and names as that language writes them. It is the only
 * place where words of the interface come from, and must never know where they stand.
 */
import { en, type Catalogue, type Key } from "./en";
import { formatsOf } from "./formats";
import { catalogueOf, directionOf, type Spoken } from "./languages";

export type Values = Record<string, string | number>;

class Text {
  language = $state<Spoken>("en");
  private catalogue = $state.raw<Catalogue>(en);
  formats = $derived(formatsOf(this.language));
  direction = $derived(directionOf(this.language));

  /** Speaks another language from now on. The last one that was asked for counts. */
  async speak(language: Spoken): Promise<void> {
    this.wanted = language;
    const catalogue = await catalogueOf(language);
    if (this.wanted !== language) return;
    this.catalogue = catalogue;
    this.language = language;
  }

  /** A text with its values put in. A text with forms takes its form from the value `count`. */
  of(key: Key, values: Values = {}): string {
    const entry = this.catalogue[key];
    if (typeof entry === "string") return this.filled(entry, values);
    const form = this.formats.plural(Number(values["count"] ?? 0));
    return this.filled(entry[form] ?? entry.other, values);
  }

  /** The text of a key that the engine named, or nothing where there is none. */
  named(key: string): string | null {
    return key in this.catalogue ? this.of(key as Key) : null;
  }

  private wanted: Spoken = "en";

  private filled(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/gu, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.formats.number(value) : value;
    });
  }
}

export const text = new Text();

/** The text of a key in the language that is set. */
export const t = (key: Key, values?: Values): string => text.of(key, values);
