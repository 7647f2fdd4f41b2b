// The other side of interoperability: `age-encryption` seals, opens and makes keys; one JSON request on standard input.
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

const request = JSON.parse(await new Promise((done) => {
  let text = "";
  process.stdin.on("data", (piece) => (text += piece)).on("end", () => done(text));
}));

async function answer() {
  if (request.act === "keygen") {
    const identity = await generateHybridIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  }
  if (request.act === "seal") {
    const encrypter = new Encrypter();
    for (const recipient of request.recipients) encrypter.addRecipient(recipient);
    const sealed = await encrypter.encrypt(Buffer.from(request.body, "base64"));
    return { body: Buffer.from(sealed).toString("base64") };
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity(request.identity);
  const opened = await decrypter.decrypt(Buffer.from(request.body, "base64"));
  return { body: Buffer.from(opened).toString("base64") };
}

process.stdout.write(JSON.stringify(await answer()));
