/** The text of the document that is read at the right: its parts, its matches, and where one stands. */
import { problemOf, type Host } from "../../host/host";
import type { Hit, Preview, PreviewFrom, Problem } from "../../wire";
import { blocksOf, type Block } from "./blocks";

/** So long a selection that moves on by itself rests before its text is fetched. */
const REST = 40;

export interface Shown {
  key: string;
  document: number;
  passage: number | null;
  query: string;
}

export class Reading {
  shown = $state.raw<Shown | null>(null);
  /** Parts that follow one another. */
  parts = $state.raw<Preview[]>([]);
  problem = $state.raw<Problem | null>(null);
  isLoading = $state(false);
  /** The match one stands at, counted over the parts, or -1. */
  match = $state(-1);

  first = $derived(this.parts[0] ?? null);
  blocks = $derived<Block[]>(blocksOf(this.parts));
  matches = $derived(this.parts.reduce((count, part) => count + part.matches.length, 0));
  hasEarlier = $derived((this.parts[0]?.part ?? 0) > 0);
  hasLater = $derived((this.parts.at(-1)?.part ?? 0) + 1 < (this.parts.at(-1)?.parts ?? 1));

  private turn = 0;
  private rest: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly host: Host) {}

  /** Shows a hit's document at its best passage. */
  follow(hit: Hit | null, query: string, atOnce: boolean): void {
    const document = hit?.document ?? null;
    if (document === null) return this.close();
    this.show(document, hit?.passages[0]?.id ?? null, query, atOnce);
  }

  show(document: number, passage: number | null, query: string, atOnce: boolean): void {
    const key = `${document} ${passage ?? ""} ${query}`;
    if (this.shown?.key === key) return;
    const isOther = this.shown?.document !== document;
    this.shown = { key, document, passage, query };
    if (this.rest) clearTimeout(this.rest);
    const from: PreviewFrom = passage === null ? { at: "start" } : { at: "passage", passage };
    const load = () => void this.load(from);
    if (atOnce || !isOther) load();
    else this.rest = setTimeout(load, REST);
  }

  close(): void {
    if (this.rest) clearTimeout(this.rest);
    this.turn += 1;
    [this.shown, this.problem, this.isLoading] = [null, null, false];
    [this.parts, this.match] = [[], -1];
  }

  async earlier(): Promise<void> {
    const first = this.parts[0];
    if (!first || !this.hasEarlier) return;
    const part = await this.ask({ at: "part", part: first.part - 1 });
    if (!part) return;
    this.parts = [part, ...this.parts];
    if (this.match >= 0) this.match += part.matches.length;
  }

  async later(): Promise<void> {
    const last = this.parts.at(-1);
    if (!last || !this.hasLater) return;
    const part = await this.ask({ at: "part", part: last.part + 1 });
    if (part) this.parts = [...this.parts, part];
  }

  /** Goes to the next match, or the one before; fetches what follows where this is the last one. */
  async toMatch(step: 1 | -1): Promise<void> {
    const next = this.match + step;
    if (next >= this.matches && this.hasLater) await this.later();
    if (this.matches === 0) return;
    this.match = (next + this.matches) % this.matches;
  }

  /** The page on which the passage stands. */
  get page(): number | null {
    const part = this.parts.find((one) => one.passage !== null);
    const at = part?.passage?.[0];
    if (!part || at === undefined) return this.first?.pages[0]?.page ?? null;
    return part.pages.findLast((page) => page.at <= at)?.page ?? null;
  }

  /** The passage that was asked for, or the first lines. */
  get passageText(): string {
    const part = this.parts.find((one) => one.passage !== null);
    if (part?.passage) return part.text.slice(...part.passage).trim();
    return (this.first?.text ?? "").slice(0, 600).trim();
  }

  private async load(from: PreviewFrom): Promise<void> {
    const turn = (this.turn += 1);
    this.isLoading = true;
    const part = await this.ask(from);
    if (turn !== this.turn) return;
    this.isLoading = false;
    this.parts = part ? [part] : [];
    this.match = part ? nearestMatch(part) : -1;
  }

  private async ask(from: PreviewFrom): Promise<Preview | null> {
    const { shown } = this;
    if (!shown) return null;
    try {
      const part = await this.host.call("preview", { document: shown.document, from, query: shown.query });
      if (this.shown?.key !== shown.key) return null;
      this.problem = null;
      return part;
    } catch (thrown) {
      if (this.shown?.key === shown.key) this.problem = problemOf(thrown);
      return null;
    }
  }
}

/** The first match in the passage, else the first. */
function nearestMatch(part: Preview): number {
  if (part.matches.length === 0) return -1;
  const from = part.passage?.[0] ?? 0;
  const at = part.matches.findIndex((match) => match[0] >= from);
  return at < 0 ? 0 : at;
}
