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
  making = $state<number | null>(null);
  /** Documents drawn around on the map. */
  chosen = $state.raw<number[]>([]);
  /** The topic or language that is set apart, as a number in the map's list. */
  apart = $state<number | null>(null);
  isLoading = $state(false);
  private isStale = true;

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "mapping") this.making = event.done >= 1 ? null : event.done;
      if (event.is === "mapChanged") {
        this.isStale = true;
        if (this.map) void this.load();
      }
    });
  }

  /** Fetches the map where it is not here, or is not of the library as it is. */
  async load(): Promise<void> {
    if (!this.isStale || this.isLoading) return;
    this.isLoading = true;
    this.isStale = false;
    const [map, peculiar] = await Promise.all([
      this.frame.attempt(() => this.host.call("map", null)),
      this.frame.attempt(() => this.host.call("peculiar", null)),
    ]);
    this.isLoading = false;
    this.isStale ||= !map;
    if (map) [this.map, this.making, this.chosen] = [map, map.making, []];
    if (peculiar) this.peculiar = peculiar;
  }

  setColour(colourBy: ColourBy): void {
    this.colourBy = colourBy;
    this.apart = null;
  }

  setApart(group: number): void {
    this.apart = this.apart === group ? null : group;
  }
}
