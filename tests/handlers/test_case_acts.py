"""What officers do with a case: the table of statuses, two people for what one may not, hand-over, notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import TypeVar

import pytest

from dialogs.conversation import CaseCard, Proposal
from dialogs.gate import Act, Question, Reason, Refused, may
from dialogs.replace import replace
from handlers.accounts import ACTIVE, Account, Role
from handlers.actor import Actor
from handlers.case_acts import (
    NEXT,
    NoSafeTime,
    NotNow,
    PersonConcerned,
    ReadBack,
    ReadBackWrong,
    StillUnderWay,
    allowed,
    change_status,
    hand_over,
    plan_contact,
    put_note,
    record_person_concerned,
    take_over,
)
from handlers.errors import NotYours
from handlers.messages import BadMessage
from handlers.ports import UnitOfWork
from handlers.reasons import ReasonNeeded
from handlers.triage_state import CaseIsOver, RoleMayNot
from tests.conftest import NOON
from tests.handlers.chat import CARD, CASE, OFFICER, Chat, sealed

Result = TypeVar("Result")
SECOND = Actor("p2", "first-respondent", "OFF-HRC")
COLLEAGUE = Account("p2", "B", "OFF-HRC", (Role.FIRST_RESPONDENT,), ACTIVE, "2026-11-24T09:00Z")
REASONED = {"ST-CLO": "CL-DONE", "ST-HOLD": "RSN-HLD-WHO", "ST-ERA": "RSN-ERA-TALK"}
STATUSES = (*NEXT, "ST-DRF", "ST-SUB", "ST-DLV", "ST-REF", "ST-ERA")


def act(chat: Chat, do: Callable[[UnitOfWork, CaseCard], Result]) -> Result:
    """Carry out an act in a transaction of its own."""
    with chat.store.transaction() as work:
        card = work.cases.get(CASE)
        assert card is not None
        return do(work, card)


def to(chat: Chat, status: str, reason: str = "", by: Actor = OFFICER) -> bool:
    """Set a status; True: a second person is needed."""
    return act(chat, lambda work, card: change_status(work, chat.policy, card, status, reason, by, NOON)).pending


def test_every_status_follows_only_from_those_of_the_table() -> None:
    """All pairs of statuses (spec 3.6)."""
    for before in STATUSES:
        for after in STATUSES:
            chat = Chat(replace(CARD, status=before))
            reason = REASONED.get(after, "")
            if after in NEXT.get(before, ()):
                to(chat, after, reason)
                with chat.store.transaction() as work:
                    card = work.cases.get(CASE)
                assert (card.status if card is not None else "ST-ERA") == after
            else:
                with pytest.raises(NotNow):
                    to(chat, after, reason)


def test_nobody_but_the_person_takes_back_or_lifts_what_the_person_stopped() -> None:
    """No officer sets "taken back", and none brings a frozen case back to work."""
    assert all("ST-WDR" not in after for after in NEXT.values())
    assert allowed(replace(CARD, status="ST-HOLD")) == ("ST-CLO",)


def test_an_officer_lets_go_on_what_an_officer_stopped_unless_the_person_stopped_it_too() -> None:
    """Each ends only what they began."""
    chat = Chat(replace(CARD, status="ST-CON"))
    to(chat, "ST-HOLD", "RSN-HLD-FORCE")
    chat.say("withdraw")
    assert allowed(chat.card) == ("ST-CLO",)
    chat.say("5")
    assert (chat.card.status, allowed(chat.card)) == ("ST-HOLD", ("ST-CON", "ST-CLO"))
    to(chat, "ST-CON", "")

    assert (chat.card.status, chat.card.held_from, chat.card.held_by) == ("ST-CON", "", "")


def test_only_the_owner_changes_the_status_and_it_is_logged() -> None:
    """Who, from what, to what, why."""
    chat = Chat(replace(CARD, status="ST-TRI"))
    with pytest.raises(NotYours):
        to(chat, "ST-VER", by=SECOND)
    with pytest.raises(ReasonNeeded, match="Leave the reason out"):
        to(chat, "ST-VER", "two sources")
    to(chat, "ST-VER")
    assert chat.card.status_at == "2026-11-24T10:00Z"
    (entry,) = act(chat, lambda work, _card: work.audit.of(CASE))
    assert (entry.who, entry.act, entry.old, entry.new, entry.reason) == ("p1", "status", "ST-TRI", "ST-VER", "")


def test_closing_needs_a_reason_of_the_list_and_no_measure_under_way() -> None:
    """Eight reasons; a measure that runs is closed first."""
    chat = Chat(replace(CARD, status="ST-FUP"))
    with pytest.raises(ReasonNeeded):
        to(chat, "ST-CLO", "done")
    running = Proposal("MP-1", "UM-FOC-CHK", "focal point", "NM-ANON", "v", "words", "started", "2026-11-24T09:00Z")
    chat.change(measures=(running,))
    with pytest.raises(StillUnderWay):
        to(chat, "ST-CLO", "CL-DONE")
    chat.change(measures=())
    to(chat, "ST-CLO", "CL-DONE")
    assert chat.card.close_reason == "CL-DONE"
    to(chat, "ST-FUP")
    assert chat.card.close_reason == ""
    assert len(chat.policy.taxonomy.codes["close_reason"]) == 8


def test_malicious_is_decided_by_two_different_people() -> None:
    """The first wish is recorded, the same person again changes nothing, a second one closes."""
    chat = Chat(replace(CARD, status="ST-FUP"))
    assert to(chat, "ST-CLO", "CL-MAL")
    assert to(chat, "ST-CLO", "CL-MAL")
    assert chat.card.status == "ST-FUP"
    assert not to(chat, "ST-CLO", "CL-MAL", by=SECOND)
    assert (chat.card.status, chat.card.close_reason, chat.card.closing) == ("ST-CLO", "CL-MAL", None)
    acts = act(chat, lambda work, _card: [(entry.who, entry.act) for entry in work.audit.of(CASE)])
    assert acts == [("p1", "close-wish"), ("p1", "close-wish"), ("p2", "status")]


def test_nobody_else_closes_as_malicious_first() -> None:
    """The wish is the owner's."""
    with pytest.raises(NotYours):
        to(Chat(replace(CARD, status="ST-FUP")), "ST-CLO", "CL-MAL", by=SECOND)


def test_what_was_taken_back_can_be_erased_with_a_reason() -> None:
    """Key, card and every sealed byte go; the tombstone stays."""
    chat = Chat(replace(CARD, status="ST-WDR"))
    for words in ("", "asked in a talk, words checked", "CL-DONE"):
        with pytest.raises(ReasonNeeded, match="RSN-ERA-CHAT, RSN-ERA-TALK"):
            to(chat, "ST-ERA", words)
    to(chat, "ST-ERA", "RSN-ERA-TALK")
    with chat.store.transaction() as work:
        assert work.cases.get(CASE) is None
        assert work.cases.ids() == (CASE,)


def test_a_status_that_stops_the_case_holds_the_officers_words() -> None:
    """In the same transaction."""
    chat = Chat(replace(CARD, status="ST-CON"))
    chat.write()
    chat.seen()
    with pytest.raises(ReasonNeeded):
        to(chat, "ST-HOLD", "who answers is not clear")
    to(chat, "ST-HOLD", "RSN-HLD-WHO")
    assert chat.lines == [("held", "stopped")]
    assert chat.card.held_from == "ST-CON"


def test_the_next_contact_is_at_a_safe_time_ahead() -> None:
    """Of the person's own clock; not in the past, not in a stopped case."""
    chat = Chat(replace(CARD, safe_times=("evening",), utc_offset_minutes=0))

    def planned(**later: float) -> CaseCard:
        at = NOON + timedelta(**later)
        return act(chat, lambda work, card: plan_contact(work, chat.policy, card, at, OFFICER, NOON))

    assert planned(hours=9).next_contact == "2026-11-24T19:00Z"
    for wrong in ({"hours": 1}, {"hours": -15}, {"days": 91, "hours": 9}):
        with pytest.raises(NoSafeTime):
            planned(**wrong)
    chat.change(status="ST-HOLD")
    with pytest.raises(CaseIsOver):
        planned(hours=9)
    chat.change(owner="p9")
    with pytest.raises(NotYours):
        planned(hours=9)


def test_the_owner_changes_only_when_the_receiver_reads_back_what_matters() -> None:
    """Level, next contact, red lines (spec 6.8)."""
    chat = Chat(replace(CARD, red=("RED-PUB", "RED-FAM"), next_contact="2026-11-25T19:00Z"))
    right = ReadBack("L2", "2026-11-25T19:00Z", ("RED-FAM", "RED-PUB"))
    act(chat, lambda work, card: hand_over(work, card, COLLEAGUE, right, OFFICER, NOON))
    assert (chat.card.owner, chat.card.handing_to) == ("p1", "p2")
    for wrong in (replace(right, level="L1"), replace(right, next_contact=""), replace(right, red=("RED-PUB",))):
        with pytest.raises(ReadBackWrong):
            act(chat, lambda work, card, said=wrong: take_over(work, card, said, SECOND, NOON))  # type: ignore[misc]  # bound at once
    with pytest.raises(NotYours):
        act(chat, lambda work, card: take_over(work, card, right, OFFICER, NOON))
    act(chat, lambda work, card: take_over(work, card, right, SECOND, NOON))
    assert (chat.card.owner, chat.card.handing_to) == ("p2", "")


def test_in_the_morning_the_duty_desk_hands_a_case_to_the_office_of_the_report() -> None:
    """What was handed to another office ends with it (spec 5.6); back to the duty desk it does not go."""
    chat = Chat(replace(CARD, owner="night", handed_to="OFF-UPR"))
    night, told = Actor("night", "operator", "OFF-EML"), ReadBack("L2", "", ())
    at_night = replace(COLLEAGUE, id="night", office="OFF-EML")
    act(chat, lambda work, card: hand_over(work, card, COLLEAGUE, told, night, NOON))
    act(chat, lambda work, card: take_over(work, card, told, SECOND, NOON))
    assert (chat.card.owner, chat.card.handing_to, chat.card.handed_to) == ("p2", "", "")
    with pytest.raises(RoleMayNot):
        act(chat, lambda work, card: hand_over(work, card, at_night, told, SECOND, NOON))


def test_a_case_is_handed_only_to_somebody_who_may_own_it() -> None:
    """Of the same office, active, in a role that reads cases; by the owner, or by a shift lead."""
    chat = Chat()
    told = ReadBack("L2", "", ())

    def given(to: Account, by: Actor = OFFICER) -> None:
        act(chat, lambda work, card: hand_over(work, card, to, told, by, NOON))

    for wrong in (
        replace(COLLEAGUE, office="OFF-EML"), replace(COLLEAGUE, roles=(Role.ADMINISTRATOR,)),
        replace(COLLEAGUE, state="revoked"), replace(COLLEAGUE, id="p1"),
    ):  # fmt: skip
        with pytest.raises(RoleMayNot):
            given(wrong)
    with pytest.raises(NotYours):
        given(COLLEAGUE, SECOND)
    given(COLLEAGUE, Actor("p3", "shift-lead", "OFF-HRC"))
    assert chat.card.handing_to == "p2"


THEIRS = replace(CARD, tp_consent="TPC-YES")
CHECKED = Question(
    Act.MEASURE, CASE, recipient="focal point", name_mode="NM-ANON", content_version="v", measure="UM-SEC-REF"
)


def concerned(chat: Chat, status: str, by: Actor = OFFICER, note: bytes = b"") -> None:
    """Record what the person concerned said."""
    answer = PersonConcerned(status, "officer-call", note or sealed("asked alone, by phone"))
    act(
        chat, lambda work, card: record_person_concerned(work, card, answer, sha256(status.encode()).digest(), by, NOON)
    )


def reason_now(chat: Chat) -> Reason:
    """Return why a measure that nobody was asked for may not be done: the person concerned comes first."""
    refusal = may(CHECKED, chat.card, chat.card.consents, NOON, chat.policy.measures)
    assert isinstance(refusal, Refused)
    return refusal.reason


def test_the_yes_of_the_person_concerned_is_heard_directly_and_recorded_with_the_officer() -> None:
    """C-TPV opens what is outward; taking it back closes it; both are events of the ledger."""
    chat = Chat(THEIRS)
    assert reason_now(chat) is Reason.PERSON_NOT_ASKED
    concerned(chat, "given")
    assert reason_now(chat) is Reason.NEVER_ASKED  # only the measure's own consent is missing now
    concerned(chat, "withdrawn")
    assert reason_now(chat) is Reason.PERSON_NOT_ASKED
    events = act(chat, lambda work, _card: [(e.id, e.status, e.asked_by) for e in work.cases.consents(CASE)][2:])
    assert events == [("C-TPV", "given", "officer:p1"), ("C-TPV", "withdrawn", "officer:p1")]


def test_a_no_of_the_person_concerned_is_final() -> None:
    """Nothing brings it back (INV-12)."""
    chat = Chat(THEIRS)
    concerned(chat, "refused")
    assert reason_now(chat) is Reason.PERSON_REFUSED
    with pytest.raises(NotNow):
        concerned(chat, "given")


def test_an_answer_is_recorded_only_where_there_is_a_person_concerned() -> None:
    """By the owner, with a sealed note; not for somebody's own report, not for a child."""
    for card in (CARD, replace(THEIRS, child=True)):
        with pytest.raises(NotNow):
            concerned(Chat(card), "given")
    with pytest.raises(NotNow):
        concerned(Chat(THEIRS), "withdrawn")
    with pytest.raises(NotYours):
        concerned(Chat(THEIRS), "given", by=SECOND)
    with pytest.raises(BadMessage):
        concerned(Chat(THEIRS), "given", note=b"plain")


def test_notes_are_sealed_numbered_and_nothing_else_is_kept() -> None:
    """Of the officer's own office."""
    chat = Chat()
    assert [act(chat, lambda work, card: put_note(work, card, sealed("note"), OFFICER, NOON)) for _ in range(2)] == [
        1,
        2,
    ]
    with pytest.raises(BadMessage):
        act(chat, lambda work, card: put_note(work, card, b"plain note", OFFICER, NOON))
    kept = act(chat, lambda work, _card: [(b.purpose, b.office, b.sequence) for b in work.blobs.of(CASE)])
    assert kept == [("note", "OFF-HRC", 1), ("note", "OFF-HRC", 2)]
