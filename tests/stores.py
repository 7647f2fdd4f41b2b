"""What tests of stores begin with: people, a conversation, a case, and a store with fresh keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.clock import SystemEntropy
from dialogs.conversation import Answer, CaseCard, ConsentEvent, Conversation, Draft
from handlers.types import Address
from storage import schema
from storage.keys import create_keys, load_keys
from storage.store import SqlStore, make_engine

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MINA, BLUE = Address("signal", "aci-1"), Address("signal", "aci-2")
TALK = Conversation(
    "c1", "signal", "v1", NOW.isoformat(), NOW.isoformat(), draft=Draft(answers=(Answer("Q14", text="Mina"),))
)
GIVEN = ConsentEvent("CR-1", "C-FWD", "given", "2026-11-24T10:00Z", "C-FWD", "00", "en", "signal")
CARD = CaseCard(
    "LW-1", "OFF-HRC", "L2", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "two words", "other words", "hash",
    phrase_hash="phrase", consents=(GIVEN,),
)  # fmt: skip


def sql_store(url: str, home: Path) -> SqlStore:
    """Return a migrated store with fresh keys."""
    create_keys(home / "keys", SystemEntropy())
    engine = make_engine(url)
    schema.upgrade(engine)
    return SqlStore(engine, load_keys(home / "keys"), SystemEntropy(), home / "blobs")
