/** How every window begins: a host, the controllers, the settings, and then its view. */
import "./styles/base.css";

import { mount, type Component } from "svelte";

import { applyLanguage, applyTheme } from "./appearance.svelte";
import { openHost } from "./host/open";
import { openKenning, type Kenning } from "./kenning.svelte";

export async function begin(view: Component<{ kenning: Kenning }>): Promise<void> {
  const target = document.getElementById("app");
  if (!target) return;
  try {
    const kenning = openKenning(await openHost());
    // The settings come first, so that nothing is seen in the wrong language or colours.
    await kenning.preferences.load();
    applyTheme(kenning.preferences.settings?.theme ?? "system")();
    await applyLanguage(kenning.preferences.language);
    mount(view, { target, props: { kenning } });
    // What is measured as the first paint: when the frame with the view in it is done.
    requestAnimationFrame(() => setTimeout(() => performance.mark("first-view")));
  } catch (thrown) {
    target.textContent = thrown instanceof Error ? thrown.message : String(thrown);
  }
}
