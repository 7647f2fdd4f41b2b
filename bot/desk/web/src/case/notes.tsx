import { useEffect, useState } from "preact/hooks";
import { ofCase, sealedBytes, type Case } from "../api";
import { open } from "../keyring";
import { At, Notice, Said, Section } from "../parts";
import { W, named } from "../words";

/** What colleagues wrote down, sealed to the office; opened in this page after a click. */
export function Notes({ data, unlocked, needKey }: { data: Case; unlocked: boolean; needKey: () => void }) {
  const [reading, setReading] = useState(false);
  const notes = data.blobs.filter((blob) => blob.purpose === "note");
  if (notes.length === 0) return null;
  return (
    <Section id="notes" title={W.note.list}>
      {reading && unlocked
        ? <ol class="plain-list">{notes.map((note) => <Note key={note.sequence} id={data.case} sequence={note.sequence} />)}</ol>
        : <button type="button" class="plain" onClick={() => { setReading(true); if (!unlocked) needKey(); }}>{W.note.read} ({notes.length})</button>}
    </Section>
  );
}

function Note({ id, sequence }: { id: string; sequence: number }) {
  const [note, setNote] = useState<Record<string, unknown> | null>(null);
  const [trouble, setTrouble] = useState(false);
  useEffect(() => void sealedBytes(ofCase(id, "blobs", "note", sequence)).then(open).then(setNote).catch(() => setTrouble(true)), [id, sequence]);
  if (trouble) return <li><Notice kind="warn">{W.case.notOurs}</Notice></li>;
  if (note === null) return <li role="status">{W.case.opening}</li>;
  const level = String(note["level"] ?? "");
  return (
    <li>
      <p class="quiet"><b>{named({ ...W.note.kinds, "person-concerned": W.note.concerned }, String(note["kind"] ?? ""))}</b> <At at={String(note["at"] ?? "")} />{level !== "" && ` · ${level} ${named(W.note.levels, level)}`}</p>
      <Said text={note["text"]} as="p" />
    </li>
  );
}
