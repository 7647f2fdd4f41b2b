import { render } from "preact";
import { useState } from "preact/hooks";
import { Field, Notice, Said, textOf } from "../parts";
import { plain } from "../plain";
import { readReport, type Attachment, type Report } from "../report";
import { saveAs } from "../saving";
import { NotOpened, openDocument, openFile, readKeyFile } from "../sealed";
import { W } from "../words";
import "../style.css";

function messageOf(error: unknown): string {
  const why = error instanceof NotOpened ? error.why : "damaged";
  return { key: W.case.notOurs, damaged: W.case.damaged, passphrase: W.key.wrong, nokey: W.key.noKey }[why];
}

async function bytesOf(input: HTMLInputElement): Promise<Uint8Array> {
  return new Uint8Array(await input.files![0]!.arrayBuffer());
}

/** Opens a sealed file without a server: two files are chosen, and nothing leaves. */
function Opener() {
  const [report, setReport] = useState<Report | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setTrouble("");
    try {
      const identities = await readKeyFile(await bytesOf(form.elements.namedItem("key") as HTMLInputElement), passphrase);
      setReport(readReport(await openDocument(await bytesOf(form.elements.namedItem("sealed") as HTMLInputElement), identities)));
      setPassphrase("");
    } catch (error) {
      setTrouble(messageOf(error));
    }
    setBusy(false);
  };
  return (
    <main class="alone">
      <h1>{W.opener.title}</h1>
      {location.protocol !== "file:" && <Notice kind="warn">{W.opener.online}</Notice>}
      {report === null
        ? <form autocomplete="off" class="card" onSubmit={(event) => { event.preventDefault(); void run(event.currentTarget); }}>
            <p>{W.opener.lead}</p>
            <Field label={W.opener.file}>{(id) => <input id={id} name="sealed" type="file" required />}</Field>
            <Field label={W.opener.key}>{(id) => <input id={id} name="key" type="file" required />}</Field>
            <Field label={W.opener.passphrase}>{(id) => <input id={id} type="password" autocomplete="off" value={passphrase} onInput={(event) => setPassphrase(textOf(event))} />}</Field>
            {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
            {busy && <Notice>{W.key.loading}</Notice>}
            <button type="submit" class="primary" disabled={busy}>{W.opener.open}</button>
          </form>
        : <Opened report={report} />}
    </main>
  );
}

function Opened({ report }: { report: Report }) {
  return (
    <>
      <article class="card">
        <dl class="facts">{report.summary.map(([name, text], index) => <div key={index}><dt><Said text={name} /></dt><dd><Said text={text} /></dd></div>)}</dl>
        {report.story !== "" && <><h2>{W.case.story}</h2><blockquote><Said text={report.story} as="p" /></blockquote></>}
        {report.answers.length > 0 && (
          <details>
            <summary>{W.case.answers} ({report.answers.length})</summary>
            <dl class="facts">{report.answers.map((answer, index) => <div key={index}><dt><Said text={answer.question} /></dt><dd><Said text={answer.label || W.none} /></dd></div>)}</dl>
          </details>
        )}
      </article>
      {report.attachments.length > 0 && (
        <section class="card">
          <h2>{W.opener.attached}</h2>
          {report.attachments.map((file) => <AttachedFile key={file.sealed} file={file} identity={report.fileIdentity} />)}
        </section>
      )}
      <p class="hint">{W.opener.print}</p>
      <button type="button" class="plain" onClick={() => location.reload()}>{W.opener.again}</button>
    </>
  );
}

function AttachedFile({ file, identity }: { file: Attachment; identity: string }) {
  const [trouble, setTrouble] = useState("");
  const open = async (input: HTMLInputElement): Promise<void> => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    try {
      await openFile(input.files![0]!.stream(), identity, file.size, file.digest, (piece) => void pieces.push(piece));
      saveAs(plain(file.name), new Blob(pieces));
      setTrouble("");
    } catch (error) {
      setTrouble(messageOf(error));
    }
  };
  return (
    <>
      <Field label={plain(file.name)} hint={`${plain(file.sealed)}.age`}>
        {(id, hint) => <input id={id} aria-describedby={hint} type="file" onChange={(event) => void open(event.currentTarget)} />}
      </Field>
      {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
    </>
  );
}

render(<Opener />, document.querySelector("#opener")!);
