"""Seeded strangers: people who answer, refuse, go back, edit, withdraw, vanish, come back, press old buttons, hide,
switch language, use two devices, and officers who propose measures to them meanwhile.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from dialogs.consents import minute
from dialogs.conversation import Proposal, SealedFile
from dialogs.effects import Forget, SealReport
from dialogs.engine import advance, begin
from dialogs.events import (
    ButtonPressed,
    CardArrived,
    EditNoticed,
    FileReceived,
    GapNoticed,
    Moved,
    OfficerBegan,
    TextReceived,
    TimeArrived,
)
from dialogs.lapses import lapsed_events, with_lapses
from dialogs.policy import Kind
from dialogs.replace import replace
from tests.conftest import NOON, practice_policy
from tests.oracle import lawful, undisclosed

if TYPE_CHECKING:
    from dialogs.effects import Effect
    from dialogs.events import Event

WORDS = (
    "words", "Arlenia", "Hestia", "Geneva", "yesterday", "3 days ago", "14:30", "they wait outside", "torture", "x" * 5000,
    "\x00", "1 2 3", "show 1", "check", "Mina", "my phone", "\u202eabc", "", " ",
)  # fmt: skip
BACK = ("i take it back", "withdraw", "stop everything", "do not write to me", "do not count me", "not the senior team",
        "please do not share this, i changed my mind", "take my name out")  # fmt: skip
KEYS = ("9", "00", "0", "sos", "000", "show 2", "3")
BY_KIND = {
    Kind.TEXT: "words", Kind.COUNTRY: "Arlenia", Kind.DATE: "yesterday", Kind.CLOCK: "14:30", Kind.FILES: "0",
    Kind.SEARCH: "1", Kind.OFFICES: "1", Kind.REST: "hello",
}  # fmt: skip
STRAIGHT_ON = (
    "Q01", "Q02", "Q04", "Q08", "Q09", "Q10", "T-FREE", "T-LIMITS", "T-CHECK", "Q52", "T-RESUME", "T-MEASURE",
    "T-MEASURE-CHECK", "T-SP-LETTER", "T-SP-PUBLIC", "C-INTP", "Q06-PHRASE", "FP1",
)  # fmt: skip
TIMERS = ("idle", "draft", "fast-silent", "session")
FILE = SealedFile("b1", "a.png", "image/png", 9, "00")
MEASURES = (
    "GM-STA-DIP",
    "UM-FOC-CHK",
    "GM-EXP-SP",
    "UM-PUB-STA",
    "AR-ANON",
    "AR-NAMED",
    "UM-NET-CSN",
    "IN-INTERPRETER",
)


class Stranger:
    """One endless person after another; every turn is judged by the oracle."""

    def __init__(self, seed: int) -> None:
        self.policy = practice_policy()
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.nodes: set[str] = set()
        self._number = 0
        self._old: list[tuple[str, int]] = []
        self._new()

    def _new(self) -> None:
        self.now = NOON
        channel = ("signal", "telegram", "practice")[self._draw("channel") % 3]
        self.conversation = begin("stranger", channel, self.policy, self.now)
        self.diligent = self._draw("trait") % 3 > 0
        self._old.clear()

    def _draw(self, what: str) -> int:
        self._number += 1
        return int.from_bytes(sha256(f"{self.seed} {self._number} {what}".encode()).digest()[:6], "big")

    def play(self, events: int) -> None:
        """Play so many events. Raises AssertionError on the first disclosure nobody agreed to."""
        until = self.counts["events"] + events
        while self.counts["events"] < until:
            self.step(self._draw("kind") % 100)

    def step(self, kind: int) -> None:
        """Do one thing; `kind` from 0 to 99 says which, as people do them: mostly answers."""
        if kind < 66 or (self.diligent and kind < 97):
            self.happen(self._text(self._sensible() if self.diligent else self._answer()))
        elif kind < 76:
            self.happen(self._text(WORDS[self._draw("word") % len(WORDS)]))
        elif kind < 80:
            self.happen(self._text(KEYS[self._draw("key") % len(KEYS)]))
        elif kind < 83:
            self.happen(self._text(BACK[self._draw("back") % len(BACK)]))
        elif kind < 86 and self._old:
            node, turn = self._old[self._draw("old") % len(self._old)]
            self.happen(ButtonPressed(at=self.now, entropy=self._entropy(), node=node, turn=turn, key="1"))
        elif kind < 88:
            self.happen(GapNoticed(at=self.now, entropy=self._entropy()))
        elif kind < 90:
            self._time_passes()
        elif kind < 92:
            self.happen(FileReceived(at=self.now, entropy=self._entropy(), file=FILE))
        else:
            self._rarely(kind)

    def _rarely(self, kind: int) -> None:
        if kind < 93:
            self.happen(EditNoticed(at=self.now, entropy=self._entropy()))
        elif kind < 95:
            self._comes_back()
        elif kind < 96:
            self._another_device()
        elif kind < 98:
            self._officer_proposes()
        else:
            self._officer_acts()

    def _answer(self) -> str:
        draw = self._draw("answer") % 20
        return "1" if draw < 11 else str(draw - 9) if draw < 17 else "0"

    def _sensible(self) -> str:
        """What somebody answers who wants to get to the end, and mostly agrees."""
        node = self.policy.interview.nodes.get(self.conversation.node)
        draw = self._draw("sensible") % 12
        if node is not None and node.id == "Q50":
            return "3"
        if node is not None and node.id == "Q03":
            return "3" if draw else "1"
        if node is None or node.kind in BY_KIND:
            return BY_KIND.get(node.kind, "hello") if node is not None else "hello"
        if node.kind is Kind.CONSENT or node.id in STRAIGHT_ON:
            return "1" if draw or node.id == "Q52" else "2"
        options = self.conversation.question.options if self.conversation.question is not None else ()
        keys = [key for key, _code in options] or ["0"]
        return keys[draw % len(keys)] if draw > 8 else ("1" if draw else "0")

    def _text(self, text: str) -> Event:
        self.now += timedelta(seconds=7)
        return TextReceived(at=self.now, entropy=self._entropy(), text=text)

    def _entropy(self) -> bytes:
        return sha256(f"{self.seed} {self._number} entropy".encode()).digest()

    def _time_passes(self) -> None:
        self.now += timedelta(minutes=(1, 20, 45, 60 * 30)[self._draw("wait") % 4])
        names = (*TIMERS, *(f"{word}{card.case}" for card in self.conversation.cards for word in ("destroy ", "card ")))
        self.happen(TimeArrived(at=self.now, entropy=self._entropy(), timer=names[self._draw("timer") % len(names)]))

    def _comes_back(self) -> None:
        """A second device, or the same person after hiding: the officer's words bring them back."""
        card = next(iter(self.conversation.cards), None)
        words = card.off_words if card is not None and self._draw("words") % 2 else "welcome back"
        own = card.your_words if card is not None and self._draw("own") % 3 == 0 else words
        self.happen(self._text(own))

    def _another_device(self) -> None:
        """The same person on another phone: by the phrase of their case, or by the code that moves a conversation."""
        cards, other = self.conversation.cards, ("signal", "telegram")[self._draw("other") % 2]
        if cards and self.conversation.draft is None and not self.conversation.hidden:
            known = cards[self._draw("which") % len(cards)]
            self.conversation = begin("stranger", other, self.policy, self.now)
            self.happen(TextReceived(at=self.now, entropy=self._entropy(), text="a b c d", known_cases=(known,)))
        elif not cards:
            self.conversation = replace(self.conversation, channel=other)
            self.happen(Moved(at=self.now, entropy=self._entropy()))

    def _officer_acts(self) -> None:
        """An officer begins to talk, changes the level, notices pressure, or time passes over what was agreed."""
        cards = self.conversation.cards
        if not cards:
            return
        card = cards[self._draw("case") % len(cards)]
        act = self._draw("act") % 4
        changed = replace(card, level=("L1", "L2", "L3", "L4")[self._draw("level") % 4]) if act == 0 else card
        changed = replace(card, doubt="FLG-PRESS", doubted_at=minute(self.now)) if act == 1 else changed
        if act == 2:
            changed = with_lapses(card, lapsed_events(card, self.now, self._entropy()))
        kept = tuple(changed if other.case == card.case else other for other in cards)
        self.conversation = replace(self.conversation, cards=kept)
        if act == 3:
            self.happen(OfficerBegan(at=self.now, entropy=self._entropy(), case=card.case))

    def _officer_proposes(self) -> None:
        cards = self.conversation.cards
        if cards:
            card = cards[self._draw("case") % len(cards)]
            measure = MEASURES[self._draw("measure") % len(MEASURES)]
            fresh = Proposal(
                f"MP-{self._number}", measure, "OFF-X", ("NM-NAMED", "NM-ANON")[self._draw("name") % 2], "v1",
                "what would be said", "proposed", "now",
                checked=("", "now")[self._draw("checked") % 2],
            )  # fmt: skip
            changed = replace(card, measures=(*card.measures[-3:], fresh))
            kept = tuple(changed if other.case == card.case else other for other in cards)
            self.conversation = replace(self.conversation, cards=kept)
        self.happen(CardArrived(at=self.now, entropy=self._entropy()))

    def happen(self, event: Event) -> tuple[Effect, ...]:
        """Take one event through the real engine and judge the turn."""
        before = self.conversation
        after, effects = advance(before, event, self.policy)
        found = undisclosed(before, after, effects)
        if after.cards is not before.cards:
            found += [p.measure for c in after.cards for p in c.measures if not lawful(c, p, self.now)]
        assert found == [], f"{found} at {before.node} after {type(event).__name__}"
        self._consented_only_by_answer(event)
        self.conversation = after
        self.nodes.add(after.node)
        self.counts["events"] += 1
        self.counts.update(type(effect).__name__ for effect in effects)
        if after.question is not None and (not self._old or self._old[-1][1] != after.question.turn):
            self._old = [*self._old[-5:], (after.question.node, after.question.turn)]
        stuck = after.node in ("HIDDEN", "END") and self._draw("leave") % 4 == 0
        stuck = stuck or (after.node == "TALK" and self._draw("bye") % 25 == 0)
        enough = any(isinstance(e, SealReport) for e in effects) is False and self._draw("bored") % 211 == 0
        if any(isinstance(effect, Forget) for effect in effects) or stuck or enough:
            self.counts["people"] += 1
            self._new()
        return effects

    def _consented_only_by_answer(self, event: Event) -> None:
        """Time, a gap or an officer never make a yes."""
        if isinstance(
            event, TimeArrived | GapNoticed | CardArrived | EditNoticed | FileReceived | OfficerBegan | Moved
        ):
            before = self._given()
            after, _effects = advance(self.conversation, event, self.policy)
            assert self._given(after) <= before, f"a yes out of nothing: {type(event).__name__}"

    def _given(self, conversation: object = None) -> set[str]:
        where = self.conversation if conversation is None else conversation
        draft = where.draft.consents if where.draft is not None else ()  # type: ignore[attr-defined]  # a Conversation
        events = [*draft, *(e for card in where.cards for e in card.consents)]  # type: ignore[attr-defined]  # as above
        return {event.record_id for event in events if event.status == "given"}
