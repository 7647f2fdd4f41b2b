"""What can go wrong with a call to Telegram; what that means for the message and the operator, and how long to wait."""

from __future__ import annotations

from typing import Final

from bot.adapter import NotStored, Outcome, Sending

AGAIN_SECONDS: Final = 2.0
LONGEST_WAIT: Final = 30.0


class CallFailed(Exception):
    """A call did not do what was asked, and nobody knows more."""


class NoAnswer(CallFailed):
    """Telegram was not reached, or its answer did not come, or a server on the way has trouble."""


class NotSent(NoAnswer):
    """Nothing left this machine: the connection could not be made, so trying again doubles nothing."""


class Cut(NoAnswer):
    """The connection ended before the answer came: what was asked may have been done."""


class Refused(CallFailed):
    """The call itself was wrong: tried again, it would be refused again."""


class Gone(CallFailed):
    """Nothing reaches this person any more."""


class AskedToWait(CallFailed):
    """Telegram asked to be left alone for so many seconds."""

    def __init__(self, seconds: float) -> None:
        """Take the seconds."""
        super().__init__(seconds)
        self.seconds = seconds


class UnknownToken(CallFailed):
    """There is no such account."""


class ReceivedElsewhere(CallFailed):
    """Another program receives for the same account."""


TROUBLE: Final = (CallFailed, ValueError, TypeError, LookupError, AttributeError)
"""What a call can raise: ours, and those of an answer that is JSON but not what was asked for."""

_PROBLEMS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UnknownToken, "Telegram does not know the token: set LEEWARD_TELEGRAM_TOKEN anew"),
    (ReceivedElsewhere, "another program receives with the same token: stop it, or make a new token"),
    (AskedToWait, "Telegram asks to wait"),
    (NoAnswer, "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"),
    (NotStored, "messages cannot be stored: check the database with `leeward doctor`"),
)


def exc_wait(exc: Exception, usual: float) -> float:
    """Return how long to wait after an error: what Telegram says, else the usual."""
    return seconds_of(exc) or usual


def seconds_of(exc: BaseException) -> float:
    """Return for how many seconds Telegram asked to be left alone; 0.0 for any other error."""
    return exc.seconds if isinstance(exc, AskedToWait) else 0.0


def problem_of(exc: Exception) -> str:
    """Return what an operator should know of an error, with the remedy; never a token, a number or a text."""
    return next((said for kind, said in _PROBLEMS if isinstance(exc, kind)), "Telegram refused a call")


def sending_of(exc: Exception) -> Sending:
    """Return what an error of a send means for the message."""
    match exc:
        case AskedToWait():
            return Sending(Outcome.LATER, wait_seconds=exc.seconds, everybody=True)
        case Gone():
            return Sending(Outcome.UNREACHABLE)
        case Refused():
            return Sending(Outcome.REFUSED)
        case Cut():
            return Sending(Outcome.UNKNOWN)
        case UnknownToken() | ReceivedElsewhere():
            return Sending(Outcome.LATER, wait_seconds=LONGEST_WAIT, everybody=True)
        case NoAnswer():  # the call was not carried out
            return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
        case _:  # an answer that cannot be read
            return Sending(Outcome.UNKNOWN)
