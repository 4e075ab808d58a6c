/**
 * What the interface asks of the program around it. It owns the one way out, and must never know whether a real
 * engine or the mock stands behind it.
 */
import type { Commands, HostEvent, Problem, SearchNews, SearchRequest } from "../wire";

export type CommandName = keyof Commands;

export interface Host {
  /** Has a command done. Rejects with a `Problem`. */
  call<K extends CommandName>(name: K, takes: Commands[K]["takes"]): Promise<Commands[K]["gives"]>;
  /** Asks, and is told more than once. What it returns ends the search; nothing is told after that. */
  search(request: SearchRequest, onNews: (news: SearchNews) => void): () => void;
  /** Listens to what is told without being asked. What it returns ends that. */
  onEvent(listener: (event: HostEvent) => void): () => void;
}

/** Whatever was thrown, as a problem that can be shown. */
export function problemOf(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message };
}

function isProblem(thrown: unknown): thrown is Problem {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}
