"""What signal-cli-rest-api answers, read: its version, what became of a message, how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbot._generated import SendMessageResponse


GONE: Final = ("unregistered", "not registered")
DOUBTED: Final = ("untrusted", "identity_failure")
WRONG: Final = ("couldn't process request", "please provide", "invalid ")
"""How what the service says of a call begins when the call itself is wrong."""


def is_gone(said: str) -> bool:
    """Return whether it is said that there is no such account."""
    return any(word in said for word in GONE)


def is_doubted(said: str) -> bool:
    """Return whether it is said that the identity key is another one than before."""
    return any(word in said for word in DOUBTED)


def is_final(said: str) -> bool:
    """Return whether a call of which this is said would be refused again; all else may be Signal out of reach."""
    return is_gone(said) or is_doubted(said) or said.startswith(WRONG)


def version_of(text: str) -> tuple[int, ...]:
    """Return a version as numbers; () for anything else, which is older than everything."""
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def reason_of(answer: SendMessageResponse) -> str:
    """Return why a message did not reach its one recipient, in lower case; "" if it did."""
    errors = answer.errors.recipients if answer.errors is not None else None
    return " ".join(str(one.reason) for one in errors or ()).lower()


def error_of(body: Any) -> str:  # noqa: ANN401 - what the service answered, a JSON value
    """Return why a whole call was refused, in lower case; "" when it does not say."""
    return str(body.get("error") or "").lower() if isinstance(body, dict) else ""


def patience_of(headers: Mapping[str, str] | None) -> float:
    """Return the seconds for which the service asks us to wait; 0.0 when it does not say."""
    said = (headers or {}).get("Retry-After", "")
    return float(said) if said.isdecimal() else 0.0
