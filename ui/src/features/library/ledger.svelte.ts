/** The ledger of files: what is asked of it, and the rows that came. It must never know how a row looks. */
import type { Host } from "../../host/host";
import type { FileRow, FileState, ReasonCount } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

const PAGE = 200;
const REFRESH_AFTER = 2000;

export class Ledger {
  states = $state.raw<FileState[]>([]);
  folder = $state<number | null>(null);
  reason = $state<string | null>(null);
  text = $state("");
  rows = $state.raw<FileRow[]>([]);
  reasons = $state.raw<ReasonCount[]>([]);
  hasMore = $state(false);
  isLoading = $state(false);
  private turn = 0;
  private later: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      // A file that could not be read changes nothing but what the progress counts.
      if (event.is === "progress" || event.is === "searchable" || event.is === "foldersChanged") this.loadLater();
    });
  }

  get isFiltered(): boolean {
    return this.states.length > 0 || this.folder !== null || this.reason !== null || this.text !== "";
  }

  async show(wanted: { states?: FileState[]; folder?: number | null; reason?: string | null; text?: string }): Promise<void> {
    if (wanted.states) {
      this.states = wanted.states;
      // A reason belongs to a state.
      this.reason = null;
    }
    if (wanted.folder !== undefined) this.folder = wanted.folder;
    if (wanted.reason !== undefined) this.reason = wanted.reason;
    if (wanted.text !== undefined) this.text = wanted.text;
    await this.load();
  }

  async clear(): Promise<void> {
    await this.show({ states: [], folder: null, reason: null, text: "" });
  }

  /** The rows from the first. Where another question came meanwhile, its answer counts. */
  async load(): Promise<void> {
    const turn = (this.turn += 1);
    this.isLoading = true;
    const files = await this.ask(0, Math.max(PAGE, this.isFiltered ? 0 : Math.min(this.rows.length, 1000)));
    if (turn !== this.turn) return;
    this.isLoading = false;
    if (!files) return;
    [this.rows, this.reasons, this.hasMore] = [files.rows, files.reasons, files.more];
  }

  async more(): Promise<void> {
    if (!this.hasMore || this.isLoading) return;
    const turn = this.turn;
    this.isLoading = true;
    const files = await this.ask(this.rows.length, PAGE);
    if (turn !== this.turn) return;
    this.isLoading = false;
    if (!files) return;
    this.rows = [...this.rows, ...files.rows];
    this.hasMore = files.more;
  }

  async readAgain(row: FileRow): Promise<number | undefined> {
    const files = await this.frame.attempt(() => this.host.call("read_again", { what: "file", file: row.file.id }));
    await this.load();
    return files;
  }

  /** The files change all the time; the rows follow while they are looked at, and not more often than can be read. */
  private loadLater(): void {
    if (this.later || this.frame.view !== "library") return;
    this.later = setTimeout(() => {
      this.later = null;
      void this.load();
    }, REFRESH_AFTER);
  }

  private ask(skip: number, limit: number) {
    const { states, folder, reason, text } = this;
    return this.frame.attempt(() => this.host.call("files", { states, folder, reason, text, skip, limit }));
  }
}
