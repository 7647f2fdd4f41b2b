// The second half of what two people do: a hand-over repeated, a lower level or a closing confirmed.
import { useState } from "preact/hooks";
import { ofCase, post, type Case } from "../api";
import { attempt, change } from "../desk";
import { Field, Notice, Section, textOf } from "../parts";
import { moment } from "../time";
import { W, named } from "../words";

interface Props { data: Case; me: string; done: () => void }

/** The receiver repeats level, next contact and red lines; the owner changes only then. */
export function HandOverConfirm({ data, me, done }: Props) {
  const [level, setLevel] = useState("");
  const [seen, setSeen] = useState<string[]>([]);
  const [contact, setContact] = useState(false);
  const offer = data.hand_over;
  if (offer === undefined) return null;
  if (offer.to.id !== me) return <Notice>{W.handOver.waiting(offer.to.name)}</Notice>;
  const confirm = async (): Promise<void> => {
    if (level !== data.level) return change({ trouble: W.handOver.wrong });
    const readback = { level, next_contact: data.promises.next_contact_at ?? "", red: seen };
    await attempt(async () => void await post(ofCase(data.case, "hand-over", "confirm"), { readback }));
    done();
  };
  return (
    <Section id="hand-over" title={W.handOver.title}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void confirm(); }}>
        <p>{W.handOver.incoming(offer.from?.name ?? W.talk.you)}</p>
        <Field label={W.handOver.level}>
          {(id) => (
            <select id={id} required value={level} onChange={(event) => setLevel(textOf(event))}>
              <option value="">{W.none}</option>
              {["L1", "L2", "L3", "L4"].map((one) => <option key={one} value={one}>{one} {W.levels[one]}</option>)}
            </select>
          )}
        </Field>
        <label class="switch">
          <input type="checkbox" required checked={contact} onChange={() => setContact(!contact)} />
          {W.handOver.contact}: {data.promises.next_contact_at ? moment(data.promises.next_contact_at) : W.handOver.noContact}
        </label>
        {data.red.map((line) => (
          <label key={line} class="switch">
            <input type="checkbox" required checked={seen.includes(line)} onChange={() => setSeen(seen.includes(line) ? seen.filter((one) => one !== line) : [...seen, line])} /> {named(W.red, line)}
          </label>
        ))}
        <button type="submit" class="primary">{W.handOver.confirm}</button>
      </form>
    </Section>
  );
}

/** What a colleague wants and a second person must confirm. */
export function Wishes({ data, me, done }: Props) {
  const again = (part: string, body: object): void => void attempt(async () => void await post(ofCase(data.case, part), body)).then(done);
  const level = data.level_wish;
  const status = data.status_wish;
  return (
    <>
      {level !== undefined && (
        <Notice kind="warn">
          {W.level.wish(level.level, named(W.level.reasons, level.reason), level.by.name)}{" "}
          {level.by.id !== me && <button type="button" class="plain" onClick={() => again("level", { level: level.level, reason: level.reason })}>{W.level.confirm}</button>}
        </Notice>
      )}
      {status !== undefined && (
        <Notice kind="warn">
          {W.status.wish(named(W.status.reasons, status.reason), status.by.name)}{" "}
          {status.by.id !== me && <button type="button" class="plain" onClick={() => again("status", { status: status.status, reason: status.reason })}>{W.level.confirm}</button>}
        </Notice>
      )}
    </>
  );
}
