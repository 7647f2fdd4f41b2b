"""The explicit-state search in full: every slice until nothing is new, and every node of the interview reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import practice_policy
from tests.slices import AFTER, INTAKE, after, intake

if TYPE_CHECKING:
    from collections.abc import Iterator


def explicit_states() -> Iterator[str]:
    """Search every slice to its end; a disclosure without its consent, or a node never reached, stops the proof."""
    nodes: set[str] = set()
    states = transitions = disclosures = 0
    for name in (*INTAKE, *AFTER):
        found = intake(name) if name in INTAKE else after(name)
        assert found.whole, name
        nodes |= found.nodes
        states += found.states
        transitions += found.transitions
        told = sum(found.effects[effect] for effect in ("SealReport", "RaiseAlert", "UpdateAlert", "SealMessage"))
        disclosures += told
        yield f"{name}: {found.states:,} states, {found.transitions:,} transitions, {told:,} disclosures, all agreed to."
    missing = set(practice_policy().interview.nodes) - nodes
    assert missing == set(), missing
    yield (
        f"In all {states:,} states and {transitions:,} transitions of {len(INTAKE) + len(AFTER)} slices; all "
        f"{len(practice_policy().interview.nodes)} nodes reached; of {disclosures:,} disclosures 0 without its consent."
    )


PROOFS = {"explicit-states": explicit_states}
