// What an officer does with a case beside talking: level, status, hand-over, next contact, notes.
import { useState } from "preact/hooks";
import { ofCase, post, type Case, type Person } from "../api";
import { concernedSaid } from "../contact";
import { attempt, change, useDesk } from "../desk";
import { useDraft } from "../drafts";
import { Dialog } from "../dialog";
import { Checklist, Choice, Field, Notice, textOf } from "../parts";
import { base64, sealDocument } from "../sealed";
import { moment } from "../time";
import { W, named } from "../words";

interface Props { data: Case; close: () => void }
const LEVELS = ["L1", "L2", "L3", "L4"];
const REASONS: Record<string, Record<string, string>> = { "ST-CLO": W.status.reasons, "ST-HOLD": W.status.holdReasons, "ST-ERA": W.status.eraseReasons };

/** Confirm the level or change it; digits choose, Enter confirms. */
export function LevelDialog({ data, close }: Props) {
  const [level, setLevel] = useState(data.level);
  const [reason, setReason] = useState("");
  const lower = level > data.level;
  const confirm = async (): Promise<void> => {
    let pending = "";
    const worked = await attempt(async () => {
      const answer = await post<{ pending: boolean }>(ofCase(data.case, "level"), lower ? { level, reason } : { level });
      if (answer.pending) pending = W.level.pending;
    });
    if (!worked) return;
    close();
    change({ notice: pending });
  };
  return (
    <Dialog title={W.level.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void confirm(); }}
        onKeyDown={(event) => { const chosen = LEVELS[Number(event.key) - 1]; if (chosen !== undefined) setLevel(chosen); }}>
        <p class="hint">{W.level.lead}</p>
        <fieldset class="choices">
          <legend class="unseen">{W.level.title}</legend>
          {LEVELS.map((one, index) => (
            <label key={one} class={`level ${one}`}>
              <input type="radio" name="level" value={one} checked={level === one} autofocus={data.level === one} onChange={() => setLevel(one)} />
              <b>{one}</b> {W.levels[one]} <kbd>{index + 1}</kbd>
            </label>
          ))}
        </fieldset>
        {lower && <Choice label={W.level.reason} words={W.level.reasons} value={reason} set={setReason} />}
        <button type="submit" class="primary">{W.level.confirm} {level} <kbd>Enter</kbd></button>
      </form>
    </Dialog>
  );
}

/** Change the status, as far as the table of the domain specification (3.6) allows. */
export function StatusDialog({ data, close }: Props) {
  const { allowed } = data;
  const [status, setStatus] = useState(allowed[0] ?? "");
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  if (allowed.length === 0) return <Dialog title={W.status.title} close={close}><p>{W.status.ownFirst}</p></Dialog>;
  const closing = status === "ST-CLO";
  const why = REASONS[status];
  const save = async (): Promise<void> => {
    let pending = "";
    const worked = await attempt(async () => {
      const answer = await post<{ pending: boolean }>(ofCase(data.case, "status"), { status, reason });
      if (answer.pending) pending = W.status.pending;
    });
    if (!worked) return;
    close();
    change({ notice: pending });
  };
  return (
    <Dialog title={W.status.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={W.status.title} hint={named(W.status.names, data.status)}>
          {(id, hint) => (
            <select id={id} aria-describedby={hint} autofocus value={status} onChange={(event) => { setStatus(textOf(event)); setReason(""); }}>
              {allowed.map((one) => <option key={one} value={one}>{named(W.status.names, one)}</option>)}
            </select>
          )}
        </Field>
        {why !== undefined && <Choice label={closing ? W.status.closeReason : W.status.reason} words={why} value={reason} set={setReason} />}
        {closing && <Checklist title={W.checks.closeTitle} lines={W.checks.close} done={checked} setDone={setChecked} />}
        <button type="submit" class="primary" disabled={status === "" || (why !== undefined && reason === "") || (closing && !checked)}>{W.status.save}</button>
      </form>
    </Dialog>
  );
}

/** Tell whether it is a shift lead who gives a case of somebody else to a colleague, without having read it. */
export function reassigning(data: Case, me: Person): boolean {
  return me.roles.includes("shift-lead") && data.owner !== null && data.owner.id !== me.id;
}

/** Offer the case to a colleague of the office; the owner changes when they repeat what matters. */
export function HandOverDialog({ data, close }: Props) {
  const { session } = useDesk();
  const reassigns = reassigning(data, session!.person);
  const colleagues = data.colleagues.filter((one) => one.id !== data.owner?.id);
  const [to, setTo] = useState(colleagues[0]?.id ?? "");
  const [told, setTold] = useState(reassigns || data.red.length === 0);
  const title = reassigns ? W.handOver.reassign : W.handOver.title;
  const send = async (): Promise<void> => {
    const readback = { level: data.level, next_contact: data.promises.next_contact_at ?? "", red: data.red };
    const body = reassigns ? { to } : { to, readback };
    if (await attempt(async () => void await post(ofCase(data.case, "hand-over"), body))) close();
  };
  if (colleagues.length === 0) return <Dialog title={title} close={close}><p>{W.handOver.nobody}</p></Dialog>;
  return (
    <Dialog title={title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <p class="hint">{reassigns ? W.handOver.reassignLead(data.owner?.name ?? "") : W.handOver.lead}</p>
        <Field label={W.handOver.to}>
          {(id) => (
            <select id={id} autofocus value={to} onChange={(event) => setTo(textOf(event))}>
              {colleagues.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            </select>
          )}
        </Field>
        {!reassigns && <dl class="facts">
          <div><dt>{W.handOver.level}</dt><dd>{data.level} {W.levels[data.level]}</dd></div>
          <div><dt>{W.handOver.contact}</dt><dd>{data.promises.next_contact_at ? moment(data.promises.next_contact_at) : W.handOver.noContact}</dd></div>
        </dl>}
        {!reassigns && data.red.length > 0 && (
          <label class="switch"><input type="checkbox" required checked={told} onChange={() => setTold(!told)} /> {W.handOver.red}: {data.red.map((line) => named(W.red, line)).join("; ")}</label>
        )}
        <button type="submit" class="primary" disabled={!told}>{reassigns ? W.handOver.reassignSend : W.handOver.send}</button>
      </form>
    </Dialog>
  );
}

/** Say when the person hears from the office next. */
export function NextContactDialog({ data, close }: Props) {
  const [at, setAt] = useState("");
  const save = async (): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "next-contact"), { at: `${new Date(at).toISOString().slice(0, 16)}Z` }))) close();
  };
  return (
    <Dialog title={W.contact.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={W.contact.at}>{(id) => <input id={id} type="datetime-local" required value={at} onInput={(event) => setAt(textOf(event))} />}</Field>
        <button type="submit" class="primary">{W.contact.save}</button>
      </form>
    </Dialog>
  );
}

/** A note, sealed to the office: how far something is verified, or anything a colleague must know. */
export function NoteDialog({ data, close }: Props) {
  const { session } = useDesk();
  const [kind, setKind] = useState("note");
  const [level, setLevel] = useState("VF-0");
  const [text, setText, kept] = useDraft(`${data.case} note`, "");
  const save = async (): Promise<void> => {
    const at = `${new Date().toISOString().slice(0, 16)}Z`;
    const worked = await attempt(async () => {
      const document = { schema: "leeward-note-1", case: data.case, kind, ...(kind === "verification" ? { level } : {}), at, text };
      await post(ofCase(data.case, "notes"), { for_office: base64(await sealDocument(document, session!.office_keys)) });
    }, W.note.saved);
    if (!worked) return;
    kept();
    close();
  };
  return (
    <Dialog title={W.note.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label={W.note.kind}>
          {(id) => (
            <select id={id} autofocus value={kind} onChange={(event) => setKind(textOf(event))}>
              {Object.entries(W.note.kinds).map(([code, words]) => <option key={code} value={code}>{words}</option>)}
            </select>
          )}
        </Field>
        {kind === "verification" && (
          <Field label={W.note.level}>
            {(id) => (
              <select id={id} value={level} onChange={(event) => setLevel(textOf(event))}>
                {Object.entries(W.note.levels).map(([code, words]) => <option key={code} value={code}>{code} {words}</option>)}
              </select>
            )}
          </Field>
        )}
        <Field label={W.note.text} hint={W.note.facts}>
          {(id, hint) => <textarea autocomplete="off" id={id} aria-describedby={hint} rows={5} required maxLength={5000} dir="auto" value={text} onInput={(event) => setText(textOf(event))} />}
        </Field>
        <Notice>{W.case.sealed}</Notice>
        <button type="submit" class="primary" disabled={text.trim() === ""}>{W.note.save}</button>
      </form>
    </Dialog>
  );
}

/** Tell whether it can be recorded what the person a report is about said themselves. */
export function asksConcerned(data: Case, me: Person): boolean {
  return data.owner?.id === me.id && data.tp_consent !== "" && data.tp_consent !== "TPC-REFUSED" && !data.child;
}

/** What the person a report is about told the officer directly: without their yes nothing is disclosed. */
export function ConcernedDialog({ data, close }: Props) {
  const { session } = useDesk();
  const [answer, setAnswer] = useState("");
  const [how, setHow] = useState("");
  const [text, setText, kept] = useDraft(`${data.case} person concerned`, "");
  const answers = Object.entries(W.concerned.answers).filter(([code]) => code !== "withdrawn" || concernedSaid(data) === "given");
  const save = async (): Promise<void> => {
    const at = `${new Date().toISOString().slice(0, 16)}Z`;
    const worked = await attempt(async () => {
      const document = { schema: "leeward-note-1", case: data.case, kind: "person-concerned", at, text };
      const note = base64(await sealDocument(document, session!.office_keys));
      await post(ofCase(data.case, "person-concerned"), { answer, how, note });
    }, W.concerned.saved);
    if (!worked) return;
    kept();
    close();
  };
  return (
    <Dialog title={W.concerned.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <p class="hint">{W.concerned.lead}</p>
        <Choice label={W.concerned.answer} words={Object.fromEntries(answers)} value={answer} set={setAnswer} />
        <Choice label={W.concerned.how} words={W.concerned.ways} value={how} set={setHow} />
        <Field label={W.concerned.note} hint={W.note.facts}>
          {(id, hint) => <textarea autocomplete="off" id={id} aria-describedby={hint} rows={3} required maxLength={5000} dir="auto" value={text} onInput={(event) => setText(textOf(event))} />}
        </Field>
        <button type="submit" class="primary" disabled={answer === "" || how === "" || text.trim() === ""}>{W.concerned.save}</button>
      </form>
    </Dialog>
  );
}
