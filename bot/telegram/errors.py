"""What an error of a call to Telegram means: for the message, for the operator, and for how long to wait.

Where Telegram refuses, the error is python-telegram-bot's; that library is not loaded before there is one.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Final

from bot.adapter import NotStored, Outcome, Sending

AGAIN_SECONDS: Final = 2.0
LONGEST_WAIT: Final = 30.0


class NoAnswer(Exception):
    """Telegram was not reached, or its answer did not come, or a server on the way has trouble."""


class NotSent(NoAnswer):
    """Nothing left this machine: the connection could not be made, so trying again doubles nothing."""


class Cut(NoAnswer):
    """The connection ended before the answer came: what was asked may have been done."""


_OURS: Final = (NoAnswer, ValueError, TypeError, LookupError, AttributeError)


def trouble(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """Return what a call can raise (ours, the library's, those of an answer that is odd), and what else is named."""
    error = getattr(sys.modules.get("telegram.error"), "TelegramError", None)  # not there: then no error is one of it
    return (*_OURS, *more) if error is None else (*_OURS, error, *more)


def _is(exc: BaseException, *names: str) -> bool:
    """Return whether an error is one of these of the library."""
    return any(kind.__module__ == "telegram.error" and kind.__name__ in names for kind in type(exc).__mro__)


def gone(exc: Exception) -> bool:
    """Return whether an error says that nothing reaches this person any more."""
    return _is(exc, "Forbidden") or (_is(exc, "BadRequest") and "chat not found" in str(exc).lower())


def refused(exc: Exception) -> bool:
    """Return whether an error says that the call itself was wrong: tried again, it would be refused again."""
    return _is(exc, "BadRequest")


def exc_wait(exc: Exception, usual: float) -> float:
    """Return how long to wait after an error: what Telegram says, else the usual."""
    return seconds_of(exc) or usual


def seconds_of(exc: BaseException) -> float:
    """Return for how many seconds Telegram asked to be left alone; 0.0 for any other error."""
    wait = getattr(exc, "retry_after", 0) if _is(exc, "RetryAfter") else 0
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def problem_of(exc: Exception) -> str:
    """Return what an operator should know of an error, with the remedy; never a token, a number or a text."""
    if _is(exc, "InvalidToken"):
        return "Telegram does not know the token: set LEEWARD_TELEGRAM_TOKEN anew"
    if _is(exc, "Conflict"):
        return "another program receives with the same token: stop it, or make a new token"
    if _is(exc, "RetryAfter"):
        return "Telegram asks to wait"
    if isinstance(exc, NoAnswer) or _is(exc, "NetworkError"):
        return "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"
    if isinstance(exc, NotStored):
        return "messages cannot be stored: check the database with `leeward doctor`"
    return "Telegram refused a call"


def sending_of(exc: Exception) -> Sending:
    """Return what an error of a send means for the message."""
    if _is(exc, "RetryAfter"):
        return Sending(Outcome.LATER, wait_seconds=seconds_of(exc), everybody=True)
    if gone(exc):
        return Sending(Outcome.UNREACHABLE)
    if _is(exc, "BadRequest", "ChatMigrated"):
        return Sending(Outcome.REFUSED)
    if isinstance(exc, Cut):
        return Sending(Outcome.UNKNOWN)
    if _is(exc, "InvalidToken", "Conflict"):
        return Sending(Outcome.LATER, wait_seconds=LONGEST_WAIT, everybody=True)
    if isinstance(exc, NoAnswer) or _is(exc, "NetworkError"):  # the call was not carried out
        return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
    return Sending(Outcome.UNKNOWN)  # an answer that cannot be read
