/** Which names are written on the map, and where, so that none stands on another. */

export interface Wanted {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Those that matter more come first. */
  weight: number;
}

export type Placed = Wanted;

const GAP = 4;

/** Names that find room, the weightiest first. Those around the middle of each place are meant. */
export function placed(wanted: readonly Wanted[], width: number, height: number): Placed[] {
  const found: Placed[] = [];
  for (const one of wanted.toSorted((a, b) => b.weight - a.weight)) {
    const isSeen = one.x > 0 && one.x < width && one.y > 0 && one.y < height;
    if (isSeen && !found.some((other) => overlaps(one, other))) found.push(one);
  }
  return found;
}

function overlaps(one: Wanted, other: Wanted): boolean {
  const across = Math.abs(one.x - other.x) < (one.width + other.width) / 2 + GAP;
  return across && Math.abs(one.y - other.y) < (one.height + other.height) / 2 + GAP;
}
