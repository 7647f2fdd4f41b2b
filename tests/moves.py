"""What may happen next in a conversation: every answer the rules tell apart, words with a meaning, files, time, officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from dialogs.conditions import All, AnyOf, AtLeast, AtMost, Condition, In, Missing, Not
from dialogs.conversation import Proposal, SealedFile
from dialogs.engine import begin
from dialogs.events import (
    AccountLost,
    ButtonPressed,
    CardArrived,
    CaseClosed,
    EditNoticed,
    FileReceived,
    GapNoticed,
    KeyChanged,
    Moved,
    PersonRecognised,
    TextReceived,
    TimeArrived,
)
from dialogs.lost_account import may_be_lost
from dialogs.machine import HIDDEN
from dialogs.policy import Kind
from dialogs.replace import replace
from tests.conftest import NOON, practice_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialogs.conversation import CaseCard, Conversation
    from dialogs.events import Event
    from dialogs.policy import Choice, Interview, Node

    Step = tuple[Conversation, Event]

READ_BY_CODE: dict[str, tuple[str, ...]] = {
    "reporter_role": ("REP-SELF",), "victim_child": ("yes",), "fp_reach": ("chat",), "device": ("seen", "notmine", "watched"),
    "device_suspect": ("this",), "red": (), "exclude": (), "tp_consent": (), "mode": (), "un_kind": (),
}  # fmt: skip
"""Facts that the engine reads by name, and the values it tells apart, () for all; others only conditions read."""

PICTURE = SealedFile("b1", "a.png", "image/png", 9, "00")
VOICE = SealedFile("b2", "a.ogg", "audio/ogg", 9, "11")
LONG_AGO = (NOON - timedelta(days=1)).isoformat()
ANY_WORDS = {
    Kind.TEXT: ("words",), Kind.COUNTRY: ("Arlenia", "nowhere"), Kind.DATE: ("yesterday",), Kind.CLOCK: ("14:30",),
    Kind.SEARCH: ("torture", "International Criminal Court", "1", "8"), Kind.OFFICES: ("1", "2", "3", "4", "5", "6"),
}  # fmt: skip
BACK = {
    "C-CONT": "do not write to me", "C-ASG": "not the senior team", "C-STAT": "do not count me", "C-EMER": "no alert",
    "C-NAME": "take my name out", "C-FILE": "delete my files", "C-ALTC": "do not use my friend",
    "C-SILENT": "do nothing if i am silent",
}  # fmt: skip
EVERYWHERE = ("00", "000", "sos", "i take it back", "words")


@dataclass(frozen=True, slots=True)
class Slice:
    """Where every answer the rules tell apart is tried; elsewhere one answer is given, which leads on.

    `tried`: nodes, or parts of the interview. `more`: further answers to a node. `beside`: what happens in any state.
    """

    tried: frozenset[str]
    pinned: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()

    @property
    def back(self) -> bool:
        """Tell whether one can go back: only then the order of answers matters."""
        return "9" in self.words

    @property
    def buttons(self) -> bool:
        """Tell whether buttons are pressed: only then the question that was open matters while none is."""
        return "devices" in self.beside

    def __call__(self, here: Conversation, chance: bytes) -> Iterator[Step]:
        answers = self._answers(here)
        for words in dict.fromkeys((*answers, *self.words, *self._own_words(here))):
            yield here, TextReceived(at=NOON, entropy=chance, text=words)
        for kind in sorted(self.beside & BESIDE.keys()):
            yield from BESIDE[kind](here, chance, answers[0])

    def _answers(self, here: Conversation) -> tuple[str, ...]:
        node = practice_policy().interview.nodes.get(here.node)
        if node is None:
            return ("hello",)
        if node.id not in self.tried and node.part not in self.tried:
            return (self.pinned.get(node.id) or _leads_on(node), *self.more.get(node.id, ()))
        if node.kind in (Kind.CHOICE, Kind.MULTI, Kind.CONSENT):
            shown = [key for key, _code in here.question.options] if here.question is not None else []
            return (*(key for key in told_apart(node.id) if key == "0" or key in shown), *self.more.get(node.id, ()))
        return (*(("0",) if node.skippable else ()), *ANY_WORDS.get(node.kind, ("hello",)))

    def _own_words(self, here: Conversation) -> Iterator[str]:
        if "back" in self.beside:
            asked = {event.id for event in here.draft.consents} if here.draft is not None else set()
            asked |= {event.id for card in here.cards for event in card.consents}
            yield from (words for consent, words in BACK.items() if consent in asked)
        pairs = [card.off_words for card in here.cards] + [here.draft.off_words if here.draft is not None else ""]
        if here.hidden:
            yield from (pair for pair in pairs if pair and not here.phrase_hash)
        yield from (card.your_words for card in here.cards if card.your_words and "back" in self.beside)


def _leads_on(node: Node) -> str:
    if node.kind is Kind.CONSENT or not node.skippable:
        return "1"
    return "0"


@cache
def told_apart(node_id: str) -> tuple[str, ...]:
    """Return one digit for every class of answers of a node that anything tells apart, 0 for "skipped" among them."""
    node = practice_policy().interview.nodes[node_id]
    kinds: dict[object, str] = {}
    for choice in node.choices:
        kinds.setdefault(_meaning(node, choice), choice.key)
    if node.skippable and node.kind is not Kind.CONSENT:
        nothing = replace(node.choices[0], value=node.skip_value, goto=None, sets=(), flags=(), status=None, act=None)
        apart = node.private or node.part in ("later", "fast")
        kinds.setdefault("skipped" if apart else _meaning(node, nothing), "0")
    return tuple(kinds.values())


def _meaning(node: Node, choice: Choice) -> object:
    acts = [("acts", choice.value)] if node.id.startswith("Q23-") else []  # the fact follows from the groups of acts
    facts = [(node.field or "", choice.value), *acts, *choice.sets]
    read = frozenset((name, _seen(name, value)) for name, value in facts if value is not None and _seen(name, value))
    return (choice.goto, choice.act, choice.act and choice.value, choice.status, choice.flags, read)


def _seen(name: str, value: str | None) -> object:
    """Return what conditions and code can make out of this value of a fact."""
    if name in READ_BY_CODE:
        apart = READ_BY_CODE[name]
        code = value if not apart or value in apart else "another"
        return (code, frozenset(condition for condition in _conditions(name) if _holds(condition, value)))
    return frozenset(condition for condition in _conditions(name) if _holds(condition, value))


def _holds(condition: Condition, value: str | None) -> bool:
    from dialogs.conditions import holds

    match condition:
        case In(name, _) | Missing(name):
            return holds(condition, {name: value})
    return True


@cache
def _conditions(name: str) -> tuple[Condition, ...]:
    interview = practice_policy().interview
    found = [leaf for condition in _roots(interview) for leaf in _leaves(condition)]
    return tuple(dict.fromkeys(leaf for leaf in found if leaf.field == name))


def _roots(interview: Interview) -> Iterator[Condition]:
    for node in interview.nodes.values():
        yield from (one for one in (node.when, node.early, node.private_when) if one is not None)
    yield from (condition for _flag, condition in interview.flag_rules)


def _leaves(condition: Condition) -> Iterator[In | Missing | AtMost | AtLeast]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case _:
            yield condition


# ------------------------------------------------------------------------------------------- what happens in any state


def _time(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    names = ["draft", "fast-silent", "session"]
    names += [f"{word} {card.case}" for card in here.cards for word in ("card", "destroy")]
    yield from ((here, TimeArrived(at=NOON, entropy=chance, timer=name)) for name in names)
    if here.draft is not None and here.draft.consents:
        yield replace(here, last_at=LONG_AGO), TextReceived(at=NOON, entropy=chance, text=answer)


def _devices(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """A second device: buttons of the open question, of an older one, edited messages, a gap."""
    yield here, GapNoticed(at=NOON, entropy=chance)
    yield here, EditNoticed(at=NOON, entropy=chance)
    if here.question is not None:
        for turn in (here.question.turn, here.question.turn - 1):
            yield here, ButtonPressed(at=NOON, entropy=chance, node=here.question.node, turn=turn, key=answer)


def _files(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    del answer
    few = here.draft is None or not here.draft.files
    yield from ((here, FileReceived(at=NOON, entropy=chance, file=file)) for file in (PICTURE, VOICE) if few)


def _moves_over(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    del answer
    if here.channel == "telegram":
        yield replace(here, channel="signal"), Moved(at=NOON, entropy=chance)


def _elsewhere(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """The person gives the phrase of their case from another account, on the same channel or another one."""
    del answer
    if here.cards and here.draft is None and here.node != "T-RESUME":
        for channel in ("signal", "telegram"):
            stranger = begin("stranger", channel, practice_policy(), NOON)
            yield stranger, TextReceived(at=NOON, entropy=chance, text="a b c d", known_cases=here.cards[:1])


def _hiding(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    del answer
    if here.node == HIDDEN:
        yield here, TextReceived(at=NOON, entropy=chance, text="one two")
        yield here, TextReceived(at=NOON, entropy=chance, text="one two three four")


PROPOSED = {
    "GM-STA-DIP": "NM-NAMED",
    "GM-EXP-SP": "NM-NAMED",
    "AR-ANON": "NM-ANON",
    "AR-NAMED": "NM-NAMED",
    "IN-INTERPRETER": "NM-ANON",
}


def _officers(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """An officer proposes, asks again, doubts; another checks lines or sends them back; the level changes; time runs out for what was agreed."""
    del answer
    for index, card in enumerate(here.cards):
        for changed in (*_changed(card), *_second_officer(card)):
            cards = (*here.cards[:index], changed, *here.cards[index + 1 :])
            yield replace(here, cards=cards), CardArrived(at=NOON, entropy=chance)
    if here.cards:
        yield here, CardArrived(at=NOON, entropy=chance)


def _closing(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """An officer closes a case, where the person may be written to now and where not."""
    del answer
    for index, card in enumerate(here.cards):
        cards = (*here.cards[:index], replace(card, status="ST-CLO"), *here.cards[index + 1 :])
        for may_ask in (True, False):
            yield replace(here, cards=cards), CaseClosed(at=NOON, entropy=chance, case=card.case, may_ask=may_ask)


def _second_officer(card: CaseCard) -> Iterator[CaseCard]:
    for proposal in card.measures:
        if (proposal.measure, proposal.state, proposal.checked) == ("AR-ANON", "proposed", ""):
            yield replace(card, measures=(replace(proposal, checked="now"),))
            yield replace(card, measures=(replace(proposal, state="returned", outcome="RSN-LIN-DATE", content=""),))


def _changed(card: CaseCard) -> Iterator[CaseCard]:
    from dialogs.lapses import lapsed_events, with_lapses
    from dialogs.measures import waits_for_second_yes

    if not card.measures:
        for measure, mode in PROPOSED.items():
            proposal = Proposal(
                f"MP-{card.case}", measure, "OFF-X", mode, "v1", "what would be said", "proposed", "now"
            )
            yield replace(card, measures=(proposal,))
    resting = [p for p in card.measures if p.state in ("talk", "lapsed") and p.asked < 2]
    for proposal in resting:
        yield replace(card, measures=(replace(proposal, state="proposed"),))
    for proposal in card.measures:
        if waits_for_second_yes(card, proposal):
            yield replace(card, measures=(replace(proposal, state="proposed", asked=1),))
    if any(p.state == "consented" for p in card.measures):
        worse = replace(card, level="L1" if card.level != "L1" else "L4")
        for before, now in (
            (worse, NOON),
            (replace(card, doubted_at="2026-11-24T12:00Z"), NOON),
            (card, NOON + timedelta(days=99)),
        ):
            yield before
            yield with_lapses(before, lapsed_events(before, now, b"officer" + card.case.encode()))


PHRASE, WRONG = "one two three four", "five six seven eight"


def _phones(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """The key changes; whoever writes then knows words or does not; an office is sure that it is them, or is not."""
    del answer
    yield here, KeyChanged(at=NOON, entropy=chance)
    for card in here.cards:
        if may_be_lost(card):
            yield here, AccountLost(at=NOON, entropy=chance, cases=(card.case,))
        if card.identity_doubt:
            yield here, PersonRecognised(at=NOON, entropy=chance, cases=(card.case,))
    if not here.new_phone:
        return
    yield here, TimeArrived(at=NOON, entropy=chance, timer="kept")
    yield here, CardArrived(at=NOON, entropy=chance)
    known = _with_phrase(here)
    for words in ("1", "000", *_right_words(known)):
        yield known, TextReceived(at=NOON, entropy=chance, text=words)
    if not here.resume_failures:
        yield known, TextReceived(at=NOON, entropy=chance, text=WRONG)


def _help(here: Conversation, chance: bytes, answer: str) -> Iterator[Step]:
    """Whoever has a new phone asks for help, and stops everything: it means the same from anybody."""
    del answer
    if here.new_phone:
        yield here, TextReceived(at=NOON, entropy=chance, text="i take it back")
        if not any(card.case.startswith("AL-") for card in here.cards):  # one alert, or there would be no end
            yield here, TextReceived(at=NOON, entropy=chance, text="sos")


def _with_phrase(here: Conversation) -> Conversation:
    """Let the phrase, where there is one, be words this person knows: a state does not tell phrases apart."""
    digest = practice_policy().secret_hash("phrase", PHRASE)
    cards = tuple(replace(card, phrase_hash=digest) if card.phrase_hash else card for card in here.cards)
    return replace(here, phrase_hash=digest if here.phrase_hash else "", cards=cards)


def _right_words(here: Conversation) -> Iterator[str]:
    yield PHRASE
    drafts = (here.kept_draft,) if here.kept_draft is not None else ()
    yield from (one.your_words for one in (*drafts, *here.cards) if one.your_words)


BESIDE = {
    "time": _time, "devices": _devices, "files": _files, "moves": _moves_over, "hiding": _hiding, "officers": _officers, "elsewhere": _elsewhere,
    "closing": _closing, "phones": _phones, "help": _help,
}  # fmt: skip
