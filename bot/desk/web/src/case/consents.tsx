import type { Case, Person } from "../api";
import { At, Section } from "../parts";
import { day } from "../time";
import { W, named } from "../words";

const PROPOSERS = ["duty-officer", "first-respondent", "focal-point"];

/** Tell whether somebody puts measures to people, and records what the person concerned said; operators do not. */
export function proposes(me: Person): boolean {
  return me.roles.some((role) => PROPOSERS.includes(role));
}

/** Tell whether somebody looks at lines for the annual report as the second person: shift leads do, too. */
export function checks(me: Person): boolean {
  return proposes(me) || me.roles.includes("shift-lead");
}

/** What stands agreed or refused now, whatever was recorded when the report was sent. */
export function Consents({ data }: { data: Case }) {
  if (data.consents.length === 0) return null;
  return (
    <Section id="consents" title={W.case.consentsNow}>
      <ul class="plain-list">
        {data.consents.map((consent, index) => (
          <li key={index}>
            {consent.words}{consent.recipient && ` (${consent.recipient})`}: <b>{named(W.consentStatus, consent.status)}</b>{" "}
            <span class="quiet"><At at={consent.at} />{consent.expires && <> · {W.case.ends} <At at={consent.expires} /></>}{consent.erased && <> · {W.case.nameErased} {day(consent.erased)}</>}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
