"""One turn at work: the conversation as it becomes, the effects so far, and the facts, worked out once.

Only `dialogs.engine` makes one; it is gone when `advance` returns. What a turn says is one message: notices
first, then the question (Telegram allows one message a second in a chat).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from dialogs.conversation import Draft
from dialogs.effects import DropFiles, Say
from dialogs.facts import Facts, interview_of, plain_facts
from dialogs.judgement import LATER, Judgement
from dialogs.machine import moves_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.conditions import Value
    from dialogs.conversation import Answer, Conversation, SealedFile
    from dialogs.effects import Effect
    from dialogs.events import Moment
    from dialogs.machine import Moves
    from dialogs.policy import Interview, Node, Policy

NO_FACTS: Final = frozenset({"node", "turn", "question", "came_from", "last_at"})
"""Fields of the conversation that no fact follows from: where it is, not what was said."""

_NOTHING_WRITTEN: Final = Draft()


@dataclass(slots=True)
class Turn:
    """The working state of one call of `advance`."""

    conversation: Conversation
    event: Moment
    policy: Policy
    effects: list[Effect] = field(default_factory=list)
    notices: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    spoke: bool = False  # the person did something; False: time passed, or an officer acted
    long_pause: bool = False  # the person was away so long that Q02 is asked again
    _facts: Facts | None = None
    _judged: Judgement | None = None
    _interview: Interview | None = None

    @property
    def interview(self) -> Interview:
        """Return the interview this conversation began with. Raises UnknownInterview."""
        if self._interview is None:
            self._interview = interview_of(self.conversation, self.policy)
        return self._interview

    @property
    def moves(self) -> Moves:
        """Return the moves this interview allows."""
        return moves_of(self.interview)

    @property
    def draft(self) -> Draft:
        """Return the draft; an empty one when nothing has been written yet."""
        draft = self.conversation.draft
        return draft if draft is not None else _NOTHING_WRITTEN

    @property
    def facts(self) -> Facts:
        """Return the facts of the conversation as it is now."""
        if self._facts is None:
            self._facts = Facts(plain_facts(self.conversation, self.policy), LATER, self._work_out)
        return self._facts

    @property
    def judged(self) -> Judgement:
        """Return what the rules say of the facts as they are now."""
        if self._judged is None:
            self._judged = Judgement(self.facts, self.policy, self.event.at)
        return self._judged

    def _work_out(self, name: str) -> Value:
        return LATER[name](self.judged)

    def node(self, node_id: str) -> Node:
        """Return the node of this id."""
        return self.interview.nodes[node_id]

    def set(self, **changes: object) -> None:
        """Change fields of the conversation."""
        self.conversation = replace(self.conversation, **changes)
        if not changes.keys() <= NO_FACTS:
            self._facts = self._judged = self._interview = None

    def set_draft(self, **changes: object) -> None:
        """Change fields of the draft; begins one when there is none."""
        self.set(draft=replace(self.draft, **changes))

    def put_answer(self, answer: Answer) -> None:
        """Keep an answer: in its old place when the node was answered before."""
        draft = self.draft
        nodes = [old.node for old in draft.answers]
        place = nodes.index(answer.node) if answer.node in nodes else len(nodes)
        kept = (*draft.answers[:place], answer, *draft.answers[place + 1 :])
        reask = tuple(node for node in draft.reask if node != answer.node) if draft.reask else ()
        self.set_draft(answers=kept, reask=reask)

    def drop_files(self, files: Sequence[SealedFile]) -> None:
        """Have attachments erased, where there are any."""
        if files:
            self.do(DropFiles(tuple(file.blob for file in files)))

    def move(self, destination: str) -> None:
        """Go forward along an edge of the table. Raises ForbiddenMove."""
        self.set(node=self.moves.forward(self.conversation.node, destination))

    def restore(self, state: str) -> None:
        """Come back to a question asked before. Raises ForbiddenMove."""
        self.set(node=self.moves.restore(state))

    def say(self, text_id: str, **args: str) -> None:
        """Show a sentence before the next question of this turn."""
        self.notices.append((text_id, args))

    def show(self, text: str) -> None:
        """Show what was asked for in a message of its own, at once: it goes from the chat again, the question stays."""
        conversation = self.conversation
        self.do(
            Say(
                text,
                conversation.node,
                conversation.turn,
                disappear_seconds=conversation.disappear_seconds,
                brief=True,
            )
        )

    def do(self, effect: Effect) -> None:
        """Add an effect."""
        self.effects.append(effect)
