/** Puts theme, language and direction on the page itself. It must never know where they are set. */
import { text } from "./text/text.svelte";
import type { Spoken } from "./text/languages";
import type { Theme } from "./wire";

export type Ground = "light" | "dark";

class Appearance {
  /** What the page looks like now. */
  ground = $state<Ground>("light");
}

export const appearance = new Appearance();

/** Applies a theme, and that of the system as it changes, until what it returns is called. */
export function applyTheme(theme: Theme): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    appearance.ground = theme === "system" ? (system.matches ? "dark" : "light") : theme;
    document.documentElement.dataset["theme"] = appearance.ground;
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
