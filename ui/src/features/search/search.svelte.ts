/**
 * What is asked and what came of it: the text, the hits, the selection. Each stage takes the former's place, and
 * nothing jumps once the user has moved the selection. It must never know how a hit looks.
 */
import type { Host } from "../../host/host";
import { withoutFilters } from "../../query";
import type { Answer, Asked, Hit, Pipeline, Problem, SearchNews, Topic } from "../../wire";
import { arranged, hasOtherOrder, keyOf } from "./order";

/** What is asked beside the text: which document others shall be like, or which ones to search in. */
export type Beside =
  | { by: "document"; document: number; title: string }
  | { by: "within"; documents: number[]; topic: string | null };

export interface Wishes {
  /** The languages that the user reads. */
  languages: string[];
  /** Whether the best hits are to be read again. */
  isReranked: boolean;
}

const STAGES: Pipeline[] = ["words", "meaning", "reranked"];

/** Some screenfuls: each more makes every letter that is typed slower. */
const FIRST_LIMIT = 20;
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

  /** How far the search that is under way is to go, and how far its answer is; `null` before the first. */
  pipeline = $state<Pipeline>("meaning");
  stage = $state<Pipeline | null>(null);
  /** The hits in the order that was found after the user had begun to move in them. */
  better = $state.raw<Hit[] | null>(null);
  /** Why the best could not be read again; the answer before that stands. */
  notReranked = $state.raw<Problem | null>(null);

  private limit = $state(FIRST_LIMIT);
  isAsking = $derived(this.text.trim() !== "" || this.beside !== null);
  isNothingClose = $derived(this.answer?.verdict === "nothingClose");
  shown = $derived.by(() => this.ofTopic());
  current = $derived(this.shown.find((hit) => keyOf(hit) === this.selected) ?? null);

  /** The answer is as long as was asked for: there may be more. */
  hasMore = $derived((this.answer?.hits.length ?? 0) >= this.limit && this.topic === null);

  private isGrowing = false;
  /** The same is asked again: what is shown stays until as much is known. */
  private isRefreshing = false;
  private kept: Answer | null = null;
  private lastAsked = 0;
  private refresh: ReturnType<typeof setTimeout> | null = null;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly host: Host,
    private readonly wishes: () => Wishes,
  ) {
    host.onEvent((event) => {
      if (event.is === "searchable" && this.isAsking) this.askLater();
    });
  }

  /** What was typed, at every keystroke. */
  type(text: string): void {
    this.text = text;
    if (this.beside?.by === "document" && text.trim() !== "") this.beside = null;
    this.begin();
  }

  /** Asks for what is like a document. */
  similarTo(document: number, title: string): void {
    this.text = "";
    this.beside = { by: "document", document, title };
    this.begin();
  }

  /** Asks only some documents, chosen on the map or because they are of a topic. */
  within(documents: number[], topic: string | null = null): void {
    this.text = "";
    this.beside = { by: "within", documents, topic };
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

  /** Puts the hits in the order that was held back. */
  takeBetter(): void {
    this.hits = this.better ?? this.hits;
    this.better = null;
    this.isTouched = false;
    this.selectPlace(0, false);
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
    [this.isRefreshing, this.better] = [false, null];
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
    const { languages, isReranked } = this.wishes();
    // Only against words can a hit be read again.
    this.pipeline = isReranked && this.text.trim() !== "" ? "reranked" : "meaning";
    [this.stage, this.kept, this.notReranked] = [null, null, null];
    this.cancel = this.host.search(
      {
        asked: this.asked(),
        limit: this.limit,
        pipeline: this.pipeline,
        grouped: this.grouped,
        topics: true,
        languages,
        minutesEast: -new Date().getTimezoneOffset(),
      },
      (news) => this.hear(news),
    );
  }

  private asked(): Asked {
    const { beside, text } = this;
    if (beside?.by === "document") return { by: "document", document: beside.document };
    if (beside?.by === "within") return { by: "within", text, documents: beside.documents };
    return { by: "text", text };
  }

  private hear(news: SearchNews): void {
    if (news.is === "answer") this.takeOrKeep(news.answer);
    else if (news.is === "topics") this.topics = news.topics;
    else if (news.is === "notReranked") this.notReranked = news.problem;
    else {
      if (this.kept) this.take(this.kept);
      this.isSearching = false;
      [this.isGrowing, this.isRefreshing] = [false, false];
      this.problem = news.is === "failed" ? news.problem : null;
    }
  }

  /** Nothing goes back to what was known before only because the same is asked again. */
  private takeOrKeep(answer: Answer): void {
    const isLess = STAGES.indexOf(answer.stage) < STAGES.indexOf(this.answer?.stage ?? "words");
    if (this.isRefreshing && isLess) this.kept = answer;
    else this.take(answer);
  }

  private take(answer: Answer): void {
    const isHeld = this.isTouched || this.isGrowing;
    [this.problem, this.kept] = [null, null];
    [this.answer, this.stage] = [answer, answer.stage];
    this.hits = arranged(this.hits, answer.hits, isHeld);
    this.better = isHeld && answer.stage === "reranked" && hasOtherOrder(this.hits, answer.hits) ? answer.hits : null;
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
      else if (this.isAsking && !this.isSearching) {
        this.isRefreshing = true;
        this.ask();
      }
    }, wait);
  }
}
