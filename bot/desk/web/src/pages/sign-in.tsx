import { useEffect, useState } from "preact/hooks";
import { ApiError, get, post, type Person, type Session } from "../api";
import { change, practiceLogin, sentence, useDesk } from "../desk";
import { Field, Notice, textOf } from "../parts";
import { W, named } from "../words";

type Options = Record<string, unknown>;
interface Invited { options: PublicKeyCredentialCreationOptionsJSON; office_name: string; roles: string[] }

/** Return a credential as JSON without what its extensions gave: a PRF value would unwrap a key. */
function withoutSecrets(credential: Credential | null): Options {
  const json = (credential as PublicKeyCredential).toJSON() as unknown as Options;
  return { ...json, clientExtensionResults: {} };
}

/** Sign in with a passkey, make one with an invitation, or, in practice, choose a person. */
export function SignIn() {
  const { trouble } = useDesk();
  const [people, setPeople] = useState<Person[] | null>(null);
  const invitation = new URLSearchParams(location.hash.slice(1)).get("invite");
  useEffect(() => void get<{ people: Person[] }>("practice-people").then((found) => setPeople(found.people)).catch(() => undefined), []);
  const run = async (work: () => Promise<Session>): Promise<void> => {
    try {
      const session = await work();
      history.replaceState(null, "", location.pathname);
      change({ session, trouble: "" });
    } catch (error) {
      change({ trouble: error instanceof ApiError ? sentence(error) : W.signIn.refused });
    }
  };
  return (
    <main class="alone">
      <h1>{W.name}</h1>
      {people !== null && window.top === window && <p class="practice"><strong>{W.practice.slice(0, 9)}</strong>{W.practice.slice(9)}</p>}
      {trouble !== "" && <Notice kind="bad">{trouble}</Notice>}
      {people !== null && <PracticePeople people={people} run={run} />}
      {invitation !== null ? <Join code={invitation} run={run} /> : people === null && <Passkey run={run} />}
    </main>
  );
}

function Passkey({ run }: { run: (work: () => Promise<Session>) => Promise<void> }) {
  const signIn = async (): Promise<Session> => {
    const options = await post<PublicKeyCredentialRequestOptionsJSON>("login/options");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return post<Session>("login", { credential: withoutSecrets(await navigator.credentials.get({ publicKey })) });
  };
  return (
    <section class="card">
      <h2>{W.signIn.title}</h2>
      <p>{W.signIn.lead}</p>
      <button type="button" class="primary" autofocus onClick={() => void run(signIn)}>{W.signIn.act}</button>
    </section>
  );
}

function Join({ code, run }: { code: string; run: (work: () => Promise<Session>) => Promise<void> }) {
  const [name, setName] = useState("");
  const [found, setFound] = useState<Invited | null>(null);
  const [bad, setBad] = useState(false);
  useEffect(() => void post<Invited>("invitations/options", { code }).then(setFound)
    .catch((error: unknown) => {
      const mistyped = error instanceof ApiError && ["bad_invitation", "bad_request"].includes(error.code);
      setBad(mistyped);
      change({ trouble: mistyped ? W.errors["bad_invitation"]! : sentence(error) });
    }), [code]);
  const join = async (): Promise<Session> => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(found!.options);
    return post<Session>("invitations", { code, name, credential: withoutSecrets(await navigator.credentials.create({ publicKey })) });
  };
  const roles = found?.roles.map((role) => named(W.roles, role)).join(", ") ?? "";
  if (bad) return <Passkey run={run} />; // it was used, perhaps by whoever opens it again
  return (
    <form autocomplete="off" class="card" onSubmit={(event) => { event.preventDefault(); void run(join); }}>
      <h2>{W.signIn.invited}</h2>
      {found !== null && <p>{W.signIn.invitedTo(found.office_name, roles)}</p>}
      <Field label={W.signIn.yourName} hint={W.signIn.once}>
        {(id, hint) => <input id={id} aria-describedby={hint} required maxLength={80} autocomplete="off" dir="auto" value={name} onInput={(event) => setName(textOf(event))} />}
      </Field>
      <button type="submit" class="primary" disabled={found === null}>{W.signIn.join}</button>
    </form>
  );
}

function PracticePeople({ people, run }: { people: Person[]; run: (work: () => Promise<Session>) => Promise<void> }) {
  return (
    <section class="card">
      <h2>{W.signIn.practiceTitle}</h2>
      <p>{W.signIn.practiceLead}</p>
      <ul class="people">
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" class="choice" onClick={() => void run(() => practiceLogin(person.id))}>
              <b dir="auto">{person.name}</b>
              <span>{person.roles.map((role) => named(W.roles, role)).join(", ")}</span>
              <span class="quiet">{person.office_name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
