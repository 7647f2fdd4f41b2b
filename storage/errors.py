"""What can go wrong in storage. The docstring is the message; no message holds a value from a row."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used now: check it with `leeward doctor`."""

    def __init__(self, detail: str = "") -> None:
        said = " ".join((type(self).__doc__ or "").split())
        super().__init__(f"{said} ({detail})" if detail else said)


class CannotWrite(StorageError):
    """The database cannot be written: check that the folder may be written to and that the disk is not full."""


class CannotConnect(StorageError):
    """The database does not answer: check LEEWARD_DATABASE_URL and that the server runs."""


class CannotOpen(CannotConnect):
    """The file of the database cannot be used: check that it may be written to, or restore a backup."""


class Collided(StorageError):
    """Another process was in the way in the same moment, and nothing of this was stored: do it again."""


class NotMigrated(StorageError):
    """The database is not at the version of this program: run `leeward migrate`."""


class NoSuchRevision(StorageError):
    """This program does not know that version of the database: update it, or name one of storage/migrations."""


class InUse(StorageError):
    """Another Leeward process uses this folder: stop it first, or set LEEWARD_HOME to another folder."""


class Serving(InUse):
    """The service runs on this database, or its keys are being changed: stop every process of it first, or wait."""


class KeysMissing(StorageError):
    """The keys of this folder are missing: run `leeward init`, or set LEEWARD_HOME to the folder that has them."""


class KeysReadable(StorageError):
    """Others may read the key files: set their mode to 600 and the mode of their folder to 700."""


class KeysOfAnother(StorageError):
    """A key file is not the one of this database: put back the file that belongs to it, the newest there was."""


class KeysBroken(StorageError):
    """A key file cannot be understood: restore it from a backup of the keys."""


class CannotRead(StorageError):
    """A stored value is of a form this program does not know: update it, or restore the backup that fits it."""
