"""Questions put together once for many people: what is kept is what would be put together anew."""

from __future__ import annotations

from dialogs.measures import CARD_NODES
from dialogs.prompts import _same_for_many, _shown, shown_question
from dialogs.turn import Turn
from tests.people import Stranger


def test_a_question_that_is_kept_reads_as_it_does_when_it_is_put_together_for_this_person() -> None:
    """Every question seeded strangers come to, in every mode, page and list."""
    stranger = Stranger(seed=4)
    seen = set()
    for _ in range(4_000):
        stranger.play(1)
        question, policy = stranger.conversation.question, stranger.policy
        if question is None or question.node in CARD_NODES:  # a card is never kept, and may be gone by now
            continue
        turn = Turn(stranger.conversation, stranger._text("1"), policy)
        node = turn.node(question.node)
        kept = shown_question(turn, node, offset=question.offset, typed=question.typed)
        assert kept == _shown(turn, node, question.offset, question.typed), f"{question}"
        seen.add((question.node, question.offset, bool(question.typed)))
    known = _same_for_many(stranger.policy.interview, stranger.policy.texts, stranger.policy.directory)
    assert len(seen) > 80
    assert any(listed for _node, _lang, listed in known)
