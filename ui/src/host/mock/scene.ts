/** In which state the mock begins, as a page's address or a test wants it. */
import type { Theme } from "../../wire";

export interface Scene {
  /** How much slower than at once: 0 tells everything at once, 1 as the engine would. */
  pace: number;
  isEmpty: boolean;
  isNew: boolean;
  isWorking: boolean;
  hasTroubles: boolean;
  readOnly: string | null;
  files: number;
  theme: Theme;
  language: string;
}

export const plainScene: Scene = {
  pace: 1, isEmpty: false, isNew: false, isWorking: true, hasTroubles: false, readOnly: null, files: 3100,
  theme: "system", language: "en",
};

/** Reads `?scene=new,troubles&theme=dark&language=ar`. */
export function sceneOf(address: string): Scene {
  const wanted = new URLSearchParams(address);
  const words = (wanted.get("scene") ?? "").split(",");
  const theme = wanted.get("theme");
  return {
    ...plainScene,
    isEmpty: words.includes("empty") || words.includes("new"),
    isNew: words.includes("new"),
    isWorking: !words.includes("done") && !words.includes("empty") && !words.includes("new"),
    hasTroubles: words.includes("troubles"),
    readOnly: words.includes("readonly") ? "Another Kenning has the library open." : null,
    theme: theme === "dark" || theme === "light" ? theme : "system",
    language: wanted.get("language") ?? "en",
  };
}
