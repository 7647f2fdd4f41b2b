"""A report that nobody opens: the ladder of the receiving office, reminders by mail, a word to the focal point."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import CaseCard
from dialogs.policy import Policy
from dialogs.replace import replace
from dialogs.roster import Officer, Roster, Shift
from handlers.alerting import Alerting
from handlers.deliver import Delivered, Delivery
from handlers.mailing import MAIL_ACT
from handlers.types import Address, Outgoing
from handlers.watching import tell_again, watch, watch_elsewhere
from storage.memory import MemoryStore
from tests.conftest import NOON, CountingEntropy
from tests.handlers.chat import CARD as TALK_CARD
from tests.handlers.chat import Chat

CARD = CaseCard("LW-1", "OFF-HRC", "L1", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "a b", "c d", "hash")


class Waiting:
    """A report that was sent, and time that passes."""

    def __init__(
        self, policy: Policy, *, staffed: bool, level: str = "L1", copies: frozenset[str] = frozenset()
    ) -> None:
        people = {
            "boris": Officer("boris", "OFF-HRC", ("operator",), (("signal", "aci-boris"),)),
            "head": Officer("head", "OFF-HRC", ("head",), (("signal", "aci-head"),)),
            "call": Officer("call", "OFF-ASG", ("on-call",), (("signal", "aci-call"),)),
        }
        there = [("OFF-ASG", "on-call", "call")]
        there += [("OFF-HRC", "operator", "boris"), ("OFF-HRC", "head", "head")] if staffed else []
        shifts = tuple(
            Shift(office, role, (name,), tuple(range(7)), 0, 1440, "Etc/UTC") for office, role, name in there
        )
        roster = Roster(people, shifts, ladders=policy.roster.ladders)
        self.policy = replace(policy, roster=roster, mails=True)
        self.clock, self.store = FixedClock(NOON), MemoryStore()
        self.alerting = Alerting(self.store, self.policy, self.clock, CountingEntropy())
        with self.store.transaction() as work:
            card = replace(CARD, level=level)
            work.cases.open(card, None)
            watch(work, self.policy, card, copies, NOON, bytes(32))

    def after(self, **step: float) -> list[tuple[str, str]]:
        """Let time pass, look, and return what is sent since: to whom, and the words."""
        self.clock.at += timedelta(**step)
        self.alerting.tick()
        return self.sent()

    def owned_by(self, name: str) -> None:
        """Somebody takes the case."""
        with self.store.transaction() as work:
            card = work.cases.get(CARD.case)
            assert card is not None
            work.cases.update(replace(card, owner=self.policy.roster.people[name].owner_id))
        self.alerting.tick()

    def added(self) -> list[tuple[str, str]]:
        """The person adds to the report; return what is sent in that turn."""
        with self.store.transaction() as work:
            card = work.cases.get(CARD.case)
            assert card is not None
            tell_again(work, self.policy, card, self.clock.at, bytes(32))
        return self.sent()

    def sent(self) -> list[tuple[str, str]]:
        """Return what is sent now."""
        found = []
        with self.store.transaction() as work:
            for channel in ("signal", "mail"):
                while items := work.outbox.claim(self.clock.at, 100, 60, channel):
                    for item in items:
                        work.outbox.sent(item)
                        found.append((item.outgoing.address.value, item.outgoing.text))
        return found


def test_an_urgent_report_is_told_to_the_office_that_received_it(policy: Policy) -> None:
    """At once, and to nobody else without C-ASG."""
    desk = Waiting(policy, staffed=True)
    told = [who for who, _words in desk.after(seconds=0)]
    for _ in range(60):
        told += [who for who, _words in desk.after(minutes=2)]

    assert told[0] == "aci-boris"
    assert set(told) == {"aci-boris"}


def test_the_senior_team_joins_only_with_its_copy(policy: Policy) -> None:
    """C-ASG was given: the ladder goes on at the focal point after half an hour."""
    desk = Waiting(policy, staffed=True, copies=frozenset({"OFF-ASG"}))
    told = [who for _ in range(16) for who, _words in desk.after(minutes=2)]

    assert "aci-call" in told


def test_a_report_that_is_not_urgent_waits_for_its_first_step(policy: Policy) -> None:
    """After a day the head of the desk is told; owned before, nobody is."""
    desk = Waiting(policy, staffed=True, level="L3")
    assert desk.after(hours=23) == []
    assert [who for who, _words in desk.after(hours=1)] == ["aci-head"]
    other = Waiting(policy, staffed=True, level="L3")
    with other.store.transaction() as work:
        work.cases.update(replace(CARD, level="L3", owner="boris"))
    assert other.after(hours=30) == []


def test_a_report_of_a_level_without_a_ladder_is_told_at_its_target(policy: Policy) -> None:
    """L0 that the person doubts: a human looks within two working days, although the roster has no ladder for it."""
    desk = Waiting(policy, staffed=True, level="L0")
    assert "L0" not in desk.policy.roster.ladders
    assert desk.after(hours=24) == []
    assert [who for who, _words in desk.after(hours=24)] == ["aci-head"]


def test_an_office_without_shifts_is_reminded_by_mail(policy: Policy) -> None:
    """At the target, then daily; from the second time on the focal point hears that something is overdue, no more."""
    desk = Waiting(policy, staffed=False)
    assert desk.after(minutes=9) == []
    first, second = desk.after(minutes=1), desk.after(days=1)
    mailbox = policy.directory.offices["OFF-HRC"].mailbox
    words = policy.texts.body("MAIL-REMINDER", "en", {})
    assert first == [(mailbox, words)]
    assert second == [("aci-call", policy.texts.body("DUTY-LATE", "en", {})), (mailbox, words)]
    with desk.store.transaction() as work:
        work.cases.erase("LW-1")
    assert desk.after(days=1) == []


def test_a_case_that_is_handed_over_is_told_to_the_office_that_has_it_now(policy: Policy) -> None:
    """As a new case would be, while the yes to that office counts; taken back, nobody there is told again."""
    desk = Waiting(policy, staffed=True, copies=frozenset({"OFF-EML"}))
    assert desk.after(seconds=0) == []
    handed = replace(CARD, office="OFF-OHC-GVA", status="ST-REF", handed_to="OFF-HRC", shared=("OFF-HRC",))
    with desk.store.transaction() as work:
        work.cases.update(handed)
        watch_elsewhere(work, desk.policy, handed, desk.clock.at, bytes(32))
        assert [(alert.office, alert.wide) for alert in work.alerts.open_ones()] == [("OFF-HRC", False)]

    assert {who for who, _words in desk.after(seconds=0)} == {"aci-boris"}
    with desk.store.transaction() as work:
        work.cases.update(replace(handed, status="ST-TRI", handed_to="", shared=()))

    assert [told for _ in range(30) for told in desk.after(minutes=5)] == []


def test_with_a_copy_at_the_duty_desk_its_alert_is_the_one_that_counts(policy: Policy) -> None:
    """Nobody is told twice of the same report."""
    desk = Waiting(policy, staffed=True, copies=frozenset({"OFF-EML"}))
    with desk.store.transaction() as work:
        assert work.alerts.count() == 0


@pytest.mark.parametrize(
    ("outcome", "status", "mail"), [("sent", "ST-DLV", "accepted"), ("refused", "ST-SUB", "refused")]
)
def test_what_the_mail_server_said_stands_on_the_card(outcome: str, status: str, mail: str) -> None:
    """Accepted: delivered. Refused for good: the officers of the desk see it."""
    store, clock = MemoryStore(), FixedClock(NOON)
    with store.transaction() as work:
        work.cases.open(CARD, None)
        for purpose in ("report", "copy"):
            ref = f"LW-1|OFF-HRC|{purpose}"
            work.outbox.add(Outgoing(Address("mail", "x@example.org"), "", "mail", 0, act=MAIL_ACT, refs=(ref,)), NOON)
    delivery = Delivery(store, clock, "mail")
    while items := delivery.claim():
        delivery.settle([Delivered(item, outcome) for item in items])
    with store.transaction() as work:
        card = work.cases.get("LW-1")

    assert card is not None
    assert (card.status, card.mail) == (status, mail)


def test_whoever_was_told_is_told_at_once_of_what_the_person_adds(policy: Policy) -> None:
    """Not again within ten minutes, however often somebody adds; the level stays for an officer to judge."""
    desk = Waiting(policy, staffed=True)
    assert [who for who, _words in desk.after(seconds=0)] == ["aci-boris"]
    assert desk.added() == []
    desk.clock.at += timedelta(minutes=11)

    told = desk.added()

    assert [who for who, _words in told] == ["aci-boris"]
    assert told[0][1].startswith("Desk: please open the console.")
    assert desk.added() == []


@pytest.mark.parametrize(("level", "on_duty", "told"), [("L4", True, "aci-boris"), ("L1", False, "aci-boris")])
def test_the_owner_is_told_of_what_the_person_adds(policy: Policy, level: str, told: str, *, on_duty: bool) -> None:
    """On duty, and where it is urgent at any time; the next look does not go on to anybody else."""
    desk = Waiting(policy, staffed=on_duty, level=level)
    desk.after(seconds=0)
    desk.owned_by("boris")

    assert [who for who, _words in desk.added()] == [told]
    assert [who for _ in range(60) for who, _words in desk.after(minutes=2)] == []


def test_an_owner_who_is_not_there_is_reminded_by_mail(policy: Policy) -> None:
    """In the mailbox of the office, where it is not urgent."""
    desk = Waiting(policy, staffed=False, level="L4")
    desk.owned_by("boris")
    mailbox = policy.directory.offices["OFF-HRC"].mailbox

    assert [who for who, _words in desk.added()] == [mailbox]
    assert desk.added() == []  # not twice within ten minutes


@pytest.mark.parametrize(("wrote", "reminded"), [(("00", "2", "They came again."), 1), (("They came again.",), 0)])
def test_what_is_added_by_the_menu_is_told_and_words_of_the_talk_are_not(wrote: tuple[str, ...], reminded: int) -> None:
    """Q54, 2: sealed to the office, and somebody there is told."""
    chat = Chat(replace(TALK_CARD, level="L4"))
    chat.reception = replace(chat.reception, policy=replace(chat.policy, mails=True))
    chat.say(*wrote)

    with chat.store.transaction() as work:
        assert len(work.messages.of(TALK_CARD.case)) == 1
        assert len(work.outbox.claim(chat.clock.at, 10, 60, "mail")) == reminded
