"""What signal-cli-rest-api answers, read: its version, what became of a message, how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def version_of(text: str) -> tuple[int, ...]:
    """Return a version as numbers; () for anything else, which is older than everything."""
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def timestamp_of(body: Any) -> str:  # noqa: ANN401 - what the service answered: an object, or since 0.101 a list of them
    """Return the time stamp by which a sent message can be deleted."""
    first = body[0] if isinstance(body, list) and body else body
    return str(first.get("timestamp") or "") if isinstance(first, dict) else ""


def reason_of(body: Any) -> str:  # noqa: ANN401 - what the service answered, as in timestamp_of
    """Return why a message did not go out, in lower case: of the whole call, or of its one recipient; "" if it did."""
    if isinstance(body, dict) and body.get("error"):
        return str(body["error"]).lower()
    first = body[0] if isinstance(body, list) and body else body
    errors = first.get("errors") if isinstance(first, dict) else None
    recipients = errors.get("recipients") if isinstance(errors, dict) else None
    if not isinstance(recipients, list):
        return ""
    return " ".join(str(one.get("reason")) for one in recipients if isinstance(one, dict)).lower()


def patience_of(headers: Mapping[str, str] | None) -> float:
    """Return the seconds for which the service asks us to wait; 0.0 when it does not say."""
    said = (headers or {}).get("Retry-After", "")
    return float(said) if said.isdecimal() else 0.0
