// A frame without an origin, a connection or a cookie: draws a picture anew and gives back only its pixels.
const MOST_PIXELS = 50_000_000;

addEventListener("message", (event: MessageEvent<{ bytes: ArrayBuffer; type: string }>) => {
  if (event.source === parent) void draw(event.data.bytes, event.data.type);
});

async function draw(bytes: ArrayBuffer, type: string): Promise<void> {
  try {
    const bitmap = await createImageBitmap(new Blob([bytes], { type }));
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (bitmap.width * bitmap.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
    canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
    canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    document.body.replaceChildren(canvas);
    canvas.toBlob((clean) => {
      if (clean === null) parent.postMessage({ failed: true }, "*");
      else void clean.arrayBuffer().then((result) => parent.postMessage({ clean: result }, "*", [result]));
    }, "image/png");
  } catch {
    parent.postMessage({ failed: true }, "*");
  }
}

parent.postMessage({ ready: true }, "*");
