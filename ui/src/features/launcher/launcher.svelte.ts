/** The launcher's few results and which of them is chosen. It must never know how it is drawn. */
import { problemOf, type Host } from "../../host/host";
import type { Hit, Problem } from "../../wire";

const MOST = 8;

export class Launcher {
  text = $state("");
  hits = $state.raw<Hit[]>([]);
  at = $state(0);
  isNothing = $state(false);
  problem = $state.raw<Problem | null>(null);
  current = $derived(this.hits[this.at] ?? null);
  private cancel: () => void = () => undefined;
  private isTouched = false;

  constructor(
    private readonly host: Host,
    private readonly languages: () => string[],
  ) {}

  type(text: string): void {
    this.cancel();
    this.text = text;
    this.problem = null;
    this.isTouched = false;
    if (text.trim() === "") {
      [this.hits, this.at, this.isNothing] = [[], 0, false];
      return;
    }
    const request = {
      asked: { by: "text", text } as const, limit: MOST, pipeline: "meaning" as const, grouped: true, topics: false,
      languages: this.languages(), minutesEast: -new Date().getTimezoneOffset(),
    };
    this.cancel = this.host.search(request, (news) => {
      if (news.is === "failed") this.problem = news.problem;
      if (news.is !== "answer") return;
      this.isNothing = news.answer.verdict !== "found" && news.answer.stage !== "words";
      // What the user is about to choose stays where it is.
      if (this.isTouched) return;
      this.hits = news.answer.verdict === "found" ? news.answer.hits.slice(0, MOST) : [];
      this.at = 0;
    });
  }

  move(step: number): void {
    if (this.hits.length === 0) return;
    this.isTouched = true;
    this.at = (this.at + step + this.hits.length) % this.hits.length;
  }

  choose(at: number): void {
    this.at = at;
    this.isTouched = true;
  }

  async open(): Promise<void> {
    const file = this.current?.files[0];
    if (!file) return;
    await this.attempt(async () => {
      await this.host.call("open_file", file.id);
      await this.hide();
    });
  }

  async showInMain(): Promise<void> {
    await this.attempt(async () => {
      await this.host.call("show_main", { view: "search", query: this.text });
      await this.hide();
    });
  }

  async hide(): Promise<void> {
    this.type("");
    await this.attempt(() => this.host.call("hide_launcher", null));
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}
