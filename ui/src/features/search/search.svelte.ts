/**
 * What is asked and what came of it: the text, the hits, the selection. Each stage takes the former's place, and
 * nothing jumps once the user has moved the selection. It must never know how a hit looks.
 */
import type { Host } from "../../host/host";
import { withoutFilters } from "../../query";
import type { Answer, Asked, Hit, Problem, SearchNews, Topic } from "../../wire";
import { arranged, keyOf } from "./order";

/** The document that others shall be like, in place of a text. */
export interface Beside {
  document: number;
  title: string;
}

const FIRST_LIMIT = 40;
const MOST = 5000;
/** Files become searchable all the time; what is shown is not asked for again more often. */
const REFRESH_AFTER = 4000;

export class Search {
  text = $state("");
  beside = $state.raw<Beside | null>(null);
  grouped = $state(true);
  answer = $state.raw<Answer | null>(null);
  hits = $state.raw<Hit[]>([]);
  topics = $state.raw<Topic[]>([]);
  topic = $state<number | null>(null);
  selected = $state<string | null>(null);
  isSearching = $state(false);
  isTouched = $state(false);
  areNearestShown = $state(false);
  isOutdated = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** Languages of the hits so far, to be offered as filters. */
  languagesSeen = $state.raw<string[]>([]);

  private limit = $state(FIRST_LIMIT);
  isAsking = $derived(this.text.trim() !== "" || this.beside !== null);
  isNothingClose = $derived(this.answer?.verdict === "nothingClose");
  shown = $derived.by(() => this.ofTopic());
  current = $derived(this.shown.find((hit) => keyOf(hit) === this.selected) ?? null);

  /** The answer is as long as was asked for: there may be more. */
  hasMore = $derived((this.answer?.hits.length ?? 0) >= this.limit && this.topic === null);

  private isGrowing = false;
  private lastAsked = 0;
  private refresh: ReturnType<typeof setTimeout> | null = null;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly host: Host,
    private readonly languages: () => string[],
  ) {
    host.onEvent((event) => {
      if (event.is === "searchable" && this.isAsking) this.askLater();
    });
  }

  /** What was typed, at every keystroke. */
  type(text: string): void {
    this.text = text;
    if (text.trim() !== "") this.beside = null;
    this.begin();
  }

  /** Asks for what is like a document. */
  similarTo(document: number, title: string): void {
    this.text = "";
    this.beside = { document, title };
    this.begin();
  }

  leaveBeside(): void {
    this.beside = null;
    this.begin();
  }

  clear(): void {
    this.beside = null;
    this.type("");
  }

  setGrouped(grouped: boolean): void {
    this.grouped = grouped;
    this.begin();
  }

  dropFilters(): void {
    this.type(withoutFilters(this.text));
  }

  again(): void {
    this.begin();
  }

  chooseTopic(topic: number | null): void {
    this.topic = this.topic === topic ? null : topic;
    this.selectPlace(0, false);
  }

  /** The user chose a hit: from now on nothing moves. */
  select(hit: Hit): void {
    this.selected = keyOf(hit);
    this.isTouched = true;
  }

  /** Moves the selection, as far as there are hits; says where it stands now. */
  move(step: number): number {
    const at = this.shown.findIndex((hit) => keyOf(hit) === this.selected);
    return this.selectPlace(Math.max(0, Math.min(this.shown.length - 1, at + step)), true);
  }

  /** The end of the list is near. */
  more(): void {
    const answered = this.answer?.hits.length ?? 0;
    if (this.isSearching || this.topic !== null || answered < this.limit || this.limit >= MOST) return;
    this.limit = Math.min(MOST, this.limit * 3);
    this.isGrowing = true;
    this.ask();
  }

  private ofTopic(): Hit[] {
    if (this.isNothingClose && !this.areNearestShown) return [];
    const topic = this.topics.find((one) => one.id === this.topic);
    if (!topic) return this.hits;
    const wanted = new Set(topic.documents);
    return this.hits.filter((hit) => hit.document !== null && wanted.has(hit.document));
  }

  private begin(): void {
    this.limit = FIRST_LIMIT;
    [this.isTouched, this.isGrowing, this.areNearestShown, this.isOutdated] = [false, false, false, false];
    this.topic = null;
    if (this.isAsking) return this.ask();
    this.cancel();
    this.isSearching = false;
    [this.answer, this.problem, this.selected] = [null, null, null];
    [this.hits, this.topics] = [[], []];
  }

  private ask(): void {
    this.cancel();
    this.isSearching = true;
    this.lastAsked = Date.now();
    this.cancel = this.host.search(
      {
        asked: this.asked(),
        limit: this.limit,
        pipeline: "meaning",
        grouped: this.grouped,
        topics: true,
        languages: this.languages(),
        minutesEast: -new Date().getTimezoneOffset(),
      },
      (news) => this.hear(news),
    );
  }

  private asked(): Asked {
    const { beside, text } = this;
    return beside ? { by: "document", document: beside.document } : { by: "text", text };
  }

  private hear(news: SearchNews): void {
    if (news.is === "answer") this.take(news.answer);
    else if (news.is === "topics") this.topics = news.topics;
    else {
      this.isSearching = false;
      this.isGrowing = false;
      this.problem = news.is === "failed" ? news.problem : null;
    }
  }

  private take(answer: Answer): void {
    this.problem = null;
    this.answer = answer;
    this.hits = arranged(this.hits, answer.hits, this.isTouched || this.isGrowing);
    this.seeLanguages(answer.hits);
    const isThere = this.shown.some((hit) => keyOf(hit) === this.selected);
    if (!isThere || !(this.isTouched || this.isGrowing)) this.selectPlace(0, false);
  }

  private selectPlace(place: number, isByUser: boolean): number {
    const hit = this.shown[place];
    this.selected = hit ? keyOf(hit) : null;
    if (isByUser && hit) this.isTouched = true;
    return hit ? place : -1;
  }

  private seeLanguages(hits: Hit[]): void {
    const found = hits.map((hit) => hit.why.language).filter((language) => language !== null);
    const all = new Set([...this.languagesSeen, ...found]);
    if (all.size > this.languagesSeen.length) this.languagesSeen = [...all];
  }

  /** More can be found than before: what nobody looks at yet is asked again, else the user decides. */
  private askLater(): void {
    if (this.isTouched || this.isSearching) {
      this.isOutdated = this.isTouched;
      return;
    }
    if (this.refresh) return;
    const wait = Math.max(0, REFRESH_AFTER - (Date.now() - this.lastAsked));
    this.refresh = setTimeout(() => {
      this.refresh = null;
      if (this.isTouched) this.isOutdated = true;
      else if (this.isAsking && !this.isSearching) this.ask();
    }, wait);
  }
}
