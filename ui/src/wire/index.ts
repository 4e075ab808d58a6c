// Generated from the crate `kenning-wire` by `cargo xtask bindings`; a test compares the two.

/**
 * Every failure of a command.
 */
export type Problem = { code: ProblemCode, 
/**
 * What happened and what to do, in English; where the code has a translation, that is shown instead,
 * and this beneath it.
 */
message: string, };

/**
 * What the interface acts on.
 */
export type ProblemCode = "cancelled" | "gone" | "readOnly" | "diskFull" | "folder" | "model" | "network" | "gated" | "open" | "keyring" | "malformed" | "forbidden" | "internal";

export type SearchRequest = { asked: Asked, 
/**
 * How many documents are wanted.
 */
limit: number, 
/**
 * Whether words are enough, or the best are to be read again by a reranker.
 */
pipeline: Pipeline, 
/**
 * Whether near copies and translations stand under the best of them.
 */
grouped: boolean, 
/**
 * Whether topics are wanted.
 */
topics: boolean, 
/**
 * The languages the user reads, the best known first, as `de` or `zh`.
 */
languages: Array<string>, 
/**
 * How far the user's clock is ahead of UTC.
 */
minutesEast: number, };

export type Asked = { "by": "text", text: string, } | { "by": "document", document: number, } | { "by": "passage", passage: number, } | { "by": "within", text: string, documents: Array<number>, };

export type Pipeline = "words" | "meaning" | "reranked";

/**
 * What a search tells, one after the other, over a channel of its own. The last one is `done` or `failed`.
 */
export type SearchNews = { "is": "answer", answer: Answer, } | { "is": "topics", topics: Array<Topic>, } | { "is": "notReranked", problem: Problem, } | { "is": "done" } | { "is": "failed", problem: Problem, };

export type Answer = { verdict: Verdict, stage: Pipeline, hits: Array<Hit>, coverage: Coverage, 
/**
 * The languages the question may be in, the likeliest first.
 */
languages: Array<string>, 
/**
 * Quoted phrases that no document holds, which were read as plain words.
 */
loosened: Array<string>, milliseconds: number, 
/**
 * Why only words were searched though more was asked for, where that is so.
 */
wordsOnlyBecause: Problem | null, };

export type Verdict = "found" | "nothingClose" | "nothing";

export type Coverage = { files: number, wordsOnly: number, waiting: number, failed: number, withoutText: number, };

/**
 * A document that answers.
 */
export type Hit = { 
/**
 * `null` for a file of which nothing but its name is known.
 */
document: number | null, 
/**
 * Those that hold it; never empty.
 */
files: Array<FileRef>, title: string | null, 
/**
 * A short name such as `pdf`; empty where it was not read.
 */
format: string, 
/**
 * Seconds since the start of 1970.
 */
date: number, 
/**
 * The best first. None where only its name answers.
 */
passages: Array<Passage>, why: Why, 
/**
 * Why nothing but its name is known.
 */
unread: Unread | null, 
/**
 * Near copies and translations, which do not stand among the hits.
 */
others: Array<Other>, };

export type FileRef = { id: number, name: string, 
/**
 * The folder it lies in, to be shown: nothing is opened by it.
 */
folder: string, };

export type Unread = { 
/**
 * A short word, as in the ledger.
 */
reason: string, 
/**
 * More of it, in English.
 */
why: string, };

export type Passage = { id: number, page: number | null, headings: Array<string>, language: string | null, excerpt: string, 
/**
 * Of the excerpt, in order and apart.
 */
highlights: Array<[number, number]>, 
/**
 * The sentence of the excerpt that carries the most.
 */
sentence: [number, number] | null, moreBefore: boolean, moreAfter: boolean, };

export type Why = { 
/**
 * The words of the question that it holds.
 */
words: Array<string>, 
/**
 * Those that its file's name holds.
 */
name: Array<string>, 
/**
 * `null` in a list by date.
 */
band: Band | null, shares: Shares, language: string | null, 
/**
 * Whether a model read it again with the question.
 */
reranked: boolean, };

/**
 * What each ranker gave to the score; they add up to one, or are all nothing.
 */
export type Shares = { words: number, name: number, meaning: number, };

export type Band = "strong" | "fair" | "faint";

export type Other = { document: number, is: Likeness, files: Array<FileRef>, title: string | null, language: string | null, };

export type Likeness = "copy" | "nearCopy" | "translation";

export type Topic = { 
/**
 * Stays the same from one keystroke to the next.
 */
id: number, 
/**
 * The terms that set it apart, the most telling first.
 */
name: Array<string>, documents: Array<number>, };

/**
 * A part of a document's text.
 */
export type PreviewRequest = { document: number, from: PreviewFrom, 
/**
 * What was asked, for what is highlighted; may be empty.
 */
query: string, };

export type PreviewFrom = { "at": "start" } | { "at": "passage", passage: number, } | { "at": "part", part: number, };

/**
 * A document is shown in parts of some tens of thousands of characters.
 */
export type Preview = { document: number, title: string | null, author: string | null, format: string, date: number, bytes: number, files: Array<FileRef>, languages: Array<string>, part: number, parts: number, 
/**
 * This part's text, to be shown as text.
 */
text: string, 
/**
 * Where the words of the question stand in this part.
 */
matches: Array<[number, number]>, 
/**
 * The passage that was asked for, in this part.
 */
passage: [number, number] | null, 
/**
 * Where pages begin in this part.
 */
pages: Array<PageStart>, 
/**
 * Where headings stand in this part.
 */
headings: Array<HeadingAt>, };

export type PageStart = { page: number, at: number, };

export type HeadingAt = { level: number, range: [number, number], };

/**
 * A search that is remembered.
 */
export type Remembered = { text: string, 
/**
 * Seconds since the start of 1970.
 */
last: number, saved: boolean, };

export type Remember = { text: string, saved: boolean, };

export type LibraryView = { folders: Array<WatchedFolder>, progress: LibraryProgress, 
/**
 * Why nothing can be changed from here, where that is so.
 */
readOnly: string | null, 
/**
 * The model that answers, and the one that is to.
 */
answering: string | null, switchingTo: string | null, };

export type WatchedFolder = { id: number, path: string, rules: Rules, files: number, 
/**
 * Those that can be searched, by words at least.
 */
searchable: number, 
/**
 * It cannot be reached now; what is known of it is still searched.
 */
isGone: boolean, 
/**
 * Why changes in it are noticed late.
 */
troubles: Array<Trouble>, };

/**
 * Which files of a folder are read.
 */
export type Rules = { 
/**
 * Only these, where there are any: globs.
 */
only: Array<string>, except: Array<string>, hidden: boolean, 
/**
 * Whether `.gitignore` counts.
 */
gitIgnore: boolean, };

export type LibraryProgress = { doing: Doing, 
/**
 * Why it cannot go on, where that is so.
 */
halted: Problem | null, 
/**
 * Names of some of the files that are being read.
 */
reading: Array<string>, counts: Counts, passagesLeft: number, filesPerSecond: number | null, passagesPerSecond: number | null, secondsLeft: number | null, 
/**
 * Why there are no vectors to be had now.
 */
modelTrouble: Problem | null, 
/**
 * What was found damaged and is made anew, in words.
 */
repairs: Array<string>, };

export type Doing = "nothing" | "looking" | "reading" | "embedding" | "paused" | "onBattery" | "halted";

/**
 * Files by state. They add up.
 */
export type Counts = { waiting: number, words: number, meaning: number, skipped: number, failed: number, quarantined: number, leftOut: number, all: number, };

export type FileState = "waiting" | "words" | "meaning" | "skipped" | "failed" | "quarantined" | "leftOut";

export type FilesRequest = { 
/**
 * None means all.
 */
states: Array<FileState>, folder: number | null, reason: string | null, 
/**
 * Somewhere in the path.
 */
text: string, skip: number, limit: number, };

export type Files = { rows: Array<FileRow>, 
/**
 * Whether there are more after these.
 */
more: boolean, 
/**
 * The reasons of files in the wanted states, with how many have each, whatever reason was asked for.
 */
reasons: Array<ReasonCount>, };

export type FileRow = { file: FileRef, document: number | null, isFolder: boolean, bytes: number, 
/**
 * Seconds since the start of 1970.
 */
modified: number, state: FileState, reason: string, 
/**
 * Why it is in that state, in words.
 */
why: string, 
/**
 * Seconds since the start of 1970.
 */
nextTry: number | null, };

export type ReasonCount = { reason: string, files: number, };

/**
 * Something the user offered with the system's own means: a dialog, or by dropping it on the window. The
 * page never names a path.
 */
export type Offer = { id: number, 
/**
 * To be shown.
 */
path: string, isFolder: boolean, };

export type OfferKind = "folder" | "archive" | "newFile";

export type AddFolder = { offer: number, rules: Rules, };

export type SetRules = { folder: number, rules: Rules, };

export type ReadAgain = { "what": "file", file: number, } | { "what": "folder", folder: number, };

/**
 * Every document as a point. The columns stand side by side, for there may be tens of thousands.
 */
export type MeaningMap = { 
/**
 * How much of a newer map is made, from 0 to 1; `null` where none is being made.
 */
making: number | null, 
/**
 * Whether the library has changed since; a newer one is begun when it is asked for again after a rest.
 */
isOld: boolean, documents: Array<number>, titles: Array<string>, 
/**
 * From -1 to 1.
 */
x: Array<number>, y: Array<number>, 
/**
 * A number in `languages`, or -1.
 */
language: Array<number>, 
/**
 * A number in `topics`, of the innermost one, or -1.
 */
topic: Array<number>, languages: Array<string>, topics: Array<MapTopic>, };

export type MapTopic = { name: Array<string>, 
/**
 * The topic around it, as a number in the list.
 */
parent: number | null, documents: number, 
/**
 * Where its name is written.
 */
x: number, y: number, };

/**
 * A document with others that say the same, or one that nothing is like.
 */
export type Standing = { document: number, title: string | null, format: string, files: Array<FileRef>, language: string | null, };

export type Twins = { is: Likeness, 
/**
 * Two or more.
 */
documents: Array<Standing>, };

export type Peculiar = { making: number | null, 
/**
 * Whether the library has changed since; a newer one is begun when it is asked for again after a rest.
 */
isOld: boolean, twins: Array<Twins>, odd: Array<Standing>, };

export type ModelsView = { 
/**
 * Those that are here, those that are being fetched, and those that can be had, each once.
 */
models: Array<ModelCard>, 
/**
 * The name of the one that answers.
 */
answering: string | null, 
/**
 * How many numbers of its vectors are searched, where that is not all.
 */
keeping: number | null, 
/**
 * The name of the one that answered before, whose vectors are kept.
 */
before: string | null, 
/**
 * Where models compute, and why not elsewhere, where a better place was tried.
 */
device: string, fallback: string | null, 
/**
 * Folders among the models that are none, each with the reason.
 */
unusable: Array<string>, };

export type ModelCard = { name: string, task: ModelTask, standing: ModelStanding, builtIn: boolean, 
/**
 * What it takes on the disk, or about what would be fetched.
 */
bytes: number, dimensions: number | null, 
/**
 * Those that may be kept of a vector, the whole one last; empty where only the whole one may.
 */
keeps: Array<number>, maxTokens: number, languages: number | null, licence: string, origin: string, summary: string, 
/**
 * As measured on this machine.
 */
tokensPerSecond: number | null, 
/**
 * Whether vectors of the library are this model's.
 */
readsLibrary: boolean, };

export type ModelTask = "embed" | "rerank";

export type ModelStanding = { "is": "offered" } | { "is": "fetching", progress: Fetching, } | { "is": "paused", done: number, } | { "is": "installed" };

export type Fetching = { name: string, done: number, bytes: number, bytesPerSecond: number, secondsLeft: number | null, 
/**
 * Why nothing comes at this moment.
 */
waits: string | null, isVerifying: boolean, files: Array<FileFetching>, };

export type FileFetching = { name: string, done: number, bytes: number, };

export type GetModel = { 
/**
 * A name of the catalogue, or `owner/name`.
 */
name: string, revision: string | null, file: string | null, called: string | null, };

export type UseModel = { name: string, 
/**
 * How many numbers of each vector are kept; all where none is given.
 */
keep: number | null, };

export type Estimate = { passages: number, seconds: number, bytes: number, };

export type Verified = { files: Array<FileVerified>, isWhole: boolean, };

export type FileVerified = { name: string, condition: Condition, };

export type Condition = "whole" | "missing" | "damaged";

export type CompareModels = { one: string, other: string, };

/**
 * Two models on the library's own documents.
 */
export type Comparison = { questions: number, passages: number, one: Compared, other: Compared, 
/**
 * Whether the difference is more than chance gives.
 */
isClear: boolean, };

export type Compared = { name: string, 
/**
 * How many documents were found first, and among the first ten.
 */
first: number, amongTen: number, passagesPerSecond: number, millisecondsPerQuestion: number, };

export type ExportModel = { name: string, offer: number, };

export type Settings = { theme: Theme, 
/**
 * `en`, `de`, `es`, `fr`, `zh`, `ja` or `ar`; empty means that of the system.
 */
language: string, 
/**
 * Such as `Ctrl+Shift+Space`; empty means none.
 */
hotkey: string, startAtLogin: boolean, 
/**
 * Cores for reading and embedding; none given means all of them.
 */
threads: number | null, 
/**
 * Whether nothing is read and embedded while the machine runs on battery.
 */
pauseOnBattery: boolean, 
/**
 * Whether a reranker reads the best hits again, where one is installed.
 */
rerank: boolean, 
/**
 * Whether searches are remembered.
 */
rememberSearches: boolean, 
/**
 * Another hub or a mirror; empty means the usual one.
 */
endpoint: string, 
/**
 * Empty means what the system says.
 */
proxy: string, 
/**
 * Megabytes in a second.
 */
fetchLimit: number | null, 
/**
 * Whether the first steps were taken or skipped.
 */
welcomed: boolean, };

/**
 * What the launcher asks of the main window.
 */
export type ShowMain = { view: View, query: string, };

export type Trouble = "remote" | "watchesRanOut" | "refused" | "silent";

export type Theme = "system" | "light" | "dark";

export type SettingsView = { settings: Settings, hasToken: boolean, hasBattery: boolean, 
/**
 * The installed model that reads the best hits again; `null` where there is none.
 */
reranker: string | null, 
/**
 * Why the hotkey does not work, where it does not.
 */
hotkeyTrouble: string | null, 
/**
 * Where everything is kept, to be shown.
 */
dataFolder: string, dataBytes: number, modelsBytes: number, version: string, cores: number, 
/**
 * What the system speaks, as `de` or `zh`.
 */
systemLanguages: Array<string>, };

export type SetToken = { 
/**
 * Empty forgets it.
 */
token: string, };

export type HostEvent = { "is": "progress", progress: LibraryProgress, } | { "is": "searchable" } | { "is": "foldersChanged" } | { "is": "fetching", progress: Fetching, } | { "is": "modelsChanged" } | { "is": "fetchFailed", name: string, problem: Problem, } | { "is": "comparing", done: number, } | { "is": "mapping", done: number, } | { "is": "mapChanged" } | { "is": "settingsChanged", settings: Settings, } | { "is": "dropped", offers: Array<Offer>, } | { "is": "show", view: View, query: string, };

export type View = "search" | "library" | "explore" | "models" | "settings";

/** Every command: what it takes and what it gives. */
export type Commands = {
  preview: { takes: PreviewRequest; gives: Preview };
  open_file: { takes: number; gives: null };
  reveal_file: { takes: number; gives: null };
  file_path: { takes: number; gives: string };
  remembered_searches: { takes: null; gives: Array<Remembered> };
  remember_search: { takes: Remember; gives: Array<Remembered> };
  forget_search: { takes: string; gives: Array<Remembered> };
  library: { takes: null; gives: LibraryView };
  choose: { takes: OfferKind; gives: Offer | null };
  add_folder: { takes: AddFolder; gives: null };
  remove_folder: { takes: number; gives: null };
  set_rules: { takes: SetRules; gives: null };
  files: { takes: FilesRequest; gives: Files };
  read_again: { takes: ReadAgain; gives: number };
  pause: { takes: null; gives: null };
  resume: { takes: null; gives: null };
  map: { takes: null; gives: MeaningMap };
  peculiar: { takes: null; gives: Peculiar };
  models: { takes: null; gives: ModelsView };
  get_model: { takes: GetModel; gives: null };
  pause_model: { takes: string; gives: null };
  forget_model: { takes: string; gives: null };
  verify_model: { takes: string; gives: Verified };
  mend_model: { takes: string; gives: null };
  measure_model: { takes: string; gives: number };
  estimate_model: { takes: UseModel; gives: Estimate };
  use_model: { takes: UseModel; gives: null };
  undo_model: { takes: null; gives: null };
  compare_models: { takes: CompareModels; gives: Comparison };
  import_model: { takes: number; gives: string };
  export_model: { takes: ExportModel; gives: null };
  settings: { takes: null; gives: SettingsView };
  change_settings: { takes: Settings; gives: SettingsView };
  set_token: { takes: SetToken; gives: SettingsView };
  export_data: { takes: number; gives: null };
  erase_data: { takes: null; gives: null };
  show_main: { takes: ShowMain; gives: null };
  hide_launcher: { takes: null; gives: null };
  quit: { takes: null; gives: null };
};
