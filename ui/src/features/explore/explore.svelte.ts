/** The map of meanings and what stands out in it. It must never know how points are drawn. */
import type { Host } from "../../host/host";
import type { MeaningMap, Peculiar } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export type ExploreTab = "map" | "topics" | "alike" | "odd";
export type ColourBy = "topic" | "language";

export class Explore {
  tab = $state<ExploreTab>("map");
  colourBy = $state<ColourBy>("topic");
  map = $state.raw<MeaningMap | null>(null);
  peculiar = $state.raw<Peculiar | null>(null);
  /** How much of a newer map is made, from 0 to 1, while one is. */
  making = $state<number | null>(null);
  /** Documents drawn around on the map. */
  chosen = $state.raw<number[]>([]);
  /** The group that is set apart, as a number in the legend. */
  apart = $state<number | null>(null);
  hasFailed = $state(false);
  private isOpen = false;
  private isAsking = false;
  private isWantedAgain = false;

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "mapping") this.making = event.done >= 1 ? null : event.done;
      // To ask for the map has it made: nobody asks who does not look at it.
      if (event.is === "mapChanged" && this.isOpen) void this.load();
    });
  }

  /** Somebody looks at it: it is asked for, and again whenever there is a newer one. */
  open(): void {
    this.isOpen = true;
    void this.load();
  }

  close(): void {
    this.isOpen = false;
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
    const [map, peculiar] = await Promise.all([
      this.frame.attempt(() => this.host.call("map", null)),
      this.frame.attempt(() => this.host.call("peculiar", null)),
    ]);
    this.hasFailed = !map;
    if (map) this.take(map);
    if (peculiar) this.peculiar = peculiar;
  }

  /** What was chosen stays chosen, as far as it is still there; the groups may be others. */
  private take(map: MeaningMap): void {
    this.map = map;
    this.making = map.making;
    this.apart = null;
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
