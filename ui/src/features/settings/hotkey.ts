/** The keys that were pressed, as the shell wants a hotkey written. */

const NAMES: Record<string, string> = { " ": "Space", ArrowUp: "Up", ArrowDown: "Down", ArrowLeft: "Left", ArrowRight: "Right" };

/** `Ctrl+Shift+Space`, or nothing while only modifiers are down or none is. */
export function hotkeyOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">): string | null {
  if (["Control", "Shift", "Alt", "Meta", "AltGraph", "Dead", "Process"].includes(event.key)) return null;
  const modifiers = [
    event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Super",
  ].filter((one) => one !== false);
  const isFunction = /^F\d{1,2}$/u.test(event.key);
  // A key alone, or with Shift, is needed for typing.
  const isFree = modifiers.some((one) => one !== "Shift") || isFunction;
  if (!isFree) return null;
  const letter = /^(?:Key|Digit)(.)$/u.exec(event.code)?.[1];
  return [...modifiers, letter ?? NAMES[event.key] ?? event.key].join("+");
}
