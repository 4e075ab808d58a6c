/** The folders, and how far their reading is. It must never know how that is shown. */
import type { Host } from "../../host/host";
import type { LibraryProgress, LibraryView, Offer, Rules, WatchedFolder } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export const PLAIN_RULES: Rules = { only: [], except: [], hidden: false, gitIgnore: true };

export class Library {
  view = $state.raw<LibraryView | null>(null);
  /** What was dropped on the window and waits for the user's word. */
  offered = $state.raw<Offer[]>([]);
  /** Of a change of the model that is under way; 0 where there is none. */
  passagesToSwitch = $state(0);
  progress = $derived(this.view?.progress ?? null);
  folders = $derived(this.view?.folders ?? []);
  isEmpty = $derived(this.view !== null && this.view.folders.length === 0);
  isResting = $derived(this.progress?.doing === "paused" || this.progress?.doing === "onBattery");
  isWorking = $derived(["looking", "reading", "embedding"].includes(this.progress?.doing ?? "nothing"));
  private turn = 0;
  private heard = 0;
  private isAsking = false;
  private isWantedAgain = false;

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "progress") this.follow(event.progress);
      // Of the models that answer and are to answer, only the library itself tells.
      if (event.is === "foldersChanged" || event.is === "modelsChanged" || event.is === "searchable") void this.askAgain();
      if (event.is === "dropped") this.offered = event.offers;
    });
  }

  private follow(progress: LibraryProgress): void {
    if (!this.view) return;
    this.heard += 1;
    const isOver = progress.doing === "nothing" && this.view.progress.doing !== "nothing";
    this.take({ ...this.view, progress });
    if (isOver) void this.askAgain();
  }

  private take(view: LibraryView): void {
    this.view = view;
    // How many there were at first is nowhere said: the most that were seen must do.
    this.passagesToSwitch = view.switchingTo === null ? 0 : Math.max(this.passagesToSwitch, view.progress.passagesLeft);
  }

  /** Where another question came meanwhile, its answer counts; where news of the progress came, they are newer. */
  async load(): Promise<void> {
    const turn = (this.turn += 1);
    const heard = this.heard;
    const view = await this.frame.attempt(() => this.host.call("library", null));
    if (!view || turn !== this.turn) return;
    this.take(heard === this.heard ? view : { ...view, progress: this.progress ?? view.progress });
  }

  /** Once more, however often it is wanted while an answer is on its way. */
  private async askAgain(): Promise<void> {
    this.isWantedAgain = true;
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.isWantedAgain) {
      this.isWantedAgain = false;
      await this.load();
    }
    this.isAsking = false;
  }

  /** Lets the user choose a folder. */
  async choose(): Promise<Offer | null> {
    return (await this.frame.attempt(() => this.host.call("choose", "folder"))) ?? null;
  }

  async add(offer: Offer, rules: Rules = PLAIN_RULES): Promise<boolean> {
    this.offered = this.offered.filter((one) => one.id !== offer.id);
    const added = await this.frame.attempt(() => this.host.call("add_folder", { offer: offer.id, rules }));
    if (added === undefined) return false;
    await this.load();
    return true;
  }

  async remove(folder: WatchedFolder): Promise<void> {
    await this.frame.attempt(() => this.host.call("remove_folder", folder.id));
    await this.load();
  }

  async setRules(folder: WatchedFolder, rules: Rules): Promise<void> {
    await this.frame.attempt(() => this.host.call("set_rules", { folder: folder.id, rules }));
    await this.load();
  }

  async readAgain(folder: WatchedFolder): Promise<number | undefined> {
    return this.frame.attempt(() => this.host.call("read_again", { what: "folder", folder: folder.id }));
  }

  async pause(): Promise<void> {
    await this.frame.attempt(() => this.host.call("pause", null));
  }

  async resume(): Promise<void> {
    await this.frame.attempt(() => this.host.call("resume", null));
  }
}

/** The lines of a text as a list of patterns. */
export function patternsOf(lines: string): string[] {
  return lines.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
