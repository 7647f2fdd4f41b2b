import { useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { setSingleKeys, shortcuts, singleKeys } from "../shortcuts";
import { W } from "../words";

/** What can be pressed on this page, and the switch that turns single keys off. */
export function ShortcutList({ close }: { close: () => void }) {
  const [on, setOn] = useState(singleKeys());
  const set = (next: boolean): void => {
    setSingleKeys(next);
    setOn(next);
  };
  return (
    <Dialog title={W.keys.title} close={close}>
      <dl class="keys">
        {shortcuts().map(({ key, words }) => <div key={key}><dt><kbd>{key === "Escape" ? "Esc" : key}</kbd></dt><dd>{words}</dd></div>)}
      </dl>
      <label class="switch"><input type="checkbox" checked={on} onChange={() => set(!on)} /> {W.keys.singles}</label>
    </Dialog>
  );
}
