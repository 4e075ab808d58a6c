/**
 * The host behind which the engine stands. It is the only module that knows Tauri, and must never know what a
 * command means.
 */
import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { HostEvent, SearchNews } from "../wire";
import { problemOf, type Host } from "./host";

export function isInTauri(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

export function tauriHost(): Host {
  return {
    call: (name, takes) => invoke("call", { name, takes }),
    search(request, onNews) {
      const channel = new Channel<SearchNews>();
      let isOver = false;
      channel.onmessage = (news) => {
        if (isOver) return;
        isOver = news.is === "done" || news.is === "failed";
        onNews(news);
      };
      const begun = invoke<number>("search", { request, channel });
      begun.catch((thrown: unknown) => {
        if (!isOver) onNews({ is: "failed", problem: problemOf(thrown) });
        isOver = true;
      });
      return () => {
        if (isOver) return;
        isOver = true;
        // A search that never began needs no end.
        begun.then((search) => invoke("cancel_search", { search })).catch(() => undefined);
      };
    },
    onEvent(listener) {
      const heard = listen<HostEvent>("news", (event) => listener(event.payload));
      return () => {
        heard.then((unlisten) => unlisten()).catch(() => undefined);
      };
    },
  };
}
