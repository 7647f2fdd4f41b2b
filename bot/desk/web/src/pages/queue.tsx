import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, type Line, type Queue } from "../api";
import { change, go, sentence, useDesk, useNewest } from "../desk";
import { At, Due, Empty, Flags, Level, textOf } from "../parts";
import { useShortcuts } from "../shortcuts";
import { W, named } from "../words";

const PAGE = 200;

interface Filter { level: string; owner: string; status: string; find: string }
const ALL: Filter = { level: "", owner: "", status: "", find: "" };
const OVER = ["ST-CLO", "ST-OOS"]; // shown only when asked for
const TO_REVIEW = "name_to_review"; // a flag that is looked for in open and closed cases

function pathOf(filter: Filter, after: string): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (filter.level !== "") query.set("level", filter.level);
  if (filter.owner !== "") query.set("owner", filter.owner);
  if (filter.status !== "") query.set(filter.status === TO_REVIEW ? "flag" : "status", filter.status);
  if (after !== "") query.set("after", after);
  return `cases?${query}`;
}

function matches(line: Line, find: string): boolean {
  const text = [line.name, line.lang, line.channel, line.status_words, ...line.flags.map((flag) => named(W.flags, flag))].join(" ");
  return text.toLowerCase().includes(find.trim().toLowerCase());
}

/** The lines of all cases this account may see, the most urgent first. */
export function QueuePage() {
  const { queueNews, session } = useDesk();
  const [filter, setFilter] = useState(ALL);
  const [queue, setQueue] = useState<Queue | null>(null);
  const [denied, setDenied] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const ask = useNewest();
  const refused = (error: unknown): void => {
    if (error instanceof ApiError && error.code === "not_allowed") setDenied(true);
    else change({ trouble: sentence(error) });
  };
  const load = async (): Promise<void> => {
    const isNewest = ask(); // the lines of another filter may come after these
    try {
      const found = await get<Queue>(pathOf(filter, ""));
      if (isNewest()) setQueue(found);
    } catch (error) {
      if (isNewest()) refused(error);
    }
  };
  const loadMore = async (after: string): Promise<void> => {
    try {
      const found = await get<Queue>(pathOf(filter, after));
      setQueue((old) => (old?.next === after ? { ...found, cases: [...old.cases, ...found.cases] } : old)); // else that list is gone
    } catch (error) {
      refused(error);
    }
  };
  useEffect(() => void load(), [queueNews, filter.level, filter.owner, filter.status]);
  const shown = queue?.cases.filter((line) => matches(line, filter.find)) ?? [];
  const rows = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>("button.row") ?? [])];
  const move = (by: number): void => {
    const all = rows();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };
  const openFirst = (): void => { if (filter.status === "" && shown[0] !== undefined) go({ page: "case", id: shown[0].case }); };
  useShortcuts([
    { key: "j", words: `${W.keys.move} (j, k)`, act: () => move(1) },
    { key: "k", words: W.keys.move, act: () => move(-1) },
    { key: "Enter", words: W.queue.next, act: openFirst },
    { key: "/", words: W.keys.filter, act: () => search.current?.focus() },
  ]);
  const filtered = filter.level !== "" || filter.owner !== "" || filter.status !== "" || filter.find !== "";
  if (denied) return <><div class="head"><h1>{W.queue.title}</h1></div><Empty title={W.queue.notYours} /></>;
  return (
    <>
      <div class="head">
        <h1>{W.queue.title}</h1>
        {queue !== null && <Counts counts={queue.counts} />}
        {shown.length > 0 && filter.status === "" && <button type="button" class="primary" onClick={openFirst}>{W.queue.next} <kbd>Enter</kbd></button>}
      </div>
      <search aria-label={W.queue.filter}>
        <form autocomplete="off" class="filters" onSubmit={(event) => { event.preventDefault(); rows()[0]?.focus(); }}>
          <input ref={search} type="search" aria-label={W.queue.find} placeholder={`${W.queue.find}  ( / )`} value={filter.find}
            onInput={(event) => setFilter({ ...filter, find: textOf(event) })} />
          <select aria-label={W.queue.columns.level} value={filter.level} onChange={(event) => setFilter({ ...filter, level: textOf(event) })}>
            <option value="">{W.queue.anyLevel}</option>
            {["L1", "L2", "L3", "L4", "L0"].map((level) => <option key={level} value={level}>{level} {W.levels[level]}</option>)}
          </select>
          <select aria-label={W.queue.columns.owner} value={filter.owner} onChange={(event) => setFilter({ ...filter, owner: textOf(event) })}>
            <option value="">{W.queue.anyOwner}</option>
            <option value="none">{W.queue.nobody}</option>
            <option value="me">{W.queue.mine}</option>
          </select>
          <select aria-label={W.status.title} value={filter.status} onChange={(event) => setFilter({ ...filter, status: textOf(event) })}>
            <option value="">{W.queue.open}</option>
            {OVER.map((status) => <option key={status} value={status}>{W.status.names[status]}</option>)}
            <option value={TO_REVIEW}>{W.queue.toReview}</option>
          </select>
          {filtered && <button type="button" class="plain" onClick={() => setFilter(ALL)}>{W.queue.clear}</button>}
        </form>
      </search>
      {queue === null && <p role="status" class="loading">{W.loading}</p>}
      {queue !== null && shown.length === 0 && (filtered
        ? <Empty title={W.queue.noMatch} />
        : <Empty title={W.queue.empty}><p>{W.queue.emptyLead}</p></Empty>)}
      <ul class="queue" ref={list}>
        {shown.map((line) => <Row key={line.case} line={line} me={session!.person.id} />)}
      </ul>
      {queue?.next != null && queue.next !== "" && (
        <More load={() => loadMore(queue.next!)} />
      )}
    </>
  );
}

/** The next lines come by themselves when the end of the list is near. */
function More({ load }: { load: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const near = new IntersectionObserver(([seen]) => { if (seen?.isIntersecting === true) void load(); }, { rootMargin: "600px" });
    near.observe(button.current!);
    return () => near.disconnect();
  });
  return <button ref={button} type="button" class="plain more" onClick={() => void load()}>{W.more}</button>;
}

function Counts({ counts }: { counts: Record<string, number> }) {
  return (
    <p class="counts">
      {["L1", "L2", "L3", "L4"].map((level) => <span key={level} class={`level ${level}`}><b>{level}</b> {counts[level] ?? 0}</span>)}
      {(counts["unowned"] ?? 0) > 0 && <span class="flag">{W.queue.unowned(counts["unowned"]!)}</span>}
      {(counts[TO_REVIEW] ?? 0) > 0 && <span class="flag">{W.queue.review(counts[TO_REVIEW]!)}</span>}
    </p>
  );
}

function Row({ line, me }: { line: Line; me: string }) {
  const owner = line.owner === null ? W.queue.nobodyYet : line.owner.id === me ? W.queue.yours : line.owner.name;
  return (
    <li>
      <button type="button" class={`row ${line.level}${line.late ? " late" : ""}`} onClick={() => go({ page: "case", id: line.case })}>
        <Level level={line.level} />
        <span class="name">{line.name}{line.unread > 0 && <span class="unread">{W.queue.unread(line.unread)}</span>}</span>
        <span class="when"><Due line={line} /></span>
        <span class="status">{named(W.status.names, line.status)}</span>
        <Flags flags={line.flags} />
        <span class="meta quiet">
          <span>{W.queue.columns.owner}: <b dir="auto">{owner}</b></span> <span>{line.lang} · {line.channel}</span> <span>{W.queue.columns.sent} <At at={line.sent_at} /></span>
        </span>
      </button>
    </li>
  );
}
