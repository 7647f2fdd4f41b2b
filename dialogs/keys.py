"""Whose keys a report may be sealed to today: the office's own and its offline recovery key, never fewer than two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.policy import Directory, OfficeKey

FEWEST_RECIPIENTS: Final = 2
REPORT: Final = "report"
RECOVERY: Final = "recovery"
IDENTITY: Final = "identity"
USES: Final = (REPORT, RECOVERY, IDENTITY)


def valid_keys(directory: Directory, office: str, use: str, at: datetime) -> tuple[OfficeKey, ...]:
    """Return the office's keys of this use that are neither revoked, nor too early, nor expired."""
    record = directory.offices.get(office)
    if record is None or (directory.expires is not None and directory.expires <= at):
        return ()
    day = at.date()
    return tuple(
        key for key in record.keys if key.use == use and not key.revoked and key.valid_from <= day <= key.valid_to
    )


def usable_recipients(directory: Directory, office: str, at: datetime) -> tuple[str, ...]:
    """Return the recipients of a report to this office; () when there are not two, one of them for recovery."""
    own = valid_keys(directory, office, REPORT, at)
    recovery = valid_keys(directory, office, RECOVERY, at)
    if not own or not recovery:
        return ()
    return tuple(dict.fromkeys(key.recipient for key in (*own, *recovery)))


def lacking(directory: Directory, office: str, at: datetime) -> tuple[str, ...]:
    """Return the uses for which the office has no key that is valid now; it needs one for each."""
    return tuple(use for use in USES if not valid_keys(directory, office, use, at))


def identity_recipients(directory: Directory, office: str, at: datetime) -> tuple[str, ...]:
    """Return the recipients of an identity box: keys marked `identity` and the recovery key; () when not both."""
    own = valid_keys(directory, office, IDENTITY, at)
    recovery = valid_keys(directory, office, RECOVERY, at)
    if not own or not recovery:
        return ()
    return tuple(dict.fromkeys(key.recipient for key in (*own, *recovery)))
