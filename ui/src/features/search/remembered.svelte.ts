/** The searches that are remembered. */
import type { Host } from "../../host/host";
import type { Remembered as One } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export class Remembered {
  all = $state.raw<One[]>([]);
  saved = $derived(this.all.filter((one) => one.saved));
  recent = $derived(this.all.filter((one) => !one.saved).slice(0, 8));

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {}

  async load(): Promise<void> {
    this.take(await this.frame.attempt(() => this.host.call("remembered_searches", null)));
  }

  isSaved(text: string): boolean {
    return this.saved.some((one) => one.text === text.trim());
  }

  async keep(text: string, saved: boolean): Promise<void> {
    const plain = text.trim();
    if (plain === "") return;
    this.take(await this.frame.attempt(() => this.host.call("remember_search", { text: plain, saved })));
  }

  async forget(text: string): Promise<void> {
    this.take(await this.frame.attempt(() => this.host.call("forget_search", text)));
  }

  /** Saves a search, or keeps it no longer. */
  async toggleSaved(text: string): Promise<void> {
    if (this.isSaved(text)) await this.forget(text.trim());
    else await this.keep(text, true);
  }

  private take(all: One[] | undefined): void {
    if (all) this.all = all;
  }
}
