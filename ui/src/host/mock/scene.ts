/** In which state the mock begins, as a page's address or a test wants it. */
import type { Theme } from "../../wire";

export interface Scene {
  /** How much slower than at once: 0 tells everything at once, 1 as the engine would. */
  pace: number;
  isEmpty: boolean;
  isNew: boolean;
  isWorking: boolean;
  hasTroubles: boolean;
  /** Whether the machine has a battery, and runs on it. */
  hasBattery: boolean;
  onBattery: boolean;
  /** Whether the map is still being made. */
  isMapping: boolean;
  /** Whether the library has changed since the map was drawn. */
  hasOldMap: boolean;
  /** Whether a model that reads hits again is installed, and is wanted. */
  hasReranker: boolean;
  /** Whether that model fails. */
  isRerankerBroken: boolean;
  readOnly: string | null;
  files: number;
  points: number;
  theme: Theme;
  language: string;
}

export const plainScene: Scene = {
  pace: 1, isEmpty: false, isNew: false, isWorking: true, hasTroubles: false, hasBattery: true, onBattery: false, isMapping: false, hasOldMap: false,
  hasReranker: false, isRerankerBroken: false, readOnly: null, files: 3100, points: 20_000,
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
    onBattery: words.includes("battery"),
    isMapping: words.includes("mapping"),
    hasOldMap: words.includes("old"),
    hasReranker: words.includes("reranker"),
    isRerankerBroken: words.includes("broken"),
    readOnly: words.includes("readonly") ? "Another Kenning has the library open." : null,
    theme: theme === "dark" || theme === "light" ? theme : "system",
    language: wanted.get("language") ?? "en",
  };
}
