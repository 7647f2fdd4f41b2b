"""Closing a case: the person is asked whether the office may keep it, and what is not kept is erased."""

from __future__ import annotations

import pytest

from dialogs.replace import replace
from tests.conftest import NOON
from tests.handlers.chat import AGREED, CARD, CASE, Chat

CLOSED = replace(CARD, status="ST-CLO")


def closed(card: object = CLOSED, node: str = "TALK") -> Chat:
    """Return the chat of a person whose case was just closed."""
    chat = Chat(card, node=node)  # type: ignore[arg-type]  # a card
    chat.talking.closed(CASE)
    return chat


def is_there(chat: Chat) -> bool:
    """Tell whether the case still exists, after timers that are due."""
    chat.reception.time_arrived()
    with chat.store.transaction() as work:
        return work.cases.get(CASE) is not None


def test_the_person_is_asked_once_under_the_two_words() -> None:
    """Whether the office may keep the report; the answer is an event of the ledger."""
    chat = closed()
    (asked,) = chat.seen()
    assert asked.splitlines()[0] == "river stone"
    assert "may the office keep your report" in asked
    chat.say("1")
    chat.talking.closed(CASE)
    assert chat.seen() == []
    with chat.store.transaction() as work:
        assert [(event.id, event.status) for event in work.cases.consents(CASE)][2:] == [("C-RETN", "given")]


@pytest.mark.parametrize(
    ("answer", "days", "kept"), [("1", 31, True), ("1", 721, False), ("2", 29, True), ("2", 31, False)]
)
def test_what_may_not_be_kept_is_erased_when_the_person_was_told(answer: str, days: int, kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A month after a no, two years after a yes."""
    chat = closed()
    chat.seen()
    chat.say(answer)
    chat.wait(days=days)
    assert is_there(chat) is kept


@pytest.mark.parametrize(
    ("card", "node"),
    [
        (replace(CLOSED, consents=(AGREED,)), "TALK"), (replace(CLOSED, identity_doubt=True), "TALK"),
        (replace(CLOSED, safe_times=("night",)), "TALK"), (CLOSED, "Q20"),
    ],
)  # fmt: skip
def test_nobody_is_asked_who_may_not_be_written_to_now_and_silence_is_a_no(card: object, node: str) -> None:
    """No contact, a doubt, no safe time, busy: nothing is said, and when they write no more the report goes after a month."""
    chat = closed(card, node)
    assert chat.seen() == []
    chat.wait(days=31)
    assert not is_there(chat)


def asks(said: list[str]) -> bool:
    """Tell whether the person was asked whether the office may keep the report."""
    return any("may the office keep your report" in text for text in said)


@pytest.mark.parametrize("card", [replace(CLOSED, consents=(AGREED,)), replace(CLOSED, safe_times=("night",))])
def test_who_could_not_be_asked_then_is_asked_when_they_write_and_only_once(card: object) -> None:
    """Their words go to the officer as always; who does not answer is not asked anew."""
    chat = closed(card)
    (said,) = chat.say("thank you for everything")
    assert (said.startswith("Passed on, locked."), asks([said])) == (True, True)
    chat.say("00")
    assert not asks(chat.say("1", "one thing more"))


@pytest.mark.parametrize(
    ("answer", "days", "kept"), [("1", 719, True), ("1", 721, False), ("2", 29, True), ("2", 31, False)]
)
def test_an_answer_that_comes_later_counts_from_the_closing(answer: str, days: int, kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The person was told so many days or months after it."""
    chat = closed(replace(CLOSED, safe_times=("night",), status_at=f"{NOON:%Y-%m-%dT%H:%MZ}"))
    chat.wait(days=20)
    chat.say("hello", answer)
    chat.wait(days=days - 20)
    assert is_there(chat) is kept


def test_who_writes_about_another_case_that_is_open_is_not_asked() -> None:
    """The words after the question would go to the office of the closed one."""
    chat = closed(replace(CLOSED, safe_times=("night",)))
    with chat.store.transaction() as work:
        work.cases.open(replace(CARD, case="LW-2", office="OFF-UPR"), chat.person)
        loaded = work.conversations.load(chat.person)
        assert loaded is not None
        work.conversations.save(chat.person, replace(loaded.conversation, active_case="LW-2"))
    assert not asks(chat.say("they rang again"))


@pytest.mark.parametrize(("days", "kept"), [(13, True), (15, False)])
def test_the_card_of_an_alert_goes_after_two_weeks_and_nobody_is_asked(days: int, kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Spec 8.4: there is no report that an office could keep."""
    alarm = replace(AGREED, id="C-EMER", scope="card", recipient=CARD.office, content_version="")
    chat = closed(replace(CLOSED, consents=(alarm,), fp_reach="chat"))
    assert chat.seen() == []
    chat.wait(days=days)
    assert is_there(chat) is kept


def test_a_case_that_was_opened_again_is_not_erased() -> None:
    """The timer finds it at work."""
    chat = closed()
    chat.change(status="ST-FUP")
    chat.wait(days=31)
    assert is_there(chat)
