import { useEffect, useState } from "preact/hooks";
import { ApiError, get, post, type ShiftReport } from "../api";
import { attempt, change, sentence, useDesk, useNewest } from "../desk";
import { Dialog } from "../dialog";
import { At, Empty, Level, Section, textOf } from "../parts";
import { W, languageOf } from "../words";

const HOURS = [8, 12, 24];

/** What the office did in the last hours: numbers alone, nothing of a case. */
export function ShiftPage() {
  const [hours, setHours] = useState(HOURS[0]!);
  const [report, setReport] = useState<ShiftReport | null>(null);
  const [denied, setDenied] = useState(false);
  const [asking, setAsking] = useState(false);
  const ask = useNewest();
  const load = async (): Promise<void> => {
    const isNewest = ask(); // an answer about other hours may come after this one
    try {
      const found = await get<ShiftReport>(`shift?hours=${hours}`);
      if (isNewest()) setReport(found);
    } catch (error) {
      if (!isNewest()) return;
      if (error instanceof ApiError && error.code === "not_allowed") setDenied(true);
      else change({ trouble: sentence(error) });
    }
  };
  useEffect(() => void load(), [hours]);
  const record = async (): Promise<void> => {
    if (!await attempt(async () => void await post("shift/debrief"), W.shift.recorded)) return;
    setAsking(false);
    void load();
  };
  if (denied) return <><div class="head"><h1>{W.shift.title}</h1></div><Empty title={W.shift.notYours} /></>;
  return (
    <>
      <div class="head">
        <h1>{W.shift.title}</h1>
        <div class="filters">
          <select aria-label={W.shift.hours} value={hours} onChange={(event) => setHours(Number(textOf(event)))}>
            {HOURS.map((count) => <option key={count} value={count}>{W.shift.last(count)}</option>)}
          </select>
        </div>
        <button type="button" class="plain" onClick={() => void load()}>{W.shift.again}</button>
        <button type="button" class="plain" onClick={() => setAsking(true)}>{W.shift.debrief}</button>
      </div>
      <p class="lead">{W.shift.lead}</p>
      {report === null ? <p role="status" class="loading">{W.loading}</p> : <Numbers report={report} />}
      {asking && (
        <Dialog title={W.shift.debriefAsk} close={() => setAsking(false)}>
          <p>{W.shift.debriefLead}</p>
          <button type="button" class="primary" onClick={() => void record()}>{W.shift.debriefDone}</button>
        </Dialog>
      )}
    </>
  );
}

function Numbers({ report }: { report: ShiftReport }) {
  const W_ = W.shift;
  const { contacts, consents, faults, following, escalations } = report;
  return (
    <>
      <p class="quiet">{useDesk().session!.person.office_name}: <At at={report.since} /> {W_.to} <At at={report.until} /></p>
      <Levels report={report} />
      <div class="columns">
        <div>
          <Part id="done" title={W_.work} rows={[
            [W_.onDuty, report.on_duty ?? W_.noRoster],
            ...Object.entries(escalations).map(([reason, count]): Row => [W_.escalations[reason] ?? reason, count]),
            [W_.made, contacts.made], [W_.failed, contacts.failed], [W_.waiting, contacts.waiting],
            [W_.outOfScope, report.out_of_scope], [W_.debriefs, report.debriefs],
          ]} />
          <Part id="consents" title={W_.consents} rows={[
            [W_.asked, consents.asked], [W_.given, consents.given], [W_.refused, consents.refused],
            [W_.withdrawals, report.withdrawals], [W_.whole, report.whole_withdrawals], [W_.holds, report.holds],
          ]} />
        </div>
        <div>
          <Part id="following" title={W_.following} rows={[
            [W_.unowned, following.unowned], [W_.overdue, following.late], [W_.agreed, following.contacts],
            ...Object.entries(report.languages_lacking).map(([lang, count]): Row => [W_.lacking(languageOf(lang)), count]),
          ]} />
          <Part id="faults" title={W_.faults} rows={[
            [W_.doubts, report.identity_doubts], [W_.standing, report.doubts_standing], [W_.unreachable, faults.unreachable],
            [W_.mail, faults.mail_refused], [W_.dead, faults.dead_letters],
          ]} />
        </div>
      </div>
    </>
  );
}

function Levels({ report }: { report: ShiftReport }) {
  const W_ = W.shift;
  return (
    <section class="table levels" tabIndex={0} aria-label={W_.received}>
      <table>
        <thead><tr>{[W.queue.columns.level, W_.received, W_.inTime, W_.late, W_.open].map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {report.received.map(({ level, count, in_time, late }) => (
            <tr key={level}>
              <th scope="row"><Level level={level} /></th>
              <td>{count}</td><td>{in_time}</td><td>{late}</td><td>{report.open_urgent[level] ?? W.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Row = [string, number | string];

function Part({ id, title, rows }: { id: string; title: string; rows: Row[] }) {
  return (
    <Section id={id} title={title}>
      <dl class="numbers">{rows.map(([words, count]) => <div key={words}><dt>{words}</dt><dd>{count}</dd></div>)}</dl>
    </Section>
  );
}
