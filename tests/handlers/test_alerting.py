"""What officers write, and what becomes of it: taken, passed on, refused; on and off, handed over, swapped."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same attempts in every run
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import CaseCard
from dialogs.duty_words import read_command
from dialogs.escalation import AlertState
from dialogs.policy import Policy
from dialogs.replace import replace
from dialogs.roster import Ladder, Officer, Roster, Rung, Shift
from handlers.alerting import Alerting
from handlers.deliver import Delivered, Delivery
from handlers.paging import begin_ladder
from handlers.types import Address, Inbound
from storage.memory import MemoryStore
from tests.conftest import NOON, CountingEntropy

CARD = CaseCard("LW-1", "OFF-EML", "L1", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "a b", "c d", "hash")
ROLES = {"amina": "operator", "boris": "operator", "chen": "operator", "lead": "shift-lead"}


def everybody(*there: str) -> Roster:
    """Return a roster of four, two channels each, with these on duty from midnight to two in the afternoon."""
    people = {
        name: Officer(name, "OFF-EML", (role,), (("signal", f"aci-{name}"), ("telegram", f"tg-{name}")))
        for name, role in ROLES.items()
    }
    shifts = tuple(Shift("OFF-EML", ROLES[n], (n,), tuple(range(7)), 0, 14 * 60, "Etc/UTC") for n in there)
    ladder = Ladder((Rung(0, "operator"), Rung(10, "operator"), Rung(20, "shift-lead")), 2, call=0)
    return Roster(people, shifts, ladders={"L1": ladder})


class Desk:
    """The alerting over a store in memory, with a way to write and to read what was sent."""

    def __init__(self, policy: Policy, *there: str) -> None:
        self.clock = FixedClock(NOON)
        self.policy = replace(policy, roster=everybody(*there))
        self.store = MemoryStore()
        self.alerting = Alerting(self.store, self.policy, self.clock, CountingEntropy())
        self.count = 0

    def alert(self, number: int = 1, case: str = "LW-1") -> None:
        """Raise an alert."""
        with self.store.transaction() as work:
            work.cases.open(replace(CARD, case=case), None)
            state = AlertState(f"AL-{number}", case, "OFF-EML", "L1", wide=True, raised_at=self.clock.at.isoformat())
            begin_ladder(work, self.policy, state, self.clock.at, bytes([number]) * 32)

    def write(self, text: str, who: str, channel: str = "signal", *, key: str = "") -> str:
        """Take a message from an account; return the text id of what is answered."""
        self.count += 1
        prefix = "aci" if channel == "signal" else "tg"
        address = Address(channel, f"{prefix}-{who}")
        self.alerting.answer(Inbound(address, key or str(self.count), text=text))
        found = [text for to, text in self.sent() if to == address]
        return found[-1] if found else ""

    def sent(self) -> list[tuple[Address, str]]:
        """Return, and mark as sent, everything that is queued."""
        found = []
        with self.store.transaction() as work:
            for channel in ("signal", "telegram", "pager", "duty-signal"):
                while items := work.outbox.claim(self.clock.at, 100, 60, channel):
                    for item in items:
                        work.outbox.sent(item)
                        found.append((item.outgoing.address, item.outgoing.text))
        return found

    def code(self, who: str, number: int = 1) -> str:
        """Return the code an officer was told."""
        with self.store.transaction() as work:
            alert = work.alerts.get(f"AL-{number}")
        return next((page.code for page in alert.pages if page.officer == who), "") if alert is not None else ""

    def state(self, number: int = 1) -> str | None:
        """Return the state of an alert."""
        with self.store.transaction() as work:
            return work.alerts.state(f"AL-{number}")

    def later(self, **step: float) -> list[tuple[Address, str]]:
        """Let time pass and look; return what is sent."""
        self.clock.at += timedelta(**step)
        self.alerting.tick()
        return self.sent()

    def log(self) -> list[tuple[str, str]]:
        """Return who did what, from the audit log."""
        with self.store.transaction() as work:
            return [(one.entry.act, one.entry.who) for one in work.audit.page(0, 99) if one.entry is not None]


@pytest.fixture
def desk(policy: Policy) -> Desk:
    """A desk with Amina and Boris on duty, and one alert."""
    made = Desk(policy, "amina", "boris")
    made.alert()
    made.sent()
    return made


@pytest.mark.parametrize("word", ["ack", "OK", "pris", "lo tomo", "استلمت", "收到", "беру", ""])
def test_one_word_in_any_language_takes_it(desk: Desk, word: str) -> None:
    """With the officer's own code, also in other digits; the case has an owner, and the log says who."""
    code = desk.code("amina").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert "It is yours" in desk.write(f"{word} {code}", "amina")
    assert desk.state() == "owned"
    with desk.store.transaction() as work:
        card = work.cases.get("LW-1")
    assert card is not None
    assert (card.owner, card.status) == ("amina", "ST-ACK")
    assert desk.log() == [("alert-raised", ""), ("alert-told", "amina"), ("alert-taken", "amina"), ("own", "amina")]


def test_forty_impersonations_take_nothing(policy: Policy) -> None:
    """Strangers, forwarded and replayed words, other codes, off duty, after a hand-over, with a changed key."""
    done = impersonations(policy)

    assert len(done) == 40
    assert [kind for kind, taken in done if taken] == []


def impersonations(policy: Policy) -> list[tuple[str, bool]]:
    """Play forty attempts to take an alert that is not one's own, eight kinds five times each; return what was taken."""
    chance = random.Random(5)  # noqa: S311 - seeded, no secret
    return [(kind, attempt(policy, kind, chance)) for kind in ATTEMPTS for _ in range(5)]


ATTEMPTS = (
    "a stranger", "a forwarded code", "a replayed message", "the code of another alert", "off duty", "after a hand-over",
    "a changed identity key", "a guessed code",
)  # fmt: skip


def attempt(policy: Policy, kind: str, chance: random.Random) -> bool:
    """Try once; return whether the alert was taken."""
    desk = Desk(policy, "amina", "boris")
    desk.alert(1)
    desk.alert(2, "LW-2")
    desk.clock.at += timedelta(seconds=chance.randrange(60))
    code, who, key = desk.code("amina"), "amina", ""
    if kind == "a stranger":
        who = f"stranger{chance.randrange(1000)}"
    elif kind == "a forwarded code":
        who = chance.choice(("boris", "chen", "lead"))
    elif kind == "a replayed message":
        key = "once"
        desk.write(f"ack {desk.code('amina', 2)}", "amina", key=key)
        assert desk.state(2) == "owned"
    elif kind == "the code of another alert":
        desk.write(f"ack {desk.code('amina', 2)}", "amina")
        code = desk.code("amina", 2)
    elif kind == "off duty":
        desk.clock.at += timedelta(hours=5)
    elif kind == "after a hand-over":
        desk.write("hand over boris", "amina")
        with desk.store.transaction() as work:
            (offer,) = work.duty.load().offers
        assert "on duty" in desk.write(f"accept {offer.code}", "boris")
    elif kind == "a changed identity key":
        desk.alerting.identity_changed(Address("signal", "aci-amina"))
    else:
        code = next(str(n).zfill(4) for n in iter(lambda: chance.randrange(10000), None) if str(n).zfill(4) != code)
    desk.write(f"ack {code}", who, key=key)
    return desk.state(1) != "open"


def test_an_officer_whose_key_changed_counts_again_once_somebody_checked(desk: Desk) -> None:
    """The doubt outlives a restart, because it is stored."""
    account = Address("signal", "aci-amina")
    desk.alerting.identity_changed(account)
    desk.alerting.identity_changed(account)
    again = Alerting(desk.store, desk.policy, desk.clock, CountingEntropy())
    assert "account has changed" in desk.write(f"ack {desk.code('amina')}", "amina")
    assert again.trust("amina")
    assert not again.trust("amina")
    assert "It is yours" in desk.write(f"ack {desk.code('amina')}", "amina")


def test_somebody_busy_passes_it_on_at_once(desk: Desk) -> None:
    """The next person is told at the next tick."""
    assert "next person" in desk.write(f"busy {desk.code('amina')}", "amina")

    assert [to.value for to, _text in desk.later(seconds=5) if to.channel != "pager"] == ["aci-boris"]


def test_the_only_one_on_duty_cannot_leave(policy: Policy) -> None:
    """Whoever is one of two can; whoever comes back is on duty again."""
    alone = Desk(policy, "amina")
    assert "only one" in alone.write("off", "amina")
    two = Desk(policy, "amina", "boris")
    assert "off duty" in two.write("Off.", "amina")
    assert "only one" in two.write("off", "boris")
    assert "on duty" in two.write("on", "amina")
    assert "off duty" in two.write("off", "boris")
    assert two.log() == [("duty-off", "amina"), ("duty-on", "amina"), ("duty-off", "boris")]


def test_somebody_who_is_not_planned_can_come_on_duty(policy: Policy) -> None:
    """For twelve hours, or until they say off; at an empty desk they are told at once."""
    desk = Desk(policy)
    desk.alert()
    assert [to.channel for to, _text in desk.sent()] == []
    assert "on duty" in desk.write("on", "chen")
    assert [to.value for to, _text in desk.later(seconds=5)] == ["aci-chen"]
    assert "only one" in desk.write("off", "chen")
    desk.later(hours=12)
    assert "not on duty" in desk.write(f"ack {desk.code('chen')}", "chen")


def test_a_hand_over_counts_once_it_is_accepted(desk: Desk) -> None:
    """Until then nothing changes; the one who takes over is told at once, and can hand back."""
    assert "asked boris" in desk.write("hand over Boris", "amina")
    with desk.store.transaction() as work:
        (offer,) = work.duty.load().offers
    assert "nothing open" in desk.write(f"accept {offer.code}", "chen")
    assert "on duty" in desk.write(f"accept {offer.code}", "boris")
    assert [to.value for to, _text in desk.later(seconds=5) if to.channel == "signal"] == ["aci-boris"]
    assert "not on duty" in desk.write(f"ack {desk.code('amina')}", "amina")
    desk.write("hand over amina", "boris")
    with desk.store.transaction() as work:
        (offer,) = work.duty.load().offers
    desk.write(f"accept {offer.code}", "amina")
    assert "It is yours" in desk.write(f"ack {desk.code('amina')}", "amina")


def test_a_swap_holds_for_every_shift_of_its_day(policy: Policy) -> None:
    """Asked and accepted in the chat."""
    desk = Desk(policy, "amina")
    assert "name a colleague" in desk.write("swap chen", "amina")
    assert "name a colleague" in desk.write("swap nobody 2026-11-25", "amina")
    assert "name a colleague" in desk.write("swap lead 2026-11-25", "amina"), "not a role of theirs"
    assert "asked chen" in desk.write("swap chen 2026-11-25", "amina")
    with desk.store.transaction() as work:
        (offer,) = work.duty.load().offers
    assert "2026-11-25" in desk.write(f"accept {offer.code}", "chen")
    desk.clock.at += timedelta(days=1)
    desk.alert()
    assert [to.value for to, _text in desk.sent() if to.channel == "signal"] == ["aci-chen"]


def test_what_cannot_be_sent_goes_out_by_the_next_channel_within_a_minute(desk: Desk) -> None:
    """Whatever the channel says, or does not say; the alert is never a dead letter."""
    desk.alert(2, "LW-2")
    delivery = Delivery(desk.store, desk.clock, "signal")
    for outcome in ("later", "unknown", "refused", "unreachable"):
        delivery.settle([Delivered(item, outcome, wait_seconds=3600) for item in delivery.claim()])
        desk.clock.at += timedelta(seconds=11)
    before = desk.clock.at
    desk.alerting.tick()
    assert [to.channel for to, _text in desk.sent() if to.channel != "pager"] == ["telegram"]
    assert before - NOON < timedelta(seconds=60)


def test_with_one_channel_an_alert_waits_for_it_and_does_not_pile_up(policy: Policy) -> None:
    """Ten minutes without Signal: one message is left."""
    desk = Desk(replace(policy, lines={"signal": "signal"}), "amina")
    desk.policy = desk.alerting.policy
    desk.alert()
    for _ in range(60):
        desk.clock.at += timedelta(seconds=10)
        desk.alerting.tick()
    with desk.store.transaction() as work:
        assert [item.outgoing.address.channel for item in work.outbox.stuck(99)] == ["signal"]


def test_the_line_of_the_desk_is_for_officers_only(policy: Policy) -> None:
    """They write and are written to there; the public account sends them away; a stranger learns nothing."""
    desk = Desk(replace(policy, lines={"signal": "duty-signal"}), "amina")
    desk.alert()
    assert [to.channel for to, _text in desk.sent()] == ["duty-signal"]
    assert desk.alerting.is_for_officers(Address("duty-signal", "aci-stranger"))
    assert desk.alerting.is_for_officers(Address("signal", "aci-amina"))
    assert not desk.alerting.is_for_officers(Address("signal", "aci-stranger"))
    assert "other account" in desk.write(f"ack {desk.code('amina')}", "amina")
    desk.alerting.answer(Inbound(Address("duty-signal", "aci-stranger"), "s", text="help me"))
    desk.alerting.answer(Inbound(Address("duty-signal", "aci-amina"), "t", text=desk.code("amina")))
    assert [text[:12] for _to, text in desk.sent()] == ["This account", "Thank you. I"]
    assert desk.state() == "owned"


def test_the_pager_is_called_with_constant_words(policy: Policy) -> None:
    """With every telling, from the time the ladder says."""
    desk = Desk(replace(policy, pager=True), "amina")
    desk.alert()
    first, second = desk.sent(), desk.later(minutes=2)
    words = {text for to, text in (*first, *second) if to.channel == "pager"}

    assert [to.channel for to, _text in first] == ["signal", "pager"]
    assert [to.channel for to, _text in second] == ["telegram", "pager"]
    assert words == {policy.texts.body("ALERT-CALL", "en", {})}


def test_an_alert_ends_with_its_case(desk: Desk) -> None:
    """Erased, closed or owned: nobody is told any more. Stopped for now: not told, and not forgotten."""
    with desk.store.transaction() as work:
        work.cases.update(replace(CARD, status="ST-HOLD"))
    assert desk.later(minutes=30) == []
    assert desk.state() == "open"
    with desk.store.transaction() as work:
        work.cases.update(CARD)
    assert desk.later(minutes=2) != []
    with desk.store.transaction() as work:
        work.cases.erase("LW-1")
    assert desk.later(minutes=2) == []
    assert desk.state() == "cancelled"


def test_queue_and_help_and_anything_else(desk: Desk) -> None:
    """Counts only."""
    assert desk.write("queue", "boris") == "Open now: 1."
    assert desk.write("hello, which case is it?", "boris").startswith("Send ack")
    assert desk.write("ack", "boris").startswith("Send ack")
    assert desk.write("x" * 5000, "boris").startswith("Send ack")
    assert desk.alerting.answer(Inbound(Address("signal", "aci-boris"), "twice", text="queue"))
    assert not desk.alerting.answer(Inbound(Address("signal", "aci-boris"), "twice", text="queue"))


def test_words_are_read_with_their_code_day_and_name(policy: Policy) -> None:
    """The longest command wins; a day is no code."""
    read = read_command("Hand over: Boris!", policy.duty_words)
    assert (read.kind, read.rest) == ("hand_over", ("boris",))
    read = read_command("swap chen 2026-12-24", policy.duty_words)
    assert (read.kind, read.day, read.code, read.rest) == ("swap", "2026-12-24", "", ("chen",))
    assert read_command("swap chen 2026-13-24", policy.duty_words).day == ""
