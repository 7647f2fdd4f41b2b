"""What a page shows of a case: the safety strip first (spec 6.4), then what was agreed, and what lies sealed."""

from __future__ import annotations

from io import SEEK_END
from typing import TYPE_CHECKING, Any, Final

import msgspec

from bot.desk.lines import Owner, line_of
from bot.desk.measures import to_check
from bot.desk.progress import Underway, offer_of, progress_of
from bot.desk.words import EXCLUDE, RED, SAFE_TIMES, consent_words, in_words
from dialogs.consents import minute
from dialogs.contact import may_write
from dialogs.gate import Granted
from dialogs.identity_box import is_left, review_due
from dialogs.safe_times import is_safe, next_safe
from handlers.access import FILE, Sight, opens
from handlers.accounts import Role
from handlers.case_acts import may_receive
from handlers.contact import obstacle, refusal_code
from handlers.desk import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.desk.lines import Surroundings
    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard, ConsentEvent
    from handlers.ports import UnitOfWork
    from handlers.types import AuditEntry

OFFICE_CODE: Final = "EXC-OFF:"
NOBODY_EXCLUDED: Final = "EXC-NONE"


class PairOfWords(msgspec.Struct, frozen=True):
    """The words by which both sides know each other: the officer begins with `off`, the person answers `your`."""

    off: str
    your: str


class Strip(msgspec.Struct, frozen=True):
    """May I contact, how, when, with which words and cover, and what must never happen."""

    may_contact: bool
    reason: str  # why not now; "" when one may
    how: str
    words: PairOfWords
    cover: str
    safe_times: tuple[str, ...]
    next_safe: str
    never: tuple[str, ...]


class ConsentShown(msgspec.Struct, frozen=True):
    """One thing the person was asked, and what they say now."""

    id: str
    words: str
    status: str
    at: str
    expires: str
    recipient: str
    erased: str = ""  # since when nothing is left of what this permits: the office erased the real name


class SealedShown(msgspec.Struct, frozen=True):
    """Sealed bytes that can be fetched. `fetched`: somebody of this office did."""

    purpose: str
    sequence: int
    size: int
    fetched: bool


class FileShown(msgspec.Struct, frozen=True):
    """A sealed attachment under its random name."""

    name: str
    size: int


class HistoryLine(msgspec.Struct, frozen=True):
    """One act in the case, from the audit log."""

    at: str
    who: str
    role: str
    act: str
    old: str
    new: str
    reason: str


class BoxShown(msgspec.Struct, frozen=True):
    """The identity box: is there one, who waits for a second person, until when is it open to this account.

    And when its office looks next whether it still needs it, or when it erased it as no longer needed.
    """

    present: bool
    pending: Owner | None
    until: str  # ISO 8601; "" when it is locked
    review_due: str  # ISO 8601; "" when there is none
    erased: str  # ISO 8601; "" when it was not


class LevelWish(msgspec.Struct, frozen=True):
    """A lower level somebody wishes, and why (RSN-LVL-…)."""

    level: str
    reason: str
    by: Owner


class CaseShown(Underway, frozen=True, kw_only=True):
    """A case: its line, and more. What this account does not see is empty: `sees` says how much it is."""

    sees: str  # consents | line | content
    consents: tuple[ConsentShown, ...] = ()
    red: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tp_consent: str = ""
    child: bool = False
    strip: Strip | None = None
    blobs: tuple[SealedShown, ...] = ()
    files: tuple[FileShown, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    identity: BoxShown | None = None
    level_wish: LevelWish | None = None  # somebody wishes to lower L1; a second person carries it out
    colleagues: tuple[Owner, ...] = ()  # who it could be handed to
    words_lead_back: bool = False  # the person finds the case again from any account


def case_shown(call: Call[Any], work: UnitOfWork, card: CaseCard, around: Surroundings) -> CaseShown:
    """Return as much of the case as the account sees."""
    seen = call.allowed.sight
    shown: dict[str, Any] = {**msgspec.structs.asdict(line_of(card, around)), "sees": seen.name.lower()}
    if seen in (Sight.CONSENTS, Sight.CONTENT):
        shown["consents"] = tuple(_consent(event, card) for event in latest(card.consents))
    if seen >= Sight.LINE:
        shown["history"] = tuple(_history(entry, around) for entry in work.audit.of(card.case))
        shown["level_wish"] = _level_wish(card, around)
        shown["identity"] = _identity(call, work, card, around)
        shown["hand_over"] = offer_of(card, around)
    if seen is Sight.CONTENT or (seen is Sight.LINE and call.account.has(Role.SHIFT_LEAD)):
        shown["colleagues"] = tuple(_colleagues(call, work, card))
    if seen is Sight.LINE:
        shown["measures"] = to_check(card, call)
    if seen is Sight.CONTENT:
        shown |= _content(call, work, card) | progress_of(call, work, card, around)
    return CaseShown(**shown)


def _content(call: Call[Any], work: UnitOfWork, card: CaseCard) -> dict[str, Any]:
    lines = [
        line for line in work.blobs.lines(card.case, call.account.office) if opens(call.account, card, line.purpose)
    ]
    own = call.account.office == card.office and opens(call.account, card, FILE)
    return {
        "red": card.red, "exclude": _shut_out(card), "tp_consent": card.tp_consent, "child": card.child,
        "strip": strip_of(call, card), "words_lead_back": bool(card.phrase_hash),
        "blobs": tuple(SealedShown(line.purpose, line.sequence, line.size, line.fetched) for line in lines),
        "files": tuple(_files(call, work, card)) if own else (),
    }  # fmt: skip


def _colleagues(call: Call[Any], work: UnitOfWork, card: CaseCard) -> Iterator[Owner]:
    offices, own = call.desk.policy.directory.offices, call.account.office
    for other in sorted(work.accounts.all(), key=lambda one: one.office != own):
        if other.id != call.account.id and may_receive(other, card, own):
            yield Owner(other.id, other.name if other.office == own else f"{other.name}, {offices[other.office].name}")


def strip_of(call: Call[Any], card: CaseCard) -> Strip:
    """Return the safety strip: what to read before anything is done."""
    policy, now = call.desk.policy, call.now
    office = policy.directory.offices.get(card.office) or policy.directory.offices[call.account.office]
    granted = may_write(card, policy, now)
    reason = "" if isinstance(granted, Granted) else refusal_code(granted.reason)
    reason = reason or obstacle(card) or ("" if is_safe(card, office, now) else "not_safe_now")
    return Strip(
        may_contact=not reason, reason=reason, how=_how(card),
        words=PairOfWords(card.off_words, card.your_words), cover=card.cover,
        safe_times=tuple(in_words(SAFE_TIMES, part) for part in card.safe_times),
        next_safe=minute(next_safe(card, office, now)),
        never=tuple(in_words(RED, line) for line in card.red) + tuple(_excluded(code) for code in _shut_out(card)),
    )  # fmt: skip


def _how(card: CaseCard) -> str:
    if card.lost_at:
        return "nowhere, whatever they agreed to: only their secret words lead back"
    return f"in this chat ({card.channel})"


def _shut_out(card: CaseCard) -> tuple[str, ...]:
    return tuple(code for code in card.exclude if code != NOBODY_EXCLUDED)


def _excluded(code: str) -> str:
    if code.startswith(OFFICE_CODE):
        return f"{code.removeprefix(OFFICE_CODE)} must not learn of it"
    return in_words(EXCLUDE, code)


def latest(events: tuple[ConsentEvent, ...]) -> tuple[ConsentEvent, ...]:
    """Return the last event of each consent, recipient and measure, in the order they were first asked."""
    return tuple({(event.id, event.recipient, event.measure): event for event in events}.values())


def _consent(event: ConsentEvent, card: CaseCard) -> ConsentShown:
    erased = "" if is_left(card, event) else card.box_erased
    return ConsentShown(
        event.id, consent_words(event.id), event.status, event.at, event.expires, event.recipient, erased
    )


def _history(entry: AuditEntry, around: Surroundings) -> HistoryLine:
    who = around.names.get(entry.who, entry.who)
    return HistoryLine(minute(entry.at), who, entry.role, entry.act, entry.old, entry.new, entry.reason)


def _files(call: Call[Any], work: UnitOfWork, card: CaseCard) -> Iterator[FileShown]:
    for name in work.blobs.files_of(card.case):
        content = call.desk.store.open_file(name)
        if content is not None:
            with content:
                yield FileShown(name, content.seek(0, SEEK_END))


def _identity(call: Call[Any], work: UnitOfWork, card: CaseCard, around: Surroundings) -> BoxShown:
    asked = work.sessions.boxes_of(card.case)
    waiting = next((request.account for request in asked if request.until is None), "")
    mine = next((request for request in asked if request.account == call.account.id), None)
    is_open = mine is not None and mine.session == call.allowed.session.id and (mine.until or call.now) > call.now
    may_open = opens(call.account, card, IDENTITY)
    present = may_open and any(b.purpose == IDENTITY for b in work.blobs.lines(card.case, call.account.office))
    return BoxShown(
        present=present, pending=around.owner(waiting),
        until=minute(mine.until) if mine and mine.until and is_open else "",
        review_due=minute(review_due(card, around.policy.settings)) if present else "",
        erased=card.box_erased if may_open and call.account.office == card.office else "",
    )  # fmt: skip


def _level_wish(card: CaseCard, around: Surroundings) -> LevelWish | None:
    wish = card.lowering
    by = around.owner(wish.by) if wish is not None else None
    return LevelWish(wish.level, wish.reason, by) if wish is not None and by is not None else None
