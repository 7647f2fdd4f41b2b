"""Answers that are not fixed by the interview: UN bodies, offices, permissions. Seven on a page, 8 is more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dialogs.conditions import values_of
from dialogs.consents import standing_events
from dialogs.facts import MORE
from dialogs.flow import only_numbers
from dialogs.frozen import Frozen
from dialogs.identity_box import is_left
from dialogs.policy import Kind
from dialogs.search import find_bodies
from dialogs.variables import labels, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dialogs.conversation import ConsentEvent
    from dialogs.policy import Directory, Node, UnBody
    from dialogs.turn import Turn

PAGE = 7
MORE_KEY = "8"
_LISTS_KEPT = 64
NONE_OF_THESE = ""
OUTSIDE = "OTHER"
"""Kind of bodies that are not part of the UN (a regional court): they lead to T-OOS-OTH."""

KINDS_OF_GROUP: Final[Mapping[str, tuple[str, ...]]] = {
    "ENT-G1": ("ENT-OHC", "ENT-FLD", "ENT-RCO"),
    "ENT-G2": ("ENT-PKO", "ENT-SPM"),
    "ENT-G5": ("ENT-HRC", "ENT-UPR"),
}
"""Group codes of Q17 and the kinds they stand for (spec 3)."""


class Option(Frozen):
    """One numbered answer as shown: the digit, the code it means, and its label."""

    key: str
    code: str
    label: str


def options_of(turn: Turn, node: Node, *, offset: int, typed: str) -> tuple[str, tuple[Option, ...]]:
    """Return the id of the sentence to show and the numbered answers below it."""
    if node.kind is Kind.SEARCH:
        return _bodies(turn, node, offset, typed)
    if node.kind is Kind.OFFICES:
        text_id = node.text or node.id
        return text_id, _LISTS[node.id](turn, offset, typed)
    return node.text or node.id, _fixed(turn, node)


def _fixed(turn: Turn, node: Node) -> tuple[Option, ...]:
    offered = turn.policy.texts.languages
    choices = [choice for choice in node.choices if node.field != "lang" or choice.value in offered]
    if node.id.startswith("Q23-"):
        return tuple(Option(choice.key, choice.value or "", sentence(turn, str(choice.value))) for choice in choices)
    shown = labels(turn, node.text or node.id, [choice.key for choice in choices], turn.conversation.lang)
    return tuple(Option(choice.key, choice.value or "", shown[choice.key]) for choice in choices)


def page(turn: Turn, entries: Sequence[tuple[str, str]], offset: int) -> tuple[Option, ...]:
    """Return seven (code, label) entries from `offset` on, and 8 for more where there are more."""
    shown = entries[offset : offset + PAGE]
    options = [Option(str(index + 1), code, label) for index, (code, label) in enumerate(shown)]
    if len(entries) > PAGE:
        options.append(Option(MORE_KEY, MORE, sentence(turn, MORE)))
    return tuple(options)


def kinds_asked(turn: Turn) -> tuple[str, ...]:
    """Return the kinds of UN body the person chose, groups taken apart."""
    kinds: list[str] = []
    for kind in values_of(turn.facts, "un_kind"):
        kinds.extend(KINDS_OF_GROUP.get(kind, (kind,)))
    return tuple(kinds)


def bodies_asked(turn: Turn) -> tuple[UnBody, ...]:
    """Return the bodies of the kinds the person chose, in the order of the directory."""
    return _bodies_of(turn.policy.directory, kinds_asked(turn))


@lru_cache(maxsize=_LISTS_KEPT)
def _bodies_of(directory: Directory, kinds: tuple[str, ...]) -> tuple[UnBody, ...]:
    return tuple(body for body in directory.bodies if body.kind in kinds)


def found_bodies(turn: Turn, typed: str) -> tuple[UnBody, ...]:
    """Return the bodies that the words may mean, the best first; bodies outside the UN are known, to say so."""
    return find_bodies(typed, turn.policy.directory, (*kinds_asked(turn), OUTSIDE))


def _bodies(turn: Turn, node: Node, offset: int, typed: str) -> tuple[str, tuple[Option, ...]]:
    if typed:
        found = [(body.name, body.name) for body in found_bodies(turn, typed)[:PAGE]]
        options = [Option(str(index + 1), code, label) for index, (code, label) in enumerate(found)]
        options.append(Option(MORE_KEY, NONE_OF_THESE, sentence(turn, "NONE-OF-THESE")))
        return "Q18-PICK", tuple(options)
    if only_numbers(turn.facts):
        return "Q18-LIST", page(turn, [(body.name, body.name) for body in bodies_asked(turn)], offset)
    return node.text or node.id, ()


def _all_offices(turn: Turn, offset: int, typed: str) -> tuple[Option, ...]:
    offices = [office for office in turn.policy.directory.offices.values() if office.status != "closed"]
    if typed:
        offices = [office for office in offices if typed in office.name.casefold()] or offices
    return page(turn, [(office.id, office.name) for office in offices], offset)


def _candidates(turn: Turn, offset: int, typed: str) -> tuple[Option, ...]:
    del typed
    found = turn.judged.route.candidates
    offices = turn.policy.directory.offices
    lines = [(office_id, f"{offices[office_id].name}: {sentence(turn, reason)}") for office_id, reason in found]
    return page(turn, lines, offset)


def _live_consents(turn: Turn, offset: int, typed: str) -> tuple[Option, ...]:
    del typed
    events = [
        event for card in turn.conversation.cards for event in standing_events(card.consents) if is_left(card, event)
    ]
    events.extend(standing_events(turn.draft.consents))
    entries = {event.id: consent_words(turn, event) for event in events if event.id not in _NOT_ALONE}
    return page(turn, list(entries.items()), offset)


def consent_words(turn: Turn, event: ConsentEvent) -> str:
    """Return what one consent is about, in the words of a list."""
    return sentence(turn, f"DO-{event.measure}" if event.measure else f"CN-{event.id}")


_NOT_ALONE = ("C-CHAN", "C-START", "C-SENS")
"""Used up once the report is sent: taken back only together with the report."""

_LISTS: Final[Mapping[str, Callable[[Turn, int, str], tuple[Option, ...]]]] = {
    "Q43-OFFICE": _all_offices,
    "C-FWD-OFFICE": _candidates,
    "T-WITHDRAW-ONE": _live_consents,
}
