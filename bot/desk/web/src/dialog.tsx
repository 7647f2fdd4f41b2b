import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { change, useDesk } from "./desk";
import { Notice } from "./parts";
import { W } from "./words";

/** A dialog that keeps the focus; Escape closes it. What went wrong is said in it: the page behind it cannot be seen or heard. */
export function Dialog({ title, close, wide, children }: { title: string; close: () => void; wide?: boolean; children: ComponentChildren }): JSX.Element {
  const { trouble } = useDesk();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    change({ trouble: "" });
    dialog.current?.showModal();
    return () => before instanceof HTMLElement && before.isConnected && before.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} class={wide === true ? "wide" : ""}
      onCancel={(event) => { event.preventDefault(); close(); }} onClose={close}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" onClick={close}>{W.close} <kbd>Esc</kbd></button>
      </header>
      {children}
      {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
    </dialog>
  );
}
