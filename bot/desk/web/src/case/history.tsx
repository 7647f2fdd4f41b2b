import type { Act, Case } from "../api";
import { At, Section } from "../parts";
import { W, actedAs, named, reasonOf } from "../words";

const IN_WORDS: Record<string, Record<string, string>> = {
  level: W.levels, "level-wish": W.levels, status: W.status.names, "person-concerned": W.consentStatus, "close-wish": W.status.names, read: W.blobs,
};

/** Return what changed, where that says something to a reader; ids do not. */
export function changeOf(act: Act): string {
  const words = IN_WORDS[act.act];
  if (words === undefined) return "";
  const parts = [act.old, act.new].map((code) => named(words, (code ?? "").replace(/ \d+$/u, ""))).filter((part) => part !== "");
  return [...new Set(parts)].join(" → ");
}

/** Who did what in this case, newest first; everybody who may see the case sees it. */
export function History({ data }: { data: Case }) {
  return (
    <Section id="history" title={W.case.history}>
      {data.history.length === 0 && <p class="quiet">{W.case.historyEmpty}</p>}
      <ol class="history" tabIndex={0} aria-labelledby="history">
        {[...data.history].reverse().map((act, index) => (
          <li key={index}>
            <At at={act.at} /> <b dir="auto">{act.who}</b> <span class="quiet">{actedAs(act.role)}</span> {named(W.acts, act.act)} {changeOf(act)}
            {act.reason && <span class="quiet"> ({reasonOf(act.reason)})</span>}
          </li>
        ))}
      </ol>
    </Section>
  );
}
