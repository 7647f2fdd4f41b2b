// The desk's HTTP contract: its shapes, and one function that asks. Errors are ApiError, never anything else.

export interface Person { id: string; name: string; office: string; office_name: string; roles: string[] }
export interface Session {
  person: Person; practice: boolean; bot_key: string; office_keys: string[]; identity_keys: string[];
  lock_seconds: number; now: string; synced: boolean;
}
export interface Who { id: string; name: string }
export interface Clocks { owned_due?: string | null; contact_due?: string | null; plan_due?: string | null; review_due?: string | null }
export interface Line {
  case: string; name: string; level: string; status: string; status_words: string; flags: string[]; owner: Who | null;
  office: string; lang: string; channel: string; sent_at: string; clocks: Clocks; late: boolean; unread: number;
}
export interface Queue { cases: Line[]; next: string | null; counts: Record<string, number> }
export interface Strip {
  may_contact: boolean; reason: string; how: string; words: { off: string; your: string }; cover: string;
  safe_times: string | string[]; next_safe: string | null; never: string[];
}
export interface Consent { id: string; words: string; status: string; at: string; expires?: string | null; recipient?: string; erased?: string }
export interface Blob_ { purpose: string; sequence: number; size: number; fetched?: boolean }
export interface SealedFile { name: string; size: number }
export interface MessageLine {
  id: string; from: "office" | "person"; sequence: number; purpose: string; at: string; state?: string; due?: string | null;
  reason?: string; by?: string;
}
export interface Reader { office: string; name: string; keys: string[] }
export interface Proposal {
  id: string; measure: string; words: string; recipient: string; name_mode: string; content: string; hope: string;
  state: string; light: "grey" | "amber" | "green" | "red"; proposed_at?: string; answered_at?: string | null;
  valid_until?: string | null; started_at?: string | null; outcome?: string; collisions?: string[];
  check?: "" | "waits" | "yours" | "second"; abroad?: boolean;
}
export interface Act { at: string; who: string; role: string; act: string; old?: string; new?: string; reason?: string }
export interface Case extends Line {
  sees: "consents" | "line" | "content"; strip: Strip | null; red: string[]; exclude: string[]; tp_consent: string; child: boolean; consents: Consent[];
  measures: Proposal[]; blobs: Blob_[]; files: SealedFile[]; thread: MessageLine[]; readers: Reader[]; history: Act[];
  promises: { next_contact_at?: string | null; note?: string }; colleagues: Who[]; words_lead_back: boolean; collisions: Record<string, string[]>;
  allowed: string[]; hand_over?: { from?: Who | null; to: Who };
  identity: { present: boolean; pending: Who | null; until: string; review_due?: string; erased?: string } | null;
  level_wish?: { level: string; reason: string; by: Who }; status_wish?: { status: string; reason: string; by: Who };
}
export interface Measure {
  code: string; group: string; do: string; who_learns: string; risk: string; decided_by: string | string[];
  reversible: string; identity: string; valid_days: number; public: boolean; asks: string[]; name_mode?: string;
}
export interface Account { id: string; name: string; office: string; roles: string[]; invited_at?: string; last_seen_day?: string; state: string; synced: boolean; confirmers?: string[]; confirm?: boolean }
export interface AuditEntry extends Act { case_name: string }

export interface ShiftReport {
  since: string; until: string; office: string; on_duty: number | null;
  received: { level: string; count: number; in_time: number; late: number }[];
  escalations: Record<string, number>; open_urgent: Record<string, number>; contacts: { made: number; failed: number; waiting: number };
  consents: { asked: number; given: number; refused: number }; withdrawals: number; whole_withdrawals: number; holds: number;
  identity_doubts: number; doubts_standing: number; faults: { unreachable: number; mail_refused: number; dead_letters: number };
  out_of_scope: number; debriefs: number; languages_lacking: Record<string, number>; following: { unowned: number; late: number; contacts: number };
}

/** What the server, or the way to it, said no with. `code` "offline" means that nobody answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reason: string;

  constructor(status: number, code: string, message: string, reason: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.reason = reason;
  }
}

type Listener = (error: ApiError | null) => void;
let heard: Listener = () => undefined;

/** Name who is told of every answer: null for one that came, the error for one that did not. */
export function onAnswer(listener: Listener): void {
  heard = listener;
}

async function asked(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`/api/${path}`, { credentials: "same-origin", cache: "no-store", redirect: "error", ...init });
  } catch {
    const error = new ApiError(0, "offline", "The desk cannot be reached.", "");
    heard(error);
    throw error;
  }
  if (!answer.ok) {
    const said: { error?: string; message?: string; reason?: string } = await answer.json().catch(() => ({}));
    const error = new ApiError(answer.status, said.error ?? "broken", said.message ?? "", said.reason ?? "");
    heard(error);
    throw error;
  }
  heard(null);
  return answer;
}

/** Return what GET answers. */
export async function get<T>(path: string): Promise<T> {
  return (await (await asked(path, {})).json()) as T;
}

/** Return what POST of a JSON body answers. */
export async function post<T>(path: string, body: object = {}): Promise<T> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return (await (await asked(path, init)).json()) as T;
}

/** Return sealed bytes. */
export async function sealedBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await asked(path, {})).arrayBuffer());
}

/** Return sealed bytes as they arrive. */
export async function sealedStream(path: string): Promise<ReadableStream<Uint8Array>> {
  const { body } = await asked(path, {});
  if (body === null) throw new ApiError(0, "offline", "Nothing came.", "");
  return body;
}

const NOTHING = {
  sees: "content", strip: null, red: [], exclude: [], tp_consent: "", child: false, consents: [], measures: [], blobs: [], files: [], thread: [], readers: [], history: [],
  promises: {}, colleagues: [], collisions: {}, identity: null, owner: null, allowed: [],
} as const;

/** Return a case; what this account does not see is empty. */
export async function getCase(id: string): Promise<Case> {
  const found = await get<object>(ofCase(id));
  return { ...NOTHING, ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)) } as unknown as Case;
}

/** Return the path of a case, or of something below it. */
export function ofCase(id: string, ...parts: (string | number)[]): string {
  return ["cases", id, ...parts].map((part) => encodeURIComponent(part)).join("/");
}
