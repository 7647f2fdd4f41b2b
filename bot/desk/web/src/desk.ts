// The state of the page, in memory only: who is signed in, which page is open, what went wrong.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, onAnswer, post, type Session } from "./api";
import { isUnlocked, lock, unlock } from "./keyring";
import { refusal } from "./contact";
import { forgetDrafts } from "./drafts";
import { W } from "./words";

export type Place =
  | { page: "queue" } | { page: "case"; id: string } | { page: "keys" } | { page: "people" } | { page: "audit" } | { page: "shift" };

export interface Desk {
  session: Session | null | undefined; // undefined: not known yet
  place: Place; unlocked: boolean; online: boolean; notice: string; trouble: string; queueNews: number; caseNews: Record<string, number>;
}

const start: Place = { page: "queue" };
let desk: Desk = {
  session: undefined, place: start, unlocked: false, online: true, notice: "", trouble: "", queueNews: 0, caseNews: {},
};
const listeners = new Set<() => void>();

/** Change parts of the state and draw again. */
export function change(part: Partial<Desk>): void {
  desk = { ...desk, ...part };
  for (const listener of listeners) listener();
}

/** Return the state, and draw the component again when it changes. */
export function useDesk(): Desk {
  const [, again] = useState({});
  useEffect(() => {
    const listener = (): void => again({});
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return desk;
}

/** Return what is called when something is asked: it returns what tells whether nothing was asked since. */
export function useNewest(): () => () => boolean {
  const asked = useRef(0);
  return () => {
    const mine = ++asked.current;
    return () => mine === asked.current;
  };
}

let away = false; // from the queue: the browser then has one entry more, so that "back" leads to the queue

/**
 * Go to a page. The browser is told nothing of it, neither in the address nor in its history, which it may write to the
 * disk and show again: "back" leads to the queue from everywhere.
 */
export function go(place: Place): void {
  if (!away && place.page !== start.page) {
    history.pushState(null, "");
    away = true;
  }
  change({ place, notice: "", trouble: "" });
}

addEventListener("popstate", () => {
  away = false;
  change({ place: start, notice: "", trouble: "" });
});

function reached(): void {
  if (!desk.online) change({ online: true, trouble: desk.trouble === W.errors["offline"] ? "" : desk.trouble });
}

onAnswer((error) => {
  if (error === null) {
    reached();
  } else if (error.code === "offline") change({ online: false });
  else if (error.status === 401 && desk.session) {
    forgetDrafts();
    if (isUnlocked()) lock();
    else change({ session: null, trouble: W.errors["no_session"]! });
  }
});

const OWN_WORDS: readonly string[] = ["conflict", "bad_request", "not_allowed"]; // of which the server says what exactly

/** Return one plain sentence for whatever went wrong. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return W.errors["other"]!;
  if (error.reason !== "") return refusal(error.reason);
  const own = OWN_WORDS.includes(error.code) ? error.message : "";
  return own || (W.errors[error.code] ?? (error.message || W.errors["other"]!));
}

/** Do something and tell how it went; returns whether it worked. */
export async function attempt(work: () => Promise<void>, notice = ""): Promise<boolean> {
  try {
    await work();
    change({ notice, trouble: "" });
    return true;
  } catch (error) {
    change({ trouble: sentence(error), notice: "" });
    return false;
  }
}

const AGAIN_MS = 3000;

/** Ask who is signed in, again and again while the desk cannot say: whoever is signed in need not do it twice. */
export async function findSession(): Promise<void> {
  try {
    change({ session: await get<Session>("session"), trouble: "" });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return change({ session: null });
    change({ trouble: sentence(error) });
    setTimeout(() => void findSession(), AGAIN_MS);
  }
}

/** Log in as somebody of practice; the throw-away key of the office comes with it. */
export async function practiceLogin(person: string): Promise<Session> {
  const session = await post<Session>("practice-login", { person });
  await loadPracticeKey();
  return session;
}

/** Load the practice key of the office. */
export async function loadPracticeKey(): Promise<void> {
  const { key } = await get<{ key: string }>("practice-key");
  await unlock(new TextEncoder().encode(key), "");
  change({ unlocked: isUnlocked() });
}

/** End the session. */
export async function signOut(): Promise<void> {
  await post("logout").catch(() => undefined);
  location.reload();
}

/** Listen for news until the returned function is called. */
export function listen(): () => void {
  const events = new EventSource("/api/events");
  const cases = (data: string): string[] => {
    const said = JSON.parse(data) as { cases?: string[]; case?: string };
    return said.case === undefined ? (said.cases ?? []) : [said.case];
  };
  const news = (event: MessageEvent<string>): void => {
    const caseNews = { ...desk.caseNews };
    for (const id of cases(event.data)) caseNews[id] = (caseNews[id] ?? 0) + 1;
    change({ queueNews: desk.queueNews + 1, caseNews });
  };
  events.addEventListener("queue", news);
  events.addEventListener("case", news);
  events.addEventListener("open", () => {
    reached();
    change({ queueNews: desk.queueNews + 1 });
  });
  events.addEventListener("error", () => void get("session").then(() => {
    if (events.readyState === EventSource.CLOSED) change({ trouble: W.errors["windows"]! });
  }).catch(() => undefined));
  return () => events.close();
}
