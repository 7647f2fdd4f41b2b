"""The pieces of a turn, each alone in a warm loop (`make pieces`): what a change of one of them costs or saves.

`python benchmarks/pieces.py [-o FIGURES.json]` takes the options of pyperf; `pyperf compare_to` compares two files.
In a turn they take longer than here, for each finds the processor's caches filled by the others: what counts in the
end is `leeward bench turn`.
"""

from __future__ import annotations

import tempfile
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

import pyperf

from bot.clock import SystemClock, SystemEntropy
from bot.commands.bench.installation import installed
from bot.commands.bench.scripts import learn
from bot.commands.bench.updates import update_bytes
from bot.telegram.parsing import keyboard, parse
from bot.telegram.wire import read_update
from dialogs.effects import Say
from dialogs.engine import advance, begin
from dialogs.events import TextReceived
from handlers.types import Address, Outgoing
from storage.crypto import chain
from storage.crypto.age.keys import generate_identity
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.key_ring import KEY_BYTES, NONCE_BYTES, KeyRing, RingKey
from storage.crypto.lookup import LookupKey
from storage.crypto.sealing import AgeSealer
from storage.forms import StoredConversation, decode_conversation, encode_conversation, encode_outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from dialogs.conversation import Conversation
    from dialogs.policy import Policy

    Work: TypeAlias = "Callable[[], object]"

PROCESSES: Final = 5
CHANNEL, CHAT = "telegram", "1000000"
TABLE, ROW, REVISION = "conversations", str(2**62), 20
ENTROPY_BYTES, REPORT = 32, bytes(12_000)
draw = SystemEntropy().bytes


class Midway(NamedTuple):
    """Somebody in the middle of the interview, what they answer next, and what is said to them then."""

    policy: Policy
    conversation: Conversation
    answer: TextReceived
    reply: Outgoing

    @property
    def stored(self) -> StoredConversation:
        """Return what is stored of it."""
        return StoredConversation((CHANNEL, CHAT), self.conversation)


@cache
def midway() -> Midway:
    """Play half of an interview."""
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder)) as service:
        policy, script = service.reception.policy, learn(service, CHANNEL)
    now = SystemClock().now()
    conversation = begin(draw(16).hex(), CHANNEL, policy, now)
    half = len(script.texts) // 2
    for text in script.texts[:half]:
        conversation, _effects = advance(
            conversation, TextReceived(at=now, entropy=draw(ENTROPY_BYTES), text=text), policy
        )
    answer = TextReceived(at=now, entropy=draw(ENTROPY_BYTES), text=script.texts[half])
    _after, effects = advance(conversation, answer, policy)
    said = next(effect for effect in effects if isinstance(effect, Say))
    return Midway(
        policy, conversation, answer, Outgoing(Address(CHANNEL, CHAT), said.text, said.node, said.turn, said.choices)
    )


def decoding_an_update() -> Work:
    """From the bytes Telegram sends to what the reception takes."""
    raw = update_bytes(1, CHAT, "1")
    return lambda: parse(read_update(raw))


def advancing() -> Work:
    """The engine alone: an answer, and the next question as text."""
    here = midway()
    return partial(advance, here.conversation, here.answer, here.policy)


def encoding_a_conversation() -> Work:
    """To the bytes that are encrypted."""
    return partial(encode_conversation, midway().stored)


def decoding_a_conversation() -> Work:
    """Back again."""
    return partial(decode_conversation, encode_conversation(midway().stored))


def encrypting_a_conversation() -> Work:
    """Under its own key, bound to row and revision."""
    return partial(encrypt_body, draw(KEY_BYTES), encode_conversation(midway().stored), TABLE, ROW, REVISION)


def decrypting_a_conversation() -> Work:
    """Back again."""
    key = draw(KEY_BYTES)
    sealed = encrypt_body(key, encode_conversation(midway().stored), TABLE, ROW, REVISION)
    return partial(decrypt_body, key, sealed, TABLE, ROW, REVISION)


def a_ring() -> KeyRing:
    """Return a key ring of one key."""
    return KeyRing([RingKey("a key", draw(KEY_BYTES))])


def encrypting_a_reply() -> Work:
    """Encoded and under the key ring, as it waits in the outbox."""
    ring, reply, nonce = a_ring(), midway().reply, draw(NONCE_BYTES)
    return lambda: ring.wrap(encode_outgoing(reply), "outbox", ROW, nonce)


def unwrapping_a_key() -> Work:
    """The key of a conversation, from the key ring."""
    ring = a_ring()
    return partial(ring.unwrap, ring.newest, ring.wrap(draw(KEY_BYTES), TABLE, ROW, draw(NONCE_BYTES)), TABLE, ROW)


def looking_up() -> Work:
    """The keyed hash that finds a person, or a message that was taken before."""
    return partial(LookupKey(draw(KEY_BYTES)).digest, "address", CHANNEL, CHAT)


def laying_out_buttons() -> Work:
    """The buttons of a question, as Telegram wants them."""
    return partial(keyboard, midway().reply)


def recording_an_event() -> Work:
    """The commitment to an event of consent, and the head of its chain."""
    salt, head, event = draw(chain.SALT_BYTES), chain.genesis("a case"), bytes(200)
    return lambda: chain.link(head, 1, chain.commitment(salt, event))


def sealing_a_report() -> Work:
    """Twelve kilobytes, padded, to two recipients."""
    recipients = [generate_identity(draw(32)).recipient().text() for _ in range(2)]
    return partial(AgeSealer().seal, REPORT, recipients)


PIECES: Final[Mapping[str, Callable[[], Work]]] = {
    "decode an update": decoding_an_update,
    "look up": looking_up,
    "unwrap a key": unwrapping_a_key,
    "decrypt a conversation": decrypting_a_conversation,
    "decode a conversation": decoding_a_conversation,
    "advance": advancing,
    "encode a conversation": encoding_a_conversation,
    "encrypt a conversation": encrypting_a_conversation,
    "encrypt a reply": encrypting_a_reply,
    "lay out buttons": laying_out_buttons,
    "record an event of consent": recording_an_event,
    "seal a report": sealing_a_report,
}


def timed(prepare: Callable[[], Work]) -> Callable[[int], float]:
    """Return how pyperf measures a piece: prepared only in the processes that run it, and not within the time."""
    prepared = cache(prepare)

    def seconds(loops: int) -> float:
        work = prepared()
        started = perf_counter()
        for _ in range(loops):
            work()
        return perf_counter() - started

    return seconds


def main() -> None:
    """Measure every piece."""
    runner = pyperf.Runner(processes=PROCESSES)
    for name, prepare in PIECES.items():
        runner.bench_time_func(name, timed(prepare))


if __name__ == "__main__":
    main()
