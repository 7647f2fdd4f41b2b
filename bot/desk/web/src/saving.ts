// Where an opened file goes when the officer saves it: straight to the disk where the browser can, else as a download.

export interface Sink {
  write(piece: Uint8Array<ArrayBuffer>): Promise<void> | void;
  close(): Promise<void> | void;
  abort(): Promise<void> | void;
}

interface Picker { showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle> }

/** Return where the pieces of a file go, or null when the officer changed their mind. */
export async function saving(name: string): Promise<Sink | null> {
  const { showSaveFilePicker } = window as unknown as Picker;
  if (showSaveFilePicker === undefined) return collected(name);
  try {
    const writable = await (await showSaveFilePicker({ suggestedName: name })).createWritable();
    return { write: (piece) => writable.write(piece), close: () => writable.close(), abort: () => writable.abort() };
  } catch {
    return null;
  }
}

/** Pieces become one Blob, which the browser holds outside the memory of this page. */
function collected(name: string): Sink {
  let whole = new Blob([]);
  return {
    write: (piece) => {
      whole = new Blob([whole, piece]);
    },
    close: () => saveAs(name, whole),
    abort: () => {
      whole = new Blob([]);
    },
  };
}

/** Offer bytes as a download. */
export function saveAs(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
