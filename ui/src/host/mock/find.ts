/** How the mock finds: words as they stand, and meanings by a table. It owns no time. */
import type { Answer, Band, Hit, Passage, Pipeline, SearchRequest, Topic } from "../../wire";
import { partsOf, valuesOf, wordsOf, type Part } from "../../query";
import type { Written } from "./document";
import { documentOf, fileOf, library, read, secondsOf } from "./library-documents";
import { meaningsOf } from "./meanings";

interface Found {
  document: Written;
  words: string[];
  named: string[];
  meaning: number;
  score: number;
}

/** The answer as it stands after one stage. */
export function answerOf(request: SearchRequest, stage: Pipeline, milliseconds: number): Answer {
  const { asked } = request;
  const text = asked.by === "text" || asked.by === "within" ? asked.text : "";
  const found = readAgain(foundBy(request, text, stage), stage);
  const grouped = request.grouped ? withTwinsFolded(found) : found.map((one) => ({ one, others: [] }));
  const question = wordsOf(text);
  const isClose = asked.by !== "text" || question === "" || found.some((one) => one.score >= 0.5);
  const nearest = isClose ? grouped : nothingClose(question, stage);
  const hits = nearest.slice(0, request.limit).map(({ one, others }) => hitOf(one, others, question, stage, asked));
  return {
    verdict: hits.length === 0 ? "nothing" : isClose ? "found" : "nothingClose",
    stage,
    hits,
    coverage: { files: 3120, wordsOnly: 212, waiting: 40, failed: 3, withoutText: 118 },
    languages: request.languages.slice(0, 1),
    loosened: stage === "words" ? [] : loosened(text),
    milliseconds,
    wordsOnlyBecause: null,
  };
}

/** The hits by what they are about. */
export function topicsOf(answer: Answer): Topic[] {
  const groups = new Map<string, number[]>();
  for (const hit of answer.hits) {
    const about = documentOf(hit.document ?? -1)?.about[0];
    if (about !== undefined && hit.document !== null) groups.set(about, [...(groups.get(about) ?? []), hit.document]);
  }
  const names = Object.keys(TOPIC_NAMES);
  const large = [...groups].filter(([, documents]) => documents.length > 1);
  return large.map(([about, documents]) => ({
    id: names.indexOf(about) + 1, name: TOPIC_NAMES[about] ?? [about], documents,
  }));
}

export const TOPIC_NAMES: Record<string, string[]> = {
  heating: ["heat pump", "insulation"], bread: ["dough", "rye"], sea: ["sea", "whale"], lease: ["deposit", "tenancy"],
  tax: ["income tax", "notice"], stars: ["stars", "telescope"], sleep: ["sleep", "memory"], health: ["vaccination", "dentist"],
  garden: ["garden", "compost"], hiking: ["trail", "hut"], travel: ["Kyoto", "early"], chess: ["rook", "endgame"],
  bicycle: ["spokes", "wheel"], invoice: ["invoice", "euros"], music: ["song", "recording"], machines: ["passage", "numbers"],
};

function foundBy(request: SearchRequest, text: string, stage: Pipeline): Found[] {
  const { asked } = request;
  const within = asked.by === "within" ? new Set(asked.documents) : null;
  const like = asked.by === "document" ? asked.document : asked.by === "passage" ? Math.floor(asked.passage / 100) : null;
  const pool = library.filter((one) => one.id !== like && passes(one, text) && (!within || within.has(one.id)));
  const source = like === null ? null : documentOf(like);
  const meanings = source ? new Map(source.about.map((about) => [about, 0.9])) : meaningsOf(wordsOf(text));
  const question = partsOf(text).filter((part) => part.kind !== "filter");
  const isList = like === null && question.length === 0;
  const all = pool.map((document) => scored(document, question, stage === "words" && !source ? new Map() : meanings));
  const kept = isList ? all : all.filter((one) => one.score > 0);
  const byDate = (one: Found, other: Found) => secondsOf(other.document.date) - secondsOf(one.document.date);
  return kept.sort((one, other) => (isList ? byDate(one, other) : other.score - one.score || byDate(one, other)));
}

/** The reranker of the mock prefers what came second. */
function readAgain(found: Found[], stage: Pipeline): Found[] {
  const [first, second, ...rest] = found;
  return stage === "reranked" && first && second ? [second, first, ...rest] : found;
}

function scored(document: Written, question: Part[], meanings: Map<string, number>): Found {
  const body = plain(`${document.title ?? ""}\n${document.text}`);
  const terms = question.filter((part) => !part.negated).flatMap((part) => plain(part.text).split(/\s+/u));
  const asked = terms.filter((term) => term.length > 1 && !STOP_WORDS.has(term));
  const words = asked.filter((term) => body.includes(term));
  const named = asked.filter((term) => plain(document.name).includes(term));
  const isLeftOut = question.some((part) => part.negated && body.includes(plain(part.text)));
  const meaning = Math.max(0, ...document.about.map((about, place) => (meanings.get(about) ?? 0) * (1 - place * 0.25)));
  const coverage = asked.length === 0 ? 0 : words.length / asked.length;
  const score = isLeftOut ? 0 : meaning + coverage * 0.7 + named.length * 0.1;
  return { document, words, named, meaning, score };
}

const STOP_WORDS = new Set(["the", "a", "an", "of", "in", "at", "to", "and", "is", "we", "do", "how", "der", "die", "das", "und", "la", "le", "de", "el"]);

function passes(document: Written, query: string): boolean {
  const types = valuesOf(query, "type");
  const languages = valuesOf(query, "lang");
  const folders = valuesOf(query, "in");
  const [before] = valuesOf(query, "before");
  const [after] = valuesOf(query, "after");
  const [date] = valuesOf(query, "date");
  const titles = valuesOf(query, "title");
  return (
    (types.length === 0 || types.some((type) => isOfType(document, type.toLowerCase()))) &&
    (languages.length === 0 || languages.includes(document.language)) &&
    (folders.length === 0 || folders.some((folder) => plain(document.folder).includes(plain(folder)))) &&
    (before === undefined || document.date < before) &&
    (after === undefined || document.date.slice(0, after.length) > after) &&
    (date === undefined || document.date.startsWith(date)) &&
    titles.every((title) => plain(document.title ?? "").includes(plain(title)))
  );
}

const TYPES: Record<string, string[]> = {
  word: ["docx", "odt"], spreadsheet: ["xlsx", "csv"], presentation: ["pptx"], code: ["source code", "ipynb"],
  mail: ["mail"], ebook: ["epub"], web: ["html"], md: ["markdown"], text: ["text"],
};

function isOfType(document: Written, type: string): boolean {
  return document.format === type || (TYPES[type]?.includes(document.format) ?? false) || document.name.endsWith(`.${type}`);
}

function loosened(query: string): string[] {
  const phrases = partsOf(query).filter((part) => part.kind === "phrase" && !part.negated);
  const isHeld = (phrase: string) => library.some((one) => plain(one.text).includes(plain(phrase)));
  return phrases.map((part) => part.text).filter((phrase) => !isHeld(phrase));
}

interface Folded {
  one: Found;
  others: Found[];
}

function withTwinsFolded(found: Found[]): Folded[] {
  const folded = new Map<number, Folded>();
  const family = (document: Written) => document.twin?.of ?? document.id;
  for (const one of found) {
    const former = folded.get(family(one.document));
    if (former) former.others.push(one);
    else folded.set(family(one.document), { one, others: [] });
  }
  return [...folded.values()];
}

function nothingClose(question: string, stage: Pipeline): Folded[] {
  if (stage === "words" || question.length < 4) return [];
  const some = library.filter((one) => (one.id * 7 + question.length) % 13 === 0);
  return some.map((document) => ({ one: { document, words: [], named: [], meaning: 0.2, score: 0.2 }, others: [] }));
}

function hitOf(found: Found, others: Found[], question: string, stage: Pipeline, asked: SearchRequest["asked"]): Hit {
  const { document } = found;
  const isAboutWords = found.meaning === 0;
  const isList = asked.by !== "document" && asked.by !== "passage" && question === "";
  const total = found.score || 1;
  return {
    document: document.id,
    files: [fileOf(document)],
    title: document.title,
    format: document.format,
    date: secondsOf(document.date),
    passages: passagesOf(document, found.words),
    why: {
      words: found.words,
      name: found.named,
      band: isList ? null : bandOf(found),
      shares: isList ? { words: 0, name: 0, meaning: 0 } : { words: (total - found.meaning) / total, name: 0, meaning: isAboutWords ? 0 : found.meaning / total },
      language: document.language,
      reranked: stage === "reranked",
    },
    unread: null,
    others: others.map(({ document: other }) => ({
      document: other.id, is: other.twin?.is ?? document.twin?.is ?? "nearCopy", files: [fileOf(other)],
      title: other.title, language: other.language,
    })),
  };
}

function bandOf(found: Found): Band {
  if (found.score >= 0.9) return "strong";
  return found.score >= 0.55 ? "fair" : "faint";
}

/** The number of a passage tells its document and its paragraph. */
export function passageNumber(document: number, paragraph: number): number {
  return document * 100 + paragraph;
}

interface Paragraph {
  at: number;
  text: string;
}

/** The paragraphs of a text that say something, and where each begins. */
export function paragraphsOf(text: string): Paragraph[] {
  const found = [...text.matchAll(/[^\n](?:[^\n]|\n(?!\n))*/gu)].map((match) => ({ at: match.index, text: match[0] }));
  const long = found.filter((one) => one.text.length > 24);
  return long.length > 0 ? long : found;
}

function passagesOf(document: Written, words: string[]): Passage[] {
  const made = read(document);
  const paragraphs = paragraphsOf(made.text).map((paragraph, place) => ({ ...paragraph, place }));
  const weight = (text: string) => words.filter((word) => plain(text).includes(word)).length;
  const best = paragraphs.sort((one, other) => weight(other.text) - weight(one.text) || one.place - other.place);
  return best.slice(0, 2).map((paragraph) => ({
    id: passageNumber(document.id, paragraph.place),
    page: made.pages.findLast((page) => page.at <= paragraph.at)?.page ?? null,
    headings: made.headings.filter((heading) => heading.range[0] < paragraph.at).slice(-1)
      .map((heading) => made.text.slice(...heading.range)),
    language: document.language,
    excerpt: paragraph.text,
    highlights: rangesOf(paragraph.text, words),
    sentence: sentenceOf(paragraph.text),
    moreBefore: paragraph.place > 0,
    moreAfter: paragraph.place < paragraphs.length - 1,
  }));
}

function sentenceOf(text: string): [number, number] | null {
  const end = /[.!?。！？](?:\s|$)|[。！？]/u.exec(text);
  return end ? [0, end.index + 1] : null;
}

/** Where words stand in a text, in order and apart. */
export function rangesOf(text: string, words: string[]): [number, number][] {
  const body = plain(text);
  const found: [number, number][] = [];
  for (const word of words) {
    for (let at = body.indexOf(word); at >= 0; at = body.indexOf(word, at + word.length)) {
      const rest = /^[\p{Script=Latin}\p{Script=Cyrillic}]+/u.exec(body.slice(at + word.length));
      found.push([at, at + word.length + (rest?.[0].length ?? 0)]);
    }
  }
  found.sort((one, other) => one[0] - other[0]);
  return found.filter((range, place) => place === 0 || range[0] >= (found[place - 1]?.[1] ?? 0));
}

/** Small letters without accents, and as long as before, so that places stay. */
function plain(text: string): string {
  const letters = [...text].map((letter) => {
    const bare = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return bare.length === letter.length ? bare : letter;
  });
  return letters.join("");
}
