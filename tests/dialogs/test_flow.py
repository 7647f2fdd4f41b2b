"""Which question comes next, against the rule as it reads: one node after the other, each asked everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.conditions import holds
from dialogs.flow import next_node, only_numbers
from dialogs.turn import Turn
from tests.people import Stranger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.conditions import Facts
    from dialogs.policy import Node


def _asked_in_turn(turn: Turn) -> Iterator[Node]:
    open_again = turn.draft.reask
    done = [answer.node for answer in turn.draft.answers if answer.node not in open_again]
    line = [turn.node(node_id) for node_id in turn.interview.line if node_id not in done]
    early = [node for node in line if node.early is not None and holds(node.early, turn.facts)]
    return (node for node in [*early, *line] if _applies(node, turn.facts))


def _applies(node: Node, facts: Facts) -> bool:
    left_out = (
        (not node.lite and only_numbers(facts))
        or (not node.short and facts.get("mode") == "SHORT")
        or (not node.child and facts.get("victim_child") == "yes")
    )
    return not left_out and (node.when is None or holds(node.when, facts))


def test_the_next_question_is_the_first_that_applies_and_has_no_answer() -> None:
    """At every step of seeded strangers, in every mode, and where half of the answers are asked again."""
    stranger = Stranger(seed=5)
    modes, nodes = set(), set()
    for _ in range(4_000):
        stranger.play(1)
        turn = Turn(stranger.conversation, stranger._text("1"), stranger.policy)
        for reask in ((), tuple(answer.node for answer in turn.draft.answers[::2])):
            turn.set_draft(reask=reask)
            node = next_node(turn.interview, turn.draft, turn.facts)
            assert node == next(_asked_in_turn(turn), None), f"{turn.draft}"
            nodes.add(node.id if node is not None else "")
        modes.add((turn.facts.get("mode"), turn.facts.get("victim_child") == "yes"))
    assert len(nodes) > 60, nodes
    assert {mode for mode, _child in modes} == {"FULL", "SHORT", "LITE"}
    assert {child for _mode, child in modes} == {True, False}
