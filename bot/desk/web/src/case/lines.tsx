import { useState } from "preact/hooks";
import { ofCase, post, type Case, type Proposal } from "../api";
import { attempt } from "../desk";
import { Dialog } from "../dialog";
import { Checklist, Choice, Said } from "../parts";
import { W } from "../words";

interface Props { data: Case; proposal: Proposal; close: () => void; done: () => void }

/** Lines for the annual report, before the person is asked: a second officer looks whether they show who it is. */
export function CheckDialog({ data, proposal, close, done }: Props) {
  const [checked, setChecked] = useState(false);
  const [reason, setReason] = useState("");
  const say = async (body: object, words: string): Promise<void> => {
    if (await attempt(async () => void await post(ofCase(data.case, "measures", proposal.id, "check"), body), words)) close();
    done();
  };
  return (
    <Dialog title={W.measure.checkAct} close={close}>
      <p>{W.measure.checkLead}</p>
      <blockquote><Said text={proposal.content} as="p" /></blockquote>
      <Checklist title={W.checks.linesTitle} lines={W.checks.lines} done={checked} setDone={setChecked} />
      <button type="button" class="primary" disabled={!checked} onClick={() => void say({ shows_nobody: true }, W.measure.checkPassed)}>{W.measure.checkPass}</button>
      <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void say({ shows_nobody: false, reason }, W.measure.checkReturned); }}>
        <Choice label={W.measure.checkReason} words={W.measure.checkReasons} value={reason} set={setReason} />
        <button type="submit" class="plain">{W.measure.checkReturn}</button>
      </form>
    </Dialog>
  );
}
