"""A script language for conversations: what a person writes, and what must follow. Saved and loaded at every turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from dialogs.conversation import SealedFile
from dialogs.effects import Effect, Say
from dialogs.engine import advance, begin
from dialogs.events import (
    AccountLost,
    ButtonPressed,
    CardArrived,
    CaseClosed,
    EditNoticed,
    Event,
    FileReceived,
    GapNoticed,
    KeyChanged,
    OfficerBegan,
    PersonRecognised,
    TextReceived,
    TimeArrived,
)
from dialogs.replace import replace
from storage import codec, forms
from tests.conftest import NOON, practice_policy

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, Conversation
    from dialogs.policy import Policy

Kind = TypeVar("Kind")

TO_THE_QUESTIONS = ("hi", "1", "1", "3", "1", "1", "3", "1", "0")
"""Messages that lead a person on Signal, on their own phone, to C-START."""

PICTURE = SealedFile(blob="b1", name="photo.png", type="image/png", size=9, digest="00")
VOICE = SealedFile(blob="b2", name="voice.ogg", type="audio/ogg", size=9, digest="11")

SHORT = ("1", "1", "1", "2", "1", "3", "torture", "1", "2", "2", "1", "1", "2", "Arlenia", "1", "1")
"""From Q08 to Q36 by the short way."""

TO_FORWARD = (*SHORT[:6], "0", "1", "2", "2", "6", "1", "2", "Arlenia", "7", "1", "1", "0", "1", "4", "1", "1")
"""From Q08 to C-FWD; the seventh answer names no topic."""


class Play:
    """One conversation. Every event goes through the pure engine twice, and the conversation through its stored form."""

    def __init__(self, channel: str = "signal", policy: Policy | None = None) -> None:
        self.policy = policy or practice_policy()
        self.now = NOON
        self.conversation: Conversation = begin("play", channel, self.policy, self.now)
        self.effects: tuple[Effect, ...] = ()
        self._count = 0

    def say(self, *texts: str) -> Play:
        """Write these messages one after the other."""
        for text in texts:
            self._event(TextReceived(at=self._at(), entropy=self._entropy(), text=text))
        return self

    def come_back(self, phrase: str, card: CaseCard) -> Play:
        """Write the phrase of a case that nothing leads to."""
        self._event(TextReceived(at=self._at(), entropy=self._entropy(), text=phrase, known_cases=(card,)))
        return self

    def edit(self) -> Play:
        """Change a message that was sent before."""
        self._event(EditNoticed(at=self._at(), entropy=self._entropy()))
        return self

    def press(self, node: str, turn: int, key: str) -> Play:
        """Press a button."""
        self._event(ButtonPressed(at=self._at(), entropy=self._entropy(), node=node, turn=turn, key=key))
        return self

    def send_file(self, file: SealedFile | None, refusal: str | None = None) -> Play:
        """Send a file that was sealed, or refused, at the door."""
        self._event(FileReceived(at=self._at(), entropy=self._entropy(), file=file, refusal=refusal))
        return self

    def timer(self, name: str, **later: float) -> Play:
        """Let time pass until a timer is due."""
        self.now += timedelta(**later)
        self._event(TimeArrived(at=self.now, entropy=self._entropy(), timer=name))
        return self

    def gap(self) -> Play:
        """Start the program again."""
        self._event(GapNoticed(at=self._at(), entropy=self._entropy()))
        return self

    def change_phone(self) -> Play:
        """Set Signal up anew, or let somebody else do it: the identity key is another one."""
        self._event(KeyChanged(at=self._at(), entropy=self._entropy()))
        return self

    def recognise(self, *cases: str) -> Play:
        """The office of these cases is sure who it is."""
        self._event(PersonRecognised(at=self._at(), entropy=self._entropy(), cases=cases))
        return self

    def lose(self, *cases: str) -> Play:
        """The office of these cases is sure that somebody else holds the account."""
        self._event(AccountLost(at=self._at(), entropy=self._entropy(), cases=cases))
        return self

    def close(self, case: str) -> Play:
        """An officer closes a case, at a time at which its person may be written to."""
        cards = tuple(replace(card, status="ST-CLO") if card.case == case else card for card in self.conversation.cards)
        self.conversation = replace(self.conversation, cards=cards)
        self._event(CaseClosed(at=self._at(), entropy=self._entropy(), case=case, may_ask=True))
        return self

    def card_arrives(self) -> Play:
        """An officer proposed a measure."""
        self._event(CardArrived(at=self._at(), entropy=self._entropy()))
        return self

    def officer_begins(self, case: str) -> Play:
        """An officer shows their two words, and they go out."""
        self._event(OfficerBegan(at=self._at(), entropy=self._entropy(), case=case))
        cards = tuple(replace(card, words_seen=True) for card in self.conversation.cards)
        self.conversation = replace(self.conversation, cards=cards)
        return self

    def wait(self, **later: float) -> Play:
        """Let time pass."""
        self.now += timedelta(**later)
        return self

    @property
    def node(self) -> str:
        """Where the conversation is."""
        return self.conversation.node

    @property
    def said(self) -> str:
        """What the last turn said."""
        return "\n".join(effect.text for effect in self.effects if isinstance(effect, Say))

    def done(self, kind: type[Kind]) -> Kind:
        """Return the one effect of this kind."""
        found = [effect for effect in self.effects if isinstance(effect, kind)]
        assert len(found) == 1, f"{kind.__name__}: {self.effects}"
        return found[0]

    def did(self, kind: type[Effect]) -> bool:
        """Tell whether the last turn had an effect of this kind."""
        return any(isinstance(effect, kind) for effect in self.effects)

    def consent(self, consent: str) -> str:
        """Return the latest state of a consent of the draft."""
        events = self.conversation.draft.consents if self.conversation.draft is not None else ()
        return next((event.status for event in reversed(events) if event.id == consent), "not_asked")

    def _event(self, event: Event) -> None:
        before = self.conversation
        first = advance(before, event, self.policy)
        assert first == advance(before, event, self.policy), "the engine is not pure"
        after, self.effects = first
        kept = forms.StoredConversation(("x", "y"), replace(after, cards=()))
        stored = forms.decode_conversation(forms.encode_conversation(kept))
        cards = tuple(codec.decode_card(codec.encode_card(card)) for card in after.cards)
        self.conversation = replace(stored.conversation, cards=cards)
        assert self.conversation == after, "what was stored is not what was"

    def _at(self) -> datetime:
        self.now += timedelta(seconds=5)
        return self.now

    def _entropy(self) -> bytes:
        self._count += 1
        return sha256(str(self._count).encode()).digest()


def started(channel: str = "signal") -> Play:
    """Return a conversation at Q08: the person agreed to questions."""
    return Play(channel).say(*TO_THE_QUESTIONS, "1")


def short(channel: str = "signal") -> Play:
    """Return a short interview at Q08."""
    return Play(channel).say(*TO_THE_QUESTIONS, "2")


def at_review() -> Play:
    """Return a short interview at Q50, with C-FWD given and no contact."""
    play = short().say(*TO_FORWARD[:6], "freedom of expression", *TO_FORWARD[7:], "1", "1", "2", "2")
    assert play.node == "Q50", play.node
    return play


def sent() -> Play:
    """Return a conversation after its report was sent, with the phrase set."""
    play = at_review().say("3")
    play = play.say("1") if play.node == "Q06-PHRASE-AGAIN" else play
    play.say("1")
    assert play.node == "Q53", play.node
    return play
