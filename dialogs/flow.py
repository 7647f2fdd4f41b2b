"""Which question comes next: the first of the main line that applies and has no answer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dialogs.conditions import holds
from dialogs.machine import INTERVIEWS_IN_USE

if TYPE_CHECKING:
    from dialogs.conditions import Facts
    from dialogs.conversation import Draft
    from dialogs.policy import Interview, Node

NO_OWN_VIEW_OF_THE_CASE = ("TPC-ASKABLE", "TPC-UNREACH", "TPC-UNK")
"""Third-party states in which only the LITE set without words is asked."""


def only_numbers(facts: Facts) -> bool:
    """Tell whether free words are refused here: LITE, or a person concerned who could not be asked."""
    return facts.get("mode") == "LITE" or facts.get("tp_consent") in NO_OWN_VIEW_OF_THE_CASE


def applies(node: Node, facts: Facts) -> bool:
    """Tell whether a node of the main line is to be asked under these facts."""
    if not node.lite and only_numbers(facts):
        return False
    if not node.short and facts.get("mode") == "SHORT":
        return False
    if not node.child and facts.get("victim_child") == "yes":
        return False
    return node.when is None or holds(node.when, facts)


def next_node(interview: Interview, draft: Draft, facts: Facts) -> Node | None:
    """Return the next question of the main line, or None when all is answered.

    A node with `early` goes before everything else as soon as its condition holds.
    """
    done = {answer.node for answer in draft.answers}.difference(draft.reask)
    for node in early_nodes(interview):
        if node.id not in done and node.early is not None and holds(node.early, facts) and applies(node, facts):
            return node
    return next((node for node in _line(interview) if node.id not in done and applies(node, facts)), None)


@lru_cache(maxsize=INTERVIEWS_IN_USE)
def _line(interview: Interview) -> tuple[Node, ...]:
    return tuple(interview.nodes[node_id] for node_id in interview.line)


@lru_cache(maxsize=INTERVIEWS_IN_USE)
def early_nodes(interview: Interview) -> tuple[Node, ...]:
    """Return the nodes of the main line that may be asked before their turn."""
    return tuple(interview.nodes[node_id] for node_id in interview.line if interview.nodes[node_id].early is not None)


def answered_part(interview: Interview, draft: Draft, part: str) -> tuple[str, ...]:
    """Return the answered main-line nodes of a part, in their order."""
    have = {answer.node for answer in draft.answers}
    return tuple(node_id for node_id in interview.line if node_id in have and interview.nodes[node_id].part == part)
