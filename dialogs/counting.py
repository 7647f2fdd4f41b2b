"""What one case says to the statistics: codes, never words, a place or a day (DC-9). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from dialogs.consulting import CONSULTS
from dialogs.gate import Act
from dialogs.measures import ANNUAL, OPEN_ENDED
from dialogs.sharing import SHARES
from dialogs.targets import due
from dialogs.trend_plan import Counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dialogs.conversation import CaseCard, ConsentEvent, Proposal
    from dialogs.policy import Policy, Taxonomy

CODES: Final = (
    "nature_suggested", "un_kind", "acts", "perp", "gender", "roles", "coop_status", "where_more", "modifiers", "red",
    "prior", "prior_effect",
)  # fmt: skip
"""Facts read from a report."""

WORKED_OUT: Final = ("counted", "act_group", "act_class", "nexus", "region", "level", "taken", "waited", "lang")
"""Facts that follow from those, or from the case card."""

PAIRS: Final = {"measures": ("measure", "step"), "consents": ("consent", "answer")}
"""What is counted in pairs, and the names of their sides."""

NOBODY_LOOKED: Final = ("ST-SUB", "ST-DLV", "ST-ACK")
"""States of a case before an officer decided whether it is in scope."""

NOT_ONE_MORE: Final = ("CL-OOS", "CL-DUP", "CL-MAL")
"""Closed as out of scope, as another report of the same, or as made up: there is no case to count."""

_ACT_GROUP: Final = "ACT-GRP-"
_DONE: Final = ("OUT-DONE", "OUT-PART")
_WAITS: Final = (("1h", 1), ("4h", 4), ("24h", 24), ("3d", 72))


@dataclass(frozen=True, slots=True)
class Lists:
    """What codes mean to the statistics."""

    taxonomy: Taxonomy
    nexus: Mapping[str, str]  # PERP-… -> ST | NS | UK | UN
    regions: Mapping[str, str]  # country -> region


def in_scope(card: CaseCard, codes: Mapping[str, Any]) -> bool:
    """Tell whether a case is one of the subject; one that an officer has to decide about is not, until they have."""
    if codes.get("scope") != "in" or card.status == "ST-OOS" or card.close_reason in NOT_ONE_MORE:
        return False
    return not (card.scope_review and (card.held_from or card.status) in NOBODY_LOOKED)


def counted(
    card: CaseCard, codes: Mapping[str, Any], events: Sequence[ConsentEvent], reporter: int, policy: Policy,
    lists: Lists,
) -> Counted:  # fmt: skip
    """Return a case as it is counted. `codes`: those of its report, which may hold anything."""
    facts = {name: _texts(codes.get(name)) for name in CODES}
    facts |= _worked_out(facts["acts"], facts["perp"], codes, lists)
    facts |= {
        "counted": frozenset({"all"}), "lang": frozenset({card.lang}), "level": frozenset({card.level}),
        "taken": _taken(card, policy), "waited": _waited(card),
    }  # fmt: skip
    return Counted(reporter, facts, {"measures": _measures(card.measures), "consents": _consents(events)})


def _texts(value: object) -> frozenset[str]:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return frozenset(code for code in values if isinstance(code, str))


def _worked_out(
    acts: Iterable[str], perpetrators: Iterable[str], codes: Mapping[str, Any], lists: Lists
) -> dict[str, frozenset[str]]:
    groups = {act.removeprefix(_ACT_GROUP) for act in acts if act.startswith(_ACT_GROUP)}
    known = [lists.taxonomy.acts[act] for act in acts if act in lists.taxonomy.acts]
    classes = {lists.taxonomy.group_class[group] for group in groups if group in lists.taxonomy.group_class}
    return {
        "act_group": frozenset(groups | {act.group for act in known}),
        "act_class": frozenset(classes | {act.act_class for act in known}),
        "nexus": frozenset(lists.nexus[code] for code in perpetrators if code in lists.nexus),
        "region": frozenset(lists.regions[code] for code in _texts(codes.get("country")) if code in lists.regions),
    }


def _taken(card: CaseCard, policy: Policy) -> frozenset[str]:
    targets, office = policy.triage.targets.get(card.level), policy.directory.offices.get(card.office)
    if not card.owned_at or targets is None or targets.own is None or office is None:
        return frozenset()
    until = due(office, targets.own, datetime.fromisoformat(card.submitted_at))
    return frozenset({"in_time" if datetime.fromisoformat(card.owned_at) <= until else "late"})


def _waited(card: CaseCard) -> frozenset[str]:
    if not card.owned_at:
        return frozenset()
    waited = datetime.fromisoformat(card.owned_at) - datetime.fromisoformat(card.submitted_at)
    return frozenset({next((name for name, hours in _WAITS if waited <= timedelta(hours=hours)), "longer")})


def _measures(proposals: Iterable[Proposal]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (_family(proposal.measure), step)
        for proposal in proposals
        if proposal.measure not in (*SHARES, *CONSULTS)
        for step in _steps(proposal)
    )


def _family(measure: str) -> str:
    """Return the first two parts of the code of a measure; mentions in the annual report are one family."""
    return "AR" if measure in ANNUAL else "-".join(measure.split("-")[:2])


def _steps(proposal: Proposal) -> Iterator[str]:
    yield "proposed"
    if proposal.started_at or proposal.state in OPEN_ENDED:
        yield "agreed"
    if proposal.state == "refused":
        yield "refused"
    if proposal.outcome in _DONE:
        yield "done"


def _consents(events: Iterable[ConsentEvent]) -> frozenset[tuple[str, str]]:
    measure = Act.MEASURE.value
    return frozenset(
        (measure.removesuffix("-") if event.id.startswith(measure) else event.id, event.status) for event in events
    )


def reporters_of(marks: Sequence[frozenset[str]]) -> list[int]:
    """Return a number for each case, the same where the same person may have written it.

    `marks`: what the server still knows of who wrote each case. Cases that share a mark are of one person; all cases
    without any are taken for one person's, since nothing tells that they are not (DC-6).
    """
    parents = list(range(len(marks)))

    def root(number: int) -> int:
        while parents[number] != number:
            number = parents[number]
        return number

    first: dict[str, int] = {}
    for number, known in enumerate(marks):
        for mark in known or {""}:
            parents[root(number)] = root(first.setdefault(mark, number))
    return [root(number) for number in range(len(marks))]
