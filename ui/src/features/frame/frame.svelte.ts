/** Which view is shown, and what is said about what happened. It must never know what a view holds. */
import { problemOf } from "../../host/host";
import type { Problem, View } from "../../wire";

/** In the order in which they are offered. */
export const VIEWS: readonly View[] = ["search", "library", "explore", "models", "settings"];

export interface Said {
  id: number;
  text: string;
  problem: Problem | null;
}

const SECONDS_SHOWN = 5;

export class Frame {
  view = $state<View>("search");
  notices = $state.raw<Said[]>([]);
  isSheetOpen = $state(false);
  private count = 0;

  go(view: View): void {
    this.view = view;
  }

  /** Says that something is done; it goes by itself. */
  say(text: string): void {
    const id = this.add(text, null);
    setTimeout(() => this.dismiss(id), SECONDS_SHOWN * 1000);
  }

  /** Says what went wrong; it stays until it is dismissed. The same is not said twice. */
  fail(problem: Problem): void {
    if (problem.code === "cancelled") return;
    const isSaid = this.notices.some((one) => one.problem?.code === problem.code && one.problem.message === problem.message);
    if (!isSaid) this.add("", problem);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((one) => one.id !== id);
  }

  /** Does something and says so where it fails; then there is nothing to go on with. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.fail(problemOf(thrown));
      return undefined;
    }
  }

  private add(text: string, problem: Problem | null): number {
    this.count += 1;
    this.notices = [...this.notices.slice(-3), { id: this.count, text, problem }];
    return this.count;
  }
}
