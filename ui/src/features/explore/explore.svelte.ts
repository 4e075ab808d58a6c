/** The map of meanings and what stands out in it. It must never know how points are drawn. */
import type { Host } from "../../host/host";
import type { MeaningMap, Peculiar } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export type ExploreTab = "map" | "topics" | "alike" | "odd";
export type ColourBy = "topic" | "language";

/** Files become searchable all the time; the map is not asked for again more often. */
const AGAIN_AFTER = 5000;

export class Explore {
  tab = $state<ExploreTab>("map");
  colourBy = $state<ColourBy>("topic");
  map = $state.raw<MeaningMap | null>(null);
  peculiar = $state.raw<Peculiar | null>(null);
  /** How much of a newer map is made, from 0 to 1, while one is. */
  making = $state<number | null>(null);
  /** Whether the library has changed since it was drawn. */
  isOld = $state(false);
  /** Documents drawn around on the map. */
  chosen = $state.raw<number[]>([]);
  /** The group that is set apart, as a number in the legend. */
  apart = $state<number | null>(null);
  hasFailed = $state(false);
  private isOpen = false;
  private isAsking = false;
  private isWantedAgain = false;
  private lastAsked = 0;
  private again: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "mapping") this.making = event.done >= 1 ? null : event.done;
      // To ask for the map has it made: nobody asks who does not look at it.
      if (event.is === "mapChanged" && this.isOpen) void this.load();
      // What can be searched is other than it was: the map that is here may be old by now.
      if (event.is === "searchable") this.askLater(AGAIN_AFTER - (performance.now() - this.lastAsked));
    });
  }

  /** Somebody looks at it: it is asked for, and again whenever there is a newer one. */
  open(): void {
    this.isOpen = true;
    void this.load();
  }

  close(): void {
    this.isOpen = false;
    this.forgetTimer();
  }

  /** Once more, however often it is wanted while an answer is on its way. */
  async load(): Promise<void> {
    this.isWantedAgain = true;
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.isWantedAgain) {
      this.isWantedAgain = false;
      await this.ask();
    }
    this.isAsking = false;
  }

  private async ask(): Promise<void> {
    this.forgetTimer();
    this.lastAsked = performance.now();
    const [map, peculiar] = await Promise.all([
      this.frame.attempt(() => this.host.call("map", null)),
      this.frame.attempt(() => this.host.call("peculiar", null)),
    ]);
    this.hasFailed = !map;
    if (map) this.take(map);
    if (peculiar) this.peculiar = peculiar;
    // A newer one is begun only when it is asked for after a rest, and nothing may be told after the last change.
    if (map?.isOld && map.making === null) this.askLater(AGAIN_AFTER);
  }

  private askLater(wait: number): void {
    if (!this.isOpen || this.again !== null) return;
    this.again = setTimeout(() => void this.load(), Math.max(0, wait));
  }

  private forgetTimer(): void {
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
  }

  /** What was chosen stays chosen, as far as it is still there; the groups of another map may be others. */
  private take(map: MeaningMap): void {
    [this.making, this.isOld] = [map.making, map.isOld];
    if (!this.map || !isSameDrawing(this.map, map)) [this.map, this.apart] = [map, null];
    if (this.chosen.length === 0) return;
    const there = new Set(map.documents);
    this.chosen = this.chosen.filter((document) => there.has(document));
  }

  setColour(colourBy: ColourBy): void {
    this.colourBy = colourBy;
    this.apart = null;
  }

  setApart(group: number): void {
    this.apart = this.apart === group ? null : group;
  }
}

function isSameDrawing(one: MeaningMap, other: MeaningMap): boolean {
  const columns = ["documents", "titles", "x", "y", "language", "topic", "languages"] as const;
  const areSame = (column: (typeof columns)[number]) =>
    one[column].length === other[column].length && one[column].every((value, at) => value === other[column][at]);
  return columns.every(areSame) && JSON.stringify(one.topics) === JSON.stringify(other.topics);
}
