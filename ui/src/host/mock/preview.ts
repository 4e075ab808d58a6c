/** The mock's way of showing a document in parts. */
import type { Preview, PreviewRequest, Problem } from "../../wire";
import { wordsOf } from "../../query";
import type { Written } from "./document";
import { paragraphsOf, rangesOf } from "./find";
import { documentOf, fileOf, library, read, secondsOf } from "./library-documents";

export function previewOf(request: PreviewRequest): Preview {
  if (request.document < 0) {
    throw { code: "gone", message: "This document is not in the library any more." } satisfies Problem;
  }
  const document = documentOf(request.document) ?? inventedFor(request.document);
  const made = read(document);
  const [parts, part] = [partsOf(document), partOf(request)];
  const words = wordsOf(request.query).toLowerCase().split(/\s+/u).filter((word) => word.length > 2);
  const paragraph = request.from.at === "passage" ? paragraphsOf(made.text)[request.from.passage % 100] : undefined;
  const text = part === 0 ? made.text : continuation(document, part);
  const isFirst = part === 0;
  return {
    document: request.document,
    title: document.title,
    author: document.author ?? null,
    format: document.format,
    date: secondsOf(document.date),
    bytes: 18_000 + document.text.length * 37,
    files: [fileOf(document)],
    languages: [document.language],
    part,
    parts,
    text,
    matches: rangesOf(text, words),
    passage: isFirst && paragraph ? [paragraph.at, paragraph.at + paragraph.text.length] : null,
    pages: isFirst ? made.pages : document.format === "pdf" ? [{ page: part + 3, at: 0 }] : [],
    headings: isFirst ? made.headings : [],
  };
}

/** Books go on for some parts. */
function partsOf(document: Written): number {
  return document.format === "epub" ? 4 : 1;
}

function partOf(request: PreviewRequest): number {
  return request.from.at === "part" ? request.from.part : 0;
}

function continuation(document: Written, part: number): string {
  return `${document.title ?? document.name} (${part + 1})\n\n${read(document).text}\n`.repeat(3);
}

/** Points of the map that stand for nothing else. */
function inventedFor(id: number): Written {
  const like = library[id % library.length] as Written;
  return { ...like, id, name: like.name.replace(/(\.[^.]*)$/u, ` ${id % 997}$1`) };
}
