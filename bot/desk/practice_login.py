"""Logging in without a passkey, as one of the people of practice. Outside of practice these addresses do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from bot.desk.login import PersonShown, SessionShown, begin_session, person_shown
from bot.desk.refusals import refused
from bot.desk.routes import ANYBODY, EVERYBODY, Nothing, Route
from handlers.accounts import ACTIVE

if TYPE_CHECKING:
    from bot.desk.routes import Call, Reply


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As whom to log in."""

    person: str


class PracticePeople(msgspec.Struct, frozen=True):
    """The people of practice."""

    people: tuple[PersonShown, ...]


class PracticeKey(msgspec.Struct, frozen=True):
    """The practice key of the account's office, which opens nothing real."""

    key: str


def practice_people(call: Call[Nothing]) -> PracticePeople:
    """Answer as whom one may log in."""
    with call.desk.store.transaction() as work:
        active = [account for account in work.accounts.all() if account.state == ACTIVE]
    return PracticePeople(
        tuple(person_shown(call.desk, account) for account in active)
    )  # fmt: skip


def practice_login(call: Call[Who]) -> Reply:
    """Log in as one of them."""
    with call.desk.store.transaction() as work:
        account = work.accounts.get(call.asked.person)
    if account is None or account.state != ACTIVE:
        raise refused("not_found")
    return begin_session(call, account)


def practice_key(call: Call[Nothing]) -> PracticeKey:
    """Answer the practice key of the account's own office, so that nobody has to look for a file."""
    folder = call.desk.offices
    path = folder / "keys" / f"{call.account.office}.key" if folder is not None else None
    if path is None or not path.is_file():
        raise refused("not_found")
    return PracticeKey(path.read_text(encoding="ascii"))


ROUTES: Final = (
    Route(
        "GET", "/api/practice-people", "The people of practice", ANYBODY, practice_people, gives=PracticePeople,
        practice=True,
    ),
    Route(
        "POST", "/api/practice-login", "Log in as one of them", ANYBODY, practice_login, Who, SessionShown,
        practice=True,
    ),
    Route(
        "GET", "/api/practice-key", "The practice key of the own office", EVERYBODY, practice_key, gives=PracticeKey,
        practice=True,
    ),
)  # fmt: skip
