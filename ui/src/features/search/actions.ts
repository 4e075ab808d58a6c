/** What can be done with a hit or with what is read. It must never know where the buttons stand. */
import { copied } from "../../components/clipboard";
import type { Kenning } from "../../kenning.svelte";
import { t } from "../../text/text.svelte";
import type { FileRef, Hit } from "../../wire";
import { quotationOf } from "./quotation";

export type Actions = ReturnType<typeof actionsOn>;

export function actionsOn({ host, frame, search, reading, remembered }: Kenning) {
  const fileOf = (files: FileRef[]) => files[0]?.id;

  async function say(isCopied: boolean, done: "preview.copied.path" | "preview.copied.quote"): Promise<void> {
    frame.say(t(isCopied ? done : "preview.copied.failed"));
  }

  async function openFile(files: FileRef[]): Promise<void> {
    const file = fileOf(files);
    if (file === undefined) return;
    if (frame.view === "search") void remembered.keep(search.text, false);
    await frame.attempt(() => host.call("open_file", file));
  }

  async function revealFile(files: FileRef[]): Promise<void> {
    const file = fileOf(files);
    if (file !== undefined) await frame.attempt(() => host.call("reveal_file", file));
  }

  async function copyPathOf(files: FileRef[]): Promise<void> {
    const file = fileOf(files);
    const path = file === undefined ? undefined : await frame.attempt(() => host.call("file_path", file));
    if (path !== undefined) await say(await copied(path), "preview.copied.path");
  }

  return {
    openFile,
    revealFile,
    copyPathOf,
    open: (hit: Hit) => openFile(hit.files),
    reveal: (hit: Hit) => revealFile(hit.files),
    copyPath: (hit: Hit) => copyPathOf(hit.files),
    /** What is selected in the preview, or the passage, with where it stands. */
    async copyQuote(): Promise<void> {
      const { first } = reading;
      if (!first) return;
      const selected = window.getSelection()?.toString().trim() ?? "";
      const quoted = selected === "" ? reading.passageText : selected;
      const page = reading.page === null ? "" : t("hit.page", { page: String(reading.page) });
      await say(await copied(quotationOf(quoted, first, page)), "preview.copied.quote");
    },
    similar(hit: Hit): void {
      if (hit.document === null) return;
      search.similarTo(hit.document, hit.title ?? hit.files[0]?.name ?? t("common.untitled"));
    },
  };
}
