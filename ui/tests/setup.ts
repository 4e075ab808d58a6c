/** What jsdom lacks and the interface needs. */
import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, beforeEach } from "vitest";

import { text } from "../src/text/text.svelte";

HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close(this: HTMLDialogElement) {
  this.open = false;
};
window.matchMedia = (query) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;

window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
HTMLCanvasElement.prototype.getContext = () => null;
// A machine that does other things besides takes its time.
configure({ asyncUtilTimeout: 10_000 });

beforeEach(async () => {
  await text.speak("en");
});
afterEach(() => cleanup());
