/** The points of a map by topic or language: which group each is in, and what the groups are called. */
import type { MeaningMap } from "../../wire";
import type { ColourBy } from "./explore.svelte";
import { MOST_GROUPS } from "./palette";

export interface Group {
  name: string;
  documents: number;
}

export interface Grouped {
  /** The group of each point, or `groups.length` for those in none and in the smaller ones. */
  of: Uint8Array<ArrayBuffer>;
  groups: Group[];
  rest: number;
}

export function groupedBy(map: MeaningMap, by: ColourBy, nameOfLanguage: (tag: string) => string): Grouped {
  const source = by === "language" ? map.language : map.topic.map((topic) => outermost(map, topic));
  const counts = new Map<number, number>();
  for (const one of source) counts.set(one, (counts.get(one) ?? 0) + 1);
  const large = [...counts].filter(([one]) => one >= 0).sort((one, other) => other[1] - one[1]).slice(0, MOST_GROUPS);
  const numbers = new Map(large.map(([one], number) => [one, number]));
  const groups = large.map(([one, documents]) => ({
    name: by === "language" ? nameOfLanguage(map.languages[one] ?? "") : topicName(map, one), documents,
  }));
  const of = Uint8Array.from(source, (one) => numbers.get(one) ?? groups.length);
  return { of, groups, rest: of.reduce((count, group) => count + (group === groups.length ? 1 : 0), 0) };
}

export function topicName(map: MeaningMap, topic: number): string {
  return (map.topics[topic]?.name ?? []).slice(0, 2).join(", ");
}

/** The name of a topic, or of the nearest one around it that has a name. */
export function nameAround(map: MeaningMap, topic: number): string {
  let at: number | null = topic;
  for (let steps = 0; at !== null && at >= 0 && steps < 32; steps += 1) {
    const name = topicName(map, at);
    if (name !== "") return name;
    at = map.topics[at]?.parent ?? null;
  }
  return "";
}

/** The topic around a topic that has none around itself. */
export function outermost(map: MeaningMap, topic: number): number {
  let at = topic;
  for (let steps = 0; steps < 32; steps += 1) {
    const parent = map.topics[at]?.parent ?? null;
    if (parent === null) return at;
    at = parent;
  }
  return at;
}
