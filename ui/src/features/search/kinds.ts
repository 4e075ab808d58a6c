/** Which kind a document is of, by the name the engine gives its format or by its file's name. */
import type { IconName } from "../../components/icons";
import type { Key } from "../../text/en";

interface Kind {
  icon: IconName;
  label: Key;
}

const KINDS: Record<string, Kind> = {
  pdf: { icon: "pdf", label: "type.pdf" },
  word: { icon: "text", label: "type.word" },
  spreadsheet: { icon: "table", label: "type.spreadsheet" },
  presentation: { icon: "slides", label: "type.presentation" },
  ebook: { icon: "book", label: "type.ebook" },
  mail: { icon: "mail", label: "type.mail" },
  web: { icon: "web", label: "type.web" },
  markdown: { icon: "note", label: "type.markdown" },
  text: { icon: "text", label: "type.text" },
  code: { icon: "code", label: "type.code" },
};
const OTHER: Kind = { icon: "file", label: "type.other" };

/** The values of `type:` that the menu offers. */
export const OFFERED_TYPES = Object.keys(KINDS);

const BY_FORMAT: Record<string, string> = {
  docx: "word", odt: "word", rtf: "word", xlsx: "spreadsheet", ods: "spreadsheet", csv: "spreadsheet", pptx: "presentation",
  odp: "presentation", epub: "ebook", mbox: "mail", eml: "mail", html: "web", mhtml: "web", md: "markdown", txt: "text",
  ipynb: "code", "source code": "code", json: "code", xml: "code", settings: "code", subtitles: "text", "manual page": "text",
};

export function kindOf(format: string): Kind {
  const name = format.toLowerCase();
  return KINDS[BY_FORMAT[name] ?? name] ?? OTHER;
}

export function kindOfType(type: string): Kind {
  return KINDS[type] ?? OTHER;
}
