import { useState } from "preact/hooks";
import { ofCase, post, type Case, type Person } from "../api";
import { attempt } from "../desk";
import { Dialog } from "../dialog";
import { Checklist, Choice, Notice } from "../parts";
import { W } from "../words";
import { proposes } from "./consents";

/** Tell whether somebody may end the doubt of this case: its owner does, and no operator. */
export function asksWho(data: Case, me: Person): boolean {
  return data.flags.includes("identity_doubt") && data.owner?.id === me.id && proposes(me);
}

/** Tell whether somebody may say that the account is not the person's any more: who may say that it is, at any time. */
export function asksLost(data: Case, me: Person): boolean {
  return !data.flags.includes("account_lost") && data.owner?.id === me.id && proposes(me);
}

/** The officer is sure that somebody else holds the account; where no words lead back the server says no, and so do we. */
export function LostDialog({ data, close }: { data: Case; close: () => void }) {
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  const save = async (): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "lose-account"), { reason }), W.lost.saved)) close();
  };
  return (
    <Dialog title={W.lost.title} close={close}>
      {!data.words_lead_back ? <Notice kind="warn">{W.lost.noWords}</Notice> : (
        <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
          <p>{W.lost.lead}</p>
          <Choice label={W.lost.reason} words={W.lost.reasons} value={reason} set={setReason} />
          <Checklist title={W.checks.lostTitle} lines={W.checks.lost} done={checked} setDone={setChecked} />
          <p class="hint">{W.lost.follows}</p>
          <button type="submit" class="primary" disabled={reason === "" || !checked}>{W.lost.save}</button>
        </form>
      )}
    </Dialog>
  );
}

/** The officer is sure by other means than the secret words that it is this person who writes. */
export function WhoDialog({ data, close }: { data: Case; close: () => void }) {
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  const save = async (): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "recognise"), { reason }), W.who.saved)) close();
  };
  return (
    <Dialog title={W.who.title} close={close}>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <p>{W.who.lead}</p>
        <Choice label={W.who.reason} words={W.who.reasons} value={reason} set={setReason} />
        <Checklist title={W.checks.whoTitle} lines={W.checks.who} done={checked} setDone={setChecked} />
        <p class="hint">{W.who.follows}</p>
        <button type="submit" class="primary" disabled={reason === "" || !checked}>{W.who.save}</button>
      </form>
    </Dialog>
  );
}
