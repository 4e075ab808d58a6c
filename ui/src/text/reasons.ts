/** Why a file is in its state, in the user's language where we have the words. */
import { text } from "./text.svelte";

/** A reason by its code; where the code is new to us, in the engine's own words if it has any, else the code. */
export function reasonText(code: string, why = code): string {
  return text.named(`reason.${code}`) ?? why;
}
