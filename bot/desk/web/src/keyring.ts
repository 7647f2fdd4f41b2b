// The officer's keys: in the memory of this page, nowhere else, until it is locked.
import { Decrypter, Encrypter, webauthn } from "age-encryption";
import { NotOpened, openDocument, readKeyFile } from "./sealed";

const COPY = "leeward.passkey-copy";
const HIDDEN_SECONDS = 60;

let identities: readonly string[] = [];
let lastActive = Date.now();
let hiddenSince = 0;

/** Tell whether a key is loaded. */
export function isUnlocked(): boolean {
  return identities.length > 0;
}

/** Load the keys of a file. Throws NotOpened. */
export async function unlock(bytes: Uint8Array, passphrase: string): Promise<void> {
  identities = await readKeyFile(bytes, passphrase);
  lastActive = Date.now();
}

/** Return an opened document. Throws NotOpened. */
export function open(sealed: Uint8Array): Promise<Record<string, unknown>> {
  if (!isUnlocked()) throw new NotOpened("key");
  return openDocument(sealed, identities);
}

/** Forget the keys, and with the page everything that was opened with them. */
export function lock(): void {
  identities = [];
  document.body.replaceChildren(); // gone from the screen at once, however long the reload takes
  location.reload();
}

// A page that was left keeps nothing: a browser may hold it whole, and show it again at "back".
addEventListener("pagehide", () => {
  identities = [];
  document.body.replaceChildren();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

/**
 * Lock after so many seconds without a key press, a touch or a move, and a minute after the page is hidden.
 * Returns what ends the watch.
 */
export function watchIdle(seconds: number): () => void {
  const active = (): void => {
    look(); // a machine that slept wakes with a move of the mouse, before the timer
    lastActive = Date.now();
  };
  const seen = (): void => {
    look();
    hiddenSince = document.visibilityState === "hidden" ? Date.now() : 0;
  };
  const look = (): void => {
    const idle = Date.now() - lastActive > seconds * 1000;
    const hidden = hiddenSince > 0 && Date.now() - hiddenSince > HIDDEN_SECONDS * 1000;
    if (isUnlocked() && (idle || hidden)) lock();
  };
  const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
  for (const event of events) addEventListener(event, active, { passive: true });
  document.addEventListener("visibilitychange", seen);
  const timer = setInterval(look, 1000);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", seen);
    for (const event of events) removeEventListener(event, active);
  };
}

/** Tell whether this browser holds a copy of the keys that a passkey opens. */
export function hasPasskeyCopy(): boolean {
  return localStorage.getItem(COPY) !== null;
}

/** Seal the loaded keys to a new passkey of this device (its PRF), as a convenience: never the only copy. */
export async function makePasskeyCopy(name: string): Promise<void> {
  const credential = await webauthn.createCredential({ keyName: name });
  const encrypter = new Encrypter();
  encrypter.addRecipient(new webauthn.WebAuthnRecipient({ identity: credential }));
  const sealed = await encrypter.encrypt(identities.join("\n"));
  localStorage.setItem(COPY, JSON.stringify({ credential, sealed: Array.from(sealed) }));
}

/** Load the keys with the passkey of this device. Throws NotOpened. */
export async function unlockWithPasskey(): Promise<void> {
  const copy = JSON.parse(localStorage.getItem(COPY) ?? "{}") as { credential: string; sealed: number[] };
  const decrypter = new Decrypter();
  decrypter.addIdentity(new webauthn.WebAuthnIdentity({ identity: copy.credential }));
  try {
    await unlock(await decrypter.decrypt(Uint8Array.from(copy.sealed)), "");
  } catch {
    throw new NotOpened("key");
  }
}

/** Remove the copy from this browser. */
export function dropPasskeyCopy(): void {
  localStorage.removeItem(COPY);
}
