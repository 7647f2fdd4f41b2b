// Opening and sealing in the page (docs/sealed-report.md): documents at once, files as they stream.
import { Decrypter, Encrypter, armor } from "age-encryption";
import { sha256 } from "@noble/hashes/sha2.js";

const KIB = 1024;
const BUCKETS = [16 * KIB, 64 * KIB, 256 * KIB];
const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
const BINARY = "age-encryption.org/";
const SECRET_KEY = /^AGE-SECRET-KEY-PQ-1[A-Z0-9]+$/u;

/** A sealed thing that does not open: `why` is key (another key is needed) or damaged. */
export class NotOpened extends Error {
  readonly why: "key" | "damaged" | "passphrase" | "nokey";

  constructor(why: "key" | "damaged" | "passphrase" | "nokey") {
    super(why);
    this.why = why;
  }
}

function decrypterOf(identities: readonly string[]): Decrypter {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter;
}

function notOpened(error: unknown): NotOpened {
  const text = error instanceof Error ? error.message : "";
  return new NotOpened(/no identity matched/iu.test(text) ? "key" : "damaged");
}

/** Return the JSON document of a sealed report, message, note or card. Throws NotOpened. */
export async function openDocument(sealed: Uint8Array, identities: readonly string[]): Promise<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(await decrypterOf(identities).decrypt(sealed, "text"));
    if (typeof document !== "object" || document === null || Array.isArray(document)) throw new NotOpened("damaged");
    return document as Record<string, unknown>;
  } catch (error) {
    throw error instanceof NotOpened ? error : notOpened(error);
  }
}

/** Return a document padded and sealed to these recipients. */
export function sealDocument(document: object, recipients: readonly string[]): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const size = paddedSize(bytes.length + 1);
  const padded = new Uint8Array(size).fill(0x20);
  padded.set(bytes);
  padded[size - 1] = 0x0a;
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) encrypter.addRecipient(recipient);
  return encrypter.encrypt(padded);
}

/** Return the size that so many bytes are padded to. */
export function paddedSize(size: number): number {
  return BUCKETS.find((bucket) => size <= bucket) ?? 2 ** Math.ceil(Math.log2(size));
}

/** Return base64 of bytes. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/**
 * Pass the first `size` bytes of a sealed file to `take`, piece by piece, and check its SHA-256.
 * Throws NotOpened; what was taken before is then no whole file.
 */
export async function openFile(
  sealed: ReadableStream<Uint8Array>, identity: string, size: number, digest: string,
  take: (piece: Uint8Array<ArrayBuffer>) => void | Promise<void>,
): Promise<void> {
  const hash = sha256.create();
  let left = size;
  try {
    const opened = await decrypterOf([identity]).decrypt(sealed);
    const reader = opened.getReader();
    // biome-ignore lint/performance/noAwaitInLoops: a piece after the other, so that a large file is never whole in memory
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const piece = next.value.slice(0, Math.min(left, next.value.length));
      left -= piece.length;
      hash.update(piece);
      if (piece.length > 0) await take(piece);
    }
  } catch (error) {
    throw notOpened(error);
  }
  const found = Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (left !== 0 || found !== digest) throw new NotOpened("damaged");
}

/** Tell whether the bytes of a key file are sealed with a passphrase. */
export function isLocked(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return text.startsWith(BINARY) || text.startsWith(ARMOR);
}

/** Return the secret keys of a key file. Throws NotOpened: passphrase (missing or wrong), nokey (holds none). */
export async function readKeyFile(bytes: Uint8Array, passphrase: string): Promise<string[]> {
  let text: string;
  if (isLocked(bytes)) {
    if (passphrase === "") throw new NotOpened("passphrase");
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
    try {
      const binary = start.startsWith(ARMOR) ? armor.decode(new TextDecoder().decode(bytes)) : bytes;
      text = await decrypter.decrypt(binary, "text");
    } catch {
      throw new NotOpened("passphrase");
    }
  } else {
    text = new TextDecoder().decode(bytes);
  }
  const keys = text.split(/\r?\n/u).map((line) => line.trim()).filter((line) => SECRET_KEY.test(line));
  if (keys.length === 0) throw new NotOpened("nokey");
  return keys;
}
