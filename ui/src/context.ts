/** How a component reaches the controllers of its window. */
import { getContext, setContext } from "svelte";

import type { Kenning } from "./kenning.svelte";

const KEY = Symbol("kenning");

export function provideKenning(kenning: Kenning): void {
  setContext(KEY, kenning);
}

export function useKenning(): Kenning {
  return getContext<Kenning>(KEY);
}
