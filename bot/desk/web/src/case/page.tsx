import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, getCase, ofCase, post, sealedBytes, type Case } from "../api";
import { attempt, change, go, sentence, useDesk, useNewest } from "../desk";
import { open } from "../keyring";
import { Dialog } from "../dialog";
import { Due, Empty, Level, Notice, Section } from "../parts";
import { Unlock } from "../pages/my-key";
import { readReport, type Report } from "../report";
import { NotOpened } from "../sealed";
import { useShortcuts } from "../shortcuts";
import { W, named } from "../words";
import { ConcernedDialog, HandOverDialog, LevelDialog, NextContactDialog, NoteDialog, StatusDialog, asksConcerned, reassigning } from "./acts";
import { Consents, proposes } from "./consents";
import { Files } from "./files";
import { HandOverConfirm, Wishes } from "./confirm";
import { History } from "./history";
import { Identity } from "./identity";
import { Measures } from "./measures";
import { Notes } from "./notes";
import { nextStep, type Step } from "./next-step";
import { ReportView, Wanted } from "./report";
import { SafetyStrip } from "./strip";
import { Talk } from "./talk";
import { LostDialog, WhoDialog, asksLost, asksWho } from "./who";

type Asked = "" | "level" | "status" | "hand-over" | "contact" | "note" | "key" | "measure" | "concerned" | "who" | "lost";
const PURPOSES = ["report", "copy", "alert"];

/** One case: what keeps the person safe first, then everything else. */
export function CasePage({ id }: { id: string }) {
  const { session, unlocked, caseNews } = useDesk();
  const [data, setData] = useState<Case | null>(null);
  const [gone, setGone] = useState(false);
  const [report, setReport] = useState<Report | null>(null);
  const [opening, setOpening] = useState("");
  const [asked, setAsked] = useState<Asked>("");
  const composer = useRef<HTMLTextAreaElement>(null);
  const ask = useNewest();
  const load = async (): Promise<void> => {
    const isNewest = ask(); // an answer from before an act may come after the one that shows it
    try {
      const found = await getCase(id);
      if (isNewest()) setData(found);
    } catch (error) {
      if (!isNewest()) return;
      if (error instanceof ApiError && error.status === 404) setGone(true);
      else change({ trouble: sentence(error) });
    }
  };
  useEffect(() => void load(), [id, caseNews[id]]);
  const openReport = async (): Promise<void> => {
    if (data === null) return;
    const blob = PURPOSES.map((purpose) => data.blobs.filter((one) => one.purpose === purpose).at(-1)).find((one) => one !== undefined);
    if (blob === undefined) return setOpening(W.case.noReport);
    if (!unlocked) return setAsked("key");
    setOpening(W.case.opening);
    try {
      setReport(readReport(await open(await sealedBytes(ofCase(id, "blobs", blob.purpose, blob.sequence)))));
      setOpening("");
      await load();
    } catch (error) {
      setOpening(error instanceof NotOpened ? (error.why === "key" ? W.case.notOurs : W.case.damaged) : sentence(error));
    }
  };
  const own = (): Promise<boolean> => attempt(async () => void await post(ofCase(id, "own"))).then((worked) => load().then(() => worked));
  const read = (name: string): void => document.getElementById(name)?.focus();
  const write = (): void => {
    read("talk");
    composer.current?.focus();
  };
  const acts: Record<Step["act"], () => void> = {
    own: () => void own(), key: () => setAsked("key"), open: () => void openReport(), level: () => setAsked("level"), write,
    "hand-over": () => read("hand-over"), read: () => read("talk"), measures: () => read("measures"), none: () => undefined,
  };
  const step = data === null || data.sees === "consents" ? null : nextStep(data, session!.person.id, unlocked, report !== null);
  const works = data?.sees === "content"; // else only the line is shown, and what can be done with it
  const leads = data?.sees === "line";
  useShortcuts([
    { key: "Enter", words: `${W.keys.next}${step === null ? "" : `: ${step.words}`}`, act: () => { if (step !== null) acts[step.act](); } },
    ...(works || leads ? [
      { key: "o", words: W.keys.own, act: () => void own() },
      { key: "l", words: W.keys.level, act: () => setAsked("level") },
      { key: "h", words: W.keys.handOver, act: () => setAsked("hand-over") },
    ] : []),
    ...(works ? [
      { key: "e", words: W.keys.report, act: () => void openReport() },
      { key: "s", words: W.keys.status, act: () => setAsked("status") },
      { key: "r", words: W.keys.reply, act: write },
      ...(proposes(session!.person) ? [{ key: "m", words: W.keys.measure, act: () => setAsked("measure") }] : []),
      { key: "n", words: W.keys.note, act: () => setAsked("note") },
    ] : []),
    { key: "Escape", words: W.keys.back, act: () => go({ page: "queue" }) },
  ]);
  const back = <button type="button" class="plain" onClick={() => go({ page: "queue" })}><span class="arrow" aria-hidden="true">←</span> {W.case.back} <kbd>Esc</kbd></button>;
  if (gone) return <><div class="head">{back}</div><Empty title={W.case.gone} /></>;
  if (data === null) return <><div class="head">{back}</div><p role="status" class="loading">{W.loading}</p></>;
  const close = (): void => {
    setAsked("");
    void load();
  };
  return (
    <>
      <div class="head case">
        {back}
        <h1>{data.name}</h1>
        <Level level={data.level} />
        <Due line={data} />
        <span class="status">{named(W.status.names, data.status)}</span>
        {step !== null && step.act !== "none" && (
          <button type="button" class="primary" onClick={acts[step.act]}>{step.words} <kbd>Enter</kbd></button>
        )}
        {step?.act === "none" && <span class="quiet">{step.words}</span>}
      </div>
      <HandOverConfirm data={data} me={session!.person.id} done={() => void load()} />
      <Wishes data={data} me={session!.person.id} done={() => void load()} />
      {data.strip !== null && <SafetyStrip data={data} strip={data.strip} report={report} />}
      {data.sees !== "content" && <Notice>{W.case.sees[data.sees]}</Notice>}
      <div class="columns">
        <div>
          {report === null
            ? data.sees === "content" && <Section id="report" title={W.case.report}>
                <p class="sealed-note">{W.case.sealed}</p>
                {opening !== "" && <Notice kind={opening === W.case.opening ? "info" : "warn"}>{opening}</Notice>}
                <button type="button" class={step?.act === "open" ? "primary" : "plain"} onClick={() => void openReport()}>{W.next.open} <kbd>e</kbd></button>
              </Section>
            : <><Wanted report={report} /><ReportView report={report} data={data} /></>}
          <Files data={data} report={report} />
          <Identity data={data} me={session!.person.id} reviews={works && proposes(session!.person)} reload={() => void load()} />
          <Consents data={data} />
        </div>
        <div>
          {data.strip !== null && <Talk data={data} strip={data.strip} me={session!.person.id} unlocked={unlocked} composer={composer} reload={() => void load()} needKey={() => setAsked("key")} />}
          {(works || data.measures.length > 0) && <Measures data={data} report={report} proposing={asked === "measure"} propose={() => setAsked("measure")} close={close} reload={() => void load()} />}
          {(works || leads) && <Section id="more" title={W.case.more}>
            <p class="acts">
              <button type="button" class="plain" onClick={() => setAsked("level")}>{W.case.level} <kbd>l</kbd></button>
              {works && <button type="button" class="plain" onClick={() => setAsked("status")}>{W.case.status} <kbd>s</kbd></button>}
              {works && <button type="button" class="plain" onClick={() => setAsked("contact")}>{W.case.nextContact}</button>}
              {works && <button type="button" class="plain" onClick={() => setAsked("note")}>{W.case.note} <kbd>n</kbd></button>}
              {works && proposes(session!.person) && asksConcerned(data, session!.person) && <button type="button" class="plain" onClick={() => setAsked("concerned")}>{W.concerned.act}</button>}
              {works && asksWho(data, session!.person) && <button type="button" class="plain" onClick={() => setAsked("who")}>{W.who.act}</button>}
              {works && asksLost(data, session!.person) && <button type="button" class="plain" onClick={() => setAsked("lost")}>{W.lost.act}</button>}
              {(works || reassigning(data, session!.person)) && <button type="button" class="plain" onClick={() => setAsked("hand-over")}>
                {reassigning(data, session!.person) ? W.handOver.reassign : W.case.handOver} <kbd>h</kbd>
              </button>}
            </p>
          </Section>}
          {works && <Notes data={data} unlocked={unlocked} needKey={() => setAsked("key")} />}
          <History data={data} />
        </div>
      </div>
      {asked === "level" && <LevelDialog data={data} close={close} />}
      {asked === "status" && <StatusDialog data={data} close={close} />}
      {asked === "hand-over" && <HandOverDialog data={data} close={close} />}
      {asked === "contact" && <NextContactDialog data={data} close={close} />}
      {asked === "concerned" && <ConcernedDialog data={data} close={close} />}
      {asked === "lost" && <LostDialog data={data} close={close} />}
      {asked === "who" && <WhoDialog data={data} close={close} />}
      {asked === "note" && <NoteDialog data={data} close={close} />}
      {asked === "key" && !unlocked && <Dialog title={W.key.load} close={() => setAsked("")}><p>{W.key.lead}</p><Unlock /></Dialog>}
    </>
  );
}
