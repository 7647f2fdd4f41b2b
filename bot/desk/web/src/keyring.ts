// The officer's keys: in the memory of this page, nowhere else, until it is locked.
import { Decrypter, Encrypter } from "age-encryption";
import { NotOpened, base64, openDocument, readKeyFile } from "./sealed";

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

interface Copy { passkey: number[]; salt: number[]; sealed: number[] }

/**
 * Ask a passkey for its PRF of a salt: a secret that never leaves this page. `only`: no other passkey is offered.
 * Throws when there is no such passkey, or it cannot do it.
 */
async function secretOf(salt: Uint8Array<ArrayBuffer>, only: readonly number[] | null): Promise<{ passkey: number[]; secret: string }> {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(16)), // nobody checks the signature
      userVerification: "required",
      allowCredentials: only === null ? [] : [{ type: "public-key", id: Uint8Array.from(only) }],
      extensions: { prf: { eval: { first: salt } } },
    },
  }) as PublicKeyCredential;
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) throw new NotOpened("key");
  const bytes = first instanceof ArrayBuffer ? new Uint8Array(first) : new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
  return { passkey: Array.from(new Uint8Array(credential.rawId)), secret: base64(bytes) };
}

/** Seal the loaded keys to the passkey that signs in (its PRF), as a convenience: never the only copy. */
export async function makePasskeyCopy(): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const { passkey, secret } = await secretOf(salt, null);
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(1); // 256 random bits cannot be guessed, however fast each guess is
  encrypter.setPassphrase(secret);
  const sealed = await encrypter.encrypt(identities.join("\n"));
  localStorage.setItem(COPY, JSON.stringify({ passkey, salt: Array.from(salt), sealed: Array.from(sealed) } satisfies Copy));
}

/** Load the keys with the passkey the copy was made with. Throws NotOpened. */
export async function unlockWithPasskey(): Promise<void> {
  try {
    const copy = JSON.parse(localStorage.getItem(COPY) ?? "") as Copy;
    const { secret } = await secretOf(Uint8Array.from(copy.salt), copy.passkey);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(secret);
    await unlock(await decrypter.decrypt(Uint8Array.from(copy.sealed)), "");
  } catch {
    throw new NotOpened("key");
  }
}

/** Remove the copy from this browser. */
export function dropPasskeyCopy(): void {
  localStorage.removeItem(COPY);
}
