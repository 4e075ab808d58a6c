/** Chooses the host. The mock is in no bundle but the one made for it. */
import type { Host } from "./host";
import { isInTauri, tauriHost } from "./tauri";

export async function openHost(): Promise<Host> {
  if (isInTauri()) return tauriHost();
  if (import.meta.env.MODE === "mock") {
    const { mockHost, sceneOf } = await import("./mock");
    return mockHost(sceneOf(location.search));
  }
  throw new Error("Kenning's interface only works inside Kenning.");
}
