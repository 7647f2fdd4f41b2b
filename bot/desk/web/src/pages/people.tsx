import { useEffect, useState } from "preact/hooks";
import { get, post, type Account } from "../api";
import { attempt, useDesk } from "../desk";
import { Dialog } from "../dialog";
import { At, Empty, Field, Notice, Section, textOf } from "../parts";
import { W, named } from "../words";

interface Office { id: string; name: string }
interface Found { people: Account[]; offices: Office[] }
interface Invitation { link: string; code: string; valid_until: string }

/** Tell whether somebody signs in with a passkey that more than one device holds. */
function synced(person: Account): boolean {
  return person.synced && person.state === "active";
}

/** Return the name, or, of somebody who was only invited, the id of the invitation. */
function called(person: Account): string {
  return person.name || person.id;
}

/** Who may work here: invite, confirm as the second person, change roles, revoke. */
export function PeoplePage() {
  const { session } = useDesk();
  const [people, setPeople] = useState<Account[] | null>(null);
  const [offices, setOffices] = useState<Office[]>([]);
  const [chosen, setChosen] = useState<{ act: "confirm" | "roles" | "revoke"; person: Account } | null>(null);
  const [inviting, setInviting] = useState(false);
  const admin = session!.person.roles.includes("administrator");
  const load = (): Promise<boolean> => attempt(async () => {
    const found = await get<Found>("people");
    setPeople(found.people);
    setOffices(found.offices);
  });
  useEffect(() => {
    if (admin || session!.person.roles.includes("shift-lead")) void load();
  }, []);
  if (!admin && !session!.person.roles.includes("shift-lead")) {
    return <><div class="head"><h1>{W.people.title}</h1></div><Empty title={W.people.notYours} /></>;
  }
  return (
    <>
      <div class="head">
        <h1>{W.people.title}</h1>
        {admin && <button type="button" class="primary" onClick={() => setInviting(true)}>{W.people.invite}</button>}
      </div>
      {people?.some(synced) === true && <Notice kind="warn">{W.people.syncedLead}</Notice>}
      {people === null && <p role="status" class="loading">{W.loading}</p>}
      {people !== null && people.length === 0 && <Empty title={W.people.empty} />}
      {people !== null && people.length > 0 && (
        <section class="table" tabIndex={0} aria-label={W.people.title}>
          <table>
            <thead><tr>{[W.people.name, W.people.office, W.people.roles, W.people.last, W.people.state, ""].map((head, index) =>
              head === "" ? <td key={index} /> : <th key={index} scope="col">{head}</th>)}</tr></thead>
            <tbody>
              {people.map((person) => (
                <tr key={person.id}>
                  <th scope="row" dir="auto">{called(person)}</th>
                  <td class="whole">{person.office}</td>
                  <td>{person.roles.map((role) => named(W.roles, role)).join(", ")}</td>
                  <td class="whole">{person.last_seen_day || W.none}</td>
                  <td>{person.state === "waiting" ? <Waits person={person} /> : person.state} {synced(person) && <span class="flag">{W.people.synced}</span>}</td>
                  <td class="acts">
                    {person.confirm === true && <button type="button" class="plain" aria-label={`${W.people.confirm}: ${called(person)}`} onClick={() => setChosen({ act: "confirm", person })}>{W.people.confirm}</button>}
                    {admin && person.state === "active" && <button type="button" class="plain" aria-label={`${W.people.change}: ${called(person)}`} onClick={() => setChosen({ act: "roles", person })}>{W.people.change}</button>}
                    {admin && <button type="button" class="plain danger" aria-label={`${W.people.revoke}: ${called(person)}`} onClick={() => setChosen({ act: "revoke", person })}>{W.people.revoke}</button>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {inviting && <Invite close={() => { setInviting(false); void load(); }} offices={offices} />}
      {chosen?.act === "revoke" && (
        <Dialog title={W.people.revokeAsk(called(chosen.person))} close={() => setChosen(null)}>
          <p>{W.people.revokeLead}</p>
          <button type="button" class="primary danger" onClick={() => void attempt(async () => {
            await post(`people/${encodeURIComponent(chosen.person.id)}/revoke`);
          }).then((worked) => { if (worked) { setChosen(null); void load(); } })}>{W.people.revoke}</button>
        </Dialog>
      )}
      {chosen?.act === "confirm" && <Confirm person={chosen.person} close={() => { setChosen(null); void load(); }} />}
      {chosen?.act === "roles" && <Roles person={chosen.person} close={() => { setChosen(null); void load(); }} />}
    </>
  );
}

function Waits({ person }: { person: Account }) {
  const names = person.confirmers ?? [];
  return (
    <>
      <span class="flag">{W.people.waits}</span>{" "}
      <span class="quiet" dir="auto">{names.length > 0 ? W.people.by(names.join(", ")) : W.people.byNobody}</span>
    </>
  );
}

function Confirm({ person, close }: { person: Account; close: () => void }) {
  const { id, office, roles } = person;
  const confirm = (): Promise<boolean> => attempt(async () => void await post(`people/${encodeURIComponent(id)}/confirm`, { office, roles }));
  return (
    <Dialog title={W.people.confirmAsk} close={close}>
      <p><b>{called(person)}</b>: {W.signIn.invitedTo(office, roles.map((role) => named(W.roles, role)).join(", "))}</p>
      <p>{W.people.confirmLead}</p>
      <button type="button" class="primary" onClick={() => void confirm().then((worked) => worked && close())}>{W.people.confirmAct}</button>
    </Dialog>
  );
}

function RoleBoxes({ roles, setRoles }: { roles: string[]; setRoles: (roles: string[]) => void }) {
  return (
    <fieldset class="checklist">
      <legend>{W.people.roles}</legend>
      {Object.entries(W.roles).map(([role, words]) => (
        <label key={role}>
          <input type="checkbox" checked={roles.includes(role)}
            onChange={() => setRoles(roles.includes(role) ? roles.filter((one) => one !== role) : [...roles, role])} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

function Roles({ person, close }: { person: Account; close: () => void }) {
  const [roles, setRoles] = useState(person.roles);
  const save = (): Promise<boolean> => attempt(async () => void await post(`people/${encodeURIComponent(person.id)}/roles`, { roles }));
  return (
    <Dialog title={`${W.people.change}: ${called(person)}`} close={close}>
      <RoleBoxes roles={roles} setRoles={setRoles} />
      <button type="button" class="primary" disabled={roles.length === 0} onClick={() => void save().then((worked) => worked && close())}>{W.people.saveRoles}</button>
    </Dialog>
  );
}

function Invite({ offices, close }: { offices: Office[]; close: () => void }) {
  const [office, setOffice] = useState(offices[0]?.id ?? "");
  const [roles, setRoles] = useState<string[]>([]);
  const [made, setMade] = useState<Invitation | null>(null);
  const make = (): void => void attempt(async () => setMade(await post<Invitation>("people/invite", { office, roles })));
  return (
    <Dialog title={W.people.invite} close={close}>
      {made !== null
        ? <Section id="made" title={W.people.link}>
            <p class="link"><code>{made.link}</code></p>
            <p>{W.people.valid} <At at={made.valid_until} />.</p>
            <p>{W.people.second}</p>
          </Section>
        : <form autocomplete="off" onSubmit={(event) => { event.preventDefault(); make(); }}>
            <Field label={W.people.office}>
              {(id) => (
                <select id={id} value={office} onChange={(event) => setOffice(textOf(event))}>
                  {offices.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
                </select>
              )}
            </Field>
            <RoleBoxes roles={roles} setRoles={setRoles} />
            <button type="submit" class="primary" disabled={roles.length === 0 || office === ""}>{W.people.make}</button>
          </form>}
    </Dialog>
  );
}
