"""What can go wrong in a use case."""

from __future__ import annotations


class HandlerError(Exception):
    """A use case could not be carried out."""


class NoRecipients(HandlerError):
    """The office has fewer than two valid keys: add one with `leeward directory add-key` and sign the directory."""

    def __init__(self, office: str) -> None:
        super().__init__(
            f"{office} has no two valid keys: add one with `leeward directory add-key`, then `leeward directory sign`"
        )
        self.office = office
