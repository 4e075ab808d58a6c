/** Numbers, sizes, times and names as one language writes them. It owns no words of the interface. */
import type { Spoken } from "./languages";

const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Formats = ReturnType<typeof formatsOf>;

export function formatsOf(language: Spoken) {
  // Western digits everywhere: file names, sizes and queries are written with them.
  const locale = language === "ar" ? "ar-u-nu-latn" : language;
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(locale, { style: "percent" });
  const plurals = new Intl.PluralRules(locale);
  const days = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const names = new Intl.DisplayNames(locale, { type: "language", fallback: "code" });
  const lists = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    number: (value: number) => numbers.format(value >= 100 ? Math.round(value) : value),
    percent: (share: number) => percents.format(share),
    plural: (count: number) => plurals.select(count),
    day: (seconds: number) => days.format(new Date(seconds * 1000)),
    moment: (seconds: number) => moments.format(new Date(seconds * 1000)),
    /** How long ago or ahead, as `3 days ago`. */
    ago: (seconds: number, now: number = Date.now() / 1000) => agoIn(relative, seconds - now),
    duration: (seconds: number) => durationIn(locale, seconds),
    bytes: (bytes: number) => bytesIn(locale, bytes),
    languageName: (tag: string) => nameIn(names, tag),
    list: (items: string[]) => lists.format(items),
  };
}

function agoIn(relative: Intl.RelativeTimeFormat, seconds: number): string {
  const far = Math.abs(seconds);
  if (far < MINUTE) return relative.format(0, "second");
  if (far < HOUR) return relative.format(Math.trunc(seconds / MINUTE), "minute");
  if (far < DAY) return relative.format(Math.trunc(seconds / HOUR), "hour");
  if (far < 45 * DAY) return relative.format(Math.round(seconds / DAY), "day");
  if (far < 365 * DAY) return relative.format(Math.round(seconds / (30 * DAY)), "month");
  return relative.format(Math.round(seconds / (365 * DAY)), "year");
}

function durationIn(locale: string, seconds: number): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);
  if (seconds < 90) return unit(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 60) return unit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 || hours >= 10 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(rest, "minute")}`;
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

function bytesIn(locale: string, bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(locale, {
    style: "unit", unit: SIZES[step], unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: digits,
  }).format(value);
}

function nameIn(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    // The engine may name a language by a tag that the platform does not take.
    return tag;
  }
}
