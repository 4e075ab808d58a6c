/** The mock's models: fetched at a steady pace, switched at another. */
import type {
  Comparison, Estimate, Fetching, GetModel, HostEvent, ModelCard, ModelsView, Problem, UseModel, Verified,
} from "../../wire";
import type { MockLibrary } from "./library";

const MB = 1_000_000;

type Offered = Pick<ModelCard, "name" | "task" | "bytes" | "dimensions" | "keeps" | "maxTokens" | "languages" | "licence" | "summary">;

const OFFERED: Offered[] = [
  { name: "multilingual-e5-small", task: "embed", bytes: 118 * MB, dimensions: 384, keeps: [], maxTokens: 512, languages: 94, licence: "MIT", summary: "Small and quick, good in many languages. It comes with Kenning." },
  { name: "multilingual-e5-base", task: "embed", bytes: 1_110 * MB, dimensions: 768, keeps: [], maxTokens: 512, languages: 94, licence: "MIT", summary: "The next larger one: somewhat better, three times slower." },
  { name: "Qwen3-Embedding-0.6B", task: "embed", bytes: 1_191 * MB, dimensions: 1024, keeps: [128, 256, 512, 768, 1024], maxTokens: 32_768, languages: 119, licence: "Apache-2.0", summary: "Among the best of its size. Wants a graphics card, or patience." },
  { name: "Qwen3-Embedding-4B", task: "embed", bytes: 8_050 * MB, dimensions: 2560, keeps: [256, 512, 1024, 2560], maxTokens: 32_768, languages: 119, licence: "Apache-2.0", summary: "For a graphics card with 12 GB or more." },
  { name: "bge-m3", task: "embed", bytes: 2_270 * MB, dimensions: 1024, keeps: [], maxTokens: 8192, languages: 100, licence: "MIT", summary: "Strong with long passages and across languages." },
  { name: "Qwen3-Reranker-0.6B", task: "rerank", bytes: 1_192 * MB, dimensions: null, keeps: [], maxTokens: 32_768, languages: 119, licence: "Apache-2.0", summary: "Reads the best answers again, together with the question." },
  { name: "bge-reranker-v2-m3", task: "rerank", bytes: 2_271 * MB, dimensions: null, keeps: [], maxTokens: 8192, languages: 100, licence: "Apache-2.0", summary: "A smaller reader of answers, in a hundred languages." },
];

const HERE = ["multilingual-e5-small", "Qwen3-Embedding-0.6B"];

export class MockModels {
  private cards: ModelCard[];
  private answering: string | null = "multilingual-e5-small";
  private before: string | null = null;
  private keeping: number | null = null;
  private timers = new Map<string, ReturnType<typeof setInterval>>();
  private fetched = new Map<string, number>();

  constructor(
    private readonly pace: number,
    private readonly library: MockLibrary,
    private readonly tell: (news: HostEvent) => void,
    hasReranker: boolean,
  ) {
    this.cards = OFFERED.map((one) => {
      const isHere = HERE.includes(one.name) || (hasReranker && one.task === "rerank" && one.bytes < 1_200 * MB);
      return {
        ...one, standing: isHere ? { is: "installed" } : { is: "offered" }, builtIn: one.name === "multilingual-e5-small",
        origin: `huggingface.co/${one.name}`, tokensPerSecond: isHere ? (one.dimensions === 384 ? 21_400 : 1_350) : null,
        readsLibrary: one.name === "multilingual-e5-small",
      };
    });
    this.fetched.set("bge-m3", 0.37);
    this.set("bge-m3", { standing: { is: "paused", done: 840 * MB } });
  }

  view(): ModelsView {
    return {
      models: this.cards, answering: this.answering, keeping: this.keeping, before: this.before, device: "CPU, 2 cores, AVX-512",
      fallback: "The graphics card (CUDA) was tried and gave wrong numbers in the self-test: the processor is used instead.", unusable: [],
    };
  }

  /** The first of those that are here and read hits again. */
  reranker(): string | null {
    return this.cards.find((card) => card.task === "rerank" && card.standing.is === "installed")?.name ?? null;
  }

  get(wanted: GetModel): void {
    if (!this.cards.some((card) => card.name === wanted.name)) this.cards = [...this.cards, this.unknown(wanted)];
    if (wanted.name.startsWith("meta/")) {
      throw { code: "gated", message: `The hub wants its terms for ${wanted.name} accepted first.` } satisfies Problem;
    }
    this.step(wanted.name);
    this.tell({ is: "modelsChanged" });
    if (this.pace === 0) return;
    this.timers.set(wanted.name, setInterval(() => this.step(wanted.name), 150 * this.pace));
  }

  pause(name: string): void {
    this.stop(name);
    this.set(name, { standing: { is: "paused", done: Math.round((this.fetched.get(name) ?? 0) * this.card(name).bytes) } });
    this.tell({ is: "modelsChanged" });
  }

  forget(name: string): void {
    this.stop(name);
    this.fetched.delete(name);
    this.set(name, { standing: { is: "offered" }, tokensPerSecond: null });
    this.tell({ is: "modelsChanged" });
  }

  verify(name: string): Verified {
    const isDamaged = name === "Qwen3-Embedding-0.6B" && !this.fetched.has(name);
    return {
      isWhole: !isDamaged,
      files: [
        { name: "config.json", condition: "whole" }, { name: "tokenizer.json", condition: "whole" },
        { name: "model.safetensors", condition: isDamaged ? "damaged" : "whole" },
      ],
    };
  }

  mend(name: string): void {
    this.fetched.set(name, 0.92);
    this.get({ name, revision: null, file: null, called: null });
  }

  estimate({ name, keep }: UseModel): Estimate {
    if (this.card(name).dimensions === null) throw { code: "model", message: "This model makes no vectors." } satisfies Problem;
    const speed = this.card(name).tokensPerSecond ?? 900;
    const passages = this.card(name).readsLibrary ? 0 : 48_300;
    return { passages, seconds: (passages * 180) / speed, bytes: passages * 2 * (keep ?? this.card(name).dimensions ?? 0) };
  }

  use({ name, keep }: UseModel): void {
    this.library.switchingTo = name;
    this.library.switchLeft = 48_300;
    this.tell({ is: "modelsChanged" });
    this.tell({ is: "progress", progress: this.library.progress() });
    const step = () => {
      if (this.library.switchingTo !== name) return;
      this.library.switchLeft = Math.max(0, this.library.switchLeft - 1610);
      if (this.library.switchLeft === 0) return this.switched(name, keep);
      this.tell({ is: "progress", progress: this.library.progress() });
      setTimeout(step, 200 * this.pace);
    };
    if (this.pace === 0) setTimeout(() => this.switched(name, keep));
    else setTimeout(step, 200 * this.pace);
  }

  private switched(name: string, keep: number | null): void {
    this.before = this.answering;
    [this.answering, this.keeping] = [name, keep];
    [this.library.answering, this.library.switchingTo, this.library.switchLeft] = [name, null, 0];
    this.set(name, { readsLibrary: true });
    this.tell({ is: "modelsChanged" });
    this.tell({ is: "progress", progress: this.library.progress() });
  }

  undo(): void {
    if (this.library.switchingTo !== null) [this.library.switchingTo, this.library.switchLeft] = [null, 0];
    else [this.answering, this.keeping, this.before] = [this.before, null, null];
    this.library.answering = this.answering;
    this.tell({ is: "modelsChanged" });
    this.tell({ is: "progress", progress: this.library.progress() });
  }

  measure(name: string): number {
    const tokensPerSecond = name.includes("4B") ? 180 : 1_420;
    this.set(name, { tokensPerSecond });
    this.tell({ is: "modelsChanged" });
    return tokensPerSecond;
  }

  async compare(one: string, other: string): Promise<Comparison> {
    for (let done = 0; done <= 1; done += 0.1) {
      this.tell({ is: "comparing", done });
      if (this.pace > 0) await new Promise((resolve) => setTimeout(resolve, 200 * this.pace));
    }
    return {
      questions: 120, passages: 4800, isClear: true,
      one: { name: one, first: 71, amongTen: 104, passagesPerSecond: 118, millisecondsPerQuestion: 4.1 },
      other: { name: other, first: 89, amongTen: 115, passagesPerSecond: 7.4, millisecondsPerQuestion: 61 },
    };
  }

  import(): string {
    const card = this.unknown({ name: "my-own-model", revision: null, file: null, called: null });
    this.cards = [...this.cards, { ...card, standing: { is: "installed" } }];
    this.tell({ is: "modelsChanged" });
    return card.name;
  }

  private step(name: string): void {
    const done = Math.min(1, (this.fetched.get(name) ?? 0) + 0.006);
    this.fetched.set(name, done);
    if (done >= 1) {
      this.stop(name);
      this.set(name, { standing: { is: "installed" } });
      return this.tell({ is: "modelsChanged" });
    }
    const progress = this.fetching(name, done);
    this.set(name, { standing: { is: "fetching", progress } });
    this.tell({ is: "fetching", progress });
  }

  private fetching(name: string, done: number): Fetching {
    const { bytes } = this.card(name);
    const tokenizer = 17 * MB;
    const fetched = Math.round(bytes * done);
    return {
      name, done: fetched, bytes, bytesPerSecond: 11.6 * MB, secondsLeft: (bytes - fetched) / (11.6 * MB), waits: null,
      isVerifying: done > 0.97,
      files: [
        { name: "config.json", done: 724, bytes: 724 },
        { name: "tokenizer.json", done: Math.min(tokenizer, fetched), bytes: tokenizer },
        { name: "model.safetensors", done: Math.max(0, fetched - tokenizer), bytes: bytes - tokenizer },
      ],
    };
  }

  private stop(name: string): void {
    const timer = this.timers.get(name);
    if (timer) clearInterval(timer);
    this.timers.delete(name);
  }

  private card(name: string): ModelCard {
    const card = this.cards.find((one) => one.name === name);
    if (!card) throw { code: "model", message: `There is no model called ${name}.` } satisfies Problem;
    return card;
  }

  private set(name: string, change: Partial<ModelCard>): void {
    this.cards = this.cards.map((card) => (card.name === name ? { ...card, ...change } : card));
  }

  private unknown({ name, called }: GetModel): ModelCard {
    return {
      name: called ?? name, task: "embed", standing: { is: "offered" }, builtIn: false, bytes: 640 * MB, dimensions: 768, keeps: [],
      maxTokens: 512, languages: null, licence: "", origin: `huggingface.co/${name}`, summary: "", tokensPerSecond: null, readsLibrary: false,
    };
  }
}
