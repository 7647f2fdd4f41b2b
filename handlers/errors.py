"""What can go wrong in a use case."""

from __future__ import annotations


class HandlerError(Exception):
    """A use case could not be carried out."""


class Refusal(HandlerError):
    """What was asked is not done; the sentence of the class says why and what to do."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class NoSuchCase(Refusal):
    """There is no such case, or it was erased at the person's wish."""


class NotYours(Refusal):
    """Another officer owns this case, or nobody does: take it, ask them, or have it handed over."""


class NoRecipients(HandlerError):
    """The office has fewer than two valid keys: add one with `leeward directory add-key` and sign the directory."""

    def __init__(self, office: str) -> None:
        super().__init__(
            f"{office} has no two valid keys: add one with `leeward directory add-key`, then `leeward directory sign`"
        )
        self.office = office


class DraftLost(HandlerError):
    """A conversation cannot be opened any more, because its key was kept in memory and is gone; it was erased."""


class NotPermitted(HandlerError):
    """There is no live consent for exactly this: ask the person with a measure card, and do nothing until then."""

    def __init__(self, reason: str = "") -> None:
        said = " ".join((type(self).__doc__ or "").split())
        super().__init__(f"{said} ({reason})" if reason else said)
        self.reason = reason
