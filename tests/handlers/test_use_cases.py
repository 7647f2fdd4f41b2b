"""Use cases over the memory store: one message, one transaction; what is sent, what is sealed, what is refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.keys import identity_recipients, usable_recipients
from dialogs.policy import Policy
from handlers.deliver import Delivery
from handlers.errors import NoRecipients
from handlers.receive import Reception
from handlers.retry import WAITS_SECONDS, next_try
from handlers.types import Address, Inbound, IncomingFile, Outgoing
from storage.crypto.age.keys import parse_identity
from storage.crypto.sealing import AgeSealer, open_file, open_report
from storage.memory import MemoryStore
from tests.conftest import NOON, CountingEntropy, office_identity

MINA = Address("signal", "aci-1")
TO_FILES = [
    "hi", "1", "1", "3", "1", "1", "3", "1", "0", "1", "1", "1", "1", "2", "1", "Mina", "3", "1", "Real Name", "0", "0", "5", "0", "4",
    "2", "2", "1", "5", "words", "1", "Arlenia", "0", "0", "1", "0", "1", "4", "0", "0", "0", "0", "0", "0", "0", "0", "1", "1", "1",
]  # fmt: skip
TO_SEND = ["0", "1", "1", "3", "0", "1", "1", "1", "1", "1", "1", "2", "2", "3", "1"]


class Desk:
    """A reception over the memory store, driven by texts."""

    def __init__(self, policy: Policy, clock: FixedClock) -> None:
        self.store = MemoryStore()
        self.clock = clock
        self.reception = Reception(
            self.store, AgeSealer(), policy, clock, CountingEntropy(), b"interview", lambda incoming: io.BytesIO(b"x" * incoming.size)
        )  # fmt: skip
        self.count = 0

    def say(self, *texts: str, address: Address = MINA) -> str:
        for text in texts:
            self.count += 1
            self.clock.at += timedelta(seconds=3)
            self.reception.receive(Inbound(address, str(self.count), text=text))
        return self.said()

    def said(self) -> str:
        last = ""
        with self.store.transaction() as work:
            for channel in ("signal", "telegram"):
                while items := work.outbox.claim(self.clock.at, 100, 60, channel):
                    for item in items:
                        work.outbox.sent(item.id)
                        last = item.outgoing.text or last
        return last


@pytest.fixture
def desk(policy: Policy, clock: FixedClock) -> Desk:
    """A fresh desk."""
    return Desk(policy, clock)


def test_a_message_that_comes_twice_counts_once(desk: Desk) -> None:
    """De-duplication by the channel's own key, not by content."""
    first = desk.reception.receive(Inbound(MINA, "7", text="hi"))
    again = desk.reception.receive(Inbound(MINA, "7", text="hi"))
    other = desk.reception.receive(Inbound(MINA, "8", text="1"))

    assert (first is not None, again, other is not None) == (True, None, True)


def test_sending_seals_report_identity_box_and_files_to_the_right_keys(desk: Desk) -> None:
    """The name is only in the identity box; the picture opens with the identity inside the report."""
    desk.say(*TO_FILES)
    desk.reception.receive(Inbound(MINA, "file", file=IncomingFile("a.png", "image/png", 5, "x")))
    said = desk.say(*TO_SEND)
    assert said.startswith("Sent."), said
    with desk.store.transaction() as work:
        (case,) = work.cases.ids()
        blobs = {blob.purpose: blob for blob in work.blobs.of(case)}
        assert work.alerts.count() == 0
        consents = [event.id for event in work.cases.consents(case)]
    report = open_report(blobs["report"].sealed, [parse_identity(office_identity("OFF-HRC"))])
    box = open_report(blobs["identity"].sealed, [parse_identity(office_identity("OFF-HRC", "identity"))])

    assert consents[:2] == ["C-CHAN", "C-START"]
    assert b"Real Name" not in report
    assert b"Real Name" in box
    import json

    document = json.loads(report)
    with desk.store.transaction() as work:
        sealed = work.blobs.file(document["attachments"][0]["sealed"])
    assert sealed is not None
    assert open_file(sealed, [parse_identity(document["file_identity"])]) == b"xxxxx"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    """By its announced size."""
    desk.say(*TO_FILES)
    desk.reception.receive(Inbound(MINA, "file", file=IncomingFile("a.mov", "video/mp4", 10**9, "x")))

    assert "too large" in desk.said()


def test_the_phrase_leads_back_from_another_account(desk: Desk) -> None:
    """Nothing else does, once the address is destroyed."""
    desk.say("hi", "1", "1", "3", "1", "1", "3")
    words = desk.said()
    with desk.store.transaction() as work:
        loaded = work.conversations.load(MINA)
    assert loaded is not None
    assert loaded.conversation.draft is not None
    words = loaded.conversation.draft.phrase
    desk.say(*TO_FILES[7:])
    assert desk.say(*TO_SEND).startswith("Sent.")
    desk.say("1")
    elsewhere = Address("telegram", "99")

    assert "Welcome back" in desk.say(words.title(), address=elsewhere)
    with desk.store.transaction() as work:
        found = work.conversations.load(elsewhere)
    assert found is not None
    assert len(found.conversation.cards) == 1


def test_timers_run_and_end_what_is_silent(desk: Desk) -> None:
    """Half an hour before permission."""
    desk.say("hi", "1")
    desk.clock.at += timedelta(minutes=31)

    assert desk.reception.time_arrived() == 1
    with desk.store.transaction() as work:
        assert work.conversations.load(MINA) is None


def test_the_open_question_is_repeated_after_a_restart(desk: Desk) -> None:
    """Only for somebody who is known."""
    desk.say("hi")

    assert desk.reception.repeat_question(MINA)
    assert "Choose a language" in desk.said()
    assert not desk.reception.repeat_question(Address("signal", "stranger"))


def test_a_turn_that_cannot_be_sealed_is_undone_as_a_whole(policy: Policy, clock: FixedClock) -> None:
    """The duty desk has no keys: no alert, no trace, and the person can try again."""
    offices = dict(policy.directory.offices)
    offices["OFF-EML"] = replace(offices["OFF-EML"], keys=())
    desk = Desk(replace(policy, directory=replace(policy.directory, offices=offices)), clock)
    desk.say("hi", "1", "1", "1")

    with pytest.raises(NoRecipients, match="add-key"):
        desk.say("1")
    with desk.store.transaction() as work:
        loaded = work.conversations.load(MINA)
        assert work.alerts.count() == 0
    assert loaded is not None
    assert loaded.conversation.node == "FP1"


def test_keys_count_only_on_their_days_and_never_alone(policy: Policy) -> None:
    """Revoked, expired, too early, an expired directory, one key only."""
    directory = policy.directory
    office = directory.offices["OFF-HRC"]
    assert len(usable_recipients(directory, "OFF-HRC", NOON)) == 2
    assert len(identity_recipients(directory, "OFF-HRC", NOON)) == 2
    for keys in (
        tuple(replace(key, revoked=True) for key in office.keys),
        tuple(replace(key, valid_to=NOON.date() - timedelta(days=1)) for key in office.keys),
        tuple(replace(key, valid_from=NOON.date() + timedelta(days=1)) for key in office.keys),
        office.keys[:1],
    ):
        changed = replace(directory, offices={"OFF-HRC": replace(office, keys=keys)})
        assert usable_recipients(changed, "OFF-HRC", NOON) == ()
        assert identity_recipients(changed, "OFF-HRC", NOON) == ()
    assert usable_recipients(replace(directory, expires=NOON), "OFF-HRC", NOON) == ()
    assert usable_recipients(directory, "OFF-NONE", NOON) == ()


class _Flaky:
    """A channel that fails as often as told."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.sent: list[str] = []

    def send(self, outgoing: Outgoing) -> bool:
        self.failures -= 1
        if self.failures >= 0:
            return False
        self.sent.append(outgoing.text)
        return True


def test_what_cannot_be_sent_is_tried_again_later_and_blocks_nobody(clock: FixedClock) -> None:
    """Then it goes out once."""
    store, channel = MemoryStore(), _Flaky(1)
    delivery = Delivery(store, clock, channel, "signal")
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "hello", "Q01", 1), NOON)
    assert (delivery.send_due(), channel.sent, delivery.send_due()) == (1, [], 0)
    clock.at += timedelta(seconds=WAITS_SECONDS[0])
    assert (delivery.send_due(), channel.sent, delivery.send_due()) == (1, ["hello"], 0)


def test_tries_become_rarer_and_end() -> None:
    """The last one is a dead letter."""
    waits = [next_try(attempt, NOON) for attempt in range(len(WAITS_SECONDS) + 1)]

    assert waits[-1] is None
    assert [wait for wait in waits if wait is not None] == sorted(wait for wait in waits if wait is not None)
