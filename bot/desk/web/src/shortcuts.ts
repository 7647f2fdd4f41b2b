// Single keys. They rest while somebody types, and can be switched off (WCAG 2.1.4).
import { useLayoutEffect } from "preact/hooks";

export interface Shortcut { key: string; words: string; act: () => void }

const OFF = "leeward.single-keys-off";
const active: Shortcut[][] = [];

/** Tell whether single keys are on. */
export function singleKeys(): boolean {
  return localStorage.getItem(OFF) === null;
}

/** Switch single keys on or off on this device. */
export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** Return what can be pressed now, the newest page first. */
export function shortcuts(): Shortcut[] {
  return [...active].reverse().flat();
}

/** Offer these keys while the component is shown. */
export function useShortcuts(list: Shortcut[]): void {
  useLayoutEffect(() => { // before the frame is drawn: what is seen can be pressed
    active.push(list);
    return () => void active.splice(active.indexOf(list), 1);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeys() || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") !== null) return;
  if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.matches("a, button, summary")) return;
  const found = shortcuts().find((shortcut) => shortcut.key === event.key);
  if (found === undefined) return;
  event.preventDefault();
  found.act();
});
