"""Everything a stranger can grow has a cap here: a name, a unit, a reason."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT_CHARS: Final = 4000  # characters of one message: just under what Telegram lets a person send (4096)
MAX_SHORT_CHARS: Final = 120  # characters of a name, a place, a search
MAX_FILES: Final = 5  # attachments of one report (Q45)
MAX_CASES_PER_CONVERSATION: Final = 5  # an account that opens more is looked at by a human
MAX_CONSENT_EVENTS: Final = 200  # of one draft: nobody changes their mind more often than this by hand

MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {"signal": 100 * MIB, "practice": 100 * MIB, "telegram": 20 * MIB}
)
"""Bytes of one attachment; Telegram's cloud lets bots download no more."""

TIMER_IDLE: Final = "idle"  # before C-START: 30 minutes of silence
TIMER_DRAFT: Final = "draft"  # after C-START: 72 hours of silence
TIMER_FAST_SILENT: Final = "fast-silent"  # at FP1: two minutes
TIMER_KEPT: Final = "kept"  # a draft that was set aside when the phone changed: the rest of its time
TIMER_SEND: Final = "send"  # the office could not be sealed to, and the person said: keep trying
TIMER_SESSION: Final = "session"  # after sending or coming back, when nothing allows us to keep the address
SESSION_MINUTES: Final = 30  # how long the chat stays usable then

DAYS_OF_A_MONTH: Final = 30
"""Of the months for which something is kept."""
