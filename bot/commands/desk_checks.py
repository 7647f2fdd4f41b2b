"""What doctor asks of the desk: is it built, can it listen, can anybody log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clock import SystemEntropy
from bot.control import LOCK_FILE as COMMANDS
from bot.desk.invitations import place_of
from bot.desk.pages import built
from bot.listening import PortTaken, listen_at
from handlers.accounts import REVOKED, Role
from storage import schema
from storage.errors import InUse
from storage.keys import load_keys
from storage.lock import locked
from storage.store import SqlStore, make_engine, sqlite_url

if TYPE_CHECKING:
    from config.settings import Settings

INVITE = "invite one with `leeward invite --office OFFICE --role administrator`"


def desk(settings: Settings) -> str:
    """Return what keeps officers from the desk, with the remedy; "" when nothing does. Raises StorageError."""
    if not built():
        return "its pages were not built, run `make setup`"
    if not settings.home.is_dir():
        return "there is no home folder for it, make one with `leeward init`"
    problem = _address(settings)
    if not problem:
        people(settings)  # raises where the keys or the database keep everybody out
    return problem


def _address(settings: Settings) -> str:
    host, _colon, port = settings.desk_listen.rpartition(":")
    if not place_of(settings).relying_party:
        return "its address has no name, set LEEWARD_DESK_URL"
    try:
        # The service that runs holds one of the two: of several processes the one that takes commands.
        with locked(settings.home), locked(settings.home, COMMANDS), listen_at(host, int(port)):
            return ""
    except InUse:
        return ""  # the service runs, and listens itself
    except PortTaken as exc:
        return f"{str(exc).removesuffix('.')}, choose another with LEEWARD_DESK_LISTEN"


def people(settings: Settings) -> str:
    """Return what is left to do before anybody can log in; a service that waits for it is well. Raises StorageError."""
    engine = make_engine(settings.database_url or sqlite_url(settings.home))
    try:
        schema.check(engine)
        store = SqlStore(engine, load_keys(settings.keys_folder), SystemEntropy(), settings.home / "blobs")
        with store.transaction() as work:
            known = [account for account in work.accounts.all() if account.state != REVOKED]
    finally:
        engine.dispose()
    return "" if any(account.has(Role.ADMINISTRATOR) for account in known) else f"it has no administrator, {INVITE}"
