"""Explicit-state search: everything a person, time and officers can do, through the real `advance`, until nothing is new.

What is merged, and why nothing is lost by it, is written in docs/consent.md ("The search").
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol
from unittest.mock import patch

from dialogs.engine import advance
from dialogs.events import ButtonPressed, TextReceived
from dialogs.facts import LIVE
from dialogs.gate import yeses
from dialogs.keys import usable_recipients
from dialogs.machine import END, HIDDEN
from dialogs.measures import question_of
from dialogs.policy import Kind
from dialogs.routing import Route
from dialogs.triage import Triage
from tests.conftest import practice_policy
from tests.doubt import revealed
from tests.oracle import lawful, undisclosed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from dialogs.conversation import CaseCard, ConsentEvent, Conversation, Draft
    from dialogs.effects import Effect
    from dialogs.events import Event
    from dialogs.policy import Directory

    Step = tuple[Conversation, Event]

    class Moves(Protocol):
        """What may happen next; whether that can be going back, or pressing a button."""

        @property
        def back(self) -> bool: ...

        @property
        def buttons(self) -> bool: ...

        def __call__(self, here: Conversation, chance: bytes) -> Iterable[Step]: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What triage and routing say in one turn."""

    level: str
    office: str
    opened: bool
    sealable: bool = True  # the office has keys now


USUAL = (Judged("L4", "OFF-HRC", opened=True), Judged("L2", "OFF-TRB", opened=False))
"""Another office and level, open and closed, urgent and not: whatever the rules of the interview tell apart."""


class Judges:
    """Stands in for triage and routing: what they say is chosen from outside in every turn, and it is seen when asked."""

    def __init__(self) -> None:
        self.says = USUAL[0]
        self.asked = False

    def triage(self, *_facts: object) -> Triage:
        self.asked = True
        return Triage(self.says.level, (), review_to_l1=False)

    def route(self, *_facts: object, **_more: object) -> Route:
        self.asked = True
        return Route(self.says.office, "RT-10", "RR-10", ((self.says.office, "RR-10"), ("OFF-UPR", "RR-11")), (), None)

    def is_open(self, *_office: object) -> bool:
        self.asked = True
        return self.says.opened

    def recipients(self, directory: Directory, office: str, at: datetime) -> tuple[str, ...]:
        self.asked = True
        return usable_recipients(directory, office, at) if self.says.sealable else ()

    @contextmanager
    def presiding(self) -> Iterator[None]:
        with (
            patch("dialogs.judgement.triage", self.triage),
            patch("dialogs.judgement.route", self.route),
            patch("dialogs.judgement.is_open", self.is_open),
            patch("dialogs.sending.usable_recipients", self.recipients),
        ):
            yield


@dataclass(slots=True)
class Found:
    """What a search went through. `whole`: nothing was left to try."""

    states: int = 0
    transitions: int = 0
    nodes: set[str] = field(default_factory=set)
    effects: Counter[str] = field(default_factory=Counter)
    sent: dict[bytes, Conversation] = field(default_factory=dict)
    whole: bool = True


def search(
    start: Iterable[Conversation], moves: Moves, judged: tuple[Judged, ...] = USUAL, most: int = 10**9
) -> Found:  # fmt: skip
    """Follow every move from every state, breadth first. Raises AssertionError on the first disclosure without consent."""
    found, judges, policy = Found(), Judges(), practice_policy()
    first = list(start)
    seen = {key_of(conversation, moves) for conversation in first}
    waiting = deque(first)
    with judges.presiding():
        while waiting and len(seen) < most:
            here = waiting.popleft()
            found.nodes.add(here.node)
            for before, event in moves(here, _chance(here)):
                for judges.says in judged:
                    judges.asked = False
                    after, effects = advance(before, event, policy)
                    found.transitions += 1
                    found.effects.update(type(effect).__name__ for effect in effects)
                    judge(before, after, effects, event)
                    key = key_of(after, moves)
                    if after.node != END and key not in seen and not _another_report(after):
                        seen.add(key)
                        waiting.append(after)
                    if before.draft is not None and after.draft is None and after.cards:
                        found.sent.setdefault(key, after)
                    if not judges.asked:
                        break
    found.states, found.whole = len(seen), not waiting
    return found


def _another_report(conversation: Conversation) -> bool:
    """One report in a conversation is followed to its end; the next one begins like the first."""
    sent = any(event.id == "C-FWD" for card in conversation.cards for event in card.consents)
    return sent and conversation.draft is not None and bool(conversation.draft.answers)


def _chance(here: Conversation) -> bytes:
    """Entropy of the next turn: another one for every turn, so that ids never repeat."""
    return sha256(
        f"{here.turn} {len(here.cards)} {here.draft and len(here.draft.consents)} {here.new_phone}".encode()
    ).digest()


def judge(before: Conversation, after: Conversation, effects: tuple[Effect, ...], event: Event) -> None:
    """Hold a turn against the second opinion of tests/oracle.py. Raises AssertionError."""
    wrong = undisclosed(before, after, effects)
    known = event.known_cases if isinstance(event, TextReceived) else ()
    wrong += revealed(before, after, effects, event)
    led_back = [consent for card in known for consent in card.consents]
    old = {event.record_id for event in (*_all_events(before), *led_back)}
    for fresh in _all_events(after):
        if fresh.record_id not in old and fresh.status in LIVE:
            spoke = isinstance(event, TextReceived | ButtonPressed)
            shown = before.question is not None and fresh.text_hash == before.question.text_hash
            if not (spoke and shown):
                wrong.append(f"{fresh.id} given without an answer to its text")
    wrong += [
        f"the gate and the rules differ about {p.id}" for c in after.cards for p in c.measures if not lawful(c, p)
    ]
    assert wrong == [], f"{wrong} at {before.node} after {event}"


def _all_events(conversation: Conversation) -> Iterator[ConsentEvent]:
    for draft in (conversation.draft, conversation.kept_draft):
        if draft is not None:
            yield from draft.consents
    for card in conversation.cards:
        yield from card.consents


# ------------------------------------------------------------------------------------------------------------ the state


def key_of(c: Conversation, moves: Moves) -> bytes:
    """Return what tells two conversations apart for everything that can still happen by these moves."""
    names = {card.case: index for index, card in enumerate(c.cards)}
    opened = next(
        ((i, j) for i, card in enumerate(c.cards) for j, p in enumerate(card.measures) if p.id == c.open_card), None
    )
    resting = tuple("*" if node in RESTING else node for node in c.came_from)
    state = (
        c.channel, c.node, c.lang, _question(c, moves), resting, _draft(c.draft, names, moves), bool(c.phrase_hash),
        c.new_phone, _draft(c.kept_draft, names, moves),
        bool(c.panic_hash), c.resume_failures, bool(c.resume_locked_until), c.hidden, names.get(c.active_case), opened, tuple(map(_card, c.cards)),
    )  # fmt: skip
    return sha256(repr(state).encode()).digest()


RESTING = ("FP1", "FP2", "FP3", "FP4", "FP6", "FP6-LINE", "T-FP-NO", "T-ARE-YOU-THERE", "TALK", "Q53", "Q54")
"""Going on from any of these means the next question of the main line (dialogs/steps.py): they are one place below."""


def _question(c: Conversation, moves: Moves) -> tuple[object, ...] | None:
    q = c.question
    if q is None or c.node == HIDDEN or (c.node in ("TALK", "PAUSED") and not moves.buttons):
        return None  # in these states only a button asks which question was open
    misread = bool(q.misread) if practice_policy().interview.nodes[q.node].kind is Kind.COUNTRY else None
    return (q.node, q.options, q.offset, q.typed, misread)


def _draft(draft: Draft | None, names: dict[str, int], moves: Moves) -> tuple[object, ...] | None:
    if draft is None:
        return None
    answers = [(a.node, a.keys, a.text, a.value) for a in draft.answers]
    return (
        tuple(answers if moves.back else sorted(answers)), draft.reask, _events(draft.consents), draft.flags,
        tuple(f.blob for f in draft.files), names.get(draft.alert_id), bool(draft.off_words), bool(draft.phrase), draft.chosen_office,
        draft.agreed, draft.tg_full_offered, draft.voice_warned, draft.coi_asked,
    )  # fmt: skip


def _events(events: tuple[ConsentEvent, ...]) -> tuple[object, ...]:
    """The last event of every side, in their order; of C-SENS also whether it was ever refused (it is asked once)."""
    last: dict[tuple[str, ...], tuple[object, ...]] = {}
    for e in events:
        side = (e.id, e.recipient, e.scope, e.name_mode, e.content_version)
        last.pop(side, None)
        last[side] = (side, e.status, e.at, e.expires, e.channel, e.level, e.child, e.collision, e.comprehension)
    by_id = sorted(last.values(), key=lambda event: str(event[0][0]))  # type: ignore[index]  # the side comes first
    return (any(e.id == "C-SENS" and e.status == "refused" for e in events), *by_id)


def _card(card: CaseCard) -> tuple[object, ...]:
    measures = tuple(
        (
            p.measure,
            p.name_mode,
            p.state,
            p.asked,
            p.public,
            p.abroad,
            bool(p.content),
            bool(p.started_at),
            bool(p.checked),
            yeses(question_of(card, p), card.consents),
        )
        for p in card.measures
    )
    return (
        card.office, card.level, card.status, card.held_from, card.channel, card.red, card.exclude, card.child, card.tp_consent,
        card.fp_reach, card.identity_doubt, bool(card.lost_at), bool(card.phrase_hash), card.doubted_at, card.safe_times, measures, _events(card.consents),
    )  # fmt: skip
