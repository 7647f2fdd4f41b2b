"""Why an officer did something, as a code of policy: the server never keeps free words about a person unsealed.

The lists stand in config/policy/taxonomy.yaml. Who has more to say writes a note, which is sealed to the office.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.policy import REASON_LISTS
from handlers.errors import HandlerError

if TYPE_CHECKING:
    from dialogs.policy import Policy

LEVEL, HOLD, ERASE, CLOSE, IDENTITY, OUTCOME, LINES, KEEP, WHO, LOST = REASON_LISTS

NONE: Final = ""
"""The list of what needs no reason, and takes none."""


class ReasonNeeded(HandlerError):
    """A reason is one of the codes of its list, never free words."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        listed = f"Choose one of these codes: {', '.join(codes)}." if codes else "Leave the reason out here."
        super().__init__(f"{listed} What else a colleague must know belongs in a sealed note.")
        self.codes = codes


def check_reason(policy: Policy, kind: str, code: str) -> None:
    """Let only a code of this list pass; of `NONE` only the empty one. Raises: ReasonNeeded, without what was said."""
    codes = policy.taxonomy.codes.get(kind, ())
    if code not in codes and (kind != NONE or code):
        raise ReasonNeeded(codes)
