"""What the use cases refuse, as answers of the desk: each refusal of theirs has one code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bot.desk.refusals import refused
from handlers.case_acts import NoSafeTime
from handlers.errors import NoSuchCase
from handlers.messages import BadMessage
from handlers.proposing import BadProposal, OriginNeeded, OwnLines
from handlers.reasons import ReasonNeeded
from handlers.sharing import NotASealedReport
from handlers.triage_state import NoSuchLevel, RoleMayNot

if TYPE_CHECKING:
    from collections.abc import Iterator

MISTAKES: Final = (BadMessage, BadProposal, NotASealedReport, NoSafeTime, NoSuchLevel, OriginNeeded, ReasonNeeded)
"""What whoever asks can mend; everything else that is refused is a conflict (bot.desk.app)."""


@contextmanager
def answered() -> Iterator[None]:
    """Carry out a use case; its refusals leave as those of the desk. Raises: Refused."""
    try:
        yield
    except MISTAKES as exc:
        raise refused("bad_request", str(exc)) from exc
    except (RoleMayNot, OwnLines) as exc:
        raise refused("not_allowed", str(exc)) from exc
    except NoSuchCase as exc:
        raise refused("not_found") from exc
