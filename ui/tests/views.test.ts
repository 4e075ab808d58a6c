/** The main flows of every view, with the mock behind them. */
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { mockHost, type MockHost, type Scene } from "../src/host/mock";
import { openKenning, type Kenning } from "../src/kenning.svelte";
import App from "../src/views/App.svelte";
import LauncherView from "../src/views/LauncherView.svelte";
import type { View } from "../src/wire";

let host: MockHost;
let kenning: Kenning;

async function open(scene: Partial<Scene> = {}, view: View = "search"): Promise<void> {
  host = mockHost({ pace: 0, isWorking: false, files: 300, points: 400, ...scene });
  kenning = openKenning(host);
  await kenning.preferences.load();
  kenning.frame.go(view);
  render(App, { kenning });
  await waitFor(() => expect(kenning.library.view).not.toBeNull());
}

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Search your documents" });
const button = (name: string | RegExp) => screen.findByRole("button", { name });
const click = async (name: string | RegExp) => fireEvent.click(await button(name));

async function ask(question: string): Promise<void> {
  await fireEvent.input(field(), { target: { value: question } });
  await waitFor(() => expect(kenning.search.isSearching).toBe(false));
}

describe("search", () => {
  beforeEach(() => open());

  it("has the focus in its field and offers former searches", async () => {
    expect(document.activeElement).toBe(field());
    await click(/^whales/u);
    expect(field().value).toBe("whales");
    expect(document.activeElement).toBe(field());
  });

  it("finds, previews and opens by the keyboard", async () => {
    await ask("heating costs in winter");
    const hits = within(screen.getByRole("list", { name: "Results" }));
    expect(hits.getAllByRole("listitem").length).toBeGreaterThan(4);
    await fireEvent.keyDown(field(), { key: "ArrowDown" });
    await waitFor(() => expect(document.activeElement?.getAttribute("data-hit")).toBe("0"));
    await fireEvent.keyDown(document.activeElement!, { key: "ArrowDown" });
    await waitFor(() => expect(document.activeElement?.getAttribute("data-hit")).toBe("1"));
    const preview = within(screen.getByRole("region", { name: "Preview" }));
    await waitFor(() => expect(preview.getByRole("heading", { level: 2 }).textContent).toBe(kenning.search.current?.title));
    await fireEvent.keyDown(document.activeElement!, { key: "Enter" });
    await waitFor(() => expect(host.asked.at(-1)).toEqual({ name: "open_file", takes: kenning.search.current?.files[0]?.id }));
  });

  it("has one hit in the way of the tab key", async () => {
    await ask("heating");
    expect(document.querySelectorAll('[data-hit][tabindex="0"]').length).toBe(1);
  });

  it("writes filters into the query", async () => {
    await ask("heating");
    await click("Type");
    await click("PDF");
    expect(field().value).toBe("heating type:pdf ");
    await click(/^Language/u);
    await click("German");
    expect(field().value).toBe("heating type:pdf lang:de ");
    await waitFor(() => expect(kenning.search.hits.map((hit) => hit.format)).toEqual(["pdf"]));
  });

  it("says honestly that nothing is close", async () => {
    await ask("quarterly zebra accounting");
    expect(screen.getByRole("heading", { name: "Nothing close to that here" })).toBeTruthy();
    await click(/^Show the/u);
    expect(document.querySelectorAll("[data-hit]").length).toBeGreaterThan(0);
  });

  it("shows hostile text as text", async () => {
    await ask("page that means harm");
    await waitFor(() => expect(screen.getByRole("region", { name: "Preview" }).textContent).toContain("<img src=x onerror"));
    expect(document.querySelector("[data-reading] img, [data-reading] script, [data-hit] script")).toBeNull();
    expect(document.body.textContent).not.toMatch(/[\u0000\u0007\u202e]/u);
  });

  it("puts names and titles in a direction of their own", async () => {
    await ask("بحر");
    const title = document.querySelector("[data-hit] bdi");
    expect(title?.textContent).toMatch(/[\u0600-\u06ff]/u);
  });

  it("gives up all of it by Escape", async () => {
    await ask("heating");
    await fireEvent.keyDown(field(), { key: "Escape" });
    expect(field().value).toBe("");
  });

  it("shows the sheet of shortcuts", async () => {
    await fireEvent.keyDown(document.body, { key: "?" });
    expect(screen.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
  });

  it("says how the search went, once it rests", async () => {
    await ask("heating");
    expect(screen.getAllByRole("status").map((one) => one.textContent).join(" ")).toContain("documents found");
  });

  it("says what went wrong and what to do", async () => {
    await ask("fail:");
    expect(screen.getByText(/Something went wrong inside Kenning/u)).toBeTruthy();
    await button("Search again");
  });
});

describe("library", () => {
  it("adds a folder with rules", async () => {
    await open({ isEmpty: true }, "library");
    await click("Add a folder …");
    const except = await screen.findByRole("textbox", { name: "Leave out" });
    await fireEvent.input(except, { target: { value: "*.tmp\n\n build/ " } });
    await click("Add this folder");
    await waitFor(() => expect(kenning.library.folders[0]?.rules.except).toEqual(["*.tmp", "build/"]));
  });

  it("asks about what was dropped on the window", async () => {
    await open({}, "library");
    host.offerDrop("/home/mira/Pictures", true);
    await click("Add this folder");
    await waitFor(() => expect(kenning.library.folders.length).toBe(4));
  });

  it("removes a folder only once it is confirmed", async () => {
    await open({}, "library");
    await fireEvent.click((await screen.findAllByRole("button", { name: /^More: / }))[0]!);
    await click("Remove …");
    expect(kenning.library.folders.length).toBe(3);
    await click("Remove");
    await waitFor(() => expect(kenning.library.folders.length).toBe(2));
  });

  it("filters the ledger by state and says why", async () => {
    await open({}, "library");
    await click(/^Set aside/u);
    await screen.findByText("one-line.json");
    expect(screen.getByText("Reading took too much memory", { selector: "p" })).toBeTruthy();
    await click("Read again: one-line.json");
    await waitFor(() => expect(screen.queryByText("one-line.json")).toBeNull());
  });

  it("says in the user's words why changes are noticed late", async () => {
    await open({ hasTroubles: true }, "library");
    expect(screen.getByText(/^Others may change files in it unnoticed/u)).toBeTruthy();
    expect(screen.getByText(/^The system allows no more watches/u)).toBeTruthy();
  });

  it("names reasons by their codes, and shows a code that is new to it", async () => {
    await open({}, "library");
    await screen.findByText("one-line.json");
    kenning.ledger.reasons = [{ reason: "encrypted", files: 1 }, { reason: "moonlit", files: 2 }];
    const names = async () => within(await screen.findByRole("combobox", { name: "Reason" })).getAllByRole("option").map((one) => one.textContent);
    await waitFor(async () => expect((await names()).slice(1)).toEqual(["Encrypted: save a copy without a password to have it found (1)", "moonlit (2)"]));
  });

  it("says that it rests on battery, and goes on where the user wants it", async () => {
    await open({ isWorking: true, onBattery: true }, "library");
    expect(screen.getByRole("heading", { name: "Resting while on battery" })).toBeTruthy();
    expect(screen.getByRole("button", { name: /Resting while on battery/u })).toBeTruthy();
    await click("Go on anyway");
    await button("Pause");
    expect(host.asked.at(-1)).toEqual({ name: "resume", takes: null });
  });

  it("can be read where another program writes", async () => {
    await open({ readOnly: "Another Kenning has the library open." }, "library");
    expect((await button("Add a folder …")).hasAttribute("disabled")).toBe(true);
  });
});

describe("explore", () => {
  it("unfolds the topics by the keyboard and previews a document", async () => {
    await open({}, "explore");
    await fireEvent.click(await screen.findByRole("radio", { name: "Topics" }));
    const tree = screen.getByRole("tree");
    await fireEvent.keyDown(tree, { key: "ArrowRight" });
    await fireEvent.keyDown(tree, { key: "ArrowDown" });
    await fireEvent.keyDown(tree, { key: "ArrowRight" });
    const document = within(tree).getAllByRole("treeitem").find((item) => item.getAttribute("aria-expanded") === null);
    await fireEvent.click(document!);
    await waitFor(() => expect(kenning.reading.first).not.toBeNull());
  });

  it("lists what is alike", async () => {
    await open({}, "explore");
    await fireEvent.click(await screen.findByRole("radio", { name: "Alike" }));
    expect((await screen.findAllByRole("heading", { name: "Translation" })).length).toBeGreaterThan(0);
  });

  it("says what to do while there is no map", async () => {
    await open({ isEmpty: true }, "explore");
    expect(await screen.findByRole("heading", { name: "No map yet" })).toBeTruthy();
  });

  it("says how far the map is, and then shows it", async () => {
    await open({ isMapping: true }, "explore");
    expect(await screen.findByRole("heading", { name: /^The map is being drawn: \d+%/u })).toBeTruthy();
    expect(await screen.findByRole("application")).toBeTruthy();
  });

  it("says that the library has changed since the map was drawn, unless a newer one is on its way", async () => {
    await open({ hasOldMap: true }, "explore");
    const line = /^The library has changed since this map was drawn$/u;
    expect(await screen.findByText(line)).toBeTruthy();
    host.tell({ is: "mapping", done: 0.3 });
    await waitFor(() => expect(screen.queryByText(line)).toBeNull());
    expect(screen.getByText("The map is being drawn: 30%")).toBeTruthy();
  });

  it("says that the map comes once something is learned", async () => {
    await open({ points: 0, isWorking: true }, "explore");
    expect(await screen.findByText(/^It draws itself once Kenning has learned/u)).toBeTruthy();
  });

  it("lets one try again where the map cannot be had", async () => {
    await open({}, "library");
    const refusal = vi.spyOn(host, "call").mockRejectedValue({ code: "internal", message: "no" });
    kenning.frame.go("explore");
    const again = await button("Try again");
    refusal.mockRestore();
    await fireEvent.click(again);
    expect(await screen.findByRole("application")).toBeTruthy();
  });

  it("crosses to the preview and back, and closes it by Escape", async () => {
    await open({}, "explore");
    await fireEvent.click(await screen.findByRole("radio", { name: "Odd ones out" }));
    const line = document.querySelector<HTMLElement>("[data-standing]")!;
    line.focus();
    await fireEvent.click(line);
    await waitFor(() => expect(kenning.reading.first).not.toBeNull());
    await fireEvent.keyDown(line, { key: "F6" });
    expect(document.activeElement?.hasAttribute("data-reading")).toBe(true);
    await fireEvent.keyDown(document.activeElement!, { key: "Escape" });
    expect([kenning.reading.shown, document.activeElement]).toEqual([null, line]);
  });

  it("says what a topic is called that nothing sets apart", async () => {
    await open({}, "explore");
    await fireEvent.click(await screen.findByRole("radio", { name: "Topics" }));
    await fireEvent.click(await screen.findByRole("treeitem", { name: /^work, offers/u }));
    expect(await screen.findByRole("treeitem", { name: /^Topic without a name/u })).toBeTruthy();
  });

  it("searches inside a topic", async () => {
    await open({}, "explore");
    await fireEvent.click(await screen.findByRole("radio", { name: "Topics" }));
    await click("Search in this topic");
    await waitFor(() => expect(screen.getByText(/^In the topic “house, energy”$/u)).toBeTruthy());
    expect([kenning.frame.view, kenning.search.beside?.by]).toEqual(["search", "within"]);
  });
});

describe("models", () => {
  beforeEach(() => open({}, "models"));

  it("says what a change takes before it begins", async () => {
    await click("Use …");
    expect(await screen.findByText("48,300 passages are read anew")).toBeTruthy();
    await click("Begin");
    await waitFor(() => expect(host.asked.some((one) => one.name === "use_model")).toBe(true));
  });

  it("goes on with what was paused", async () => {
    await click("Go on");
    await button("Pause");
    expect(screen.getByText(/of 2\.3 GB/u)).toBeTruthy();
  });

  it("fetches any repository, by a name that is one", async () => {
    const repository = screen.getByRole("textbox", { name: "Repository" });
    const get = () => within(repository.closest("form")!).getByRole("button", { name: "Download" });
    expect(get().hasAttribute("disabled")).toBe(true);
    await fireEvent.input(repository, { target: { value: "some/model" } });
    await fireEvent.submit(repository.closest("form")!);
    await waitFor(() => expect(kenning.models.all.some((card) => card.name === "some/model")).toBe(true));
  });

  it("says how much of a vector is searched", async () => {
    expect(screen.queryByText(/of 1,024 numbers a passage/u)).toBeNull();
    await kenning.models.use("Qwen3-Embedding-0.6B", 256);
    expect(await screen.findByText(/256 of 1,024 numbers a passage/u)).toBeTruthy();
  });

  it("says on its card why a model was not fetched", async () => {
    host.tell({ is: "fetchFailed", name: "bge-m3", problem: { code: "network", message: "The hub did not answer." } });
    const card = (await screen.findByRole("heading", { name: "bge-m3" })).closest("article")!;
    await waitFor(() => expect(card.textContent).toContain("The download did not get through."));
    expect(card.textContent).toContain("The hub did not answer.");
  });

  it("compares two", async () => {
    await click("Compare two models …");
    await click("Compare");
    expect(await screen.findByText(/finds clearly more/u)).toBeTruthy();
  });
});

describe("settings", () => {
  beforeEach(() => open({}, "settings"));

  it("turns the page round for Arabic", async () => {
    await fireEvent.change(screen.getByRole("combobox", { name: "Language" }), { target: { value: "ar" } });
    await waitFor(() => expect([document.documentElement.dir, document.documentElement.lang]).toEqual(["rtl", "ar"]));
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("الإعدادات");
    await fireEvent.change(screen.getByRole("combobox", { name: "اللغة" }), { target: { value: "en" } });
    await waitFor(() => expect(document.documentElement.dir).toBe("ltr"));
  });

  it("changes the theme at once", async () => {
    await fireEvent.click(screen.getByRole("radio", { name: "Dark" }));
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
  });

  it("takes a hotkey by having it pressed", async () => {
    const record = await button("Change");
    await fireEvent.click(record);
    await fireEvent.keyDown(record, { key: "Shift", shiftKey: true });
    await fireEvent.keyDown(record, { key: "j", code: "KeyJ", ctrlKey: true, altKey: true });
    await waitFor(() => expect(kenning.preferences.settings?.hotkey).toBe("Ctrl+Alt+J"));
  });

  it("says beside the field that the keyring does not keep the token", async () => {
    const token = screen.getByLabelText<HTMLInputElement>("Access token");
    await fireEvent.input(token, { target: { value: "hf_secret" } });
    const refusal = vi.spyOn(host, "call").mockRejectedValueOnce({ code: "keyring", message: "The keyring is locked." });
    await fireEvent.submit(token.form!);
    const said = await screen.findByText(/keyring cannot be used/u);
    expect(said.closest("[role=alert]")?.textContent).toContain("The keyring is locked.");
    expect([kenning.frame.notices, token.value]).toEqual([[], "hf_secret"]);
    refusal.mockRestore();
    await fireEvent.submit(token.form!);
    await waitFor(() => expect(kenning.preferences.view?.hasToken).toBe(true));
    expect(screen.queryByText(/keyring cannot be used/u)).toBeNull();
  });

  it("rests on battery unless the user wants otherwise", async () => {
    const rests = screen.getByRole<HTMLInputElement>("checkbox", { name: "Pause while on battery" });
    expect(rests.checked).toBe(true);
    await fireEvent.click(rests);
    await waitFor(() => expect(kenning.preferences.settings?.pauseOnBattery).toBe(false));
  });

  it("leads to the models where none reads hits again", async () => {
    expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "Read the best hits again" }).disabled).toBe(true);
    await click("See the models");
    expect(kenning.frame.view).toBe("models");
  });

  it("erases only once the word was typed", async () => {
    await click("Erase everything …");
    expect((await button("Erase")).hasAttribute("disabled")).toBe(true);
    await fireEvent.input(screen.getByRole("textbox", { name: /Type “erase”/u }), { target: { value: "erase" } });
    await fireEvent.submit(document.querySelector("dialog form")!);
    await waitFor(() => expect(host.asked.some((one) => one.name === "erase_data")).toBe(true));
  });
});

describe("settings that not every machine has", () => {
  it("says nothing of a battery where there is none", async () => {
    await open({ hasBattery: false }, "settings");
    expect(screen.queryByRole("checkbox", { name: "Pause while on battery" })).toBeNull();
  });

  it("has the best hits read again by the reranker that is here", async () => {
    await open({ hasReranker: true }, "settings");
    const rerank = screen.getByRole<HTMLInputElement>("checkbox", { name: "Read the best hits again" });
    expect([rerank.checked, rerank.disabled]).toEqual([true, false]);
    expect(screen.getByText(/Qwen3-Reranker-0\.6B/u)).toBeTruthy();
    await fireEvent.click(rerank);
    await waitFor(() => expect(kenning.preferences.isReranked).toBe(false));
  });

  it("says that the best are read again while they are", async () => {
    await open({ hasReranker: true, pace: 0.2 });
    await fireEvent.input(field(), { target: { value: "heating costs" } });
    expect(await screen.findByText("Reading the best again …")).toBeTruthy();
    await waitFor(() => expect(screen.queryByText("Reading the best again …")).toBeNull());
    expect(screen.getByRole("list", { name: "Results" }).textContent).toContain("read again");
  });
});

describe("a reranker that fails", () => {
  it("leaves the answer, with a quiet line beneath", async () => {
    await open({ hasReranker: true, isRerankerBroken: true });
    await ask("heating costs");
    const line = await screen.findByText(/^The best could not be read again: This model cannot be used/u);
    expect(line.textContent).toContain("The reranker’s weights are cut off.");
    expect(document.querySelectorAll("[data-hit]").length).toBeGreaterThan(0);
    expect(screen.queryByText(/The search stopped/u)).toBeNull();
  });
});

describe("the first start", () => {
  it("takes three steps and ends in the search", async () => {
    await open({ isNew: true, isEmpty: true });
    await click("Add a folder …");
    await screen.findByText("/home/mira/Pictures and papers");
    await click("Next");
    await click("Next");
    await click("Start searching");
    await waitFor(() => expect(document.activeElement).toBe(field()));
  });

  it("is none where there are folders already", async () => {
    await open({ isNew: true });
    await waitFor(() => expect(document.activeElement).toBe(field()));
    expect(screen.queryByRole("button", { name: "Skip" })).toBeNull();
  });

  it("comes again once everything was erased", async () => {
    await open({}, "settings");
    await kenning.preferences.erase();
    await button("Skip");
  });

  it("can be skipped", async () => {
    await open({ isNew: true, isEmpty: true });
    await click("Skip");
    expect(await screen.findByRole("heading", { name: "Nothing to search yet" })).toBeTruthy();
  });
});

describe("problems", () => {
  it("are said by what they are, with the engine's words beneath, and stay", async () => {
    await open({}, "models");
    vi.spyOn(host, "call").mockRejectedValueOnce({ code: "gated", message: "The hub answered 403." });
    await kenning.models.get("bge-m3");
    const alert = await screen.findByText(/The publisher wants its terms accepted/u);
    expect(alert.closest("[role=alert]")?.textContent).toContain("The hub answered 403.");
    await click("Dismiss");
    expect(screen.queryByText(/The publisher/u)).toBeNull();
  });
});

describe("launcher", () => {
  it("finds, moves, opens and hides", async () => {
    host = mockHost({ pace: 0, isWorking: false });
    kenning = openKenning(host);
    await kenning.preferences.load();
    render(LauncherView, { kenning });
    const input = screen.getByRole<HTMLInputElement>("combobox");
    await fireEvent.input(input, { target: { value: "deposit" } });
    await waitFor(() => expect(screen.getAllByRole("option").length).toBeGreaterThan(2));
    await fireEvent.keyDown(input, { key: "ArrowDown" });
    expect(screen.getAllByRole("option")[1]?.getAttribute("aria-selected")).toBe("true");
    await fireEvent.keyDown(input, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(host.asked.map((one) => one.name).slice(-2)).toEqual(["show_main", "hide_launcher"]));
  });
});
