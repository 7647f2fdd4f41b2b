"""Which question comes next: the first of the main line that applies and has no answer."""

from __future__ import annotations

from functools import lru_cache
from itertools import filterfalse
from typing import TYPE_CHECKING

from dialogs.frozen import Frozen
from dialogs.machine import INTERVIEWS_IN_USE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.conditions import Condition, Facts
    from dialogs.conversation import Draft
    from dialogs.policy import Interview, Node

NO_OWN_VIEW_OF_THE_CASE = ("TPC-ASKABLE", "TPC-UNREACH", "TPC-UNK")
"""Third-party states in which only the LITE set without words is asked."""


def only_numbers(facts: Facts) -> bool:
    """Tell whether free words are refused here: LITE, or a person concerned who could not be asked."""
    return facts.get("mode") == "LITE" or facts.get("tp_consent") in NO_OWN_VIEW_OF_THE_CASE


def next_node(interview: Interview, draft: Draft, facts: Facts) -> Node | None:
    """Return the next question of the main line, or None when all is answered.

    A node with `early` goes before everything else as soon as its condition holds.
    """
    done = {answer.node for answer in draft.answers}
    done.difference_update(draft.reask)
    line = _line(interview, only_numbers(facts), facts.get("mode") == "SHORT", facts.get("victim_child") == "yes")
    for node, early in line.early:
        if node.id not in done and early.holds(facts) and (node.when is None or node.when.holds(facts)):
            return node
    for node_id in filterfalse(done.__contains__, line.when):
        when = line.when[node_id]
        if when is None or when.holds(facts):
            return interview.nodes[node_id]
    return None


class _Line(Frozen):
    """The nodes of the main line that may be asked of somebody, and those of them that may come before their turn.

    Ids with nothing but their conditions: every turn goes through the line, and a node is far more than either.
    """

    when: Mapping[str, Condition | None]
    early: tuple[tuple[Node, Condition], ...]


@lru_cache(maxsize=INTERVIEWS_IN_USE * 8)
def _line(interview: Interview, numbers: bool, short: bool, child: bool) -> _Line:  # noqa: FBT001 - lru_cache wants places
    """Return the line in LITE, in SHORT, about somebody under 18; `when` is not asked here."""
    nodes = [
        node
        for node in (interview.nodes[node_id] for node_id in interview.line)
        if (node.lite or not numbers) and (node.short or not short) and (node.child or not child)
    ]
    early = tuple((node, node.early) for node in nodes if node.early is not None)
    return _Line({node.id: node.when for node in nodes}, early)


def answered_part(interview: Interview, draft: Draft, part: str) -> tuple[str, ...]:
    """Return the answered main-line nodes of a part, in their order."""
    have = {answer.node for answer in draft.answers}
    return tuple(node_id for node_id in interview.line if node_id in have and interview.nodes[node_id].part == part)
