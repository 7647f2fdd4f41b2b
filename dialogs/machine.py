"""The state table and the one shared machine: the only module that knows `transitions`.

Two rules. Everything about which question may follow which stands in the table built here from the
interview. And a move is either *forward*, along an edge of the table, or a *return* to a question that was
asked before (back, edit, resume), which restores a state and needs no edge.

Theory of operation. Every node is a state. For each destination there is one trigger named after it; its
sources are the states from which it may be reached:

- a node of the main line from every earlier one (those between may not apply) and from the side nodes,
- a side node from the choices that name it (`goto`, `then`, `hear`) and from any node when asked by name,
- the places open to everybody (menu, fast path, hidden, paused, end) from every state but the hidden one.

The engine decides by the facts which of the allowed moves is made; the machine refuses all others. It is
built once per interview and holds no conversation: a throw-away cursor carries the state (20 microseconds).
A trigger is added when it is first pulled: all of them take a tenth of a second, for which the first answer
after a start would wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from transitions import Event, Machine, MachineError, Transition

from dialogs.errors import ForbiddenMove

if TYPE_CHECKING:
    from dialogs.policy import Interview, Node

START = "START"
END = "END"
HIDDEN = "HIDDEN"
PAUSED = "PAUSED"

OPEN_TO_ALL = (
    "T-HELP",
    "Q54",
    "FP1",
    HIDDEN,
    PAUSED,
    "T-WITHDRAW",
    "C-TGFULL",
    "C-SENS",
    "T-RESUME",
    "T-ARE-YOU-THERE",
    "TALK",
    "T-MEASURE",
    "T-MEASURE-CHECK",
    "T-SP-LETTER",
    "T-SP-PUBLIC",
    "C-INTP",
    "T-REPA",
    "T-REPN",
    "T-REPN-AGAIN",
    "T-WITHDRAW-ASK",
    "Q53",
    "Q52",
    END,
)
"""Nodes reached by keys, words or time from any state but the hidden one."""

FROM_HIDDEN = ("T-RESUME", END)
"""The only ways out of the hidden state: the phrase, and expiry (INV-20)."""


@dataclass(slots=True)
class Cursor:
    """What `transitions` calls the model: nothing but the state."""

    state: str


def edges(interview: Interview) -> tuple[tuple[str, str], ...]:
    """Return every forward move the interview allows as (source, destination), without repetition."""
    found: dict[tuple[str, str], None] = {}
    position = {node_id: index for index, node_id in enumerate(interview.line)}
    early = {node.id for node in interview.nodes.values() if node.early is not None}
    for source in (START, *interview.nodes):
        for destination in interview.line:
            here = position.get(source, -1)
            if here < position[destination] or source in early or destination in early:
                found[source, destination] = None
    for node in interview.nodes.values():
        found.update(dict.fromkeys((node.id, target) for target in named_targets(node)))
    for destination in (node_id for node_id in OPEN_TO_ALL if node_id == END or node_id in interview.nodes):
        sources = (START, *(node_id for node_id in interview.nodes if node_id != HIDDEN))
        found.update(dict.fromkeys((source, destination) for source in sources))
    return tuple(edge for edge in found if edge[0] != HIDDEN or edge[1] in FROM_HIDDEN) + tuple(
        (HIDDEN, destination) for destination in FROM_HIDDEN if (HIDDEN, destination) not in found
    )


def named_targets(node: Node) -> tuple[str, ...]:
    """Return the nodes that this node names: by a choice, by `then` and by words it listens for."""
    targets = [choice.goto for choice in node.choices if choice.goto is not None]
    if node.then is not None:
        targets.append(node.then)
    targets.extend(target for target, _words in node.hear)
    return tuple(dict.fromkeys(targets))


class Moves:
    """The machine of one interview; shared by all conversations, safe to use from several threads."""

    def __init__(self, interview: Interview) -> None:
        """Work out the table once."""
        states = (START, *interview.nodes, END)
        self._machine = Machine(
            model=None, states=list(states), initial=START, auto_transitions=False, send_event=False
        )
        self._states = frozenset(states)
        self._edges = frozenset(edges(interview))
        self._sources: dict[str, list[str]] = {}
        for source, destination in self._edges:
            self._sources.setdefault(destination, []).append(source)
        self._made: dict[tuple[str, str], str] = {}

    def allows(self, source: str, destination: str) -> bool:
        """Tell whether the table has this edge."""
        return (source, destination) in self._edges

    def forward(self, source: str, destination: str) -> str:
        """Return the destination when the table has the edge. Raises ForbiddenMove.

        The machine is asked once for every edge: it has no memory, so its answer never changes.
        """
        made = self._made.get((source, destination))
        if made is None:
            made = self._made[source, destination] = self._trigger(source, destination)
        return made

    def _trigger(self, source: str, destination: str) -> str:
        cursor = Cursor(source)
        try:
            self._event(destination).trigger(cursor)
        except (KeyError, MachineError) as exc:
            raise ForbiddenMove(source, destination) from exc
        return cursor.state

    def _event(self, destination: str) -> Event:
        """Return the trigger of a destination. Raises: KeyError when nothing leads there."""
        event = self._machine.events.get(destination)
        if event is None:
            event = Event(destination, self._machine)
            for source in self._sources[destination]:
                event.add_transition(Transition(source, destination))
            self._machine.events[destination] = event  # whole: should two threads make it, either is right
        return event

    def restore(self, state: str) -> str:
        """Return the state when it exists, to come back to a question asked before. Raises ForbiddenMove."""
        if state not in self._states:
            raise ForbiddenMove("(stored)", state)
        return state


INTERVIEWS_IN_USE = 8
"""The present interview and those that older conversations began with."""


@lru_cache(maxsize=INTERVIEWS_IN_USE)
def moves_of(interview: Interview) -> Moves:
    """Return the shared machine of this interview; it is a pure function of it, built once."""
    return Moves(interview)
