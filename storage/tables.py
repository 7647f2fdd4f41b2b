"""All tables. What is not called encrypted or sealed is operational: random ids, keyed hashes, coarse times.

Every index is a page that each commit writes. So most tables a turn writes lie in the order of their keys (on SQLite
WITHOUT ROWID), and what is forgotten by age is found by reading slices, not by an index of its own.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
)

metadata = MetaData()

keys = Table(
    "keys",  # a backup never copies this table
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("purpose", String(20), nullable=False),  # conversation | case
    Column("ring_key", String(40), nullable=False),  # which key of the ring wrapped it
    Column("wrapped", LargeBinary, nullable=False),  # 32 bytes, wrapped; erased with what it opens
)

conversations = Table(
    "conversations",
    metadata,
    Column("row", BigInteger, primary_key=True, autoincrement=False),  # 63 bits of the look-up value
    Column(
        "lookup", LargeBinary, nullable=False, unique=True
    ),  # keyed hash of channel and address; erased with the row
    Column("key", String(40), ForeignKey("keys.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # counts saves; bound into the encryption
    Column("body", LargeBinary, nullable=False),  # encrypted: conversation and address
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("key", String(40), ForeignKey("keys.id"), nullable=True),  # NULL: erased, this row is the tombstone
    Column("revision", Integer, nullable=False),
    Column("card", LargeBinary, nullable=True),  # encrypted under the case key
    Column("person", BigInteger, nullable=True, index=True),  # row of the conversation, while it may be kept
    Column("phrase", LargeBinary, nullable=True, index=True),  # keyed hash of the resume phrase
)

ledger = Table(
    "ledger",
    metadata,
    Column("case", String(40), ForeignKey("cases.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),  # order within the case, from 1
    Column("commitment", LargeBinary, nullable=False),  # SHA-256 over salt and event: says nothing without the salt
    Column("head", LargeBinary, nullable=False),  # SHA-256 over the head before it and the commitment
    Column("checkpoint", Integer, nullable=True, index=True),  # the first checkpoint that covers it
    Column("event", LargeBinary, nullable=True),  # salt and event, encrypted under the case key; NULL: erased
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("minute", Integer, nullable=False),  # minutes since 1970
    Column("previous", LargeBinary, nullable=False),  # hash of the checkpoint before it
    Column("root", LargeBinary, nullable=False),  # Merkle root of the heads of all cases
    Column("chains", Integer, nullable=False),  # how many cases it covers
    Column("signature", LargeBinary, nullable=False),  # Ed25519 and ML-DSA-65
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("chain", String(40), nullable=False),  # case id, or desk
    Column("sequence", Integer, nullable=False),  # order within the chain, from 1
    Column("commitment", LargeBinary, nullable=False),  # SHA-256 over salt and entry: says nothing without the salt
    Column("head", LargeBinary, nullable=False),  # SHA-256 over the head before it and the commitment
    Column("checkpoint", Integer, nullable=True, index=True),  # the first checkpoint that covers it
    Column("ring_key", String(40), nullable=True),  # of the desk's entries; NULL: the entry is under the case key
    Column("entry", LargeBinary, nullable=True),  # salt and entry, encrypted; NULL: erased
    Index("audit_chain", "chain", "sequence", unique=True),
)

attachments = Table(
    "attachments",
    metadata,
    Column("name", String(40), primary_key=True),  # random; the file of that name holds sealed bytes
    Column("case", String(40), nullable=True, index=True),  # NULL while it belongs to a draft
    Column("hour", Integer, nullable=False),  # hours since 1970
)

traces = Table(
    "traces",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("person", BigInteger, nullable=False, index=True),  # row of the conversation
    Column("hour", Integer, nullable=False),  # hours since 1970; forgotten after two days
    Column("ring_key", String(40), nullable=False),
    Column("ref", LargeBinary, nullable=False),  # encrypted: the channel's id of a message, to delete it from the chat
    Column("due", Integer, nullable=True),  # seconds since 1970: goes by itself then; NULL: with the rest of the chat
)
# PostgreSQL has the same condition (migration 0007); said here too, it would load that dialect at every start.
Index("traces_due", traces.c.due, sqlite_where=traces.c.due.is_not(None))

blobs = Table(
    "blobs",
    metadata,
    Column("case", String(40), primary_key=True),  # case or alert
    Column("office", String(40), primary_key=True),
    Column("purpose", String(20), primary_key=True),  # report | copy | identity | message | alert
    Column("sequence", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # an age file only the office opens
    Column("fetched", Boolean, nullable=False, default=False, server_default=false()),  # the office downloaded it
    Index("blobs_unread", "office", "purpose", "fetched"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("case", String(40), ForeignKey("cases.id"), nullable=False),
    Column("sequence", Integer, nullable=False),  # order within the case, from 1
    Column("due", Integer, nullable=True, index=True),  # seconds since 1970: when to look at it again
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # encrypted under the case key: what an officer writes, and its state
    Index("message_order", "case", "sequence", unique=True),
)

inbox = Table(
    "inbox",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # 128 bits of a keyed hash of channel and message key
    Column("hour", Integer, nullable=False),  # hours since 1970, for pruning
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("person", BigInteger, primary_key=True, autoincrement=False),  # row of the conversation
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # grows: who came first
    Column("channel", String(20), nullable=False),  # signal | telegram | practice | mail | pager | duty-signal …
    Column("priority", Integer, nullable=False),  # -1 alert to an officer, 0 safety, 1 reply, 2 rest
    Column("due", Integer, nullable=False),  # seconds since 1970
    Column("attempts", Integer, nullable=False),
    Column("leased_until", Integer, nullable=False),  # seconds since 1970
    Column("doubtful", Boolean, nullable=False),  # it may have gone out once already
    Column("state", String(8), nullable=False),  # waiting | dead; a sent row is deleted
    Column("ring_key", String(40), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # encrypted: address, text, buttons
    Index("outbox_waiting", "state", "channel", "priority", "id"),  # the order in which they go out
    sqlite_with_rowid=False,
)

moves = Table(
    "moves",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # keyed hash of the code
    Column("person", BigInteger, nullable=False),  # row of the conversation it carries over
    Column("due", Integer, nullable=False),  # seconds since 1970 after which it does not count
)

timers = Table(
    "timers",
    metadata,
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(60), primary_key=True),
    Column("due", Integer, nullable=False, index=True),  # seconds since 1970
    sqlite_with_rowid=False,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("minute", Integer, nullable=False),  # minutes since 1970
    Column("state", String(10), nullable=False),  # open | owned | cancelled
    Column("due", Integer, nullable=True, index=True),  # seconds since 1970: when to look at it again
    Column("ring_key", String(40), nullable=True),
    Column("body", LargeBinary, nullable=True),  # encrypted: office, level, who was told; NULL: cancelled
)

duty = Table(
    "duty",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one book
    Column("ring_key", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # encrypted: what officers said about their duty
)

tallies = Table(
    "tallies",
    metadata,
    Column("month", String(7), primary_key=True),  # YYYY-MM: no country, no language
    Column("count", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("version", String(64), primary_key=True),  # SHA-256 of interview and taxonomy
    Column("document", LargeBinary, nullable=False),  # the interview file: public policy
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("ring_key", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # encrypted: name, office, roles, state
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("digest", String(64), primary_key=True),  # keyed hash of the credential id (hex)
    Column("account", String(40), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("ring_key", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # encrypted: credential id, public key, count
)

invitations = Table(
    "invitations",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # keyed hash of the code
    Column("account", String(40), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("due", Integer, nullable=False),  # seconds since 1970 after which it does not count
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),  # random; not the token
    Column("digest", LargeBinary, nullable=False, unique=True),  # keyed hash of the token
    Column("account", String(40), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("began", Integer, nullable=False),  # seconds since 1970, as the next two
    Column("seen", Integer, nullable=False),
    Column("due", Integer, nullable=False),
)

boxes = Table(
    "boxes",
    metadata,
    Column("case", String(40), primary_key=True),
    Column("account", String(40), primary_key=True),  # who asked to open the identity box
    Column("session", String(40), nullable=False),  # the login it opens for
    Column("due", Integer, nullable=True),  # seconds since 1970 until which it opens; NULL: not agreed yet
)
