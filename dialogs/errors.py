"""What can go wrong in the core. A person's words are never an exception here; these are our mistakes."""

from __future__ import annotations


class DialogError(Exception):
    """The dialog cannot go on: report it to the maintainers with the ids below."""


class ForbiddenMove(DialogError):
    """The state table has no such move: run `leeward doctor` to check the interview."""

    def __init__(self, source: str, destination: str) -> None:
        """Name the two states; ids only."""
        super().__init__(f"no move from {source} to {destination}: run `leeward doctor` to check the interview")
        self.source = source
        self.destination = destination


class UnknownInterview(DialogError):
    """The interview this conversation began with is not stored: restore the table `versions` from a backup."""

    def __init__(self, version: str) -> None:
        """Name the version by its first characters."""
        super().__init__(f"interview {version[:12]} is unknown: restore the table `versions` from a backup")
        self.version = version
