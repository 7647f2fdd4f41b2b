// What others wrote, made safe to look at: text stays text, and characters that deceive the eye become visible.

const OVERRIDES = /[\u202a-\u202e]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what it is for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu;
const LATIN = /\p{Script=Latin}/u;
const LOOKALIKES = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/** Return text in which direction overrides and invisible controls are shown by their number. */
export function plain(value: unknown): string {
  const named = (character: string): string =>
    `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return words(value).replace(OVERRIDES, named).replace(CONTROLS, named);
}

/** Tell whether a word mixes Latin letters with letters of another alphabet that look like them. */
export function mixesAlphabets(value: unknown): boolean {
  return words(value).slice(0, 20_000).split(/[^\p{L}]+/u).some((word) => LATIN.test(word) && LOOKALIKES.test(word));
}

/** Return a value as text: lists joined, nothing as an empty text. */
export function words(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(words).join(", ");
  if (typeof value === "object") {
    return Object.entries(value).map(([name, part]) => `${name}: ${words(part)}`).join("; ");
  }
  return String(value);
}
