/** The topics of the map as a tree that can be unfolded, and the lines of it that are seen. */
import type { MeaningMap } from "../../wire";
import { topicName } from "./groups";

/** The topic of those that are in none. */
export const NO_TOPIC = -1;
const FIRST_SHOWN = 60;

export interface Line {
  key: string;
  kind: "topic" | "document" | "more";
  level: number;
  /** The topic it is, or lies in. */
  topic: number;
  text: string;
  documents: number;
  /** The point on the map, for a document. */
  point: number;
}

export interface Tree {
  roots: number[];
  children: Map<number, number[]>;
  points: Map<number, number[]>;
}

export function treeOf(map: MeaningMap): Tree {
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  map.topics.forEach((topic, at) => {
    if (topic.documents === 0) return;
    if (topic.parent === null) roots.push(at);
    else push(children, topic.parent, at);
  });
  const points = new Map<number, number[]>();
  map.topic.forEach((topic, point) => push(points, topic, point));
  roots.sort((one, other) => (map.topics[other]?.documents ?? 0) - (map.topics[one]?.documents ?? 0));
  if (points.has(NO_TOPIC)) roots.push(NO_TOPIC);
  return { roots, children, points };
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** What is seen of the tree. `shown` holds how many documents of a topic are wanted, where more than at first. */
export function linesOf(map: MeaningMap, tree: Tree, open: ReadonlySet<number>, shown: ReadonlyMap<number, number>): Line[] {
  const lines: Line[] = [];
  const add = (topic: number, level: number) => {
    const points = tree.points.get(topic) ?? [];
    const documents = topic === NO_TOPIC ? points.length : (map.topics[topic]?.documents ?? 0);
    lines.push({ key: `topic ${topic}`, kind: "topic", level, topic, text: topic === NO_TOPIC ? "" : topicName(map, topic), documents, point: -1 });
    if (!open.has(topic)) return;
    (tree.children.get(topic) ?? []).forEach((child) => add(child, level + 1));
    const most = shown.get(topic) ?? FIRST_SHOWN;
    for (const point of points.slice(0, most)) {
      const text = map.titles[point] ?? "";
      lines.push({ key: `point ${point}`, kind: "document", level: level + 1, topic, text, documents: 0, point });
    }
    if (points.length > most) {
      lines.push({ key: `more ${topic}`, kind: "more", level: level + 1, topic, text: "", documents: points.length - most, point: -1 });
    }
  };
  tree.roots.forEach((root) => add(root, 1));
  return lines;
}

/** The points of a topic and of all within it. */
export function pointsWithin(tree: Tree, topic: number): number[] {
  const inner = (tree.children.get(topic) ?? []).flatMap((child) => pointsWithin(tree, child));
  return [...(tree.points.get(topic) ?? []), ...inner];
}
