/** The composition root of a window: every controller, built from leaf to root. */
import { Explore } from "./features/explore/explore.svelte";
import { Frame } from "./features/frame/frame.svelte";
import { Ledger } from "./features/library/ledger.svelte";
import { Library } from "./features/library/library.svelte";
import { Models } from "./features/models/models.svelte";
import { Reading } from "./features/search/reading.svelte";
import { Remembered } from "./features/search/remembered.svelte";
import { Search } from "./features/search/search.svelte";
import { Preferences } from "./features/settings/preferences.svelte";
import type { Host } from "./host/host";

export interface Kenning {
  host: Host;
  frame: Frame;
  preferences: Preferences;
  library: Library;
  ledger: Ledger;
  search: Search;
  reading: Reading;
  remembered: Remembered;
  models: Models;
  explore: Explore;
}

export function openKenning(host: Host): Kenning {
  const frame = new Frame();
  const preferences = new Preferences(host, frame);
  const search = new Search(host, () => ({
    languages: preferences.languagesRead,
    isReranked: preferences.isReranked,
  }));
  host.onEvent((event) => {
    if (event.is !== "show") return;
    frame.go(event.view);
    if (event.view === "search" && event.query !== "") search.type(event.query);
  });
  return {
    host,
    frame,
    preferences,
    search,
    library: new Library(host, frame),
    ledger: new Ledger(host, frame),
    reading: new Reading(host),
    remembered: new Remembered(host, frame),
    models: new Models(host, frame),
    explore: new Explore(host, frame),
  };
}
