/** Puts theme, language and direction on the page itself. It must never know where they are set. */
import { text } from "./text/text.svelte";
import type { Spoken } from "./text/languages";
import type { Theme } from "./wire";

/** Applies a theme, and that of the system as it changes, until what it returns is called. */
export function applyTheme(theme: Theme): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.documentElement.dataset["theme"] = theme === "system" ? (system.matches ? "dark" : "light") : theme;
  };
  apply();
  system.addEventListener("change", apply);
  return () => system.removeEventListener("change", apply);
}

export async function applyLanguage(language: Spoken): Promise<void> {
  await text.speak(language);
  document.documentElement.lang = text.language;
  document.documentElement.dir = text.direction;
}
