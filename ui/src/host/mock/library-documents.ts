/** All invented documents together, and what can be read off them. */
import type { FileRef, HeadingAt, PageStart } from "../../wire";
import type { Written } from "./document";
import { english } from "./documents-english";
import { french, german, spanish } from "./documents-europe";
import { arabic, chinese, japanese, russian } from "./documents-world";

export const library: Written[] = [
  ...english, ...german, ...french, ...spanish, ...chinese, ...japanese, ...arabic, ...russian,
];

const byId = new Map(library.map((one) => [one.id, one]));

export function documentOf(id: number): Written | undefined {
  return byId.get(id);
}

export function fileOf(document: Written): FileRef {
  return { id: document.id, name: document.name, folder: document.folder };
}

export function secondsOf(day: string): number {
  return Date.parse(`${day}T12:00:00Z`) / 1000;
}

export interface Read {
  text: string;
  pages: PageStart[];
  headings: HeadingAt[];
}

/** A document's text without its marks, and where its pages and headings stand. */
export function read(document: Written): Read {
  const made: Read = { text: "", pages: document.format === "pdf" ? [{ page: 1, at: 0 }] : [], headings: [] };
  for (const line of document.text.split("\n")) {
    if (line === "---") {
      made.pages.push({ page: made.pages.length + 1, at: made.text.length });
      continue;
    }
    const heading = /^(#+) (.*)$/.exec(line);
    const shown = heading?.[2] ?? line;
    if (heading) {
      const at = made.text.length;
      made.headings.push({ level: heading[1]?.length ?? 1, range: [at, at + shown.length] });
    }
    made.text += `${shown}\n`;
  }
  return made;
}
