"""How often secret words may be tried: after so many wrong ones nothing is right any more for a day (spec 8.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.conversation import Conversation
    from dialogs.turn import Turn


def is_locked(here: Conversation, at: datetime) -> bool:
    """Tell whether even the right words do nothing now."""
    until = here.resume_locked_until
    return bool(until) and at < datetime.fromisoformat(until)


def count_failure(turn: Turn) -> None:
    """Note that wrong words came; after too many of them the lock is on."""
    failures = turn.conversation.resume_failures + 1
    if failures < turn.policy.settings.resume_attempts:
        turn.set(resume_failures=failures)
        return
    until = turn.event.at + timedelta(hours=turn.policy.settings.resume_lock_hours)
    turn.set(resume_failures=0, resume_locked_until=until.isoformat())
