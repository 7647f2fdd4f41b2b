"""Attachments at the door: streamed into the seal while hashing, never decoded, never whole in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from dialogs.conversation import SealedFile
from dialogs.engine import file_refusal
from dialogs.frozen import Frozen
from dialogs.limits import MAX_FILE_BYTES
from dialogs.replace import replace
from handlers.errors import DraftLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.ports import Entropy, Sealer, Store
    from handlers.types import Address, Inbound, IncomingFile

NAME_BYTES: Final = 16
MAX_NAME_CHARS, MAX_TYPE_CHARS = 200, 100


class Taken(Frozen):
    """What became of a file: sealed, or the text id of the reason why not."""

    file: SealedFile | None
    refusal: str | None


class _TooLarge(Exception):
    """The file is larger than it was said to be; raised so that Store.new_file leaves nothing behind."""


class Attachments(Frozen):
    """Takes files before the turn that mentions them, so that nobody waits for somebody's slow upload."""

    store: Store
    sealer: Sealer
    entropy: Entropy
    open_file: Callable[[IncomingFile], BinaryIO] | None

    def take(self, inbound: Inbound) -> Taken:
        """Stream the file into the one-time identity of the draft.

        A crash before the turn is stored leaves a sealed file that nothing can open; `leeward purge` removes it.
        Raises: StorageError when it cannot be written.
        """
        incoming = inbound.file
        identity, refusal = self._identity(inbound.address)
        if refusal is not None or incoming is None or self.open_file is None:
            return Taken(None, refusal or "T-FILE-NOT-NOW")
        limit = MAX_FILE_BYTES[inbound.address.channel]
        if incoming.size > limit:
            return Taken(None, "T-FILE-TOO-LARGE")
        blob = self.entropy.bytes(NAME_BYTES).hex()
        try:
            with self.open_file(incoming) as source, self.store.new_file(blob) as sink:
                size, digest = _whole(self.sealer.seal_file(source, sink, identity, limit))
        except _TooLarge:
            return Taken(None, "T-FILE-TOO-LARGE")
        except OSError:
            return Taken(None, "T-FILE-BROKEN")
        name, kind = incoming.name[:MAX_NAME_CHARS], incoming.type[:MAX_TYPE_CHARS]
        return Taken(SealedFile(blob=blob, name=name, type=kind, size=size, digest=digest), None)

    def _identity(self, address: Address) -> tuple[str, str | None]:
        """Return the one-time identity of the draft, made and stored when it has none, or why no file is welcome."""
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                loaded = None
            if loaded is None or loaded.conversation.draft is None:
                return "", "T-FILE-NOT-NOW"
            conversation, draft = loaded.conversation, loaded.conversation.draft
            refusal = file_refusal(conversation)
            if refusal is None and not draft.file_identity:
                draft = replace(draft, file_identity=self.sealer.new_file_identity())
                work.conversations.save(address, replace(conversation, draft=draft))
            return draft.file_identity, refusal


def _whole(sealed: tuple[int, str] | None) -> tuple[int, str]:
    if sealed is None:
        raise _TooLarge
    return sealed
