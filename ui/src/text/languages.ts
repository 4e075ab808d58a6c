/** The languages the interface speaks. It owns their list and their direction. */
import { en, type Catalogue } from "./en";

export const SPOKEN = ["en", "de", "es", "fr", "zh", "ja", "ar"] as const;
export type Spoken = (typeof SPOKEN)[number];

/** Each language's own name, so that its speakers find it whatever is set. */
export const OWN_NAMES: Record<Spoken, string> = {
  en: "English", de: "Deutsch", es: "Español", fr: "Français", zh: "中文", ja: "日本語", ar: "العربية",
};

export function isSpoken(language: string): language is Spoken {
  return (SPOKEN as readonly string[]).includes(language);
}

/** The first language of a list that is spoken here. */
export function firstSpoken(languages: readonly string[]): Spoken {
  return languages.map((one) => one.split("-")[0] ?? "").find(isSpoken) ?? "en";
}

export function directionOf(language: Spoken): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

const OTHERS: Record<Exclude<Spoken, "en">, () => Promise<Catalogue>> = {
  de: async () => (await import("./de")).de,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  zh: async () => (await import("./zh")).zh,
  ja: async () => (await import("./ja")).ja,
  ar: async () => (await import("./ar")).ar,
};

export async function catalogueOf(language: Spoken): Promise<Catalogue> {
  return language === "en" ? en : OTHERS[language]();
}
