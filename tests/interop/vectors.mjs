// Prints every C2SP/CCTV age vector as one line of JSON: name, and the file as base64.
import * as vectors from "cctv-age";

for (const [name, value] of Object.entries(vectors.default ?? vectors)) {
  process.stdout.write(JSON.stringify({ name, body: Buffer.from(value).toString("base64") }) + "\n");
}
