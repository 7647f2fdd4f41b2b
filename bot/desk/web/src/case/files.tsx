import { useEffect, useRef, useState } from "preact/hooks";
import { ofCase, sealedStream, type Case } from "../api";
import { Dialog } from "../dialog";
import { Notice, Said, Section } from "../parts";
import { plain } from "../plain";
import { saveAs, saving } from "../saving";
import type { Attachment, Report } from "../report";
import { openFile } from "../sealed";
import { W } from "../words";
import { NameWarning } from "./report";

const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp"]);
const MOST_PICTURE_BYTES = 30 * 1024 * 1024;

function sizeOf(bytes: number): string {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(undefined, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** The files of a report. Pictures are drawn anew in a frame of their own; everything else is saved, with a warning. */
export function Files({ data, report }: { data: Case; report: Report | null }) {
  const [chosen, setChosen] = useState<{ file: Attachment; act: "look" | "save" } | null>(null);
  if (data.files.length === 0 && (report?.attachments.length ?? 0) === 0) return null;
  const there = new Set(data.files.map((file) => file.name.replace(/\.age$/u, "")));
  return (
    <Section id="files" title={`${W.case.files} (${report?.attachments.length ?? data.files.length})`}>
      {report === null && <p class="sealed-note">{W.files.openFirst}</p>}
      <ul class="files">
        {report?.attachments.map((file) => (
          <li key={file.sealed}>
            <span class="name"><Said text={file.name} /> <span class="quiet">{plain(file.type)} · {sizeOf(file.size)}</span></span>
            <NameWarning name={file.name} />
            <span class="acts">
              {PICTURES.has(file.type) && file.size <= MOST_PICTURE_BYTES && (
                <button type="button" class="plain" disabled={!there.has(file.sealed)} onClick={() => setChosen({ file, act: "look" })}>{W.files.look}</button>
              )}
              <button type="button" class="plain" disabled={!there.has(file.sealed)} onClick={() => setChosen({ file, act: "save" })}>{W.files.save}</button>
            </span>
          </li>
        ))}
      </ul>
      {chosen?.act === "look" && report !== null && <Picture data={data} file={chosen.file} identity={report.fileIdentity} close={() => setChosen(null)} />}
      {chosen?.act === "save" && report !== null && <Save data={data} file={chosen.file} identity={report.fileIdentity} close={() => setChosen(null)} />}
    </Section>
  );
}

interface Shown { data: Case; file: Attachment; identity: string; close: () => void }

function Save({ data, file, identity, close }: Shown) {
  const [state, setState] = useState("");
  const [trouble, setTrouble] = useState(false);
  const save = async (): Promise<void> => {
    const sink = await saving(plain(file.name));
    if (sink === null) return;
    let done = 0;
    setState(W.files.opening(0));
    try {
      await openFile(await sealedStream(ofCase(data.case, "files", file.sealed)), identity, file.size, file.digest, async (piece) => {
        await sink.write(piece);
        const before = Math.floor((done / file.size) * 50);
        done += piece.length;
        if (Math.floor((done / file.size) * 50) > before) setState(W.files.opening(Math.floor((done / file.size) * 100)));
      });
      await sink.close();
      setState(W.files.saved);
    } catch {
      await sink.abort();
      setTrouble(true);
    }
  };
  return (
    <Dialog title={W.files.warn} close={close}>
      <p class="name"><Said text={file.name} /></p>
      <NameWarning name={file.name} />
      <p>{W.files.warnLead}</p>
      {state !== "" && !trouble && <Notice>{state}</Notice>}
      {trouble && <Notice kind="bad">{W.case.damaged}</Notice>}
      <button type="button" class="primary" disabled={state !== ""} onClick={() => void save()}>{W.files.save}</button>
    </Dialog>
  );
}

/** Return one array of all pieces of a picture. */
async function wholeOf(data: Case, file: Attachment, identity: string): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(file.size);
  let at = 0;
  await openFile(await sealedStream(ofCase(data.case, "files", file.sealed)), identity, file.size, file.digest, (piece) => {
    whole.set(piece, at);
    at += piece.length;
  });
  return whole;
}

function Picture({ data, file, identity, close }: Shown) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [trouble, setTrouble] = useState("");
  const [clean, setClean] = useState<ArrayBuffer | null>(null);
  useEffect(() => {
    const heard = (event: MessageEvent<{ ready?: true; failed?: true; clean?: ArrayBuffer }>): void => {
      if (event.source !== frame.current?.contentWindow) return;
      if (event.data.ready === true) void show();
      if (event.data.failed === true) setTrouble(W.files.cannotLook);
      if (event.data.clean instanceof ArrayBuffer) setClean(event.data.clean);
    };
    const show = async (): Promise<void> => {
      try {
        const bytes = await wholeOf(data, file, identity);
        frame.current?.contentWindow?.postMessage({ bytes: bytes.buffer, type: file.type }, "*", [bytes.buffer]);
      } catch {
        setTrouble(W.case.damaged);
      }
    };
    addEventListener("message", heard);
    return () => removeEventListener("message", heard);
  }, []);
  const keep = (): void => void saveAs(`${plain(file.name).replace(/\.[^.]*$/u, "")}.clean.png`, new Blob([clean!], { type: "image/png" }));
  return (
    <Dialog title={W.files.lookTitle} close={close} wide>
      <p class="name"><Said text={file.name} /></p>
      {trouble !== "" ? <Notice kind="warn">{trouble}</Notice>
        : <iframe ref={frame} class="picture" sandbox="allow-scripts" src="/desk/picture.html" title={W.files.lookTitle} />}
      <button type="button" class="primary" disabled={clean === null} onClick={keep}>{W.files.clean}</button>
    </Dialog>
  );
}
