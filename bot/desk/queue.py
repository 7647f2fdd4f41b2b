"""The queue: all cases an account may see, the most urgent first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from bot.desk.lines import NAME_TO_REVIEW, OVER, Line, Surroundings, flags_of, line_of
from bot.desk.routes import VIEWERS, Route
from dialogs.identity_box import may_be_due
from handlers.access import REAL_NAME, Sight, role_sees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.desk.routes import Call
    from bot.desk.state import Desk
    from dialogs.conversation import CaseCard
    from handlers.accounts import Account
    from handlers.ports import UnitOfWork

LEVELS: Final = ("L1", "L2", "L3", "L4", "L0")
ME, NONE = "me", "none"

Level = Annotated[str, msgspec.Meta(pattern="^(|L[0-4])$")]
Word = Annotated[str, msgspec.Meta(max_length=64, pattern="^[A-Za-z0-9_-]*$")]
Cursor = Annotated[str, msgspec.Meta(max_length=120, pattern="^(|L[0-4]/[0-9TZ:-]+/[A-Za-z0-9-]+)$")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lines. Without a status: all that are not over; names to review are looked for among all.

    `owner`: me, none, or an id.
    """

    level: Level = ""
    status: Word = ""
    owner: Word = ""
    flag: Word = ""
    after: Cursor = ""
    limit: Limit = 50


class Queue(msgspec.Struct, frozen=True):
    """Lines, the cursor of the next ones ("" at the end), and how many open cases and names to review there are."""

    cases: tuple[Line, ...]
    next: str
    counts: dict[str, int]


def surroundings(desk: Desk, work: UnitOfWork, account: Account, cards: Iterable[CaseCard]) -> Surroundings:
    """Return what the lines of these cards need besides them."""
    names = {known.id: known.name for known in work.accounts.all()}
    now, office = desk.now(), account.office
    old = may_be_due(cards, office, desk.policy.settings, now)
    names_due = work.blobs.holding(office, REAL_NAME, old)
    return Surroundings(names, work.blobs.unread(office), names_due, desk.policy, now)


def queue(call: Call[Filter]) -> Queue:
    """Answer one page of the queue."""
    desk, account, asked = call.desk, call.account, call.asked
    with desk.store.transaction() as work:
        cards = desk.index.cards(work)
        around = surroundings(desk, work, account, cards.values())
    existing = desk.index.of_office(account.office, cards.values(), call.now)
    mine = [card for card in existing if role_sees(account, card) > Sight.NOTHING]
    after = _cursor(asked.after)
    wanted = [card for card in mine if _wanted(card, asked, account, around)]
    found = sorted((key, card.case) for card in wanted if (key := key_of(card)) > after)
    page = [cards[case] for _key, case in found[: asked.limit]]
    following = _text(key_of(page[-1])) if len(found) > len(page) else ""
    return Queue(tuple(line_of(card, around) for card in page), following, counts_of(mine, around))


def _wanted(card: CaseCard, asked: Filter, account: Account, around: Surroundings) -> bool:
    owner = {ME: account.id, NONE: ""}.get(asked.owner, asked.owner)
    every = asked.flag == NAME_TO_REVIEW  # a name is kept as long as its report, which may be long after closing
    return (
        (not asked.level or card.level == asked.level)
        and (card.status == asked.status if asked.status else every or card.status not in OVER)
        and (not asked.owner or card.owner == owner)
        and (not asked.flag or asked.flag in flags_of(card, around))
    )


def counts_of(cards: list[CaseCard], around: Surroundings) -> dict[str, int]:
    """Return how many open cases there are of each level, how many nobody owns, and names to review in all cases."""
    open_ones = [card for card in cards if card.status not in OVER]
    counted = Counter(card.level for card in open_ones)
    unowned = sum(1 for card in open_ones if not card.owner)
    due = sum(card.case in around.names_due for card in cards)
    return {**{level: counted[level] for level in LEVELS}, "unowned": unowned, NAME_TO_REVIEW: due}


def key_of(card: CaseCard) -> tuple[int, str, str]:
    """Return the place in the queue: level, then the longest waiting first."""
    return LEVELS.index(card.level) if card.level in LEVELS else len(LEVELS), card.submitted_at, card.case


def _text(key: tuple[int, str, str]) -> str:
    return f"{LEVELS[key[0]]}/{key[1]}/{key[2]}"


def _cursor(text: str) -> tuple[int, str, str]:
    if not text:
        return (-1, "", "")
    level, at, case = text.split("/")
    return LEVELS.index(level), at, case


ROUTES: Final = (Route("GET", "/api/cases", "The queue", VIEWERS, queue, Filter, Queue),)
