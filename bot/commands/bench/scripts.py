"""What people write in a benchmark, learned from the interview as it is now: a changed question breaks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from dialogs.effects import SealReport
from handlers.types import Address, Inbound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.app import Service

ANSWERS = {
    "Q01": "1", "Q02": "1", "Q03": "3", "Q04": "1", "C-CHAN-TG": "2", "Q06-TIMER": "3", "Q06-PHRASE": "1",
    "Q08": "1", "Q09": "1", "Q10": "1", "Q12": "2", "Q13": "1", "Q14": "Mina", "Q15": "3", "Q15-NAME": "Real Name",
    "Q17": "5", "Q19": "4", "Q20": "2", "Q22": "2", "Q23": "1", "Q23-1": "5", "Q24": "some words", "Q25": "1",
    "Q26": "Arlenia", "Q27": "1", "Q29": "1", "Q31": "4", "Q43": "1", "Q44": "1", "Q47": "3", "C-ASG": "2",
    "C-STAT": "2", "Q50": "3", "Q52": "1",
}  # fmt: skip
"""By node; what is not named is skipped, or agreed to."""

OTHERWISE = ("0", "1", "2", "3", "4")
AGREES = ("1", "2", "0", "3")
MOST_TURNS = 150
START = "C-START"


@dataclass(frozen=True, slots=True)
class Script:
    """What one person writes, up to the sealed report; after `started` turns they have agreed to begin."""

    texts: tuple[str, ...]
    started: int

    @property
    def depths(self) -> int:
        """Return at how many places people are parked: from the beginning to half of the interview."""
        return len(self.texts) // 2 - self.started

    def played(self, number: int) -> Sequence[str]:
        """Return what the parked person with this number has written."""
        return self.texts[: self.started + number % self.depths]

    def next_answers(self, number: int) -> Sequence[str]:
        """Return what the parked person with this number answers next, one turn after the other."""
        return self.texts[self.started + number % self.depths :]


def learn(service: Service, channel: str) -> Script:
    """Play one interview and return what was written. Raises: AssertionError when no report comes of it."""
    address = Address(channel, "900001")
    texts, nodes = ["hi"], [""]
    visits: dict[str, int] = {}
    while len(texts) < MOST_TURNS:
        done = service.reception.receive(Inbound(address, f"learn-{len(texts)}", text=texts[-1]))
        if done is None:
            raise AssertionError
        if any(isinstance(effect, SealReport) for effect in done.effects):
            break
        node = done.after.node
        tries = AGREES if not node.startswith("Q") else OTHERWISE
        tries = (ANSWERS[node], *tries) if node in ANSWERS else tries
        texts.append(tries[min(visits.get(node, 0), len(tries) - 1)])
        visits[node] = visits.get(node, 0) + 1
        nodes.append(node)
    else:
        raise AssertionError("no report")
    _forget(service, address)
    return Script(tuple(texts), len(list(takewhile(lambda node: node != START, nodes))) + 1)


def _forget(service: Service, address: Address) -> None:
    with service.store.transaction() as work:
        work.outbox.drop_for(address)
        work.conversations.forget(address)
