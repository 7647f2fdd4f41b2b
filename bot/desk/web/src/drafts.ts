// What somebody is writing, in the memory of the page: leaving a case or a dialog does not lose it, the end of the session does.
import { useState } from "preact/hooks";

const kept = new Map<string, unknown>();

/** Keep what is written under this name until it is sent (`done`); the same name finds it again. */
export function useDraft<T>(name: string, start: T): [value: T, set: (value: T) => void, done: () => void] {
  const [value, show] = useState(() => (kept.get(name) as T | undefined) ?? start);
  const set = (next: T): void => {
    kept.set(name, next);
    show(next);
  };
  const done = (): void => {
    kept.delete(name);
    show(start);
  };
  return [value, set, done];
}

/** Forget everything that was not sent: somebody else may sit down next. */
export function forgetDrafts(): void {
  kept.clear();
}
