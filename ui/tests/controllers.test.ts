/** The controllers, with the mock behind them and no page before them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Host } from "../src/host/host";
import { mockHost, type MockHost, type Scene } from "../src/host/mock";
import { openKenning, type Kenning } from "../src/kenning.svelte";
import { Launcher } from "../src/features/launcher/launcher.svelte";
import { Search } from "../src/features/search/search.svelte";
import { keyOf } from "../src/features/search/order";
import type { Answer, Pipeline, SearchNews, SearchRequest } from "../src/wire";

const rest = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A host whose searches answer when the test wants it. */
function slowHost() {
  const host = mockHost({ pace: 0 });
  const asked: { request: SearchRequest; tell: (news: SearchNews) => void; isCancelled: boolean }[] = [];
  const slow: Host = {
    call: (name, takes) => host.call(name, takes),
    onEvent: (listener) => host.onEvent(listener),
    search(request, tell) {
      const one = { request, tell, isCancelled: false };
      asked.push(one);
      return () => (one.isCancelled = true);
    },
  };
  return { host, slow, asked };
}

async function answers(question: string, pipeline: Pipeline = "meaning"): Promise<Answer[]> {
  const found: Answer[] = [];
  const request: SearchRequest = {
    asked: { by: "text", text: question }, limit: 20, pipeline, grouped: true, topics: true, languages: ["en"], minutesEast: 0,
  };
  await new Promise<void>((resolve) => {
    mockHost({ pace: 0 }).search(request, (news) => {
      if (news.is === "answer") found.push(news.answer);
      if (news.is === "done") resolve();
    });
  });
  return found;
}

describe("search", () => {
  const wishes = () => ({ languages: ["en"], isReranked: false });
  const wishesAll = () => ({ languages: ["en"], isReranked: true });

  it("asks at every keystroke and gives up the question before", () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    search.type("b");
    search.type("br");
    expect(asked.map((one) => [one.request.asked, one.isCancelled])).toEqual([
      [{ by: "text", text: "b" }, true],
      [{ by: "text", text: "br" }, false],
    ]);
  });

  it("lets nothing jump once the selection was moved, from stage to stage", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    const [words, meaning] = await answers("deposit rent");
    if (!words || !meaning) throw new Error("the mock has two stages");
    search.type("deposit rent");
    asked[0]?.tell({ is: "answer", answer: words });
    expect(search.selected).toBe(keyOf(words.hits[0]!));
    search.move(1);
    const before = search.hits.map(keyOf);
    const chosen = search.selected;
    asked[0]?.tell({ is: "answer", answer: { ...meaning, hits: meaning.hits.toReversed() } });
    expect(search.hits.slice(0, before.length).map(keyOf)).toEqual(before);
    expect(search.selected).toBe(chosen);
    expect(search.hits.length).toBeGreaterThanOrEqual(meaning.hits.length);
  });

  it("follows the best answer while the selection was not moved", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    const [, meaning] = await answers("heating");
    search.type("heating");
    const turned = { ...meaning!, hits: meaning!.hits.toReversed() };
    asked[0]?.tell({ is: "answer", answer: meaning! });
    asked[0]?.tell({ is: "answer", answer: turned });
    expect(search.selected).toBe(keyOf(turned.hits[0]!));
  });

  it("asks for more at the end of the list, and keeps what is there", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    const [, meaning] = await answers("heating");
    const hits = Array.from({ length: 20 }, (_, at) => ({ ...meaning!.hits[0]!, document: at + 1 }));
    search.type("x");
    asked[0]?.tell({ is: "answer", answer: { ...meaning!, hits } });
    asked[0]?.tell({ is: "done" });
    search.more();
    expect(asked[1]?.request.limit).toBe(60);
    asked[1]?.tell({ is: "answer", answer: { ...meaning!, hits: hits.toReversed() } });
    expect(search.hits.map((hit) => hit.document)).toEqual(hits.map((hit) => hit.document));
  });

  it("folds away what is nearest where nothing is close", async () => {
    const search = openKenning(mockHost({ pace: 0 })).search;
    search.type("quarterly zebra accounting");
    await rest();
    expect(search.isNothingClose).toBe(true);
    expect(search.shown).toEqual([]);
    search.areNearestShown = true;
    expect(search.shown.length).toBeGreaterThan(0);
  });

  it("shows one topic alone", async () => {
    const search = openKenning(mockHost({ pace: 0 })).search;
    search.type("heating costs");
    await rest();
    const topic = search.topics[0]!;
    search.chooseTopic(topic.id);
    expect(search.shown.map((hit) => hit.document).every((one) => topic.documents.includes(one!))).toBe(true);
    search.chooseTopic(topic.id);
    expect(search.shown).toEqual(search.hits);
  });

  it("says what stopped it", async () => {
    const search = openKenning(mockHost({ pace: 0 })).search;
    search.type("fail:");
    await rest();
    expect(search.problem?.code).toBe("internal");
    expect(search.isSearching).toBe(false);
  });

  it("offers newer results instead of moving those that are looked at", async () => {
    const { host, slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    const [, meaning] = await answers("heating");
    search.type("heating");
    asked[0]?.tell({ is: "answer", answer: meaning! });
    asked[0]?.tell({ is: "done" });
    search.move(1);
    host.tell({ is: "searchable" });
    expect([search.isOutdated, asked.length]).toEqual([true, 1]);
  });

  it("is empty again when the field is", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishes);
    search.type("heating");
    search.type(" ");
    expect([asked[0]?.isCancelled, search.isAsking, search.hits]).toEqual([true, false, []]);
  });

  it("searches inside what was chosen on the map, also by words", () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishesAll);
    search.within([3, 4]);
    search.type("whales");
    search.leaveBeside();
    expect(asked.map((one) => [one.request.asked, one.request.pipeline])).toEqual([
      [{ by: "within", text: "", documents: [3, 4] }, "meaning"],
      [{ by: "within", text: "whales", documents: [3, 4] }, "reranked"],
      [{ by: "text", text: "whales" }, "reranked"],
    ]);
  });

  it("has nothing read again where there is no question", () => {
    const { slow, asked } = slowHost();
    new Search(slow, wishesAll).similarTo(7, "The tide");
    expect(asked.map((one) => one.request.pipeline)).toEqual(["meaning"]);
  });

  it("puts the best first once they were read again, while nobody moves in them", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishesAll);
    const [words, meaning, reranked] = await answers("heating", "reranked");
    search.type("heating");
    expect(search.stage).toBeNull();
    asked[0]?.tell({ is: "answer", answer: words! });
    asked[0]?.tell({ is: "answer", answer: meaning! });
    expect([search.stage, search.pipeline, search.isSearching]).toEqual(["meaning", "reranked", true]);
    asked[0]?.tell({ is: "answer", answer: reranked! });
    expect([search.hits, search.better]).toEqual([reranked!.hits, null]);
  });

  it("offers the better order to those who move in the hits already", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishesAll);
    const [, meaning, reranked] = await answers("heating", "reranked");
    search.type("heating");
    asked[0]?.tell({ is: "answer", answer: meaning! });
    search.move(1);
    asked[0]?.tell({ is: "answer", answer: reranked! });
    asked[0]?.tell({ is: "done" });
    expect(search.hits.map(keyOf)).toEqual(meaning!.hits.map(keyOf));
    expect(search.better).toEqual(reranked!.hits);
    search.takeBetter();
    expect([search.hits, search.better, search.selected]).toEqual([reranked!.hits, null, keyOf(reranked!.hits[0]!)]);
  });

  it("lets the answer stand where the best cannot be read again, and says so until it is asked again", async () => {
    const { slow, asked } = slowHost();
    const search = new Search(slow, wishesAll);
    const [, meaning] = await answers("heating", "reranked");
    const problem = { code: "model", message: "cut off" } as const;
    search.type("heating");
    asked[0]?.tell({ is: "answer", answer: meaning! });
    asked[0]?.tell({ is: "notReranked", problem });
    expect([search.notReranked, search.isSearching]).toEqual([problem, true]);
    asked[0]?.tell({ is: "done" });
    expect([search.hits, search.notReranked, search.problem, search.isSearching]).toEqual([meaning!.hits, problem, null, false]);
    search.again();
    expect(search.notReranked).toBeNull();
  });

  it("never goes back to less while the same is asked again", async () => {
    vi.useFakeTimers();
    try {
      const { host, slow, asked } = slowHost();
      const search = new Search(slow, wishesAll);
      const [words, meaning, reranked] = await vi.waitFor(() => answers("heating", "reranked"));
      search.type("heating");
      asked[0]?.tell({ is: "answer", answer: reranked! });
      asked[0]?.tell({ is: "done" });
      host.tell({ is: "searchable" });
      vi.advanceTimersByTime(5000);
      asked[1]?.tell({ is: "answer", answer: words! });
      expect(search.answer?.stage).toBe("reranked");
      asked[1]?.tell({ is: "answer", answer: meaning! });
      asked[1]?.tell({ is: "done" });
      expect(search.answer?.stage).toBe("meaning");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the map while the library changes", () => {
  const waiting = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function opened(scene: Partial<Scene> = {}) {
    const host = mockHost({ pace: 0, isWorking: false, points: 100, ...scene });
    const { explore } = openKenning(host);
    explore.open();
    await waiting(0);
    return { host, explore, questions: () => host.asked.filter((one) => one.name === "map").length };
  }

  it("asks again when more is searchable, at most every five seconds", async () => {
    const { host, questions } = await opened({ points: 0 });
    for (let second = 0; second < 10; second += 1) {
      host.tell({ is: "searchable" });
      host.tell({ is: "searchable" });
      await waiting(1000);
    }
    expect(questions()).toBe(3);
    await waiting(60_000);
    expect(questions()).toBe(3);
  });

  it("asks at once where it has not asked for long", async () => {
    const { host, questions } = await opened();
    await waiting(8000);
    host.tell({ is: "searchable" });
    await waiting(0);
    expect(questions()).toBe(2);
  });

  it("asks once more after an old map, until there is a newer one", async () => {
    const { host, explore, questions } = await opened({ hasOldMap: true });
    expect(explore.isOld).toBe(true);
    await waiting(4999);
    expect(questions()).toBe(1);
    const map = { ...explore.map!, isOld: true, making: 0.1 };
    vi.spyOn(host, "call").mockImplementation((name, takes) => {
      host.asked.push({ name, takes });
      return Promise.resolve(name === "map" ? map : null) as never;
    });
    await waiting(60_000);
    expect([questions(), explore.making, explore.isOld]).toEqual([2, 0.1, true]);
    host.tell({ is: "mapChanged" });
    await waiting(0);
    expect(questions()).toBe(3);
  });

  it("never asks while nobody looks at it", async () => {
    const { host, explore, questions } = await opened({ hasOldMap: true });
    host.tell({ is: "searchable" });
    explore.close();
    host.tell({ is: "searchable" });
    await waiting(60_000);
    expect(questions()).toBe(1);
  });

  it("sets no timer for an answer that comes after it was closed", async () => {
    const host = mockHost({ pace: 0, isWorking: false, points: 100, hasOldMap: true });
    const { explore } = openKenning(host);
    explore.open();
    explore.close();
    await waiting(60_000);
    expect(host.asked.filter((one) => one.name === "map").length).toBe(1);
  });

  it("leaves what is shown alone where the same map comes again", async () => {
    const { explore, questions } = await opened({ hasOldMap: true });
    const map = explore.map;
    explore.setApart(1);
    await waiting(5000);
    expect([questions(), explore.apart]).toEqual([2, 1]);
    expect(explore.map).toBe(map);
  });
});

describe("with the mock", () => {
  let host: MockHost;
  let kenning: Kenning;

  beforeEach(async () => {
    host = mockHost({ pace: 0, isWorking: false, files: 900, points: 400 });
    kenning = openKenning(host);
    await Promise.all([kenning.preferences.load(), kenning.library.load(), kenning.models.load()]);
  });

  it("asks for meaning, in the languages that the user reads", () => {
    const search = vi.spyOn(host, "search");
    kenning.search.type("heating");
    expect(search.mock.calls.map(([request]) => [request.pipeline, request.languages])).toEqual([["meaning", ["en", "de", "fr"]]]);
  });

  it("has the best read again where that is wanted and something is there for it", async () => {
    const search = vi.spyOn(host, "search");
    const asked = (question: string) => {
      kenning.search.type(question);
      return search.mock.lastCall?.[0].pipeline;
    };
    await kenning.preferences.change({ rerank: true });
    expect(asked("heating")).toBe("meaning");
    const other = openKenning(mockHost({ pace: 0, hasReranker: true }));
    await other.preferences.load();
    expect([other.preferences.view?.reranker, other.preferences.isReranked]).toEqual(["Qwen3-Reranker-0.6B", true]);
    await other.preferences.change({ rerank: false });
    expect(other.preferences.isReranked).toBe(false);
  });

  it("knows of a reranker as soon as one is there", async () => {
    const { preferences } = openKenning(host);
    await preferences.load();
    await preferences.change({ rerank: true });
    expect(preferences.isReranked).toBe(false);
    for (let step = 0; step < 170; step += 1) await host.call("get_model", { name: "bge-reranker-v2-m3", revision: null, file: null, called: null });
    await vi.waitFor(() => expect([preferences.isReranked, preferences.settings?.rerank]).toEqual([true, true]));
  });

  it("asks for the map only where somebody looks at it, and again where there is a newer one", async () => {
    const questions = () => host.asked.filter((one) => one.name === "map").length;
    host.tell({ is: "mapChanged" });
    await rest();
    expect(questions()).toBe(0);
    kenning.explore.open();
    await vi.waitFor(() => expect(kenning.explore.map).not.toBeNull());
    kenning.explore.chosen = [1, -5];
    host.tell({ is: "mapChanged" });
    await vi.waitFor(() => expect([questions(), kenning.explore.chosen]).toEqual([2, [1]]));
    kenning.explore.close();
    host.tell({ is: "mapChanged" });
    await rest();
    expect(questions()).toBe(2);
    kenning.explore.open();
    await rest();
    expect(questions()).toBe(3);
  });

  it("says how far the map is, and shows it once it is made", async () => {
    const { explore } = openKenning(mockHost({ pace: 0.02, isMapping: true, points: 300 }));
    explore.open();
    await vi.waitFor(() => expect(explore.making ?? 0).toBeGreaterThan(0.4), { interval: 1 });
    await vi.waitFor(() => expect([explore.making, explore.map?.documents.length]).toEqual([null, 300]));
  });

  it("shows what the launcher asks for", () => {
    host.tell({ is: "show", view: "search", query: "whales" });
    expect([kenning.frame.view, kenning.search.text]).toEqual(["search", "whales"]);
    host.tell({ is: "show", view: "explore", query: "" });
    expect(kenning.frame.view).toBe("explore");
  });

  it("reads a document in parts, and goes from match to match across them", async () => {
    const { reading } = kenning;
    reading.show(4, null, "swell", true);
    await rest();
    expect([reading.parts.length, reading.hasLater]).toEqual([1, true]);
    expect(reading.match).toBe(0);
    await reading.toMatch(1);
    expect(reading.parts.length).toBe(2);
    expect(reading.match).toBe(1);
  });

  it("says where a document is gone", async () => {
    kenning.reading.show(-1, null, "", true);
    await rest();
    expect(kenning.reading.problem?.code).toBe("gone");
  });

  it("shows the text that was asked for last", async () => {
    kenning.reading.show(3, null, "", true);
    kenning.reading.show(4, null, "", true);
    await rest();
    expect(kenning.reading.first?.document).toBe(4);
  });

  it("fills the ledger page after page, and filters it", async () => {
    const { ledger } = kenning;
    await ledger.load();
    expect([ledger.rows.length, ledger.hasMore]).toEqual([200, true]);
    await ledger.more();
    expect(ledger.rows.length).toBe(400);
    await ledger.show({ states: ["skipped"] });
    expect(ledger.rows.every((row) => row.state === "skipped")).toBe(true);
    await ledger.show({ reason: "encrypted" });
    expect(ledger.rows.map((row) => row.file.name)).toEqual(["payslip-09.pdf"]);
    await ledger.show({ states: ["failed"] });
    expect(ledger.reason).toBeNull();
  });

  it("keeps the ledger current while it is looked at, also where nothing new can be found", async () => {
    vi.useFakeTimers();
    try {
      const { ledger, library, frame } = kenning;
      const questions = () => host.asked.filter((one) => one.name === "files").length;
      const news = () => host.tell({ is: "progress", progress: library.progress! });
      news();
      await vi.advanceTimersByTimeAsync(5000);
      expect(questions()).toBe(0);
      frame.go("library");
      await ledger.load();
      news();
      news();
      await vi.advanceTimersByTimeAsync(1000);
      expect(questions()).toBe(1);
      await vi.advanceTimersByTimeAsync(1000);
      expect(questions()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("reads a file again", async () => {
    await kenning.ledger.show({ states: ["failed"] });
    expect(await kenning.ledger.readAgain(kenning.ledger.rows[0]!)).toBe(1);
    expect(kenning.ledger.rows.length).toBe(2);
  });

  it("says why a folder was not added, once", async () => {
    const offer = await kenning.library.choose();
    expect(await kenning.library.add(offer!)).toBe(true);
    expect(await kenning.library.add(offer!)).toBe(false);
    expect(await kenning.library.add(offer!)).toBe(false);
    expect(kenning.frame.notices.map((one) => one.problem?.code)).toEqual(["folder"]);
  });

  it("fetches, pauses and goes on with a model", async () => {
    const { models } = kenning;
    const standing = () => models.all.find((card) => card.name === "bge-m3")?.standing.is;
    expect(standing()).toBe("paused");
    await models.get("bge-m3");
    expect(standing()).toBe("fetching");
    await models.pause("bge-m3");
    expect(standing()).toBe("paused");
    await models.forget("bge-m3");
    expect(standing()).toBe("offered");
  });

  it("switches a model and takes it back", async () => {
    const { models } = kenning;
    await models.use("Qwen3-Embedding-0.6B", 256);
    await rest();
    await models.load();
    expect([models.view?.answering, models.view?.before]).toEqual(["Qwen3-Embedding-0.6B", "multilingual-e5-small"]);
    await models.undo();
    expect(models.view?.answering).toBe("multilingual-e5-small");
  });

  it("sees a switch under way, and sees that it is over", async () => {
    const { models, library } = openKenning(mockHost({ pace: 0.02, isWorking: false }));
    await library.load();
    const switching = () => [library.view?.answering, library.view?.switchingTo, library.passagesToSwitch];
    await models.use("Qwen3-Embedding-0.6B", 256);
    await vi.waitFor(() => expect(switching()).toEqual(["multilingual-e5-small", "Qwen3-Embedding-0.6B", 48_300]), { interval: 1 });
    await vi.waitFor(() => expect(switching()).toEqual(["Qwen3-Embedding-0.6B", null, 0]));
    await vi.waitFor(() => expect(models.view?.keeping).toBe(256));
  });

  it("asks for the library anew where the switch may be over", async () => {
    const { library } = kenning;
    const questions = () => host.asked.filter((one) => one.name === "library").length;
    const progress = library.progress!;
    const before = questions();
    host.tell({ is: "progress", progress: { ...progress, doing: "embedding" } });
    await rest();
    expect(questions()).toBe(before);
    host.tell({ is: "progress", progress: { ...progress, doing: "nothing" } });
    await rest();
    host.tell({ is: "progress", progress: { ...progress, doing: "nothing" } });
    await rest();
    expect(questions()).toBe(before + 1);
    host.tell({ is: "searchable" });
    await rest();
    host.tell({ is: "modelsChanged" });
    await rest();
    expect(questions()).toBe(before + 3);
    for (let at = 0; at < 50; at += 1) host.tell({ is: "searchable" });
    await rest();
    expect(questions()).toBe(before + 5);
  });

  it("keeps what it heard of the progress while it asked", async () => {
    const { library } = kenning;
    const asking = library.load();
    host.tell({ is: "progress", progress: { ...library.progress!, doing: "paused" } });
    await asking;
    expect(library.progress?.doing).toBe("paused");
  });

  it("keeps why a fetch failed until the model is fetched again", async () => {
    const { models } = kenning;
    host.tell({ is: "fetchFailed", name: "bge-m3", problem: { code: "network", message: "The hub did not answer." } });
    expect(models.failures["bge-m3"]?.code).toBe("network");
    await models.get("bge-m3");
    expect(models.failures["bge-m3"]).toBeUndefined();
  });

  it("finds what is damaged of a model", async () => {
    await kenning.models.verify("Qwen3-Embedding-0.6B");
    expect(kenning.models.verified?.verified.isWhole).toBe(false);
  });

  it("says that a model wants its terms accepted", async () => {
    expect(await kenning.models.get("meta/closed")).toBe(false);
    expect(kenning.frame.notices[0]?.problem?.code).toBe("gated");
  });

  it("takes a setting back where it cannot be kept", async () => {
    vi.spyOn(host, "call").mockRejectedValueOnce({ code: "diskFull", message: "full" });
    expect(await kenning.preferences.change({ theme: "dark" })).toBe(false);
    expect(kenning.preferences.settings?.theme).toBe("system");
  });

  it("remembers, saves and forgets searches", async () => {
    const { remembered } = kenning;
    await remembered.load();
    await remembered.toggleSaved("  whales ");
    expect(remembered.isSaved("whales")).toBe(true);
    await remembered.forget("whales");
    expect(remembered.all.some((one) => one.text === "whales")).toBe(false);
  });

  it("opens what the launcher found, and hides", async () => {
    const launcher = new Launcher(host, () => ["en"]);
    launcher.type("deposit");
    await rest();
    expect(launcher.hits.length).toBeGreaterThan(2);
    launcher.move(1);
    const chosen = launcher.current?.files[0]?.id;
    await launcher.open();
    expect(host.asked.slice(-2)).toEqual([
      { name: "open_file", takes: chosen },
      { name: "hide_launcher", takes: null },
    ]);
    expect(launcher.text).toBe("");
    launcher.type("whales");
    await launcher.showInMain();
    expect(host.asked.at(-2)).toEqual({ name: "show_main", takes: { view: "search", query: "whales" } });
    expect([kenning.frame.view, kenning.search.text]).toEqual(["search", "whales"]);
  });
});
