/** A quotation as one pastes it: what was said, and where it stands. */
import type { Preview } from "../../wire";

export function quotationOf(quoted: string, { title, author, files }: Preview, page: string): string {
  const file = files[0];
  const where = file ? `${file.folder}/${file.name}` : "";
  const source = [author, title, page, where].filter((part) => part !== null && part !== "").join(", ");
  return `“${quoted}”\n— ${source}`;
}
