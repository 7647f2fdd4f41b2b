import { useEffect, useState } from "preact/hooks";
import { ofCase, post, sealedBytes, type Case } from "../api";
import { attempt } from "../desk";
import { open } from "../keyring";
import { Choice, Notice, Said, Section } from "../parts";
import { NotOpened } from "../sealed";
import { day } from "../time";
import { W } from "../words";
import { ReviewDialog } from "./review";

const SHOWN_MS = 60_000;

interface Props { data: Case; me: string; reviews: boolean; reload: () => void }

/** The real name: only with a reason, recorded, for a minute, and not to be copied; erased when nobody needs it. */
export function Identity({ data, me, reviews, reload }: Props) {
  const [reviewing, setReviewing] = useState(false);
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [name, setName] = useState("");
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    if (name === "") return;
    const timer = setTimeout(() => setName(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [name]);
  const erased = data.identity?.erased ?? "";
  if (erased !== "") return <Section id="identity" title={W.case.identity}><p>{W.identity.erased(day(erased))}</p></Section>;
  if (data.identity?.present !== true) return null;
  const due = data.flags.includes("name_to_review");
  const waiting = data.identity.pending;
  const ask = async (): Promise<void> => {
    setTrouble("");
    await attempt(async () => {
      const answer = await post<{ granted: boolean; pending?: boolean }>(ofCase(data.case, "identity"), { reason });
      setPending(answer.pending === true);
      if (!answer.granted) return;
      try {
        const document = await open(await sealedBytes(ofCase(data.case, "blobs", "identity", 1)));
        setName(String(document["name"] ?? ""));
        setReason("");
      } catch (error) {
        if (!(error instanceof NotOpened)) throw error;
        setTrouble(W.case.notOurs);
      }
    });
    reload();
  };
  return (
    <Section id="identity" title={W.case.identity}>
      {name !== ""
        ? <><p class="secret" onCopy={(event) => event.preventDefault()} onCut={(event) => event.preventDefault()} onDragStart={(event) => event.preventDefault()} onContextMenu={(event) => event.preventDefault()}><Said text={name} /></p><p class="hint">{W.identity.hides}</p></>
        : <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); void ask(); }}>
            <p class="hint">{W.identity.lead}</p>
            {(pending || waiting?.id === me) && <Notice>{W.identity.yours}</Notice>}
            {waiting !== null && waiting.id !== me && (
              <Notice kind="warn">
                {W.identity.pending(waiting.name)}{" "}
                <button type="button" class="plain" onClick={() => void attempt(async () => void await post(ofCase(data.case, "identity", "approve"))).then(reload)}>{W.identity.approve}</button>
              </Notice>
            )}
            {trouble !== "" && <Notice kind="warn">{trouble}</Notice>}
            <Choice label={W.identity.reason} words={W.identity.reasons} value={reason} set={setReason} />
            <button type="submit" class="plain">{W.identity.ask}</button>
          </form>}
      {due && <Notice kind="warn">{W.identity.due}</Notice>}
      {!due && data.identity.review_due && <p class="hint">{W.identity.next(day(data.identity.review_due))}</p>}
      {reviews && <p class="acts"><button type="button" class={due ? "primary" : "plain"} onClick={() => setReviewing(true)}>{W.identity.review}</button></p>}
      {reviewing && <ReviewDialog data={data} close={() => setReviewing(false)} done={reload} />}
    </Section>
  );
}
