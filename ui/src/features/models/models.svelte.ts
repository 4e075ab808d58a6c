/** The models that are here or can be had, and what is done with them. It must never know how a card looks. */
import { problemOf, type Host } from "../../host/host";
import type { Comparison, Estimate, ModelCard, ModelsView, Problem, Verified } from "../../wire";
import type { Frame } from "../frame/frame.svelte";

export interface VerifiedModel {
  name: string;
  verified: Verified;
}

export class Models {
  view = $state.raw<ModelsView | null>(null);
  /** The names of those that are busy with measuring or verifying. */
  measuring = $state<string | null>(null);
  verifying = $state<string | null>(null);
  /** Why the last fetch of a model failed, by its name, until it is fetched again. */
  failures = $state.raw<Partial<Record<string, Problem>>>({});
  verified = $state.raw<VerifiedModel | null>(null);
  comparing = $state<number | null>(null);
  comparison = $state.raw<Comparison | null>(null);

  all = $derived(this.view?.models ?? []);
  installed = $derived(this.all.filter((card) => card.standing.is === "installed"));
  /** Those on their way first. */
  offered = $derived(
    this.all.filter((card) => card.standing.is !== "installed").toSorted((one, other) => rank(one) - rank(other)),
  );

  constructor(
    private readonly host: Host,
    private readonly frame: Frame,
  ) {
    host.onEvent((event) => {
      if (event.is === "modelsChanged") void this.load();
      if (event.is === "comparing" && this.comparing !== null) this.comparing = event.done;
      if (event.is === "fetchFailed") {
        this.failures = { ...this.failures, [event.name]: event.problem };
        this.frame.fail(event.problem);
        void this.load();
      }
      if (event.is === "fetching") {
        this.dropFailure(event.progress.name);
        this.set(event.progress.name, { standing: { is: "fetching", progress: event.progress } });
        // One from outside the catalogue has a card only once it is known what it is.
        if (!this.view?.models.some((card) => card.name === event.progress.name)) void this.loadUnlessLoading();
      }
    });
  }

  private isLoading = false;

  private async loadUnlessLoading(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    await this.load();
    this.isLoading = false;
  }

  async load(): Promise<void> {
    this.view = (await this.frame.attempt(() => this.host.call("models", null))) ?? this.view;
  }

  async get(name: string): Promise<boolean> {
    this.dropFailure(name);
    const takes = { name, revision: null, file: null, called: null };
    const begun = await this.frame.attempt(() => this.host.call("get_model", takes));
    await this.load();
    return begun !== undefined;
  }

  async pause(name: string): Promise<void> {
    await this.frame.attempt(() => this.host.call("pause_model", name));
    await this.load();
  }

  async forget(name: string): Promise<void> {
    this.dropFailure(name);
    await this.frame.attempt(() => this.host.call("forget_model", name));
    await this.load();
  }

  async verify(name: string): Promise<void> {
    this.verifying = name;
    const verified = await this.frame.attempt(() => this.host.call("verify_model", name));
    this.verifying = null;
    this.verified = verified ? { name, verified } : null;
  }

  async mend(name: string): Promise<void> {
    this.verified = null;
    this.dropFailure(name);
    await this.frame.attempt(() => this.host.call("mend_model", name));
    await this.load();
  }

  async measure(name: string): Promise<void> {
    this.measuring = name;
    await this.frame.attempt(() => this.host.call("measure_model", name));
    this.measuring = null;
    await this.load();
  }

  async estimate(name: string, keep: number | null): Promise<Estimate | null> {
    return (await this.frame.attempt(() => this.host.call("estimate_model", { name, keep }))) ?? null;
  }

  async use(name: string, keep: number | null): Promise<void> {
    await this.frame.attempt(() => this.host.call("use_model", { name, keep }));
    await this.load();
  }

  async undo(): Promise<void> {
    await this.frame.attempt(() => this.host.call("undo_model", null));
    await this.load();
  }

  async compare(one: string, other: string): Promise<void> {
    [this.comparing, this.comparison] = [0, null];
    try {
      this.comparison = await this.host.call("compare_models", { one, other });
    } catch (thrown) {
      this.frame.fail(problemOf(thrown));
    }
    this.comparing = null;
  }

  /** Takes in a model from a file; says what it is called. */
  async import(): Promise<string | null> {
    const offer = await this.frame.attempt(() => this.host.call("choose", "archive"));
    if (!offer) return null;
    const name = await this.frame.attempt(() => this.host.call("import_model", offer.id));
    await this.load();
    return name ?? null;
  }

  async export(name: string): Promise<boolean> {
    const offer = await this.frame.attempt(() => this.host.call("choose", "newFile"));
    if (!offer) return false;
    return (await this.frame.attempt(() => this.host.call("export_model", { name, offer: offer.id }))) !== undefined;
  }

  private dropFailure(name: string): void {
    if (this.failures[name]) this.failures = { ...this.failures, [name]: undefined };
  }

  private set(name: string, change: Partial<ModelCard>): void {
    if (!this.view) return;
    const models = this.view.models.map((card) => (card.name === name ? { ...card, ...change } : card));
    this.view = { ...this.view, models };
  }
}

function rank(card: ModelCard): number {
  return card.standing.is === "offered" ? 1 : 0;
}
