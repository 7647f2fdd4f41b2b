"""What an error of a call to Telegram means: for the message, for the operator, and for how long to wait."""

from __future__ import annotations

from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.adapter import NotStored, Outcome, Sending
from bot.telegram.request import Cut, NotSent

AGAIN_SECONDS: Final = 2.0
LONGEST_WAIT: Final = 30.0
TROUBLE: Final = (TelegramError, ValueError, TypeError, LookupError, AttributeError)
"""What a call can raise: the library's errors, and those of an answer that is JSON but not what was asked for."""


def gone(exc: Exception) -> bool:
    """Return whether an error says that nothing reaches this person any more."""
    return isinstance(exc, Forbidden) or (isinstance(exc, BadRequest) and "chat not found" in exc.message.lower())


def exc_wait(exc: Exception, usual: float) -> float:
    """Return how long to wait after an error: what Telegram says, else the usual."""
    return seconds_of(exc) or usual


def seconds_of(exc: BaseException) -> float:
    """Return for how many seconds Telegram asked to be left alone; 0.0 for any other error."""
    if not isinstance(exc, RetryAfter):
        return 0.0
    wait = exc.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def problem_of(exc: Exception) -> str:
    """Return what an operator should know of an error, with the remedy; never a token, a number or a text."""
    known: tuple[tuple[type[Exception], str], ...] = (
        (InvalidToken, "Telegram does not know the token: set LEEWARD_TELEGRAM_TOKEN anew"),
        (Conflict, "another program receives with the same token: stop it, or make a new token"),
        (RetryAfter, "Telegram asks to wait"),
        (NetworkError, "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"),
        (NotStored, "messages cannot be stored: check the database with `leeward doctor`"),
    )
    return next((said for kind, said in known if isinstance(exc, kind)), "Telegram refused a call")


def sending_of(exc: Exception) -> Sending:
    """Return what an error of a send means for the message."""
    if isinstance(exc, RetryAfter):
        return Sending(Outcome.LATER, wait_seconds=seconds_of(exc), everybody=True)
    if gone(exc):
        return Sending(Outcome.UNREACHABLE)
    if isinstance(exc, BadRequest | ChatMigrated):
        return Sending(Outcome.REFUSED)
    if isinstance(exc, NotSent):
        return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
    if isinstance(exc, TimedOut | Cut):
        return Sending(Outcome.UNKNOWN)
    if isinstance(exc, InvalidToken | Conflict):
        return Sending(Outcome.LATER, wait_seconds=LONGEST_WAIT, everybody=True)
    if isinstance(exc, NetworkError):  # an answer of 500 and above: the call was not carried out
        return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
    return Sending(Outcome.UNKNOWN)  # an answer that cannot be read
