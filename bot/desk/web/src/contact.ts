// Whether an officer may write to the person now, and if not, why.
import type { Case, Strip } from "./api";
import { W } from "./words";

/** May one write (may), is it only a question of time (wait), or is it forbidden (may-not). */
export function contactOf(strip: Strip): "may" | "wait" | "may-not" {
  if (!strip.may_contact) return strip.reason.replaceAll("-", "_") === "not_safe_now" ? "wait" : "may-not";
  return strip.next_safe !== null && strip.next_safe !== "" && new Date(strip.next_safe) > new Date() ? "wait" : "may";
}

/** Return a reason of the server in a sentence. */
export function refusal(reason: string): string {
  return W.refusals[reason.replaceAll("-", "_")] ?? reason;
}

/** Return what the person a report is about said themselves (C-TPV), "" when they were not asked. */
export function concernedSaid(data: Case): string {
  return data.consents.filter((consent) => consent.id === "C-TPV").at(-1)?.status ?? "";
}
