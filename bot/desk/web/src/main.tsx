import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { findSession, go, listen, signOut, useDesk, change, type Place } from "./desk";
import { isUnlocked, lock, watchIdle } from "./keyring";
import { CasePage } from "./case/page";
import { AuditPage } from "./pages/audit";
import { KeysPage } from "./pages/my-key";
import { PeoplePage } from "./pages/people";
import { QueuePage } from "./pages/queue";
import { ShiftPage } from "./pages/shift";
import { SignIn } from "./pages/sign-in";
import { ShortcutList } from "./pages/shortcut-list";
import { Notice } from "./parts";
import { useShortcuts } from "./shortcuts";
import { W } from "./words";
import "./style.css";

const PAGES: [Place["page"], string][] = [
  ["queue", W.pages.queue], ["keys", W.pages.keys], ["people", W.pages.people], ["audit", W.pages.audit],
  ["shift", W.pages.shift],
];

const FRAMED = window.top !== window; // the practice page says PRACTICE around the frame

function Frame() {
  const desk = useDesk();
  const [help, setHelp] = useState(false);
  const session = desk.session!;
  useEffect(listen, []);
  useEffect(() => watchIdle(session.lock_seconds), [session.lock_seconds]);
  useEffect(() => change({ unlocked: isUnlocked() }), []);
  useShortcuts([
    { key: "?", words: W.keys.help, act: () => setHelp(true) },
    { key: "1", words: W.keys.queue, act: () => go({ page: "queue" }) },
    { key: "2", words: W.keys.myKey, act: () => go({ page: "keys" }) },
    { key: "3", words: W.keys.people, act: () => go({ page: "people" }) },
    { key: "4", words: W.keys.audit, act: () => go({ page: "audit" }) },
    { key: "5", words: W.keys.shift, act: () => go({ page: "shift" }) },
    { key: "x", words: W.keys.lock, act: lock },
  ]);
  const place = desk.place;
  const work = useRef<HTMLElement>(null);
  const came = useRef(place);
  useEffect(() => {
    if (came.current === place) return; // the first page takes no focus away
    came.current = place;
    scrollTo(0, 0);
    if (document.activeElement === document.body) work.current?.focus({ preventScroll: true }); // what was pressed is gone with its page
  }, [place]);
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it does lead there, without an entry in the history */}
      <a class="skip" href="#work" onClick={(event) => { event.preventDefault(); document.getElementById("work")?.focus(); }}>{W.skip}</a>
      <header class="bar">
        {session.practice && !FRAMED && <p class="practice"><strong>{W.practice.slice(0, 9)}</strong>{W.practice.slice(9)}</p>}
        <strong class="brand">{W.name}</strong>
        <nav aria-label={W.pages.label}>
          {PAGES.map(([page, words], index) => (
            <button key={page} type="button" aria-current={place.page === page || (page === "queue" && place.page === "case") ? "page" : undefined}
              onClick={() => go({ page } as Place)}>{words} <kbd>{index + 1}</kbd></button>
          ))}
        </nav>
        <div class="me">
          <span class="who" title={session.person.office_name}><b dir="auto">{session.person.name}</b> <span class="quiet">{session.person.office_name}</span></span>
          {desk.unlocked
            ? <button type="button" class="plain" onClick={lock}>{W.lockNow} <kbd>x</kbd></button>
            : <button type="button" class="plain warn" onClick={() => go({ page: "keys" })}>{W.noKey}</button>}
          <button type="button" class="plain" onClick={() => setHelp(true)}>{W.shortcutsHint} <kbd>?</kbd></button>
          <button type="button" class="plain" onClick={() => void signOut()}>{W.signOut}</button>
        </div>
      </header>
      <main id="work" ref={work} tabIndex={-1}>
        {place.page === "queue" && <QueuePage />}
        {place.page === "case" && <CasePage key={place.id} id={place.id} />}
        {place.page === "keys" && <KeysPage />}
        {place.page === "people" && <PeoplePage />}
        {place.page === "audit" && <AuditPage />}
        {place.page === "shift" && <ShiftPage />}
        <div class="said-last">
          {!desk.online && <p class="offline" role="alert">{W.offline}</p>}
          <div aria-live="polite">{desk.notice !== "" && <Notice kind="good">{desk.notice}</Notice>}</div>
          {desk.trouble !== "" && <Notice kind="bad">{desk.trouble}</Notice>}
        </div>
      </main>
      {help && <ShortcutList close={() => setHelp(false)} />}
    </>
  );
}

function Page() {
  const { session, trouble } = useDesk();
  useEffect(() => void findSession(), []);
  if (session === undefined) return <main class="alone"><p role="status">{W.loading}</p>{trouble !== "" && <Notice kind="bad">{trouble}</Notice>}</main>;
  return session === null ? <SignIn /> : <Frame />;
}

render(<Page />, document.querySelector("#desk")!);
