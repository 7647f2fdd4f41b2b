"""A desk in this process: real storage, real checks, cases made by hand, and browsers that ask it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from bot.app import _service
from bot.clock import SystemEntropy
from bot.desk.app import desk_app
from bot.desk.login import begin_session
from bot.desk.routes import Allowed, Call, Nothing, Visitor
from bot.desk.state import Limits, Place, make_desk
from bot.desk.visit import NO_SESSION
from bot.writer import Writer
from config.load import load_settings
from dialogs.conversation import CaseCard, ConsentEvent
from dialogs.replace import replace
from handlers.accounts import ACTIVE, Account, Role
from handlers.types import SealedBlob
from storage.keys import create_keys, load_keys
from storage.store import sqlite_url
from tests.conftest import NOON, practice_policy
from tests.fakes.authenticator import Authenticator
from tests.stores import make_empty_file

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from bot.app import Service
    from bot.clock import FixedClock
    from bot.desk.state import Desk

Result = TypeVar("Result")

URL = "https://desk.example.org"
HRC, OTHER, SENIOR, DUTY = "OFF-HRC", "OFF-OHC-GVA", "OFF-ASG", "OFF-EML"


def given(consent: str, recipient: str = "", *, scope: str = "", status: str = "given", at: str = "") -> ConsentEvent:
    """Return a consent event."""
    return ConsentEvent(
        f"CR-{consent}-{recipient}", consent, status, at or "2026-11-24T09:00Z", consent, "00", "en", "signal",
        recipient=recipient, scope=scope, content_version="v1" if consent == "C-FWD" else "",
    )  # fmt: skip


def card_of(case: str, office: str = HRC, level: str = "L2", **more: Any) -> CaseCard:  # noqa: ANN401 - fields of the card
    """Return a case that was forwarded to an office."""
    fields = {"consents": (given("C-FWD", office), given("C-CONT")), "status": "ST-SUB", **more}
    return CaseCard(
        case=case, office=office, level=level, submitted_at="2026-11-24T09:00Z", lang="en", channel="signal",
        off_words="green apple", your_words="tall river", your_words_hash="hash", **fields,
    )  # fmt: skip


@dataclass
class Browser:
    """A browser with the desk open: it keeps cookies and says where its requests come from."""

    world: World
    client: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Site": "same-origin"})

    def get(self, path: str, **params: object) -> httpx.Response:
        """Ask for something."""
        wanted = {name: str(value) for name, value in params.items()}
        return self.world.run(self.client.get(path, params=wanted))

    def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Ask for something to be done."""
        sent = {**self.headers, **headers}
        return self.world.run(self.client.post(path, json={} if body is None else body, headers=sent))

    def accept(self, code: str, authenticator: Authenticator, name: str = "Amina") -> httpx.Response:
        """Take an invitation with a new passkey."""
        options = self.post("/api/invitations/options", {"code": code}).json()["options"]
        return self.post(
            "/api/invitations", {"code": code, "name": name, "credential": authenticator.make(options)}
        )  # fmt: skip

    def login(self, authenticator: Authenticator) -> httpx.Response:
        """Log in with a passkey."""
        options = self.post("/api/login/options").json()
        return self.post("/api/login", {"credential": authenticator.answer(options)})


@dataclass
class World:
    """One desk, and what is done around it."""

    service: Service
    desk: Desk
    clock: FixedClock
    runner: asyncio.Runner

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something that waits."""
        return self.runner.run(work)

    def browser(self, source: str = "192.0.2.1") -> Browser:
        """Open a browser at an address, not logged in."""
        transport = httpx.ASGITransport(desk_app(self.desk), client=(source, 1024))
        return Browser(self, httpx.AsyncClient(transport=transport, base_url=self.desk.place.url))

    def account(self, name: str, office: str = HRC, *roles: Role) -> Account:
        """Make an active account; its id is its name."""
        made = Account(name, name.title(), office, roles or (Role.FIRST_RESPONDENT,), ACTIVE, "2026-11-01T08:00Z")
        with self.service.store.transaction() as work:
            work.accounts.save(made)
        return made

    def logged_in(self, name: str, office: str = HRC, *roles: Role) -> Browser:
        """Open a browser in which somebody is logged in, without a passkey."""
        account = self.account(name, office, *roles)
        browser = self.browser()
        allowed = Allowed(account, account.roles[0], NO_SESSION, self.clock.now())
        call = Call(self.desk, allowed, Nothing(), {}, Visitor("test", {}))
        reply = begin_session(call, account)
        for cookie, value, _seconds in reply.cookies:
            if value:
                browser.client.cookies.set(cookie, value)
        return browser

    def open_case(self, card: CaseCard, *blobs: tuple[str, str]) -> CaseCard:
        """Store a case with sealed bytes: (office, purpose)."""
        with self.service.store.transaction() as work:
            work.cases.open(card, None)
            work.cases.record(card.case, card.consents)
            for office, purpose in blobs or ((card.office, "report"), (card.office, "identity")):
                work.blobs.put(SealedBlob(card.case, office, purpose, 1, f"sealed {purpose} for {office}".encode()))
        return card

    def change(self, case: str, **fields: Any) -> None:  # noqa: ANN401 - as above
        """Change a card."""
        with self.service.store.transaction() as work:
            card = work.cases.get(case)
            assert card is not None
            work.cases.update(replace(card, **fields))

    def card(self, case: str) -> CaseCard | None:
        """Return a card."""
        with self.service.store.transaction() as work:
            return work.cases.get(case)


@contextmanager
def desk_world(
    home: Path, clock: FixedClock, limits: Limits | None = None, *, practice: bool = False
) -> Iterator[World]:
    """Open a desk in a folder."""
    clock.at = NOON
    create_keys(home / "keys", SystemEntropy())
    keys = load_keys(home / "keys")
    make_empty_file(home)
    with _service(
        sqlite_url(home), home, keys, practice_policy(), load_settings({}, home), entropy=SystemEntropy(), clock=clock
    ) as service:
        writer = Writer(several=False)
        place = Place("http://localhost:8080" if practice else URL, practice)
        desk = make_desk(service, writer, place, limits)
        try:
            with asyncio.Runner() as runner:
                yield World(service, desk, clock, runner)
        finally:
            writer.close()
