/**
 * The query language as the interface needs it: to see which filters stand in what was typed, and to write others
 * into it. It must never decide what a query means: the engine does.
 */

export const FILTERS = ["type", "in", "lang", "before", "after", "date", "title", "name"] as const;
export type FilterName = (typeof FILTERS)[number];

export interface Part {
  kind: "word" | "phrase" | "filter";
  negated: boolean;
  /** Where it stands in what was typed. */
  from: number;
  to: number;
  /** The word, what is in the quotation marks, or the filter's value. */
  text: string;
  name: FilterName | null;
}

const QUOTED = `"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」`;
const PART = new RegExp(`([-−]?)(?:(${FILTERS.join("|")})[:：])?(${QUOTED}|[^\\s]+)`, "giu");

/** The parts of a query in the order they stand in it. */
export function partsOf(query: string): Part[] {
  return [...query.matchAll(PART)].map((match) => {
    const [whole, minus, name, value = ""] = match;
    const isQuoted = new RegExp(`^(?:${QUOTED})$`, "u").test(value);
    return {
      kind: name ? "filter" : isQuoted ? "phrase" : "word",
      negated: minus !== "",
      from: match.index,
      to: match.index + whole.length,
      text: isQuoted ? value.slice(1, -1) : value,
      name: name ? (name.toLowerCase() as FilterName) : null,
    };
  });
}

/** The values that a filter has in a query, those that it must not have apart. */
export function valuesOf(query: string, name: FilterName): string[] {
  const found = partsOf(query).filter((part) => part.name === name && !part.negated);
  return found.flatMap((part) => listed(part.text));
}

/** The query with one value of a filter put in or taken out. */
export function toggled(query: string, name: FilterName, value: string): string {
  const values = valuesOf(query, name);
  const isThere = values.some((one) => same(one, value));
  const next = isThere ? values.filter((one) => !same(one, value)) : [...values, value];
  return withValues(query, name, next);
}

/** The query with a filter that has just these values; none takes it out. */
export function withValues(query: string, name: FilterName, values: string[]): string {
  const former = partsOf(query).filter((part) => part.name === name && !part.negated);
  const written = values.length > 0 ? `${name}:${writtenValue(values)}` : "";
  const first = former[0];
  if (!first) return spaced(`${query.trimEnd()} ${written}`);
  let rest = query;
  for (const part of former.toReversed()) {
    rest = rest.slice(0, part.from) + (part === first ? written : "") + rest.slice(part.to);
  }
  return spaced(rest);
}

/** The query without any filter. */
export function withoutFilters(query: string): string {
  const filters = partsOf(query).filter((part) => part.kind === "filter");
  const rest = filters.reduceRight((text, part) => text.slice(0, part.from) + text.slice(part.to), query);
  return spaced(rest);
}

/** The words of a query, without filters and what is left out. */
export function wordsOf(query: string): string {
  const said = partsOf(query).filter((part) => part.kind !== "filter" && !part.negated);
  return said.map((part) => part.text).join(" ");
}

function listed(value: string): string[] {
  return value.split(/[,，、;]/u).map((one) => one.trim()).filter((one) => one !== "");
}

function writtenValue(values: string[]): string {
  const list = values.map((value) => value.replaceAll('"', "")).join(",");
  return /[\s„“”«»「」]/u.test(list) ? `"${list}"` : list;
}

function spaced(query: string): string {
  // A space stays at the end, so that the next word can be typed.
  const tidy = query.replace(/ {2,}/gu, " ").trim();
  return tidy === "" ? "" : `${tidy} `;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
