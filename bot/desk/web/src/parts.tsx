// The small parts of which all pages are made.
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Clocks, Line } from "./api";
import { mixesAlphabets, plain } from "./plain";
import { moment, span, useNow } from "./time";
import { W, named } from "./words";

const FIRST_CHARACTERS = 4000;

/** Text that somebody else wrote: never markup, its direction its own, a long one in two steps. */
export function Said({ text, as: Tag = "span" }: { text: unknown; as?: "span" | "p" | "div" }): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = plain(text);
  const cut = !all && shown.length > FIRST_CHARACTERS * 1.5;
  return (
    <>
      <Tag class="said" dir="auto">{cut ? shown.slice(0, FIRST_CHARACTERS) : shown}</Tag>
      {mixesAlphabets(text) && <Notice kind="warn">{W.case.mixed}</Notice>}
      {cut && <button type="button" class="plain" onClick={() => setAll(true)}>{W.case.long(shown.length)}</button>}
    </>
  );
}

/** A message about the page itself. */
export function Notice({ kind = "info", children }: { kind?: "info" | "warn" | "bad" | "good"; children: ComponentChildren }): JSX.Element {
  return <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>{children}</div>;
}

/** A level, by word and number; never by colour alone. */
export function Level({ level }: { level: string }): JSX.Element {
  return <span class={`level ${level}`}><b>{level}</b> {named(W.levels, level)}</span>;
}

/** The next thing that is due, counting down. */
export function Due({ line }: { line: Line }): JSX.Element {
  const now = useNow();
  const due = nextDue(line.clocks, line.owner !== null);
  if (due === null) return <span class="quiet">{W.none}</span>;
  const left = due.at - now;
  const what = named(W.due, due.name);
  const time = span(left);
  return (
    <time class={`due${left < 0 ? " late" : left < 600_000 ? " soon" : ""}`} dateTime={new Date(due.at).toISOString()}>
      {left < 0 ? W.late(what, time) : W.left(what, time)}
    </time>
  );
}

/** Return the clock that runs out first; whoever owns a case need not take it any more. */
export function nextDue(clocks: Clocks, owned: boolean): { name: keyof Clocks; at: number } | null {
  const found = (Object.entries(clocks) as [keyof Clocks, string | null | undefined][])
    .filter(([name, at]) => typeof at === "string" && at !== "" && !(owned && name === "owned_due"))
    .map(([name, at]) => ({ name, at: new Date(at ?? "").getTime() }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((one, other) => one.at - other.at);
  return found[0] ?? null;
}

/** Remarks on a case. */
export function Flags({ flags }: { flags: string[] }): JSX.Element {
  const words = new Set(flags.map((flag) => named(W.flags, flag)));
  return <span class="flags">{[...words].map((flag) => <span key={flag} class="flag">{plain(flag)}</span>)}</span>;
}

/** A consent as a light: colour, shape and word. */
export function Light({ colour, label, words }: { colour: string; label: string; words: string }): JSX.Element {
  return <span class={`light ${colour}`}><i aria-hidden="true" />{label}: <b>{words}</b></span>;
}

/** A labelled field; `children` gets the id of the control. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: (id: string, hint: string) => ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id, hint === undefined ? "" : `${id}-hint`)}
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

/** A choice of codes in words; nothing is chosen beforehand. */
export function Choice({ label, words, value, set }: { label: string; words: Record<string, string>; value: string; set: (code: string) => void }): JSX.Element {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} required value={value} onChange={(event) => set(textOf(event))}>
          <option value="">{W.none}</option>
          {Object.entries(words).map(([code, said]) => <option key={code} value={code}>{said}</option>)}
        </select>
      )}
    </Field>
  );
}

/** A list of which every line must be true before `children` are offered. */
export function Checklist({ title, lines, done, setDone }: { title: string; lines: readonly string[]; done: boolean; setDone: (done: boolean) => void }): JSX.Element {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const tick = (next: ReadonlySet<number>): void => {
    setTicked(next);
    setDone(next.size === lines.length);
  };
  const one = (index: number): void => {
    const next = new Set(ticked);
    if (!next.delete(index)) next.add(index);
    tick(next);
  };
  return (
    <fieldset class={`checklist${done ? " done" : ""}`}>
      <legend>{title}</legend>
      {lines.map((line, index) => (
        <label key={line}>
          <input type="checkbox" checked={ticked.has(index)} onChange={() => one(index)} />
          {line}
        </label>
      ))}
      <label class="all">
        <input type="checkbox" checked={done} onChange={() => tick(done ? new Set() : new Set(lines.keys()))} />
        {W.checks.all}
      </label>
    </fieldset>
  );
}

/** A section of a page. */
export function Section({ title, id, children, aside }: { title: string; id: string; children: ComponentChildren; aside?: ComponentChildren }): JSX.Element {
  return (
    <section class="card" aria-labelledby={id}>
      <header><h2 id={id} tabIndex={-1}>{title}</h2>{aside}</header>
      {children}
    </section>
  );
}

/** What stands where nothing is yet. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return <div class="empty"><p class="lead">{title}</p>{children}</div>;
}

/** A moment. */
export function At({ at }: { at: string | null | undefined }): JSX.Element {
  return <time dateTime={at ?? ""}>{moment(at)}</time>;
}

/** Return what a form's control holds. */
export function textOf(event: Event): string {
  return (event.currentTarget as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
