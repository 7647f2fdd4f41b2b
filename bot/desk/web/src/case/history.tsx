import type { Case } from "../api";
import { At, Section } from "../parts";
import { W, named } from "../words";

/** Who did what in this case, newest first; everybody who may see the case sees it. */
export function History({ data }: { data: Case }) {
  return (
    <Section id="history" title={W.case.history}>
      {data.history.length === 0 && <p class="quiet">{W.case.historyEmpty}</p>}
      <ol class="history">
        {[...data.history].reverse().map((act, index) => (
          <li key={index}>
            <At at={act.at} /> <b dir="auto">{act.who}</b> <span class="quiet">{named(W.roles, act.role)}</span> {act.act}{" "}
            {act.old || act.new ? <span>{[act.old, act.new].filter(Boolean).join(" → ")}</span> : null}
            {act.reason && <span class="quiet" dir="auto"> ({act.reason})</span>}
          </li>
        ))}
      </ol>
    </Section>
  );
}
