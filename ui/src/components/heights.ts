/** Where the rows of a long list stand, though most were never measured. It must never know what a row shows. */
export class Heights {
  private measured = new Map<string, number>();
  private tops = new Float64Array(1);
  private keys: readonly string[] = [];
  private isStale = true;

  constructor(private readonly guess: number) {}

  setKeys(keys: readonly string[]): void {
    this.keys = keys;
    this.isStale = true;
  }

  /** Whether the height is another than before. */
  measure(key: string, height: number): boolean {
    if (height <= 0 || Math.abs((this.measured.get(key) ?? -1) - height) < 0.5) return false;
    this.measured.set(key, height);
    this.isStale = true;
    return true;
  }

  get total(): number {
    return this.fresh()[this.keys.length] ?? 0;
  }

  topOf(row: number): number {
    return this.fresh()[Math.max(0, Math.min(row, this.keys.length))] ?? 0;
  }

  /** The rows that stand between two heights, with some more on both sides; the end is not in it. */
  between(from: number, to: number, more: number): [number, number] {
    const first = Math.max(0, this.rowAt(from) - more);
    const last = Math.min(this.keys.length, this.rowAt(to) + 1 + more);
    return [first, last];
  }

  private rowAt(height: number): number {
    const tops = this.fresh();
    let [low, high] = [0, this.keys.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle] ?? 0) <= height) low = middle;
      else high = middle;
    }
    return low;
  }

  private fresh(): Float64Array {
    if (!this.isStale) return this.tops;
    this.isStale = false;
    this.tops = new Float64Array(this.keys.length + 1);
    this.keys.forEach((key, row) => {
      this.tops[row + 1] = (this.tops[row] ?? 0) + (this.measured.get(key) ?? this.guess);
    });
    return this.tops;
  }
}
