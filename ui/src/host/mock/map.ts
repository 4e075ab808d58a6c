/** The mock's map: 20,000 points in topics within topics, the same ones at each start. */
import type { HostEvent, MapTopic, MeaningMap, Peculiar, Standing } from "../../wire";
import type { Written } from "./document";
import { fileOf, library } from "./library-documents";
import type { Scene } from "./scene";

const LANGUAGES = ["en", "de", "fr", "es", "zh", "ja", "ar", "ru"];

const TREE: [string[], string[][]][] = [
  [["house", "energy"], [["heat pump", "boiler"], ["insulation", "attic"], ["electricity", "meter"]]],
  [["kitchen", "recipes"], [["sourdough", "rye"], ["coffee", "cardamom"], ["fermenting", "salt"]]],
  [["sea", "voyage"], [["whales", "song"], ["tide", "harbour"], ["old verse", "ship"]]],
  [["flat", "tenancy"], [["deposit", "landlord"], ["side costs", "receipts"]]],
  [["taxes", "income"], [["notice", "objection"], ["expenses", "receipt"]]],
  [["sky", "telescope"], [["double stars", "arc"], ["meteors", "night"]]],
  [["health", "doctor"], [["sleep", "memory"], ["vaccination", "travel"], ["teeth", "splint"]]],
  [["garden", "soil"], [["compost", "worms"], ["tomatoes", "rain"]]],
  [["walking", "huts"], [["ridge", "snow"], ["pilgrims", "coast"]]],
  [["chess", "endgame"], [["rook", "pawn"], ["tournament", "round"]]],
  [["bicycle", "workshop"], [["wheel", "spokes"], ["winter", "chain"]]],
  [["language", "models"], [["vectors", "passage"], ["translation", "corpus"], ["training", "loss"]]],
  [["music", "sound"], [["recording", "microphone"], ["accordion", "dance"]]],
  // Nothing sets the last of these apart.
  [["work", "offers"], [["invoice", "due"], ["contract", "notice"], []]],
];

/** The map as one asks for it: made when it is first wanted, where the scene says so. */
export class MockMap {
  private done: number;
  private isBegun = false;

  constructor(
    private readonly scene: Scene,
    private readonly tell: (news: HostEvent) => void,
  ) {
    this.done = scene.isMapping ? 0.42 : 1;
  }

  map(): MeaningMap {
    this.begin();
    const isWhole = this.done >= 1;
    return { ...meaningMap(isWhole && !this.scene.isEmpty ? this.scene.points : 0), making: isWhole ? null : this.done, isOld: this.scene.hasOldMap };
  }

  peculiar(): Peculiar {
    this.begin();
    if (this.done < 1) return { making: this.done, isOld: this.scene.hasOldMap, twins: [], odd: [] };
    const { twins, odd } = this.scene.isEmpty ? { twins: [], odd: [] } : peculiar();
    return { making: null, isOld: this.scene.hasOldMap, twins, odd };
  }

  private begin(): void {
    if (this.isBegun || this.done >= 1) return;
    this.isBegun = true;
    const timer = setInterval(() => {
      this.done += 0.02;
      this.tell({ is: "mapping", done: this.done });
      if (this.done < 1) return;
      clearInterval(timer);
      this.tell({ is: "mapChanged" });
    }, 250 * this.scene.pace);
  }
}

export function meaningMap(points: number): MeaningMap {
  const random = randomFrom(20_240_914);
  const topics = placedTopics(random);
  const inner = topics.map((topic, at) => ({ topic, at })).filter(({ topic }) => topic.parent !== null);
  const map: MeaningMap = {
    making: null, isOld: false, documents: [], titles: [], x: [], y: [], language: [], topic: [], languages: LANGUAGES, topics,
  };
  for (let at = 0; at < points; at += 1) {
    const document = library[at % library.length] as Written;
    const isLonely = random() < 0.04;
    const place = inner[Math.floor(random() ** 1.4 * inner.length)] as (typeof inner)[number];
    const [dx, dy] = scattered(random, 0.022 + 0.025 * ((place.at * 7) % 5) / 5);
    map.documents.push(at < library.length ? document.id : 10_000 + at);
    map.titles.push(document.title ?? document.name);
    map.x.push(clamped(isLonely ? random() * 2 - 1 : place.topic.x + dx));
    map.y.push(clamped(isLonely ? random() * 2 - 1 : place.topic.y + dy));
    map.language.push(LANGUAGES.indexOf(document.language));
    map.topic.push(isLonely ? -1 : place.at);
    if (!isLonely) counted(topics, place.at);
  }
  return map;
}

function counted(topics: MapTopic[], at: number): void {
  for (let one: number | null = at; one !== null; one = topics[one]?.parent ?? null) {
    const topic = topics[one];
    if (topic) topic.documents += 1;
  }
}

function placedTopics(random: () => number): MapTopic[] {
  const topics: MapTopic[] = [];
  TREE.forEach(([name, children], at) => {
    const angle = at * 2.39996;
    const reach = 0.2 + 0.62 * Math.sqrt(at / TREE.length);
    const [x, y] = [Math.cos(angle) * reach, Math.sin(angle) * reach];
    const parent = topics.push({ name, parent: null, documents: 0, x, y }) - 1;
    children.forEach((child, place) => {
      const turn = (place / children.length) * Math.PI * 2 + random();
      topics.push({ name: child, parent, documents: 0, x: x + Math.cos(turn) * 0.09, y: y + Math.sin(turn) * 0.09 });
    });
  });
  return topics;
}

function clamped(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

function scattered(random: () => number, width: number): [number, number] {
  const [reach, angle] = [Math.sqrt(-2 * Math.log(1 - random() * 0.999)) * width, random() * Math.PI * 2];
  return [Math.cos(angle) * reach, Math.sin(angle) * reach];
}

/** The numbers are the same at each start. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function peculiar(): Pick<Peculiar, "twins" | "odd"> {
  const families = new Map<number, Written[]>();
  for (const one of library) {
    if (one.twin) families.set(one.twin.of, [...(families.get(one.twin.of) ?? []), one]);
  }
  const twins = [...families].flatMap(([of, others]) => {
    const first = library.find((one) => one.id === of);
    return first ? others.map((other) => ({ is: other.twin?.is ?? "copy", documents: [first, other].map(standing) })) : [];
  });
  const odd = library.filter((one) => [12, 19, 20, 49].includes(one.id)).map(standing);
  return { twins, odd };
}

function standing(document: Written): Standing {
  return {
    document: document.id, title: document.title, format: document.format, files: [fileOf(document)], language: document.language,
  };
}
