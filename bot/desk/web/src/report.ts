// An opened report, read without trust: whatever it holds becomes text in lists of a bounded length.
import { words } from "./plain";

export interface Answer { node: string; question: string; label: string; field: string }
export interface Attachment { name: string; type: string; size: number; digest: string; sealed: string }
export interface Report {
  level: string; rules: string[]; nature: string; lang: string; summary: [string, string][]; answers: Answer[];
  story: string; codes: [string, string][]; consents: { id: string; status: string; at: string }[];
  attachments: Attachment[]; fileIdentity: string; flags: string[];
}

const MOST = 500;
const STORY = new Set(["story", "un_more", "free_text"]);

function list(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).filter((part): part is Record<string, unknown> => typeof part === "object" && part !== null);
}

function table(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, MOST).map(words) : [];
}

/** Return the parts of a report, or of an alert card, that the pages show. */
export function readReport(document: Record<string, unknown>): Report {
  const codes = table(document["codes"]);
  const answers = list(document["answers"]).map((part) => ({
    node: words(part["node"]), question: words(part["question"]), label: words(part["label"]), field: words(part["field"]),
  }));
  return {
    level: words(document["level"]),
    rules: strings(document["rules"]),
    nature: words(document["nature_suggested"]),
    lang: words(document["lang"]),
    summary: summaryOf(document),
    answers: answers.filter((answer) => !STORY.has(answer.field)),
    story: words(codes["story"]),
    codes: Object.entries(codes).filter(([name]) => !STORY.has(name)).slice(0, MOST).map(([name, value]) => [name, words(value)]),
    consents: list(document["consents"]).map((part) => ({
      id: words(part["id"]), status: words(part["status"]), at: words(part["at"]),
    })),
    attachments: list(document["attachments"]).map((part) => ({
      name: words(part["name"]), type: words(part["type"]), size: Number(part["size"]) || 0, digest: words(part["digest"]),
      sealed: words(part["sealed"]),
    })),
    fileIdentity: words(document["file_identity"]),
    flags: strings(codes["flags"]),
  };
}

function summaryOf(document: Record<string, unknown>): [string, string][] {
  if (typeof document["summary"] !== "string") {
    return Object.entries(document).filter(([name]) => name !== "schema").slice(0, MOST).map(([name, value]) => [name, words(value)]);
  }
  return document["summary"].split("\n").slice(0, MOST).map((line) => {
    const colon = line.indexOf(": ");
    return colon < 0 ? ["", line] : [line.slice(0, colon), line.slice(colon + 2)];
  });
}
