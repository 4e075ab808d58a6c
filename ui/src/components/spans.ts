/**
 * Texts cut where marks begin and end, and made harmless to look at. It works on UTF-16 places and must never know
 * what a mark means.
 */
export type Span = readonly [from: number, to: number];

export interface Segment {
  text: string;
  isMarked: boolean;
  /** Whether it stands in the span that is set apart, such as the telling sentence. */
  isApart: boolean;
  /** The number of the mark it belongs to, or -1. */
  mark: number;
}

/** The text in pieces. Spans may overlap, stand in any order, or reach out of the text. */
export function segmentsOf(text: string, marks: readonly Span[], apart: Span | null = null): Segment[] {
  const ordered = tidy(text, marks);
  const [border] = apart ? tidy(text, [apart]) : [];
  const cuts = new Set([0, text.length, ...ordered.flat(), ...(border ?? [])]);
  const places = [...cuts].sort((one, other) => one - other);
  const segments: Segment[] = [];
  let mark = 0;
  for (let at = 0; at + 1 < places.length; at += 1) {
    const [from, to] = [places[at] ?? 0, places[at + 1] ?? 0];
    while (mark < ordered.length && (ordered[mark]?.[1] ?? 0) <= from) mark += 1;
    const isMarked = (ordered[mark]?.[0] ?? Infinity) <= from;
    const isApart = border !== undefined && border[0] <= from && to <= border[1];
    segments.push({ text: text.slice(from, to), isMarked, isApart, mark: isMarked ? mark : -1 });
  }
  return segments;
}

/** Spans in order, joined where they overlap, inside the text, and never through a pair of surrogates. */
function tidy(text: string, spans: readonly Span[]): [number, number][] {
  const inside = spans
    .map(([from, to]): [number, number] => [wholeAt(text, from, -1), wholeAt(text, to, 1)])
    .filter(([from, to]) => from < to)
    .sort((one, other) => one[0] - other[0]);
  const joined: [number, number][] = [];
  for (const span of inside) {
    const last = joined.at(-1);
    if (last && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
    else joined.push(span);
  }
  return joined;
}

function wholeAt(text: string, place: number, step: -1 | 1): number {
  const at = Math.max(0, Math.min(text.length, Math.trunc(place) || 0));
  const isInPair = /[\udc00-\udfff]/u.test(text[at] ?? "") && /[\ud800-\udbff]/.test(text[at - 1] ?? "");
  return isInPair ? at + step : at;
}

/* Control characters but the tab and the line's end, and those that turn the direction of what follows. */
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;

/** The text with a mark in place of each character that would disturb what stands around it; as long as before. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, "\ufffd");
}

/** A text of the user's inside a sentence of ours, in its own direction. */
export function isolated(text: string): string {
  return `\u2068${harmless(text)}\u2069`;
}

/** Small facts on one line, each in its own direction, so that numbers stay with what they count. */
export function joined(facts: readonly string[]): string {
  return facts.filter((fact) => fact !== "").map((fact) => `\u2068${fact}\u2069`).join("\u00a0· ");
}

/** A piece of a long text around its first mark, and the marks moved with it. */
export function around(text: string, marks: readonly Span[], longest: number): { text: string; marks: Span[]; from: number } {
  if (text.length <= longest) return { text, marks: [...marks], from: 0 };
  const first = marks[0]?.[0] ?? 0;
  const from = wholeAt(text, Math.max(0, Math.min(first - longest / 4, text.length - longest)), -1);
  const to = wholeAt(text, from + longest, 1);
  const moved = marks.map(([begin, end]): Span => [begin - from, end - from]);
  return { text: text.slice(from, to), marks: moved.filter(([begin, end]) => end > 0 && begin < to - from), from };
}
