"""Facts follow from answers: one fold in the order of the interview, so that an edit is one change.

An answer whose question does not apply any more (its `when` fails on what stands before it) is ignored, not
lost: it counts again when the person changes their mind once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dialogs.conditions import Value
from dialogs.errors import UnknownInterview
from dialogs.frozen import Frozen
from dialogs.machine import INTERVIEWS_IN_USE
from dialogs.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from dialogs.conditions import Condition
    from dialogs.conversation import Answer, Conversation, Draft
    from dialogs.policy import Interview, Node, Policy

MORE = "MORE"
"""The answer "more" of a list that goes on at another node; never a fact."""

LIVE = ("given", "renewed")
"""The only consent states that permit anything (INV-03)."""

_NUMBERED = frozenset({Kind.CHOICE, Kind.MULTI, Kind.CONSENT})
_LISTS = frozenset({Kind.MULTI})
_ALWAYS_LISTS = frozenset({"exclude", "un_kind", "roles", "modifiers", "red", "acts", "flags"})
_AT_WORK = frozenset({"ST-ACK", "ST-TRI", "ST-VER", "ST-CON", "ST-MEA", "ST-FUP", "ST-REF"})
_ORDER_OF_MODES = ("FULL", "SHORT", "LITE")


class Facts(Mapping[str, Value]):
    """Facts of one conversation; those that cost something are worked out when first asked for."""

    __slots__ = ("_known", "_later", "_work_out")

    def __init__(self, known: dict[str, Value], later: Container[str], work_out: Callable[[str], Value]) -> None:
        """Take what is known, the names of the rest, and how to find out one of these."""
        self._known = known
        self._later = later
        self._work_out = work_out

    def __getitem__(self, field: str) -> Value:
        """Return the value of the field. Raises KeyError for a fact nobody has."""
        if field not in self._known and field in self._later:
            self._known[field] = self._work_out(field)
        return self._known[field]

    def get(self, field: str, default: Any = None, /) -> Any:  # noqa: ANN401 - what Mapping.get promises
        """Return the value of the field, or the default: most conditions ask for what nobody has said."""
        if field in self._known:
            return self._known[field]
        return self[field] if field in self._later else default

    def __iter__(self) -> Iterator[str]:
        """Iterate over what is known by now."""
        return iter(self._known)

    def __len__(self) -> int:
        """Count what is known by now."""
        return len(self._known)


def interview_of(conversation: Conversation, policy: Policy) -> Interview:
    """Return the interview the conversation began with. Raises UnknownInterview."""
    if conversation.interview == policy.interview.version:
        return policy.interview
    try:
        return policy.older_interviews[conversation.interview]
    except KeyError as exc:
        raise UnknownInterview(conversation.interview) from exc


def plain_facts(conversation: Conversation, policy: Policy) -> dict[str, Value]:
    """Return all facts that need neither the time nor the directory."""
    facts: dict[str, Value] = {"channel": conversation.channel, "lang": conversation.lang, "mode": "FULL"}
    if conversation.phrase_hash:
        facts["phrase"] = "set"
    draft = conversation.draft
    if draft is None:
        return facts
    office = _office_in_contact(conversation)
    if office:
        facts["office_contact"] = office
    for event in draft.consents:
        facts[event.id] = event.status
        if event.id == "C-EMER" and event.scope == "card" and event.status in LIVE:
            facts["fast"] = "yes"
    if draft.alert_id:
        facts["alert"] = "stands"
    if conversation.channel == "telegram" and facts.get("C-TGFULL") not in LIVE:
        facts["mode"] = "LITE"
    interview = interview_of(conversation, policy)
    flags = _fold_answers(draft, interview, facts)
    _conclude(draft, facts, flags, interview)
    return facts


def _office_in_contact(conversation: Conversation) -> str:
    """Return the office whose officer the person already talks with about a report: they answered its words (RT-10)."""
    known = [
        card.handed_to or card.office
        for card in conversation.cards
        if card.talk_until and card.status in _AT_WORK and any(event.id == "C-FWD" for event in card.consents)
    ]
    return known[-1] if known else ""


def _fold_answers(draft: Draft, interview: Interview, facts: dict[str, Value]) -> list[str]:
    """Put what was answered into the facts, in the order of the interview; return the flags that came up."""
    flags = list(draft.flags)
    places, folds = _folds(interview)
    answers = {places[answer.node]: answer for answer in draft.answers if answer.node in places}
    for place, answer in sorted(answers.items()):
        fold = folds[place]
        if fold.when is not None and not fold.when.holds(facts):
            continue
        single = fold.single.get(answer.keys)
        if single is not None:
            facts.update(single)
        else:
            _apply(fold, answer, facts, flags)
        if fold.tells_acts:
            facts["acts"] = _acts(facts)
    return flags


def consent_states(draft: Draft) -> dict[str, Value]:
    """Return the latest state of every consent that was asked."""
    return {event.id: event.status for event in draft.consents}


class _Fold(Frozen):
    """What the answers of one node do to the facts, taken out of the interview once."""

    node: Node
    when: Condition | None
    puts: Mapping[str, tuple[tuple[str, str, bool], ...]]  # digit -> field, value, and whether it may have several
    flags: Mapping[str, tuple[str, ...]]  # digit -> flags
    single: Mapping[tuple[str, ...], Mapping[str, str]]  # answers that do no more than set these fields
    tells_acts: bool


@lru_cache(maxsize=INTERVIEWS_IN_USE)
def _folds(interview: Interview) -> tuple[Mapping[str, int], tuple[_Fold, ...]]:
    """Return the place of every node in the interview, by its id, and the folds in that order."""
    places = {node_id: place for place, node_id in enumerate(interview.nodes)}
    return places, tuple(_fold(node) for node in interview.nodes.values())


def _fold(node: Node) -> _Fold:
    puts = {choice.key: _puts_of(node, choice.key) for choice in node.choices}
    flags = {
        choice.key: tuple(f for c in node.choices if c.key == choice.key for f in c.flags) for choice in node.choices
    }
    single: dict[tuple[str, ...], Mapping[str, str]] = {
        (key,): {field: value for field, value, _many in put}
        for key, put in puts.items()
        if node.kind in _NUMBERED and not flags[key] and not any(many or field == "mode" for field, _, many in put)
    }
    return _Fold(node, node.when, puts, flags, single, node.id.startswith("Q23"))


def _puts_of(node: Node, key: str) -> tuple[tuple[str, str, bool], ...]:
    puts: list[tuple[str, str, bool]] = []
    for choice in node.choices:
        if choice.key != key:
            continue
        if node.field is not None and choice.value is not None and node.kind is not Kind.CONSENT:
            puts.append((node.field, choice.value, node.kind in _LISTS or node.field in _ALWAYS_LISTS))
        puts.extend((field, value, field in _ALWAYS_LISTS) for field, value in choice.sets)
    return tuple(puts)


def _apply(fold: _Fold, answer: Answer, facts: dict[str, Value], flags: list[str]) -> None:
    node = fold.node
    if node.kind in _NUMBERED:
        for key in answer.keys:
            for field, value, many in fold.puts.get(key, ()):
                _put(facts, field, value, many=many)
            flags += fold.flags.get(key, ())
    elif node.field is not None and (answer.value or answer.text):
        _put(facts, node.field, answer.value or answer.text, many=node.field in _ALWAYS_LISTS)
    if not answer.keys and not answer.text and not answer.value and node.field is not None and node.skip_value:
        _put(facts, node.field, node.skip_value, many=node.kind in _LISTS)


def _put(facts: dict[str, Value], field: str, value: str, *, many: bool) -> None:
    if field == "mode":
        _raise_mode(facts, value)
        return
    if not many:
        facts[field] = value
        return
    before = facts.get(field)
    values = before if isinstance(before, tuple) else ()
    if value not in values:
        facts[field] = (*values, value)


def _raise_mode(facts: dict[str, Value], mode: str) -> None:
    """Only ever towards more caution: a LITE caused by the phone is never lifted (spec 2.3)."""
    facts["mode"] = max(str(facts["mode"]), mode, key=_ORDER_OF_MODES.index)


def _acts(facts: Mapping[str, Value]) -> tuple[str, ...]:
    groups = facts.get("act_groups")
    if not isinstance(groups, tuple):
        return ("ACT-UNK",)
    acts: list[str] = []
    for group in groups:
        exact = facts.get(f"acts_{group}")
        chosen = [code for code in exact if code != MORE] if isinstance(exact, tuple) else []
        acts.extend(chosen or [f"ACT-GRP-{group}"])
    return tuple(dict.fromkeys(acts))


def _conclude(draft: Draft, facts: dict[str, Value], flags: list[str], interview: Interview) -> None:
    if facts.get("C-START") in LIVE:
        facts.setdefault("scope", "in")
    if facts.get("coop_status") == "CST-PAST" and facts.get("coop_when") == "ongoing":
        facts["coop_status"] = "CST-ONG"
    if "alias" in facts or "real_name" in facts or "id_choice" in facts:
        facts["id_level"] = "ID-2" if "real_name" in facts else "ID-1" if "alias" in facts else "ID-0"
    facts["files"] = len(draft.files)
    said = facts["flags"] = tuple(dict.fromkeys(flags)) if flags else ()
    follow = [flag for flag, condition in interview.flag_rules if condition.holds(facts)]
    if follow:
        facts["flags"] = tuple(dict.fromkeys((*said, *follow)))
