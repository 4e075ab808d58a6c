/** Points by where they are: the nearest one, and those inside a line drawn around them. */

const CELLS = 96;

export class PointIndex {
  private readonly starts = new Uint32Array(CELLS * CELLS + 1);
  private readonly order: Uint32Array;

  constructor(
    private readonly x: Float32Array,
    private readonly y: Float32Array,
  ) {
    this.order = new Uint32Array(x.length);
    for (let at = 0; at < x.length; at += 1) this.starts[this.cellOf(at) + 1] = (this.starts[this.cellOf(at) + 1] ?? 0) + 1;
    for (let cell = 0; cell < CELLS * CELLS; cell += 1) this.starts[cell + 1] = (this.starts[cell + 1] ?? 0) + (this.starts[cell] ?? 0);
    const next = this.starts.slice();
    for (let at = 0; at < x.length; at += 1) {
      const cell = this.cellOf(at);
      const place = next[cell] ?? 0;
      this.order[place] = at;
      next[cell] = place + 1;
    }
  }

  /** The nearest point that is no farther than `reach`, or -1. */
  nearest(x: number, y: number, reach: number): number {
    let [best, least] = [-1, reach * reach];
    const [left, right] = [column(x - reach), column(x + reach)];
    const [low, high] = [column(y - reach), column(y + reach)];
    for (let row = low; row <= high; row += 1) {
      const [from, to] = [this.starts[row * CELLS + left] ?? 0, this.starts[row * CELLS + right + 1] ?? 0];
      for (let place = from; place < to; place += 1) {
        const at = this.order[place] ?? 0;
        const far = ((this.x[at] ?? 0) - x) ** 2 + ((this.y[at] ?? 0) - y) ** 2;
        if (far <= least) [best, least] = [at, far];
      }
    }
    return best;
  }

  /** The points inside a line that ends where it began. */
  inside(line: readonly (readonly [number, number])[]): number[] {
    const found: number[] = [];
    for (let at = 0; at < this.x.length; at += 1) {
      if (isInside(line, this.x[at] ?? 0, this.y[at] ?? 0)) found.push(at);
    }
    return found;
  }

  private cellOf(at: number): number {
    return column(this.y[at] ?? 0) * CELLS + column(this.x[at] ?? 0);
  }
}

function column(value: number): number {
  return Math.max(0, Math.min(CELLS - 1, Math.floor(((value + 1) / 2) * CELLS)));
}

/** Counts how often a ray to the right crosses the line. */
export function isInside(line: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  for (let at = 0; at < line.length; at += 1) {
    const [fromX, fromY] = line[at] ?? [0, 0];
    const [toX, toY] = line[(at + line.length - 1) % line.length] ?? [0, 0];
    if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) inside = !inside;
  }
  return inside;
}
