"""Use cases over the memory store: one message, one transaction; what is sent, what is sealed, what is refused."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.keys import identity_recipients, usable_recipients
from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.deliver import Delivered, Delivery
from handlers.errors import NoRecipients
from handlers.receive import Reception
from handlers.types import CLEAR, Address, Inbound, IncomingFile, Outgoing
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
                        work.outbox.sent(item)
                        last = item.outgoing.text or last
        return last


@pytest.fixture
def desk(policy: Policy, clock: FixedClock) -> Desk:
    """A fresh desk."""
    return Desk(policy, clock)


DEATH_THREAT = [
    "hi", "1", "1", "3", "1", "1", "3", "1", "0", "2", "1", "1", "1", "2", "1", "1", "Arlenia", "4", "0", "2", "1", "1", "2",
    "Arlenia", "1", "1", "4", "1", "0",
]  # fmt: skip


@pytest.mark.parametrize(("excluded", "wide"), [(["1"], True), (["4", "1"], False)])
def test_an_alert_reaches_the_focal_point_only_where_it_was_not_excluded(
    desk: Desk, excluded: list[str], *, wide: bool
) -> None:
    """INV-09: an excluded office gets no notification either, whatever the duty desk was allowed."""
    senior_team = ["2"] if wide else []  # who excluded it is not asked about it
    said = desk.say(*DEATH_THREAT, *excluded, "4", "1", "1", "1", "1", "1", *senior_team, "2", "3", "1")
    assert said.startswith("Sent."), said

    with desk.store.transaction() as work:
        (case,) = work.cases.ids()
        (alert,) = work.alerts.open_ones()
        assert (alert.case, alert.wide) == (case, wide)


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


def test_the_open_question_is_repeated_although_something_is_still_to_be_deleted(desk: Desk) -> None:
    """What waits to go from the chat says nothing: only a reply that waits makes repeating needless."""
    desk.say("hi")
    desk.said()
    with desk.store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "", "", 0, act=CLEAR, refs=("7",)), desk.clock.now())

    assert desk.reception.repeat_question(MINA)
    assert not desk.reception.repeat_question(MINA)


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


def settled(clock: FixedClock, *outcomes: str) -> tuple[MemoryStore, list[str]]:
    """Queue two messages to one person, let the first come to these outcomes in turn; return what is offered next."""
    store = MemoryStore()
    delivery = Delivery(store, clock, "signal")
    with store.transaction() as work:
        for text in ("first", "second"):
            work.outbox.add(Outgoing(MINA, text, "Q01", 1), NOON)
    for outcome in outcomes:
        (item,) = delivery.claim()
        delivery.settle([Delivered(item, outcome, ref="7", wait_seconds=30.0)])
        clock.at += timedelta(seconds=31)
    return store, [item.outgoing.text for item in delivery.claim()]


@pytest.mark.parametrize(
    ("outcomes", "offered"),
    [
        (("sent",), ["second"]), (("later",), ["first"]), (("later", "sent"), ["second"]), (("unknown",), ["first"]),
        (("unknown", "unknown"), ["second"]), (("refused",), ["second"]), (("unreachable",), ["second"]),
    ],
)  # fmt: skip
def test_what_became_of_a_message_decides_what_follows(
    clock: FixedClock, outcomes: tuple[str, ...], offered: list[str]
) -> None:
    """Later comes again, unknown comes again once, refused is a dead letter that blocks nobody."""
    assert settled(clock, *outcomes)[1] == offered


def test_a_refused_message_stays_as_a_dead_letter_and_a_sent_one_leaves_a_trace(clock: FixedClock) -> None:
    """The letter for the operator, the trace for clearing the chat."""
    with settled(clock, "refused")[0].transaction() as work:
        assert work.outbox.dead() == 1
    with settled(clock, "sent")[0].transaction() as work:
        assert work.traces.take(MINA) == ("7",)


def test_nothing_goes_out_before_the_service_allows_it(clock: FixedClock) -> None:
    """retry_after is honoured to the second."""
    store = MemoryStore()
    delivery = Delivery(store, clock, "signal")
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "hello", "Q01", 1), NOON)
    (item,) = delivery.claim()
    delivery.settle([Delivered(item, "later", wait_seconds=300)])
    clock.at += timedelta(seconds=299)
    assert delivery.claim() == ()
    clock.at += timedelta(seconds=1)
    assert len(delivery.claim()) == 1


def test_a_code_carries_everything_over_to_signal_once(desk: Desk) -> None:
    """What was answered on Telegram goes on on Signal; the code works once, and nothing stays behind."""
    telegram, signal = Address("telegram", "9"), Address("signal", "aci-9")
    said = desk.say("hi", "1", "1", "3", "1", "1", address=telegram)
    code = re.search(r"MV-[A-Z2-7]{4}-[A-Z2-7]{4}", said)
    assert code is not None
    moved = desk.say(f" {code[0].lower()} ", address=signal)
    assert moved.startswith("You are here now")
    assert "Signal" in moved
    with desk.store.transaction() as work:
        assert work.conversations.load(telegram) is None
        loaded = work.conversations.load(signal)
        assert loaded is not None
        assert loaded.conversation.channel == "signal"
        assert [a.node for a in loaded.conversation.draft.answers][:3] == ["Q01", "Q02", "Q03"]  # type: ignore[union-attr]  # a draft is there
    assert "Choose a language" in desk.say(code[0], address=Address("signal", "aci-10"))


def test_somebody_who_blocked_the_bot_is_shown_as_unreachable(desk: Desk) -> None:
    """And nothing more is queued for them."""
    desk.say(*TO_FILES, *TO_SEND)
    desk.reception.unreachable(MINA)
    desk.reception.unreachable(Address("signal", "nobody"))
    with desk.store.transaction() as work:
        (case,) = work.cases.ids()
        card = work.cases.get(case)
        assert card is not None
        assert card.unreachable
        assert work.outbox.waiting() == 0


def test_trouble_on_our_side_is_said_and_the_message_does_not_come_for_ever(desk: Desk) -> None:
    """The question stays open."""
    desk.say("hi", "1")
    inbound = Inbound(MINA, "poison", text="1")
    desk.reception.excuse(inbound, "T-TROUBLE")
    assert "Something went wrong on our side" in desk.said()
    assert desk.reception.receive(inbound) is None
    assert desk.reception.active_since(desk.clock.at - timedelta(minutes=10)) == (MINA,)


def test_a_changed_message_is_answered_kindly_and_changes_nothing(desk: Desk) -> None:
    """Telegram and Signal let people edit what they sent."""
    desk.say("hi", "1")
    desk.reception.receive(Inbound(MINA, "edit", edited=True))
    assert "You changed an earlier message" in desk.said()
