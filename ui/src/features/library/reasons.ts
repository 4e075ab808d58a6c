/** Why a file is in its state, in the user's language where we have the words. */
import { text } from "../../text/text.svelte";

/** A reason by its code, or in the engine's own words where the code is new to us. */
export function reasonText(code: string, why: string): string {
  return text.named(`reason.${code}`) ?? why;
}
