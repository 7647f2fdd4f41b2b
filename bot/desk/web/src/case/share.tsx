import { useEffect, useState } from "preact/hooks";
import { get, ofCase, post, sealedBytes, type Case, type Proposal } from "../api";
import { attempt } from "../desk";
import { Dialog } from "../dialog";
import { Checklist, Field, Said, textOf } from "../parts";
import { open } from "../keyring";
import { base64, sealDocument } from "../sealed";
import { W } from "../words";

interface Sharing { offices: { id: string; name: string }[]; agreed: { proposal: string; keys: string[] }[] }

/** Tell whether a measure is that another UN office gets the report. */
export function isShare(measure: string): boolean {
  return measure.startsWith("SH-");
}

/** The offices that the person may be asked about. */
export function OfficeField({ data, value, set }: { data: Case; value: string; set: (office: string) => void }) {
  const [offices, setOffices] = useState<Sharing["offices"]>([]);
  useEffect(() => void attempt(async () => setOffices((await get<Sharing>(ofCase(data.case, "share"))).offices)), [data.case]);
  return (
    <Field label={W.share.office}>
      {(id) => (
        <select id={id} required value={value} onChange={(event) => set(textOf(event))}>
          <option value="">{W.none}</option>
          {offices.map((office) => <option key={office.id} value={office.id}>{office.name}</option>)}
        </select>
      )}
    </Field>
  );
}

/** After the yes: the report is opened here, sealed anew to the other office, and given to the desk. Files stay. */
export function ShareDialog({ data, proposal, close, done }: { data: Case; proposal: Proposal; close: () => void; done: () => void }) {
  const [checked, setChecked] = useState(false);
  const share = async (): Promise<void> => {
    const worked = await attempt(async () => {
      const { agreed } = await get<Sharing>(ofCase(data.case, "share"));
      const keys = agreed.find((yes) => yes.proposal === proposal.id)?.keys ?? [];
      const blob = data.blobs.find(({ purpose }) => purpose === "report" || purpose === "copy");
      if (blob === undefined || keys.length === 0) throw new Error(W.share.notNow);
      const { file_identity: _stays, ...report } = await open(await sealedBytes(ofCase(data.case, "blobs", blob.purpose, blob.sequence)));
      await post(ofCase(data.case, "share"), { office: proposal.recipient, sealed: base64(await sealDocument(report, keys)) });
    }, W.share.done);
    if (worked) close();
    done();
  };
  return (
    <Dialog title={`${W.share.act}: ${proposal.words}`} close={close}>
      <blockquote><Said text={proposal.content} as="p" /></blockquote>
      <Checklist title={W.checks.startTitle} lines={W.checks.start} done={checked} setDone={setChecked} />
      <button type="button" class="primary" disabled={!checked} onClick={() => void share()}>{W.share.act}</button>
    </Dialog>
  );
}
