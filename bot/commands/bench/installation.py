"""An installation with throw-away keys, and people who stopped in the middle of their interview."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.app import live_service
from bot.clock import SystemClock, SystemEntropy
from bot.commands.bench.scripts import learn
from bot.commands.failure import Refused
from bot.directory_files import make_practice_directory
from config.settings import Settings
from dialogs.limits import TIMER_DRAFT
from dialogs.replace import replace
from handlers.types import Address, Inbound
from storage.keys import create_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.app import Service
    from dialogs.conversation import Conversation

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # noqa: S105 - of no bot; the form is that of a token
FIRST_CHAT = 1_000_000
PARKED_AT_ONCE = 500
DRAFT_HOURS = 72


@contextmanager
def installed(folder: Path, database: str = "") -> Iterator[Service]:
    """Run the live service with keys of this run. Raises: Refused for a database that is in use."""
    with live_service(settings_of(folder, database)) as service:
        if database and rows_of(service, "conversations"):
            raise Refused("This database holds conversations: name an empty one, for what is measured stays in it.")
        yield service


def settings_of(folder: Path, database: str = "") -> Settings:
    """Return the settings of an installation in this folder, made where it is missing."""
    if not (folder / "keys").is_dir():
        create_keys(folder / "keys", SystemEntropy())
    pin = make_practice_directory(folder, folder / "offices", None, SystemEntropy(), SystemClock().now())
    return Settings.model_validate({"home": folder, "root_key": pin, "database_url": database})


def rows_of(service: Service, table: str) -> int:
    """Return how many rows a table has."""
    with service.store.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)  # noqa: S608 - a name of ours


def average(service: Service, table: str, column: str) -> float:
    """Return the average length of the values of a column in bytes; 0 without rows."""
    with service.store.engine.connect() as connection:
        query = f"SELECT avg(length({column})) FROM {table}"  # noqa: S608 - names of ours
        return float(connection.exec_driver_sql(query).scalar() or 0)


def chat_of(number: int) -> str:
    """Return the chat of the parked person with this number."""
    return str(FIRST_CHAT + number)


class Parking:
    """Lets people wait in the middle of their interview, spread over its questions.

    One conversation of each depth is played; people are stored as copies of them under keys of their own, which
    writes the rows of a parked conversation without playing every turn.
    """

    def __init__(self, service: Service, channel: str = "telegram") -> None:
        """Learn the interview and play it to each depth."""
        self._service, self._channel = service, channel
        self.script = learn(service, channel)
        self._played = [self._play(depth) for depth in range(self.script.depths)]
        self.reply_bytes = int(average(service, "outbox", "payload"))
        with service.store.transaction() as work:
            for depth in range(self.script.depths):
                work.outbox.drop_for(Address(channel, str(depth)))
                work.conversations.forget(Address(channel, str(depth)))

    def _play(self, depth: int) -> Conversation:
        address = Address(self._channel, str(depth))
        for turn, text in enumerate(self.script.played(depth)):
            self._service.reception.receive(Inbound(address, f"depth-{depth}-{turn}", text=text))
        with self._service.store.transaction() as work:
            loaded = work.conversations.load(address)
        if loaded is None:
            raise AssertionError
        return loaded.conversation

    def put(self, numbers: Sequence[int]) -> None:
        """Park these people, or put them back to where they were parked."""
        due = SystemClock().now() + timedelta(hours=DRAFT_HOURS)
        for start in range(0, len(numbers), PARKED_AT_ONCE):
            with self._service.store.transaction() as work:
                for number in numbers[start : start + PARKED_AT_ONCE]:
                    address = Address(self._channel, chat_of(number))
                    conversation = replace(self._played[number % len(self._played)], id=SystemEntropy().bytes(16).hex())
                    work.conversations.save(address, conversation)
                    work.timers.set(address, TIMER_DRAFT, due)
