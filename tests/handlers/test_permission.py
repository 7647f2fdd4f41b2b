"""When an officer's words may be in the chat at all: every state of a case, held against a rule of its own."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from dialogs.replace import replace
from handlers.errors import NotPermitted
from handlers.message_ports import WAITING, Message
from tests.conftest import NOON
from tests.handlers.chat import AGREED, ALERT_CARD, CARD, CASE, CONTACT, OFFICER, Chat, sealed

WITHDRAWN = replace(CONTACT, record_id="CR-3", status="withdrawn")
TG_FULL = replace(CONTACT, record_id="CR-4", id="C-TGFULL")

CONSENTS = {
    "agreed": (AGREED, CONTACT), "withdrawn": (AGREED, CONTACT, WITHDRAWN), "never": (AGREED,),
    "refused": (AGREED, replace(CONTACT, status="refused")), "telegram in full": (AGREED, CONTACT, TG_FULL),
}  # fmt: skip
STATES = tuple(
    product(
        CONSENTS, ((), ("RED-NOCONTACT",), ("RED-PUB",)), ("ST-ACK", "ST-HOLD", "ST-WDR"),
        ("", "hidden", "doubt", "unreachable"), ("signal", "telegram"), ("any", "night"), ("words", "open", "none"),
    )
)  # fmt: skip


def permitted(state: tuple[object, ...]) -> bool:
    """Say by a rule of its own whether the officer's words may be in the chat now."""
    consent, red, status, trouble, channel, times, talk = state
    agreed = consent in ("agreed", "telegram in full")
    readable = channel == "signal" or consent == "telegram in full"
    return (
        agreed and readable and "RED-NOCONTACT" not in red and status == "ST-ACK"  # type: ignore[operator]  # a tuple of lines
        and not trouble and times == "any" and talk == "open"
    )  # fmt: skip


def put(state: tuple[object, ...]) -> Chat:
    """Return a chat in this state, with words of the officer that wait and are due."""
    consent, red, status, trouble, channel, times, talk = state
    later = (NOON + timedelta(minutes=30)).isoformat()
    card = replace(
        CARD, consents=tuple(replace(event, channel=str(channel)) for event in CONSENTS[str(consent)]), red=red, status=str(status), channel=str(channel), safe_times=(times,),  # type: ignore[arg-type]  # a tuple of lines
        hidden_at="2026-11-24T09:00Z" if trouble == "hidden" else "", identity_doubt=trouble == "doubt",
        unreachable=trouble == "unreachable", held_from="ST-ACK" if status == "ST-HOLD" else "",
        words_at="" if talk == "none" else NOON.isoformat(), talk_until=later if talk == "open" else "",
    )  # fmt: skip
    hidden = trouble == "hidden"
    chat = Chat(card, channel=str(channel), node="HIDDEN" if hidden else "TALK", hidden=hidden)
    with chat.store.transaction() as work:
        work.messages.add(Message("m1", CASE, 1, "p1", NOON, WAITING, due_at=NOON, for_bot=sealed("hello")))
    return chat


def test_nothing_is_delivered_unless_exactly_permitted() -> None:
    """Every consent x red line x status x trouble x channel x time x talk, words queued before it came to that."""
    wrong = []
    for state in STATES:
        chat = put(state)
        arrived = any("hello" in text for text in chat.seen())
        if arrived is not permitted(state):
            wrong.append((state, arrived))
    assert len(STATES) > 2000
    assert wrong == []


def test_what_cannot_be_sent_any_more_is_not_kept() -> None:
    """Refused words are erased; words that may still go out some day wait."""
    for state in STATES[:: len(STATES) // 97]:
        chat = put(state)
        chat.seen()
        ((outcome, reason),) = chat.lines
        assert chat.kept == (outcome in ("waiting", "held")), (state, outcome)
        assert reason or outcome == "sent"


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (replace(CARD, consents=(AGREED,)), "no_contact"), (replace(CARD, red=("RED-NOCONTACT",)), "red_line"),
        (replace(CARD, status="ST-HOLD"), "stopped"), (replace(CARD, consents=(AGREED, CONTACT, WITHDRAWN)), "no_contact"),
        (replace(ALERT_CARD, fp_reach="ready"), "no_contact"),
    ],
)  # fmt: skip
def test_words_that_are_not_permitted_are_refused_at_once(card: object, reason: str) -> None:
    """With the reason, and nothing is queued."""
    chat = Chat(card)  # type: ignore[arg-type]  # a card
    with pytest.raises(NotPermitted) as refusal:
        chat.write(by=replace(OFFICER, office=chat.card.office))
    assert refusal.value.reason == reason
    assert chat.lines == []
