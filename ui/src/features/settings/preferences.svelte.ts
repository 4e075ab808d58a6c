/** The settings as they are, and their change. It must never touch the page: the windows apply theme and language. */
import { problemOf, type Host } from "../../host/host";
import { firstSpoken, isSpoken, type Spoken } from "../../text/languages";
import type { Problem, Settings, SettingsView } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export class Preferences {
  view = $state.raw<SettingsView | null>(null);
  /** Why the token was not kept. */
  keyringProblem = $state.raw<Problem | null>(null);
  settings = $derived(this.view?.settings ?? null);
  /** Whether the best hits are to be read again, and something is there that reads them. */
  isReranked = $derived((this.settings?.rerank ?? false) && this.view?.reranker != null);

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "settingsChanged" && this.view) this.view = { ...this.view, settings: event.settings };
      // What reads again is one of the models.
      if (event.is === "modelsChanged" && this.view) void this.look();
    });
  }

  async load(): Promise<void> {
    this.view = (await this.frame.attempt(() => this.host.call("settings", null))) ?? this.view;
  }

  /** Looks for all that is around the settings, which may be just about to change. */
  private async look(): Promise<void> {
    const view = await this.frame.attempt(() => this.host.call("settings", null));
    if (view) this.view = { ...view, settings: this.view?.settings ?? view.settings };
  }

  /** The language of the interface: the one that is set, else the first of the system's that is spoken here. */
  get language(): Spoken {
    const set = this.settings?.language ?? "";
    return isSpoken(set) ? set : firstSpoken(this.view?.systemLanguages ?? []);
  }

  /** The languages that the user reads, the interface's first. */
  get languagesRead(): string[] {
    return [...new Set([this.language, ...(this.view?.systemLanguages ?? [])])];
  }

  /** Shown at once; taken back where it cannot be kept. */
  async change(change: Partial<Settings>): Promise<boolean> {
    const former = this.view;
    if (!former) return false;
    const settings = { ...former.settings, ...change };
    this.view = { ...former, settings };
    const view = await this.frame.attempt(() => this.host.call("change_settings", settings));
    this.view = view ?? former;
    return view !== undefined;
  }

  /** What the keyring refuses is said beside the field, everything else where all problems are. */
  async setToken(token: string): Promise<boolean> {
    this.keyringProblem = null;
    try {
      this.view = await this.host.call("set_token", { token });
      return true;
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === "keyring") this.keyringProblem = problem;
      else this.frame.fail(problem);
      return false;
    }
  }

  async export(): Promise<boolean> {
    const offer = await this.frame.attempt(() => this.host.call("choose", "newFile"));
    if (!offer) return false;
    return (await this.frame.attempt(() => this.host.call("export_data", offer.id))) !== undefined;
  }

  async erase(): Promise<boolean> {
    const isDone = (await this.frame.attempt(() => this.host.call("erase_data", null))) !== undefined;
    if (isDone) await this.load();
    return isDone;
  }
}
