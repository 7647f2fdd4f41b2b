import { useEffect, useState } from "preact/hooks";
import { get, ofCase, post, type Case, type Measure, type Proposal } from "../api";
import { attempt, useDesk } from "../desk";
import { useDraft } from "../drafts";
import { Dialog } from "../dialog";
import { At, Checklist, Choice, Field, Light, Notice, Said, Section, textOf } from "../parts";
import type { Report } from "../report";
import { base64, sealDocument } from "../sealed";
import { moment } from "../time";
import { W, named, reasonOf } from "../words";
import { checks, proposes } from "./consents";
import { CheckDialog } from "./lines";
import { OfficeField, ShareDialog, isShare } from "./share";

interface Props { data: Case; report: Report | null; proposing: boolean; propose: () => void; close: () => void; reload: () => void }

/** The measures ledger of a case, with a light for each consent, and the card for a new one. */
export function Measures({ data, report, proposing, propose, close, reload }: Props) {
  const { session } = useDesk();
  const aside = proposes(session!.person) ? <button type="button" class="plain" onClick={propose}>{W.measure.new} <kbd>m</kbd></button> : undefined;
  return (
    <Section id="measures" title={W.case.measures} aside={aside}>
      {data.measures.length === 0 && <p class="quiet">{W.measure.none}</p>}
      <ul class="measures">{data.measures.map((proposal) => <Proposed key={proposal.id} proposal={proposal} data={data} report={report} reload={reload} />)}</ul>
      {proposing && <Card data={data} close={close} />}
    </Section>
  );
}

function Proposed({ proposal, data, report, reload }: { proposal: Proposal; data: Case; report: Report | null; reload: () => void }) {
  const share = isShare(proposal.measure);
  const interpreter = proposal.measure === "IN-INTERPRETER";
  const [asked, setAsked] = useState<"" | "start" | "close" | "check">("");
  const { session } = useDesk();
  const [checked, setChecked] = useState(false);
  const [outcome, setOutcome] = useState("");
  const [origin, setOrigin] = useState("");
  const rests = ["talk", "lapsed"].includes(proposal.state);
  const act = async (part: "start" | "close" | "again", body: object): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "measures", proposal.id, part), body))) setAsked("");
    reload();
  };
  const started = proposal.started_at != null && proposal.started_at !== "";
  const underWay = ["started", "answered"].includes(proposal.state);
  const closed = (proposal.outcome ?? "") !== "";
  const returned = proposal.state === "returned";
  const unchecked = proposal.check === "waits" || proposal.check === "yours";
  const second = proposal.check === "second";
  return (
    <li>
      <p><b>{proposal.words}</b> <span class="quiet" dir="auto">{proposal.recipient} · {named(W.measure.modeNames, proposal.name_mode)}</span></p>
      <p class="lights">
        {!returned && <Light colour={proposal.light} label={W.measure.answer} words={second ? W.measure.once : (W.measure.lights[proposal.light] ?? proposal.state)} />}
        {proposal.valid_until != null && proposal.light === "green" && <span class="quiet">{W.measure.validUntil(moment(proposal.valid_until))}</span>}
        {started && <span class="quiet">{W.measure.started(moment(proposal.started_at))}</span>}
        <span class="quiet"><At at={proposal.answered_at ?? proposal.proposed_at} /></span>
      </p>
      {(proposal.collisions ?? []).length > 0 && <Notice kind="warn">{W.measure.collision(proposal.collisions!.map((line) => named(W.red, line)).join("; "))}</Notice>}
      {unchecked && <Notice kind="warn">{proposal.check === "yours" ? W.measure.checkYours : W.measure.checkWaits}</Notice>}
      {second && <Notice>{W.measure.second}</Notice>}
      {proposal.abroad === true && <Notice kind="warn">{W.measure.abroad}</Notice>}
      {!returned && <blockquote><Said text={proposal.content} as="p" /></blockquote>}
      {closed && <p><b>{returned ? W.measure.returned : W.measure.outcome}:</b> {reasonOf(proposal.outcome ?? "")}</p>}
      <p class="acts">
        {!started && !closed && proposal.light === "green" && <button type="button" class="primary" disabled={share && report === null} onClick={() => setAsked("start")}>{share ? W.share.act : W.measure.start}</button>}
        {share && !started && report === null && proposal.light === "green" && <span class="hint">{W.share.openFirst}</span>}
        {(rests || second) && <button type="button" class="plain" onClick={() => void act("again", {})}>{second ? W.measure.secondAct : W.measure.again}</button>}
        {proposal.check === "waits" && checks(session!.person) && <button type="button" class="primary" onClick={() => setAsked("check")}>{W.measure.checkAct}</button>}
        {underWay && <button type="button" class="plain" onClick={() => setAsked("close")}>{W.measure.close}</button>}
      </p>
      {asked === "check" && <CheckDialog data={data} proposal={proposal} close={() => setAsked("")} done={reload} />}
      {asked === "start" && share && <ShareDialog data={data} proposal={proposal} close={() => setAsked("")} done={reload} />}
      {asked === "start" && !share && (
        <Dialog title={`${W.measure.start}: ${proposal.words}`} close={() => setAsked("")}>
          <blockquote><Said text={proposal.content} as="p" /></blockquote>
          {proposal.abroad === true && <Notice kind="warn">{W.measure.abroad}</Notice>}
          {interpreter && <Choice label={W.measure.origin} words={W.measure.origins} value={origin} set={setOrigin} />}
          <Checklist title={W.checks.startTitle} lines={W.checks.start} done={checked} setDone={setChecked} />
          <button type="button" class="primary" disabled={!checked || (interpreter && origin === "")} onClick={() => void act("start", interpreter ? { interpreter: origin } : {})}>{W.measure.start}</button>
        </Dialog>
      )}
      {asked === "close" && (
        <Dialog title={W.measure.close} close={() => setAsked("")}>
          <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void act("close", { outcome }); }}>
            <Choice label={W.measure.outcome} words={W.measure.outcomes} value={outcome} set={setOutcome} />
            <button type="submit" class="primary">{W.measure.close}</button>
          </form>
        </Dialog>
      )}
    </li>
  );
}

const EMPTY = { measure: "", recipient: "", name_mode: "NM-ANON", content: "", hope: "", risk_view: "", note: "", valid_days: "", raised: false };
type Draft = typeof EMPTY;

/** Return the name mode of a measure that has but one. */
function modeOf(measures: Measure[], code: string): Partial<Draft> {
  const mode = measures.find((measure) => measure.code === code)?.name_mode ?? "";
  return mode === "" ? {} : { name_mode: mode };
}

function Card({ data, close }: { data: Case; close: () => void }) {
  const { session } = useDesk();
  const [measures, setMeasures] = useState<Measure[]>([]);
  const [draft, setDraft, asked] = useDraft<Draft>(`${data.case} measure`, EMPTY);
  const [checked, setChecked] = useState(false);
  useEffect(() => void attempt(async () => {
    const found = await get<Measure[] | { measures: Measure[] }>("measures");
    setMeasures(Array.isArray(found) ? found : found.measures);
  }), []);
  const chosen = measures.find((measure) => measure.code === draft.measure);
  const set = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const send = async (): Promise<void> => {
    const { note, risk_view, valid_days, ...card } = draft;
    const at = `${new Date().toISOString().slice(0, 16)}Z`;
    const sealedNote = async (kind: string, text: string): Promise<string> =>
      base64(await sealDocument({ schema: "leeward-note-1", case: data.case, kind, at, text }, session!.office_keys));
    const worked = await attempt(async () => {
      const notes = { do_no_harm: await sealedNote("do-no-harm", note), risk_view: await sealedNote("risk-view", risk_view) };
      await post(ofCase(data.case, "measures"), { ...card, ...notes, valid_days: Number(valid_days) });
    }, draft.measure === "AR-ANON" ? W.measure.checkYours : W.measure.asked);
    if (!worked) return;
    asked();
    close();
  };
  const complete = chosen !== undefined && [draft.recipient, draft.content, draft.hope, draft.risk_view, draft.note].every((text) => text.trim() !== "");
  return (
    <Dialog title={W.measure.new} close={close} wide>
      <p class="hint">{W.measure.less}</p>
      <form autocomplete="off" class="two" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <div>
          <Field label={W.measure.choose}>
            {(id) => (
              <select id={id} autofocus required value={draft.measure} onChange={(event) => set({ measure: textOf(event), valid_days: "", ...modeOf(measures, textOf(event)) })}>
                <option value="">{W.none}</option>
                {[...new Set(measures.map((measure) => measure.group))].map((group) => (
                  <optgroup key={group} label={group}>
                    {measures.filter((measure) => measure.group === group).map((measure) => <option key={measure.code} value={measure.code}>{measure.do}</option>)}
                  </optgroup>
                ))}
              </select>
            )}
          </Field>
          {chosen !== undefined && (data.collisions[chosen.code]?.length ?? 0) > 0 && <Notice kind="warn">{W.measure.collision(data.collisions[chosen.code]!.map((line) => named(W.red, line)).join("; "))}</Notice>}
          {chosen?.public === true && <Notice kind="warn">{W.measure.public}</Notice>}
          {chosen !== undefined && !chosen.public && String(chosen.reversible) === "no" && <Notice kind="warn">{W.measure.irreversible}</Notice>}
          {isShare(draft.measure) ? <OfficeField data={data} value={draft.recipient} set={(recipient) => set({ recipient })} />
            : <Field label={W.measure.recipient}>{(id) => <input id={id} required maxLength={120} dir="auto" value={draft.recipient} onInput={(event) => set({ recipient: textOf(event) })} />}</Field>}
          <Field label={W.measure.nameMode}>
            {(id) => (
              <select id={id} value={draft.name_mode} onChange={(event) => set({ name_mode: textOf(event) })}>
                {Object.entries(W.measure.modeNames).filter(([mode]) => ["", mode].includes(chosen?.name_mode ?? "")).map(([mode, words]) => <option key={mode} value={mode}>{words}</option>)}
              </select>
            )}
          </Field>
          {chosen !== undefined && chosen.valid_days > 1 && (
            <Field label={W.measure.days} hint={W.measure.daysHint(chosen.valid_days)}>
              {(id, hint) => <input id={id} aria-describedby={hint} type="number" min={1} max={chosen.valid_days} placeholder={String(chosen.valid_days)}
                value={draft.valid_days} onInput={(event) => set({ valid_days: textOf(event) })} />}
            </Field>
          )}
          <label class="switch"><input type="checkbox" checked={draft.raised} onChange={() => set({ raised: !draft.raised })} /> {W.measure.raised}</label>
          <Area label={W.measure.content} value={draft.content} set={(content) => set({ content })} />
          <Area label={W.measure.hope} value={draft.hope} set={(hope) => set({ hope })} />
          <Area label={W.measure.risk} hint={W.measure.notePlain} value={draft.risk_view} set={(risk_view) => set({ risk_view })} />
          <Area label={W.measure.note} hint={W.measure.notePlain} value={draft.note} set={(note) => set({ note })} />
        </div>
        <div>
          <Preview data={data} draft={draft} measure={chosen} />
          <Checklist title={W.checks.measureTitle} lines={W.checks.measure} done={checked} setDone={setChecked} />
          <button type="submit" class="primary" disabled={!complete || !checked}>{W.measure.send}</button>
          {complete && !checked && <p class="hint">{W.checks.missing}</p>}
        </div>
      </form>
    </Dialog>
  );
}

function Area({ label, hint, value, set }: { label: string; hint?: string; value: string; set: (value: string) => void }) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(id, hintId) => <textarea autocomplete="off" id={id} aria-describedby={hintId || undefined} rows={2} required maxLength={1000} dir="auto" value={value} onInput={(event) => set(textOf(event))} />}
    </Field>
  );
}

/** What the person will be asked; the server knows the sentences, the page what stands in this form. */
function Preview({ data, draft, measure }: { data: Case; draft: Draft; measure: Measure | undefined }) {
  if (measure === undefined) return null;
  const until = new Date(Date.now() + (Number(draft.valid_days) || measure.valid_days) * 86_400_000);
  const known: Record<string, string> = {
    OFF_WORDS: data.strip?.words.off ?? "", NAME_MODE_WORDS: named(W.measure.modes, draft.name_mode), HOPE: draft.hope,
    UNTIL: until.toISOString().slice(0, 10), EXACT_LINES: draft.content, TO_WHOM: draft.recipient,
  };
  const lines = measure.asks.map((line) => line.replace(/\{([A-Z_]+)\}/gu, (_, name: string) => known[name] || W.none));
  return (
    <figure class="preview">
      <figcaption>{W.measure.preview}</figcaption>
      {lines.map((line, place) => <p key={place} dir="auto">{line}</p>)}
    </figure>
  );
}
