import { useState } from "preact/hooks";
import { change, loadPracticeKey, useDesk } from "../desk";
import { dropPasskeyCopy, hasPasskeyCopy, isUnlocked, lock, makePasskeyCopy, unlock, unlockWithPasskey } from "../keyring";
import { Field, Notice, Section, textOf } from "../parts";
import { NotOpened, isLocked } from "../sealed";
import { W } from "../words";

/** Load, copy and forget the officer's key. */
export function KeysPage() {
  const { session, unlocked } = useDesk();
  return (
    <>
      <div class="head"><h1>{W.key.title}</h1></div>
      <p class="lead">{W.key.lead}</p>
      {session!.synced && <Notice kind="warn">{W.key.synced}</Notice>}
      <div class="narrow">
        {unlocked
          ? <Section id="loaded" title={W.key.loaded}>
              <p>{W.key.auto(Math.round(session!.lock_seconds / 60))}</p>
              <button type="button" class="primary" onClick={lock}>{W.lockNow} <kbd>x</kbd></button>
            </Section>
          : <Section id="load" title={W.key.load}><Unlock /></Section>}
        <PasskeyCopy />
        <p>{W.key.opener} <a href="/offline-opener.html" download="offline-opener.html">{W.key.openerLink}</a></p>
      </div>
    </>
  );
}

/** Load the key in place, wherever something sealed waits for it. */
export function Unlock() {
  const { session } = useDesk();
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setTrouble("");
    try {
      await work();
      change({ unlocked: isUnlocked(), notice: W.key.loaded, trouble: "" });
    } catch (error) {
      const why = error instanceof NotOpened ? error.why : "nokey";
      setTrouble(why === "passphrase" ? (passphrase === "" ? W.key.asks : W.key.wrong) : why === "key" ? W.key.copyNone : W.key.noKey);
      setBusy(false);
    }
  };
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    setBytes(file === undefined ? null : new Uint8Array(await file.arrayBuffer()));
    setTrouble("");
  };
  return (
    <form autocomplete="off" class="unlock" onSubmit={(event) => { event.preventDefault(); if (bytes !== null) void run(() => unlock(bytes, passphrase)); }}>
      {session?.practice === true && <button type="button" class="primary" onClick={() => void run(loadPracticeKey)}>{W.key.practice}</button>}
      {hasPasskeyCopy() && <button type="button" class="primary" onClick={() => void run(unlockWithPasskey)}>{W.key.copyUse}</button>}
      <Field label={W.key.file}>{(id) => <input id={id} type="file" required onChange={(event) => void choose(event.currentTarget)} />}</Field>
      {bytes !== null && isLocked(bytes) && (
        <Field label={W.key.passphrase}>
          {(id) => <input id={id} type="password" required autocomplete="off" value={passphrase} onInput={(event) => setPassphrase(textOf(event))} />}
        </Field>
      )}
      {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
      {busy && <Notice>{W.key.loading}</Notice>}
      <button type="submit" class={session?.practice === true ? "plain" : "primary"} disabled={bytes === null || busy}>{W.key.load}</button>
    </form>
  );
}

function PasskeyCopy() {
  const { unlocked, session } = useDesk();
  const [has, setHas] = useState(hasPasskeyCopy());
  const [trouble, setTrouble] = useState("");
  const make = async (): Promise<void> => {
    try {
      await makePasskeyCopy();
      setHas(true);
    } catch {
      setTrouble(W.key.copyNone);
    }
  };
  const drop = (): void => {
    dropPasskeyCopy();
    setHas(false);
  };
  if (session!.practice || (!unlocked && !has)) return null; // practice has no passkeys, and its key is at hand
  return (
    <Section id="copy" title={W.key.copyTitle}>
      <p>{has ? W.key.copyHas : W.key.copyLead}</p>
      {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
      {has
        ? <button type="button" class="plain" onClick={drop}>{W.key.copyDrop}</button>
        : <button type="button" class="plain" onClick={() => void make()}>{W.key.copyMake}</button>}
    </Section>
  );
}
