"""What the desk answers when it does not do what was asked: a code, one plain sentence with the remedy."""

from __future__ import annotations

from typing import Final

import msgspec


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is not 200."""

    error: str
    message: str
    reason: str = ""  # why the gate said no
    red: tuple[str, ...] = ()  # the red lines it would cross
    retry_after: int = 0  # seconds


class Refused(Exception):
    """The request is not carried out; nothing was changed."""

    def __init__(self, status: int, refusal: Refusal) -> None:
        super().__init__(f"{status} {refusal.error}")
        self.status, self.refusal = status, refusal


MESSAGES: Final = {
    "bad_request": "This request cannot be understood. Load the page again.",
    "no_session": "You are not logged in, or were logged out. Log in again.",
    "not_allowed": "Your role may not do this. Ask your shift lead.",
    "not_found": "There is nothing here that you may see.",
    "conflict": "Somebody else was quicker, or this has changed. Load it again.",
    "too_large": "This is too large. Send less.",
    "wrong_type": "Only JSON is understood here (Content-Type: application/json).",
    "wrong_origin": "This request did not come from the desk's own page. Open the desk and try again.",
    "wrong_host": "The desk is not served under this name. Use its own address.",
    "slow_down": "Too many tries. Wait a little, then try again.",
    "login_failed": "This did not work. Try again with the passkey you set up here.",
    "bad_invitation": "This invitation does not count: it was used, is too old, or was mistyped. Ask for a new one.",
    "not_confirmed": "This invitation waits for a second person to confirm it. Keep the link, and try again later.",
    "busy": "Too many want something of the desk right now. Nothing was changed. Try again in a moment.",
    "unavailable": "The desk cannot be used right now. Nothing was changed. Try again in a minute.",
    "refused": "The person has not agreed to exactly this, so it cannot be done.",
}

_STATUS: Final = {
    "bad_request": 400, "no_session": 401, "login_failed": 401, "not_allowed": 403, "refused": 403,
    "wrong_origin": 403, "bad_invitation": 403, "not_confirmed": 403, "not_found": 404, "conflict": 409,
    "too_large": 413, "wrong_type": 415, "wrong_host": 421, "slow_down": 429, "unavailable": 503, "busy": 503,
}  # fmt: skip


def refused(
    error: str, message: str = "", *, reason: str = "", red: tuple[str, ...] = (), retry_after: int = 0
) -> Refused:
    """Return the refusal of this code; `message` says more than the usual sentence, never what a person wrote."""
    said = message or MESSAGES[error]
    return Refused(_STATUS[error], Refusal(error, said, reason, red, retry_after))
