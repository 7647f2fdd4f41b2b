"""Why an officer did something, as a code of policy: the server never keeps free words about a person unsealed.

The lists stand in config/policy/taxonomy.yaml. Who has more to say writes a note, which is sealed to the office.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.errors import HandlerError

if TYPE_CHECKING:
    from dialogs.policy import Policy

LEVEL: Final = "level_reason"
HOLD: Final = "hold_reason"
ERASE: Final = "erase_reason"
CLOSE: Final = "close_reason"
IDENTITY: Final = "identity_reason"
OUTCOME: Final = "outcome"
"""Why a level changes, a case is held, erased or closed, the identity box is opened; and what came of a measure."""

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
