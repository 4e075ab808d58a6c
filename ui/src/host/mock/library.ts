/** The mock's folders, ledger and progress. */
import type {
  AddFolder, Counts, Doing, FileRow, Files, FilesRequest, FileState, HostEvent, LibraryProgress, LibraryView, Offer, Problem, ReadAgain,
  ReasonCount, Rules, SetRules, WatchedFolder,
} from "../../wire";
import { fileOf, library as documents, secondsOf } from "./library-documents";

import type { Scene } from "./scene";

const RULES: Rules = { only: [], except: ["*.tmp", "node_modules/"], hidden: false, gitIgnore: true };

const TROUBLES: [FileState, string, string, string, string][] = [
  ["skipped", "no-text", "it holds no text: only pictures of pages", "Scan_0412.pdf", "/home/mira/Documents/Scans"],
  ["skipped", "no-text", "it holds no text: only pictures of pages", "Scan_0413.pdf", "/home/mira/Documents/Scans"],
  ["skipped", "encrypted", "it is encrypted: save a copy without a password to have it found", "payslip-09.pdf", "/home/mira/Documents/Work"],
  ["skipped", "unsupported", "files of this kind (JPEG picture) are not read", "IMG_2231.jpg", "/home/mira/Documents/Travel"],
  ["skipped", "unsupported", "files of this kind (old Word file) are not read", "Lebenslauf.doc", "/home/mira/Documents/Work"],
  ["skipped", "empty", "it is empty", "untitled.txt", "/home/mira/Notes"],
  ["failed", "damaged", "it is damaged: the directory of the archive ends too early", "thesis-backup.docx", "/home/mira/Documents/Work"],
  ["failed", "unreadable", "it cannot be read: input/output error", "old-disk.pst", "/home/mira/Mail"],
  ["failed", "too-long", "reading it took more than 60 seconds", "all-invoices.xlsx", "/home/mira/Documents/Taxes"],
  ["quarantined", "memory", "reading it took more than 1 GB of memory twice; it is tried again when it changes", "one-line.json", "/home/mira/Documents/Code"],
  ["quarantined", "crashed", "the worker that read it ended twice; it is tried again when it changes", "fuzz-0017.pdf", "/home/mira/Documents/Code"],
  ["leftOut", "hidden", "it is hidden", ".config", "/home/mira/Documents/Code"],
  ["leftOut", "ignored", "the rules in .gitignore leave it out", "target", "/home/mira/Documents/Code/tide"],
  ["leftOut", "excluded", "your rules exclude it", "draft.tmp", "/home/mira/Documents/Work"],
  ["leftOut", "placeholder", "its content is in the cloud", "holiday-film.mov", "/home/mira/Documents/Travel"],
  ["leftOut", "link", "it is a link; what it points to is read where it lies", "latest", "/home/mira/Notes"],
  ["waiting", "", "it waits to be read", "minutes-2024-11.docx", "/home/mira/Documents/Work"],
];

export class MockLibrary {
  private folders: WatchedFolder[];
  private rows: FileRow[];
  private isPaused = false;
  private onBattery: boolean;
  private left: number;
  private offers = new Map<number, Offer>();
  private timer: ReturnType<typeof setInterval> | null = null;
  switchingTo: string | null = null;
  /** Passages that the next model has yet to read. */
  switchLeft = 0;
  answering: string | null;

  constructor(
    private readonly scene: Scene,
    private readonly tell: (news: HostEvent) => void,
  ) {
    this.folders = scene.isEmpty ? [] : firstFolders(scene.hasTroubles);
    this.rows = scene.isEmpty ? [] : ledgerRows(scene.files);
    this.left = scene.isWorking ? 40 : 0;
    this.onBattery = scene.onBattery;
    this.answering = "multilingual-e5-small";
    if (scene.isWorking) this.work();
  }

  view(): LibraryView {
    const { folders, answering, switchingTo } = this;
    return { folders, progress: this.progress(), readOnly: this.scene.readOnly, answering, switchingTo };
  }

  progress(): LibraryProgress {
    const isWorking = this.left > 0 && !this.isResting;
    return {
      doing: this.doing(),
      halted: this.scene.hasTroubles ? { code: "diskFull", message: "the disk that holds the library is full: 12 MB are left" } : null,
      reading: isWorking && !this.scene.hasTroubles ? ["minutes-2024-11.docx", "京都の歩き方.pdf"] : [],
      counts: this.counts(),
      passagesLeft: this.left * 31 + this.switchLeft,
      filesPerSecond: isWorking ? 11.5 : null,
      passagesPerSecond: isWorking ? 96 : null,
      secondsLeft: this.switchLeft > 0 ? this.switchLeft / 8000 : isWorking ? this.left * 4.5 : null,
      modelTrouble: null,
      repairs: [],
    };
  }

  private get isResting(): boolean {
    return this.isPaused || this.onBattery;
  }

  private doing(): Doing {
    if (this.scene.hasTroubles) return "halted";
    if (this.isPaused) return "paused";
    if (this.left === 0) return "nothing";
    if (this.onBattery) return "onBattery";
    return this.left > 25 ? "reading" : "embedding";
  }

  offer(path: string, isFolder: boolean): Offer {
    const offer = { id: this.offers.size + 1, path, isFolder };
    this.offers.set(offer.id, offer);
    return offer;
  }

  add({ offer, rules }: AddFolder): void {
    const offered = this.offers.get(offer);
    if (!offered?.isFolder) throw problem("folder", "A folder is wanted, and this is a file.");
    if (this.folders.some((folder) => folder.path === offered.path)) {
      throw problem("folder", "This folder is in the library already.");
    }
    const id = Math.max(0, ...this.folders.map((folder) => folder.id)) + 1;
    this.folders = [...this.folders, { id, path: offered.path, rules, files: 214, searchable: 0, isGone: false, troubles: [] }];
    this.left += 60;
    this.tell({ is: "foldersChanged" });
    this.work();
  }

  remove(id: number): void {
    this.folders = this.folders.filter((folder) => folder.id !== id);
    this.tell({ is: "foldersChanged" });
  }

  setRules({ folder, rules }: SetRules): void {
    this.folders = this.folders.map((one) => (one.id === folder ? { ...one, rules } : one));
    this.tell({ is: "foldersChanged" });
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.onBattery &&= isPaused;
    this.tell({ is: "progress", progress: this.progress() });
  }

  files(request: FilesRequest): Files {
    const wanted = this.rows.filter((row) => request.states.length === 0 || request.states.includes(row.state));
    const text = request.text.toLowerCase();
    const folder = this.folders.find((one) => one.id === request.folder);
    const found = wanted.filter(
      (row) =>
        (request.reason === null || row.reason === request.reason) &&
        (!folder || row.file.folder.startsWith(folder.path)) &&
        `${row.file.folder}/${row.file.name}`.toLowerCase().includes(text),
    );
    const reasons = new Map<string, ReasonCount>();
    for (const row of wanted.filter((one) => one.reason !== "")) {
      const former = reasons.get(row.reason);
      reasons.set(row.reason, { reason: row.reason, files: (former?.files ?? 0) + 1 });
    }
    const rows = found.slice(request.skip, request.skip + request.limit);
    return { rows, more: found.length > request.skip + rows.length, reasons: [...reasons.values()] };
  }

  readAgain(what: ReadAgain): number {
    const isMeant = (row: FileRow) => (what.what === "file" ? row.file.id === what.file : row.state === "failed");
    const meant = this.rows.filter((row) => isMeant(row) && row.state !== "waiting");
    this.rows = this.rows.map((row) =>
      meant.includes(row) ? { ...row, state: "waiting", reason: "", why: "it waits to be read", nextTry: null } : row,
    );
    this.tell({ is: "progress", progress: this.progress() });
    return meant.length;
  }

  clear(): void {
    this.folders = [];
    this.rows = [];
    this.left = 0;
    this.tell({ is: "foldersChanged" });
    this.tell({ is: "progress", progress: this.progress() });
  }

  private counts(): Counts {
    const counts: Counts = { waiting: 0, words: 0, meaning: 0, skipped: 0, failed: 0, quarantined: 0, leftOut: 0, all: 0 };
    for (const row of this.rows) counts[row.state] += 1;
    counts.waiting += this.left;
    counts.all = this.rows.length + this.left;
    return counts;
  }

  private work(): void {
    if (this.timer || this.scene.pace === 0) return;
    this.timer = setInterval(() => {
      if (this.isResting) return;
      this.left = Math.max(0, this.left - 1);
      this.folders = this.folders.map((folder) => ({ ...folder, searchable: Math.min(folder.files, folder.searchable + 9) }));
      this.tell({ is: "progress", progress: this.progress() });
      if (this.left > 0) return;
      this.tell({ is: "searchable" });
      if (this.timer) clearInterval(this.timer);
      this.timer = null;
    }, 700 * this.scene.pace);
  }
}

function firstFolders(hasTroubles: boolean): WatchedFolder[] {
  return [
    { id: 1, path: "/home/mira/Documents", rules: RULES, files: 2410, searchable: 2287, isGone: false, troubles: [] },
    { id: 2, path: "/home/mira/Notes", rules: { ...RULES, except: [] }, files: 583, searchable: 583, isGone: false, troubles: [] },
    {
      id: 3, path: "/home/mira/Mail", rules: { ...RULES, only: ["*.eml", "*.mbox"] }, files: 290, searchable: 250, isGone: hasTroubles,
      troubles: hasTroubles ? ["remote", "watchesRanOut"] : [],
    },
  ];
}

function ledgerRows(files: number): FileRow[] {
  const troubled = TROUBLES.map(([state, reason, why, name, folder], at): FileRow => ({
    file: { id: 500 + at, name, folder }, document: null, isFolder: name === "target" || name === ".config",
    bytes: 1200 * (at + 1) ** 3, modified: secondsOf("2024-10-20") - at * 86_400 * 3, state, reason, why,
    nextTry: state === "failed" ? secondsOf("2026-12-24") : null,
  }));
  const readable = documents.filter((one) => one.id !== 20);
  const fine = Array.from({ length: files }, (_, at): FileRow => {
    const document = readable[at % readable.length] ?? documents[0];
    if (!document) throw new Error("the mock library is empty");
    const file = at < readable.length ? fileOf(document) : { ...fileOf(document), id: 1000 + at, name: `${at} ${document.name}` };
    return {
      file, document: document.id, isFolder: false, bytes: 9000 + ((at * 7919) % 4_000_000),
      modified: secondsOf(document.date), state: at % 15 === 3 ? "words" : "meaning", reason: "", why: "", nextTry: null,
    };
  });
  return [...troubled, ...fine];
}

function problem(code: Problem["code"], message: string): Problem {
  return { code, message };
}
