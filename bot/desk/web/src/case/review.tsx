import { useState } from "preact/hooks";
import { ofCase, post, type Case } from "../api";
import { attempt } from "../desk";
import { Dialog } from "../dialog";
import { Checklist, Choice } from "../parts";
import { W } from "../words";

interface Props { data: Case; close: () => void; done: () => void }

/** Does the office still need the real name: it is kept for a reason, or erased. */
export function ReviewDialog({ data, close, done }: Props) {
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  const say = async (body: object, words: string): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "identity", "review"), body), words)) close();
    done();
  };
  return (
    <Dialog title={W.identity.reviewTitle} close={close}>
      <p>{W.identity.reviewLead}</p>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void say({ needed: true, reason }, W.identity.kept); }}>
        <Choice label={W.identity.keepReason} words={W.identity.keepReasons} value={reason} set={setReason} />
        <button type="submit" class="primary">{W.identity.keep}</button>
      </form>
      <Checklist title={W.checks.eraseTitle} lines={W.checks.erase} done={checked} setDone={setChecked} />
      <p class="hint">{W.identity.eraseLead}</p>
      <button type="button" class="primary danger" disabled={!checked} onClick={() => void say({ needed: false }, W.identity.erasedNow)}>{W.identity.erase}</button>
    </Dialog>
  );
}
