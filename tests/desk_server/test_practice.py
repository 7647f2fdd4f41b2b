"""The desk of practice: people and cases from the examples, a login without a passkey, and none of it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.app import practice_service
from bot.clock import FixedClock, SystemEntropy
from bot.directory_files import make_practice_directory
from bot.practice.seeding import NAMES, PLAYED, seed
from config.load import load_settings
from handlers.accounts import Role
from storage.crypto.age.identity_file import read_identity_file
from storage.crypto.sealing import open_report
from tests.conftest import NOON
from tests.desk_server.world import HRC, World, desk_world

if TYPE_CHECKING:
    from datetime import datetime

ADDRESSES = ("/api/practice-people", "/api/practice-key")


@pytest.mark.slow
def test_practice_begins_with_people_and_cases_made_once(tmp_path: Path) -> None:
    """One person of every kind, each example a case that opens with the practice key; a second start adds nothing."""
    with practice_service(load_settings({}, tmp_path), tmp_path, clock=FixedClock(NOON)) as service:
        seed(service)
        seed(service)
        with service.store.transaction() as work:
            people = work.accounts.all()
            cards = list(work.cases.cards(work.cases.ids()).values())
            report = next(blob for blob in work.blobs.of(cards[0].case) if blob.purpose in ("report", "alert"))

    roles = {role for account in people for role in account.roles}
    assert len(people) == len({account.name for account in people}) <= len(NAMES)
    assert {Role.FIRST_RESPONDENT, Role.DUTY_OFFICER, Role.OPERATOR, Role.FOCAL_POINT, Role.ADMINISTRATOR} <= roles
    assert {card.office for card in cards} <= {account.office for account in people}
    assert len(cards) >= len(PLAYED)
    key = tmp_path / "offices" / "keys" / f"{report.office}.key"
    assert open_report(report.sealed, read_identity_file(key.read_bytes()))


class Interrupted(FixedClock):
    """A clock at which somebody presses Ctrl-C when it is asked once too often."""

    left = 1_000_000

    def now(self) -> datetime:
        """Return the moment, or end it."""
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().now()


@pytest.mark.slow
def test_a_start_of_practice_that_was_interrupted_can_be_done_again(tmp_path: Path) -> None:
    """The cases were made, the people not yet: the next start makes the people, and no case twice."""
    clock = Interrupted(NOON)
    with practice_service(load_settings({}, tmp_path), tmp_path, clock=clock) as service:
        clock.left = 1
        with pytest.raises(KeyboardInterrupt):
            seed(service)
        with service.store.transaction() as work:
            before = sorted(work.cases.ids())
            assert work.accounts.all() == ()
        clock.left = 1_000_000
        seed(service)
        with service.store.transaction() as work:
            assert sorted(work.cases.ids()) == before
            assert len(work.accounts.all()) > len(PLAYED)


def test_practice_logs_in_with_one_click_and_hands_out_the_practice_key(tmp_path: Path, clock: FixedClock) -> None:
    """The key of the own office only."""
    from dialogs.replace import replace

    with desk_world(tmp_path, clock, practice=True) as world:
        make_practice_directory(tmp_path, tmp_path / "offices", None, SystemEntropy(), NOON)
        world.desk = replace(world.desk, offices=tmp_path / "offices")
        world.account("ana")
        browser = world.browser()
        browser.headers = {"Origin": world.desk.place.url}

        people = browser.get(ADDRESSES[0]).json()["people"]
        session = browser.post("/api/practice-login", {"person": people[0]["id"]})
        key = browser.get(ADDRESSES[1]).json()["key"]

        assert (session.status_code, session.json()["practice"]) == (200, True)
        assert key == (tmp_path / "offices" / "keys" / f"{HRC}.key").read_text()
        assert browser.post("/api/practice-login", {"person": "nobody"}).status_code == 404


def test_outside_of_practice_there_is_no_such_way_in(world: World) -> None:
    """The addresses are unknown, and stand in no description."""
    officer = world.logged_in("ana")

    answers = [officer.get(address).status_code for address in ADDRESSES]

    assert (answers, officer.post("/api/practice-login", {"person": "ana"}).status_code) == ([404, 404], 404)
    assert "/api/practice" not in officer.get("/api/openapi.json").text
