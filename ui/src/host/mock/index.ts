/** The host without an engine: the composition of the mock's parts. It is in no bundle that ships. */
import type { Commands, HostEvent, Remembered, SearchNews, SettingsView } from "../../wire";
import type { CommandName, Host } from "../host";
import { answerOf, topicsOf } from "./find";
import { documentOf } from "./library-documents";
import { MockLibrary } from "./library";
import { MockMap } from "./map";
import { MockModels } from "./models";
import { previewOf } from "./preview";
import { plainScene, type Scene } from "./scene";

export { sceneOf, type Scene } from "./scene";

type Doers = { [K in CommandName]: (takes: Commands[K]["takes"]) => Commands[K]["gives"] | Promise<Commands[K]["gives"]> };

/** The mock, and what only tests do with it. */
export interface MockHost extends Host {
  tell(news: HostEvent): void;
  /** Every command that was asked for, in order. */
  readonly asked: { name: CommandName; takes: unknown }[];
  offerDrop(path: string, isFolder: boolean): void;
}

const DAY = 86_400;

export function mockHost(wanted: Partial<Scene> = {}): MockHost {
  const scene: Scene = { ...plainScene, ...wanted };
  const listeners = new Set<(event: HostEvent) => void>();
  const tell = (news: HostEvent) => listeners.forEach((listener) => listener(structuredClone(news)));
  const library = new MockLibrary(scene, tell);
  const models = new MockModels(scene.pace, library, tell, scene.hasReranker);
  const doers = doersOf(scene, library, models, tell);
  const asked: MockHost["asked"] = [];
  return {
    asked,
    tell,
    async call(name, takes) {
      asked.push({ name, takes });
      return structuredClone(await doers[name](takes));
    },
    search: (request, onNews) => told(stages(request, scene), onNews),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    offerDrop: (path, isFolder) => tell({ is: "dropped", offers: [library.offer(path, isFolder)] }),
  };
}

type Told = [after: number, news: () => SearchNews];

function stages(request: Parameters<Host["search"]>[0], { pace, isRerankerBroken }: Scene): Told[] {
  const asked = request.asked;
  if (asked.by === "text" && asked.text.includes("fail:")) {
    const problem = { code: "internal", message: "The index answered with nonsense; it is being made anew." } as const;
    return [[4 * pace, () => ({ is: "failed", problem })]];
  }
  const list: Told[] = [[4 * pace, () => ({ is: "answer", answer: answerOf(request, "words", 1.8) })]];
  if (request.pipeline !== "words") {
    list.push([38 * pace, () => ({ is: "answer", answer: answerOf(request, "meaning", 31.2) })]);
  }
  if (request.pipeline === "reranked") {
    const problem = { code: "model", message: "The reranker’s weights are cut off." } as const;
    const reranked = (): SearchNews => ({ is: "answer", answer: answerOf(request, "reranked", 1280) });
    list.push([1400 * pace, isRerankerBroken ? () => ({ is: "notReranked", problem }) : reranked]);
  }
  if (request.topics) list.push([45 * pace, () => ({ is: "topics", topics: topicsOf(answerOf(request, "meaning", 0)) })]);
  list.push([(request.pipeline === "reranked" ? 1450 : 150) * pace, () => ({ is: "done" })]);
  list.sort(([one], [other]) => one - other);
  return list;
}

function told(list: Told[], onNews: (news: SearchNews) => void): () => void {
  const timers = list.map(([after, news]) => setTimeout(() => onNews(news()), after));
  return () => timers.forEach((timer) => clearTimeout(timer));
}

function doersOf(scene: Scene, library: MockLibrary, models: MockModels, tell: (news: HostEvent) => void): Doers {
  const map = new MockMap(scene, tell);
  return {
    ...documentDoers(scene),
    ...libraryDoers(library, scene),
    ...modelDoers(models),
    ...settingsDoers(scene, library, models, tell),
    map: () => map.map(),
    peculiar: () => map.peculiar(),
    show_main: (wanted) => (tell({ is: "show", ...wanted }), null),
    hide_launcher: () => null,
    quit: () => null,
  };
}

function documentDoers(scene: Scene) {
  const now = Math.floor(Date.now() / 1000);
  let searches: Remembered[] = scene.isNew ? [] : [
    { text: "heating costs in winter", last: now - 3 * DAY, saved: true },
    { text: "deposit lang:de,es", last: now - 9 * DAY, saved: true },
    { text: "bread that rises overnight", last: now - 3600, saved: false },
    { text: "whales", last: now - DAY, saved: false },
    { text: '"three months\' notice" type:pdf', last: now - 2 * DAY, saved: false },
    { text: "睡眠と記憶", last: now - 4 * DAY, saved: false },
    { text: "النجوم والبحر", last: now - 12 * DAY, saved: false },
  ];
  return {
    preview: previewOf,
    open_file: () => null,
    reveal_file: () => null,
    file_path: (file: number) => {
      const document = documentOf(file);
      if (!document) throw { code: "gone", message: "This file is not in the library any more." };
      return `${document.folder}/${document.name}`;
    },
    remembered_searches: () => searches,
    remember_search: ({ text, saved }: Remembered | { text: string; saved: boolean }) => {
      const last = Math.floor(Date.now() / 1000);
      const wasSaved = searches.find((one) => one.text === text)?.saved ?? false;
      return (searches = [{ text, last, saved: saved || wasSaved }, ...searches.filter((one) => one.text !== text)]);
    },
    forget_search: (text: string) => (searches = searches.filter((one) => one.text !== text)),
  } satisfies Partial<Doers>;
}

function libraryDoers(library: MockLibrary, scene: Scene) {
  const refuse = () => {
    if (scene.readOnly) throw { code: "readOnly", message: "Another Kenning has the library open: close it, and start again." };
  };
  return {
    library: () => library.view(),
    choose: (kind: Commands["choose"]["takes"]) =>
      kind === "folder" ? library.offer("/home/mira/Pictures and papers", true) : library.offer("/home/mira/kenning-export.zip", false),
    add_folder: (takes: Commands["add_folder"]["takes"]) => (refuse(), library.add(takes), null),
    remove_folder: (folder: number) => (refuse(), library.remove(folder), null),
    set_rules: (takes: Commands["set_rules"]["takes"]) => (refuse(), library.setRules(takes), null),
    files: (takes: Commands["files"]["takes"]) => library.files(takes),
    read_again: (takes: Commands["read_again"]["takes"]) => (refuse(), library.readAgain(takes)),
    pause: () => (library.setPaused(true), null),
    resume: () => (library.setPaused(false), null),
  } satisfies Partial<Doers>;
}

function modelDoers(models: MockModels) {
  return {
    models: () => models.view(),
    get_model: (takes: Commands["get_model"]["takes"]) => (models.get(takes), null),
    pause_model: (name: string) => (models.pause(name), null),
    forget_model: (name: string) => (models.forget(name), null),
    verify_model: (name: string) => models.verify(name),
    mend_model: (name: string) => (models.mend(name), null),
    measure_model: (name: string) => models.measure(name),
    estimate_model: (takes: Commands["estimate_model"]["takes"]) => models.estimate(takes),
    use_model: (takes: Commands["use_model"]["takes"]) => (models.use(takes), null),
    undo_model: () => (models.undo(), null),
    compare_models: ({ one, other }: Commands["compare_models"]["takes"]) => models.compare(one, other),
    import_model: () => models.import(),
    export_model: () => null,
  } satisfies Partial<Doers>;
}

function settingsDoers(scene: Scene, library: MockLibrary, models: MockModels, tell: (news: HostEvent) => void) {
  let view: SettingsView = {
    settings: {
      theme: scene.theme, language: scene.language, hotkey: "Ctrl+Shift+Space", startAtLogin: false, threads: null,
      pauseOnBattery: true, rerank: scene.hasReranker, rememberSearches: true, endpoint: "", proxy: "", fetchLimit: null, welcomed: !scene.isNew,
    },
    hasToken: false, hotkeyTrouble: null, dataFolder: "/home/mira/.local/share/kenning",
    dataBytes: 412_000_000, modelsBytes: 1_309_000_000, version: "0.1.0", cores: 8, hasBattery: scene.hasBattery, reranker: null,
    systemLanguages: ["en", "de", "fr"],
  };
  const now = () => ({ ...view, reranker: models.reranker() });
  return {
    settings: now,
    change_settings: (settings: Commands["change_settings"]["takes"]) => {
      view = { ...view, settings };
      tell({ is: "settingsChanged", settings });
      return now();
    },
    set_token: ({ token }: Commands["set_token"]["takes"]) => {
      view = { ...view, hasToken: token !== "" };
      return now();
    },
    export_data: () => null,
    erase_data: () => {
      library.clear();
      view = { ...view, settings: { ...view.settings, welcomed: false } };
      return null;
    },
  } satisfies Partial<Doers>;
}
