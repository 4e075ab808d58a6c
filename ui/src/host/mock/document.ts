/** What an invented document is. It owns the shape only. */
import type { Likeness } from "../../wire";

export interface Written {
  id: number;
  language: string;
  format: string;
  folder: string;
  name: string;
  title: string | null;
  /** A day, as `2024-03-02`. */
  date: string;
  /** What it is about, in the words of `meanings.ts`. */
  about: string[];
  author?: string;
  /** It says the same as another. */
  twin?: { of: number; is: Likeness };
  /** Paragraphs with empty lines between them. `# ` begins a heading; in a PDF, `---` begins a page. */
  text: string;
}
