import { useState } from "preact/hooks";
import type { Case } from "../api";
import { At, Notice, Said, Section } from "../parts";
import { mixesAlphabets } from "../plain";
import type { Report } from "../report";
import { W, named } from "../words";

/** What the person wants, refuses and fears, and how to reach them: the first lines of every report. */
export function Wanted({ report }: { report: Report }) {
  return (
    <Section id="wanted" title={W.case.wish}>
      <dl class="wanted">
        {report.summary.slice(0, 4).map(([name, text], index) => <div key={index}><dt><Said text={name} /></dt><dd><Said text={text} /></dd></div>)}
      </dl>
    </Section>
  );
}

/** The rest of the report; the story only after a click. */
export function ReportView({ report, data }: { report: Report; data: Case }) {
  const [story, setStory] = useState(false);
  return (
    <Section id="report" title={W.case.report} aside={<span class="quiet">{report.rules.join(", ")} · {report.nature}</span>}>
      <dl class="facts">
        {report.summary.slice(4).map(([name, text], index) => <div key={index}><dt><Said text={name} /></dt><dd><Said text={text} /></dd></div>)}
      </dl>
      {report.story !== "" && (
        <>
          <h3>{W.case.story}</h3>
          {story ? <blockquote><Said text={report.story} as="p" /></blockquote>
            : <button type="button" class="plain" onClick={() => setStory(true)}>{W.case.showStory}</button>}
        </>
      )}
      <details>
        <summary>{W.case.answers} ({report.answers.length})</summary>
        <dl class="facts">
          {report.answers.map((answer, index) => (
            <div key={index}><dt><Said text={answer.question} /></dt><dd><Said text={answer.label || W.none} /></dd></div>
          ))}
        </dl>
      </details>
      <details>
        <summary>{W.case.codes} ({report.codes.length})</summary>
        <dl class="facts codes">
          {report.codes.map(([name, value]) => <div key={name}><dt><Said text={name} /></dt><dd><Said text={value || W.none} /></dd></div>)}
        </dl>
      </details>
      <Consents data={data} report={report} />
    </Section>
  );
}

function Consents({ data, report }: { data: Case; report: Report }) {
  const now = new Map(data.consents.map((consent) => [consent.id, consent]));
  return (
    <details>
      <summary>{W.case.consents} ({report.consents.length})</summary>
      <ul class="plain-list">
        {report.consents.map((consent, index) => {
          const current = now.get(consent.id);
          return (
            <li key={index}>
              <b>{current?.words || consent.id}</b>: {named(W.consentStatus, current?.status ?? consent.status)} <span class="quiet"><At at={current?.at ?? consent.at} /></span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** A warning where a name may not be what it looks like. */
export function NameWarning({ name }: { name: string }) {
  return mixesAlphabets(name) || /[\u202a-\u202e\u200b]/u.test(name) ? <Notice kind="warn">{W.files.spoof}</Notice> : null;
}
