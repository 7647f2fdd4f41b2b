// Times as officers read them: in their own zone, and as what is left.
import { useEffect, useState } from "preact/hooks";

const dayAndHour = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const wholeDay = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Return the day of a moment, with its year. */
export function day(at: string): string {
  return wholeDay.format(new Date(at));
}

const ticking = new Set<(now: number) => void>();
setInterval(() => {
  for (const tick of ticking) tick(Date.now());
}, 1000);

/** Return the current time in milliseconds, every second anew. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    ticking.add(setNow);
    return () => void ticking.delete(setNow);
  }, []);
  return now;
}

/** Return a moment in words: only the time when it is today. */
export function moment(at: string | null | undefined): string {
  const date = new Date(at ?? "");
  if (Number.isNaN(date.getTime())) return "–";
  return date.toDateString() === new Date().toDateString() ? hour.format(date) : dayAndHour.format(date);
}

/** Return a span in words, the more exact the shorter it is. */
export function span(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours >= 1) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${minutes}:${String(seconds % 60).padStart(2, "0")} min`;
}
