/** Which keys do what: one table, for the listeners and for the sheet that shows them. */
import type { Key } from "../../text/en";

export type Action =
  | "focusSearch" | "sheet" | "escape" | "move" | "ends" | "open" | "reveal" | "copyPath" | "copyQuote" | "similar" | "save"
  | "nextMatch" | "previousMatch" | "toPreview" | "views" | "pan" | "zoom" | "fit";

export type Group = "everywhere" | "results" | "preview" | "map";

export interface Shortcut {
  action: Action;
  group: Group;
  label: Key;
  /** One of these, each as `Ctrl+Shift+C`. `Ctrl` is the command key on a Mac. */
  keys: string[];
}

export const SHORTCUTS: Shortcut[] = [
  { action: "focusSearch", group: "everywhere", label: "shortcuts.focusSearch", keys: ["Ctrl+K", "/"] },
  { action: "views", group: "everywhere", label: "shortcuts.views", keys: ["Ctrl+1…5"] },
  { action: "save", group: "everywhere", label: "shortcuts.save", keys: ["Ctrl+D"] },
  { action: "sheet", group: "everywhere", label: "shortcuts.sheet", keys: ["?", "F1"] },
  { action: "escape", group: "everywhere", label: "shortcuts.escape", keys: ["Escape"] },
  { action: "move", group: "results", label: "shortcuts.move", keys: ["ArrowUp", "ArrowDown"] },
  { action: "ends", group: "results", label: "shortcuts.ends", keys: ["Home", "End"] },
  { action: "open", group: "results", label: "shortcuts.open", keys: ["Enter"] },
  { action: "reveal", group: "results", label: "shortcuts.reveal", keys: ["Ctrl+Enter"] },
  { action: "copyPath", group: "results", label: "shortcuts.copyPath", keys: ["Ctrl+Shift+C"] },
  { action: "copyQuote", group: "results", label: "shortcuts.copyQuote", keys: ["Ctrl+Shift+U"] },
  { action: "similar", group: "results", label: "shortcuts.similar", keys: ["Ctrl+Shift+S"] },
  { action: "nextMatch", group: "preview", label: "shortcuts.matches", keys: ["F3", "Ctrl+G"] },
  { action: "previousMatch", group: "preview", label: "preview.previous", keys: ["Shift+F3", "Ctrl+Shift+G"] },
  { action: "toPreview", group: "preview", label: "shortcuts.toPreview", keys: ["F6"] },
  { action: "pan", group: "map", label: "shortcuts.pan", keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"] },
  { action: "zoom", group: "map", label: "shortcuts.zoom", keys: ["+", "−"] },
  { action: "fit", group: "map", label: "shortcuts.fit", keys: ["0"] },
];

export function isPressed(event: KeyboardEvent, action: Action): boolean {
  return SHORTCUTS.some((one) => one.action === action && one.keys.some((keys) => isChord(event, keys)));
}

function isChord(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+").filter((part) => part !== "");
  const key = parts.at(-1) ?? "+";
  const wantsCtrl = parts.includes("Ctrl") && key !== "Ctrl";
  const isPlain = key.length === 1 && !/[a-z0-9]/i.test(key);
  const isShifted = isPlain || parts.includes("Shift") === event.shiftKey;
  const isWanted = event.key.toLowerCase() === key.toLowerCase();
  return isWanted && isShifted && !event.altKey && wantsCtrl === (event.ctrlKey || event.metaKey);
}

const NAMES: Record<string, string> = {
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Enter: "↵",
};

/** The keys of a chord as they are written on the keyboard. */
export function capsOf(keys: string): string[] {
  const isMac = typeof navigator !== "undefined" && navigator.platform.startsWith("Mac");
  const parts = keys === "+" ? ["+"] : keys.split("+");
  return parts.map((part) => (isMac && part === "Ctrl" ? "⌘" : (NAMES[part] ?? part)));
}

/** Whether keys that are letters belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}
