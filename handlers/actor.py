"""Who acts: the officer behind a use case, as the audit log names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.frozen import Frozen
from dialogs.replace import replace
from handlers.types import AuditEntry

if TYPE_CHECKING:
    from datetime import datetime


class Actor(Frozen):
    """An officer in a role, for an office. The command line acts as `officer` of the case's own office."""

    who: str
    role: str
    office: str
    roles: tuple[str, ...] = ()  # all of theirs; empty: only the one they act in

    def in_one_of(self, wanted: tuple[str, ...]) -> Actor | None:
        """Return them in the first of these roles that they have, or None."""
        theirs = self.roles or (self.role,)
        role = next((role for role in wanted if role in theirs), None)
        return replace(self, role=role) if role is not None else None

    def did(
        self, act: str, now: datetime, *, case: str = "", old: str = "", new: str = "", reason: str = ""
    ) -> AuditEntry:
        """Return the entry of the audit log for an act."""
        return AuditEntry(now, self.who, self.role, self.office, act, case, old, new, reason)
