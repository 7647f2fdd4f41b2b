import type { ComponentChildren } from "preact";
import type { Case, Strip } from "../api";
import { concernedSaid, contactOf, refusal } from "../contact";
import { At, Due, Flags, Level, Light, Said } from "../parts";
import type { Report } from "../report";
import { moment } from "../time";
import { W, languageOf, named } from "../words";

const LIGHTS = ["C-FWD", "C-ASG", "C-CONT", "C-STAT"];
const COLOURS: Record<string, string> = { given: "green", requested: "amber", deferred: "amber" };

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

/** What has to be read before anything is done, in the order of the domain specification (6.4). */
export function SafetyStrip({ data, strip, report }: { data: Case; strip: Strip; report: Report | null }) {
  const contact = contactOf(strip);
  const agreed = data.measures.filter((proposal) => proposal.light === "green");
  return (
    <section class={`strip ${contact}`} aria-labelledby="strip">
      <h2 id="strip">{W.strip.title[contact]}</h2>
      <p class="why">
        {contact === "may-not" && refusal(strip.reason)}
        {contact === "wait" && W.strip.wait(moment(strip.next_safe))}
      </p>
      <dl>
        <Row name={W.strip.how}>
          <b>{strip.how || data.channel}</b>
          {strip.words.off !== "" && <> · {W.strip.words} <b class="words">{strip.words.off}</b> · {W.strip.answer} <b class="words">{strip.words.your}</b></>}
          {" · "}{W.strip.times}: {listOf(strip.safe_times)}
          {strip.cover !== "" && <> · {W.strip.cover} <b>{named(W.covers, strip.cover)}</b></>}
        </Row>
        <Row name={W.strip.never}><b>{listOf(strip.never)}</b></Row>
        <Row name={W.strip.level}><Level level={data.level} /> · <Due line={data} />{report !== null && report.rules.length > 0 && <span class="line quiet">{W.case.rules}: {report.rules.join(", ")}</span>}</Row>
        <Row name={W.strip.flags}>
          {data.flags.length + (report?.flags.length ?? 0) === 0 ? W.strip.noFlags : <Flags flags={[...data.flags, ...(report?.flags ?? [])]} />}
        </Row>
        <Row name={W.strip.consents}>
          <span class="lights">
            {LIGHTS.map((id) => {
              const status = data.consents.filter((consent) => consent.id === id).at(-1)?.status ?? "not_asked";
              return <Light key={id} label={W.strip.lights[id]!} words={named(W.consentStatus, status)} colour={COLOURS[status] ?? (status === "not_asked" ? "grey" : "red")} />;
            })}
          </span>
          <span class="line">{W.strip.measures}: {agreed.length === 0 ? W.strip.noMeasures : agreed.map((one) => `${one.words} (${moment(one.valid_until)})`).join("; ")}</span>
        </Row>
        <Row name={W.strip.about}>
          {report !== null ? <Said text={summaryLine(report, 4)} /> : data.child ? W.strip.child : W.strip.openFirst}
          {data.tp_consent !== "" && <> · {W.strip.knows}: {named(W.tp, data.tp_consent)}{concernedSaid(data) !== "" && <> ({W.strip.theirs}: <b>{named(W.consentStatus, concernedSaid(data))}</b>)</>}</>}
        </Row>
        <Row name={W.strip.picture}>{report !== null ? <Said text={summaryLine(report, 6)} /> : <span class="quiet">{W.strip.openFirst}</span>}</Row>
        <Row name={W.strip.language}>{languageOf(data.lang)}</Row>
        <Row name={W.strip.contact}>
          {W.strip.last} <At at={data.thread.filter((line) => line.from === "office").at(-1)?.at} /> · {W.strip.next} <At at={data.promises.next_contact_at} /> · {W.strip.owner}{" "}
          <b dir="auto">{data.owner?.name ?? W.queue.nobodyYet}</b>
        </Row>
      </dl>
    </section>
  );
}

function summaryLine(report: Report, index: number): string {
  return report.summary[index]?.[1] ?? "";
}

function listOf(value: string | string[]): string {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(Boolean).join("; ") || W.none;
}
