"""What signal-cli-rest-api answers, read: its version, what became of a message, how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbot import About
    from signalbot._generated import SendMessageResponse

OLDEST_VERSION: Final = (0, 101, 0)
MODES: Final = ("json-rpc", "json-rpc-native")
TOO_OLD: Final = "signal-cli-rest-api is too old: run 0.101.0 or newer"

GONE: Final = ("unregistered", "not registered")
DOUBTED: Final = ("untrusted", "identity_failure")
UNTRUSTED: Final = "UNTRUSTED"
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


def unfit(about: About) -> str:
    """Return what is wrong with what the service says of itself, and the remedy; "" when it is as it should be."""
    if version_of(about.version) < OLDEST_VERSION:
        return TOO_OLD
    if about.mode not in MODES:
        return "signal-cli-rest-api is in a mode that must be polled: set MODE=json-rpc or MODE=json-rpc-native"
    return ""


def reason_of(answer: SendMessageResponse) -> str:
    """Return why a message did not reach its one recipient, in lower case; "" if it did."""
    errors = answer.errors.recipients if answer.errors is not None else None
    return " ".join(str(one.reason) for one in errors or ()).lower()


def error_of(body: Any) -> str:  # noqa: ANN401 - what the service answered, a JSON value
    """Return why a whole call was refused, in lower case; "" when it does not say."""
    return str(body.get("error") or "").lower() if isinstance(body, dict) else ""


def without_trust(known: Any) -> list[str]:  # noqa: ANN401 - what the service answered, a JSON value
    """Return the accounts in a list of identities whose key nobody trusted."""
    entries = [one for one in known if isinstance(one, dict)] if isinstance(known, list) else []
    return [str(one.get("uuid") or "") for one in entries if one.get("status") == UNTRUSTED]


def patience_of(headers: Mapping[str, str] | None) -> float:
    """Return the seconds for which the service asks us to wait; 0.0 when it does not say."""
    said = (headers or {}).get("Retry-After", "")
    return float(said) if said.isdecimal() else 0.0
