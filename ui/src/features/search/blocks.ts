/** A document's text cut into what is drawn: lines with their marks, their pages and their headings. */
import { harmless, segmentsOf, type Segment } from "../../components/spans";
import type { Preview } from "../../wire";

export interface Block {
  key: string;
  /** 0 for a plain line, else the heading's level. */
  level: number;
  segments: Segment[];
  isInPassage: boolean;
  /** The page that begins with it. */
  page: number | null;
}

/** Longer lines are cut, so that no single piece of text is too much to lay out. */
const LONGEST = 20_000;

export function blocksOf(parts: readonly Preview[]): Block[] {
  let matchesBefore = 0;
  const blocks: Block[] = [];
  for (const part of parts) {
    blocks.push(...blocksOfPart(part, matchesBefore));
    matchesBefore += part.matches.length;
  }
  return blocks;
}

function blocksOfPart(part: Preview, matchesBefore: number): Block[] {
  const text = harmless(part.text);
  const pages = [...part.pages];
  let match = 0;
  return linesOf(part.text).map(([from, to]) => {
    let page: number | null = null;
    while (pages[0] && pages[0].at < Math.max(to, from + 1)) page = pages.shift()?.page ?? null;
    while (match < part.matches.length && (part.matches[match]?.[1] ?? 0) <= from) match += 1;
    const inside = part.matches.filter((one) => one[0] < to && one[1] > from);
    const heading = part.headings.find((one) => one.range[0] >= from && one.range[0] < to);
    const marks = inside.map(([begin, end]): [number, number] => [begin - from, end - from]);
    const segments = segmentsOf(text.slice(from, to), marks);
    const offset = matchesBefore + match;
    return {
      key: `${part.part}:${from}`,
      level: heading?.level ?? 0,
      segments: segments.map((one) => (one.isMarked ? { ...one, mark: one.mark + offset } : one)),
      isInPassage: part.passage !== null && from < part.passage[1] && to > part.passage[0],
      page,
    };
  });
}

/** Lines that say something, by their places; blank ones only part the others. */
function linesOf(text: string): [number, number][] {
  const lines: [number, number][] = [];
  for (const match of text.matchAll(/[^\n]*\S[^\n]*/gu)) {
    const end = match.index + match[0].length;
    for (let from = match.index; from < end; from += LONGEST) lines.push([from, Math.min(end, from + LONGEST)]);
  }
  return lines;
}
