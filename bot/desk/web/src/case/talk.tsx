import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { base64, sealDocument } from "../sealed";
import { get, ofCase, post, sealedBytes, type Case, type MessageLine, type Strip } from "../api";
import { contactOf, refusal } from "../contact";
import { attempt, useDesk } from "../desk";
import { useDraft } from "../drafts";
import { open } from "../keyring";
import { At, Checklist, Field, Notice, Said, Section, textOf } from "../parts";
import { moment } from "../time";
import { W, named } from "../words";

const MOST_CHARACTERS = 2000;

interface Props { data: Case; strip: Strip; me: string; unlocked: boolean; composer: RefObject<HTMLTextAreaElement | null>; reload: () => void; needKey: () => void }

/** What the office and the person said, opened in this page, and the next message, sealed in it. */
export function Talk({ data, strip, me, unlocked, composer, reload, needKey }: Props) {
  const [reading, setReading] = useState(false);
  const lines = [...data.thread].sort((one, other) => one.at.localeCompare(other.at));
  return (
    <Section id="talk" title={W.case.talk} aside={data.unread > 0 ? <span class="unread">{W.queue.unread(data.unread)}</span> : undefined}>
      {lines.length === 0 && <p class="quiet">{W.talk.empty}</p>}
      {lines.length > 0 && !(reading && unlocked) && (
        <button type="button" class="plain" onClick={() => { setReading(true); if (!unlocked) needKey(); }}>{W.talk.open} ({lines.length})</button>
      )}
      {reading && unlocked && <ol class="thread">{lines.map((line) => <Message key={line.id || `${line.purpose}${line.sequence}`} line={line} data={data} />)}</ol>}
      <Composer data={data} strip={strip} me={me} composer={composer} reload={() => { setReading(true); reload(); }} />
    </Section>
  );
}

function Message({ line, data }: { line: MessageLine; data: Case }) {
  const [text, setText] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => void sealedBytes(ofCase(data.case, "blobs", line.purpose, line.sequence)).then(open)
    .then((document) => setText(String(document["text"] ?? ""))).catch(() => setTrouble(W.case.notOurs)), [line.sequence, line.purpose]);
  return (
    <li class={line.from}>
      <p class="quiet">
        <b dir="auto">{line.from === "office" ? line.by || W.talk.you : W.talk.person}</b> <At at={line.at} />
        {line.from === "office" && line.state !== undefined && <> · {named(W.talk.states, line.state)}{line.state === "waiting" && line.due && ` (${moment(line.due)})`}{line.reason && `: ${refusal(line.reason)}`}</>}
      </p>
      {trouble !== "" ? <Notice kind="warn">{trouble}</Notice> : text === null ? <p role="status">{W.case.opening}</p> : <Said text={text} as="p" />}
    </li>
  );
}

function Composer({ data, strip, me, composer, reload }: Omit<Props, "unlocked" | "needKey">) {
  const { session } = useDesk();
  const [text, setText, sent] = useDraft(`${data.case} message`, "");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const contact = contactOf(strip);
  const first = !data.thread.some((line) => line.from === "office");
  const full = data.consents.some((consent) => consent.id === "C-TGFULL" && consent.status === "given");
  if (contact === "may-not") return <Notice kind="warn"><b>{W.talk.locked}</b> {refusal(strip.reason)}</Notice>;
  if (data.owner?.id !== me) return <Notice>{W.talk.ownFirst}</Notice>;
  const ready = !busy && text.trim() !== "" && (!first || checked);
  const send = async (): Promise<void> => {
    if (!ready) return; // Ctrl Enter does not ask the button
    setBusy(true);
    const at = `${new Date().toISOString().slice(0, 16)}Z`;
    const worked = await attempt(async () => {
      const forBot = await sealDocument({ schema: "leeward-words-1", case: data.case, text }, [session!.bot_key]);
      const copyFor = async (keys: string[]): Promise<string> => base64(await sealDocument({ schema: "leeward-message-1", case: data.case, kind: "officer", at, text }, keys));
      const others = await Promise.all(data.readers.map(async ({ office, keys }) => [office, await copyFor(keys)] as const));
      await post(ofCase(data.case, "messages"), { for_bot: base64(forBot), for_office: await copyFor(session!.office_keys), for_others: Object.fromEntries(others) });
    }, W.talk.sent);
    setBusy(false);
    if (worked) {
      sent();
      reload();
    }
  };
  const hint = strip.words.off === "" ? W.talk.wordsFirstPlain : W.talk.wordsFirst(strip.words.off, strip.words.your);
  return (
    <form autocomplete="off" class="composer" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      {first && <Checklist title={W.checks.contactTitle} lines={W.checks.contact} done={checked} setDone={setChecked} />}
      {data.channel === "telegram" && !full
        ? <Templates text={text} setText={setText} />
        : <Field label={W.talk.write} hint={`${hint}${contact === "wait" ? ` ${W.talk.waits(moment(strip.next_safe))}` : ""}`}>
            {(id, hintId) => (
              <textarea autocomplete="off" id={id} ref={composer} aria-describedby={hintId} rows={3} maxLength={MOST_CHARACTERS} dir="auto" required readOnly={busy} placeholder={W.talk.placeholder}
                value={text} onInput={(event) => setText(textOf(event))}
                onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit(); }} />
            )}
          </Field>}
      <button type="submit" class="primary" disabled={!ready}>{W.talk.send} <kbd>Ctrl Enter</kbd></button>
      {data.readers.length > 0 && <p class="hint">{W.talk.readers(data.readers.map(({ name }) => name))}</p>}
      {first && !checked && text.trim() !== "" && <p class="hint">{W.checks.missing}</p>}
    </form>
  );
}

function Templates({ text, setText }: { text: string; setText: (text: string) => void }) {
  const [sentences, setSentences] = useState<string[]>([]);
  useEffect(() => void get<unknown>("templates").then((found) => {
    const list = Array.isArray(found) ? found : Object.values(found as Record<string, unknown>).flat();
    setSentences(list.map((one) => (typeof one === "string" ? one : String((one as Record<string, unknown>)["text"] ?? ""))).filter(Boolean));
  }).catch(() => undefined), []);
  return (
    <Field label={W.talk.write} hint={W.talk.templates}>
      {(id, hint) => (
        <select id={id} aria-describedby={hint} value={text} onChange={(event) => setText(textOf(event))}>
          <option value="">{W.none}</option>
          {sentences.map((sentence) => <option key={sentence} value={sentence}>{sentence}</option>)}
        </select>
      )}
    </Field>
  );
}
