/** In which order hits stand. It must never know what is drawn. */
import type { Hit } from "../../wire";

/** What makes a hit the same one from stage to stage. */
export function keyOf(hit: Hit): string {
  return hit.document === null ? `file ${hit.files[0]?.id ?? 0}` : `document ${hit.document}`;
}

/**
 * What is shown once a new answer is there. Hits that the user may be looking at stay where they are, with what is
 * known of them now; those that are new come after them.
 */
export function arranged(former: readonly Hit[], next: readonly Hit[], isHeld: boolean): Hit[] {
  if (!isHeld) return [...next];
  const coming = new Map(next.map((hit) => [keyOf(hit), hit]));
  const kept = former.map((hit) => coming.get(keyOf(hit)) ?? hit);
  const known = new Set(former.map(keyOf));
  return [...kept, ...next.filter((hit) => !known.has(keyOf(hit)))];
}

/** Whether those that were read again stand otherwise than they are shown. */
export function hasOtherOrder(shown: readonly Hit[], next: readonly Hit[]): boolean {
  return next.some((hit, at) => hit.why.reranked && keyOf(hit) !== keyOf(shown[at] ?? hit));
}
