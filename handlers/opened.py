"""Who opened a case, for the person it is about: roles and days from the audit log, never names or offices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.standing import day_text, days_ago
from handlers.types import Outgoing

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.effects import TellOpened
    from dialogs.policy import Policy
    from handlers.ports import UnitOfWork
    from handlers.types import Address

READ: Final = "read"
OPENING: Final = ("report", "copy", "alert", "identity")
"""What counts as opening: the report, a copy of it, the alert's card, the box with the name."""


def tell_opened(work: UnitOfWork, policy: Policy, address: Address, asked: TellOpened, now: datetime) -> None:
    """Queue the answer to "who opened my report"."""
    found = dict.fromkeys(
        (entry.role, days_ago(entry.at.isoformat(), now))
        for entry in work.audit.of(asked.case)
        if entry.act == READ and entry.new.split(" ")[0] in OPENING
    )
    texts, lang = policy.texts, asked.lang
    lines = [
        texts.body("OPENED-LINE", lang, {
            "WHO": texts.body(role_text(policy, role), lang, {}),
            "DAY_WORDS": texts.body(day_text(days), lang, {"COUNT": str(days)}),
        })
        for role, days in found
    ]  # fmt: skip
    text = texts.body("T-OPENED", lang, {"LIST": "\n".join(lines)}) if lines else texts.body("T-OPENED-NOT", lang, {})
    work.outbox.add(Outgoing(address, text, asked.node, asked.turn, brief=True), now)


def role_text(policy: Policy, role: str) -> str:
    """Return the id of the words for a role of the desk."""
    return f"ROLE-{role}" if policy.texts.has(f"ROLE-{role}") else "ROLE-other"
