import { useEffect, useState } from "preact/hooks";
import { ApiError, get, type AuditEntry } from "../api";
import { change, sentence } from "../desk";
import { At, Empty } from "../parts";
import { changeOf } from "../case/history";
import { W, actedAs, named, reasonOf } from "../words";

interface Page { entries: AuditEntry[]; next: string | number | null }

/** Who looked and who acted, newest first. */
export function AuditPage() {
  const [page, setPage] = useState<Page | null>(null);
  const [denied, setDenied] = useState(false);
  const load = async (after: string): Promise<void> => {
    const query = new URLSearchParams({ limit: "100" });
    if (after !== "") query.set("after", after);
    try {
      const found = await get<Page>(`audit?${query}`);
      setPage((old) => {
        if (after === "" || old === null) return found;
        return String(old.next) === after ? { ...found, entries: [...old.entries, ...found.entries] } : old; // asked for twice
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_allowed") setDenied(true);
      else change({ trouble: sentence(error) });
    }
  };
  useEffect(() => void load(""), []);
  if (denied) return <><div class="head"><h1>{W.audit.title}</h1></div><Empty title={W.audit.notYours} /></>;
  return (
    <>
      <div class="head"><h1>{W.audit.title}</h1></div>
      <p class="lead">{W.audit.lead}</p>
      {page === null && <p role="status" class="loading">{W.loading}</p>}
      {page !== null && page.entries.length === 0 && <Empty title={W.audit.empty} />}
      {page !== null && page.entries.length > 0 && <Entries entries={page.entries} />}
      {page?.next != null && page.next !== "" && <button type="button" class="plain more" onClick={() => void load(String(page.next))}>{W.audit.older}</button>}
    </>
  );
}

/** A table of acts. */
function Entries({ entries }: { entries: AuditEntry[] }) {
  const W_ = W.audit;
  return (
    <section class="table" tabIndex={0} aria-label={W_.title}>
      <table>
        <thead><tr>{[W_.when, W_.who, W_.role, W_.act, W_.case, W_.change, W_.reason].map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {entries.map((entry, index) => (
            <tr key={index}>
              <td><At at={entry.at} /></td>
              <td dir="auto">{entry.who}</td>
              <td>{actedAs(entry.role)}</td>
              <td>{named(W.acts, entry.act)}</td>
              <td>{entry.case_name || W.none}</td>
              <td>{changeOf(entry) || W.none}</td>
              <td>{reasonOf(entry.reason ?? "") || W.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
