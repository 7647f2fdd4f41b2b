// The one thing that should happen next in a case: what a first-time officer is shown.
import type { Case } from "../api";
import { W } from "../words";

export interface Step {
  act: "own" | "key" | "open" | "level" | "write" | "hand-over" | "read" | "measures" | "none";
  words: string;
}

const BEFORE_TRIAGE = ["ST-SUB", "ST-DLV", "ST-ACK"];

/** Return the next step of the workflow (own, read, confirm the level, contact, ask). */
export function nextStep(data: Case, me: string, unlocked: boolean, opened: boolean): Step {
  if (data.hand_over?.to.id === me) return { act: "hand-over", words: W.next.handOver };
  if (data.owner === null) return { act: "own", words: W.next.own };
  if (data.owner.id !== me) return { act: "none", words: W.next.someone(data.owner.name) };
  if (!unlocked) return { act: "key", words: W.next.key };
  if (!opened && data.blobs.some((blob) => ["report", "copy", "alert"].includes(blob.purpose))) return { act: "open", words: W.next.open };
  if (BEFORE_TRIAGE.includes(data.status)) return { act: "level", words: W.next.level };
  if (data.unread > 0) return { act: "read", words: W.next.read };
  if (data.strip?.may_contact === true && !data.thread.some((line) => line.from === "office")) return { act: "write", words: W.next.write };
  return { act: "measures", words: W.next.measures };
}
