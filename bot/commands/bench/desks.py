"""bench desk: the first page of the queue among many cases, against reading and opening the same cards bare."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bot.clock import SystemClock
from bot.commands.bench.figures import Figures, Watch
from bot.commands.bench.installation import installed
from bot.commands.bench.ledgers import CARD
from bot.desk.queue import Filter, queue
from bot.desk.routes import Allowed, Call, Visitor
from bot.desk.state import Place, make_desk
from bot.writer import Writer
from dialogs.conversation import ConsentEvent
from dialogs.replace import replace
from handlers.accounts import Account, Role, Session
from storage.codec import decode_card, encode_card

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options

OFFICE = "OFF-HRC"
LEVELS = ("L1", "L2", "L2", "L3", "L3", "L3", "L4", "L4", "L4", "L4")
LINES = 200
AT_ONCE = 500


def desk(options: Options, folder: Path) -> Figures:
    """As many cases as `people`: the first look after a start, and every other one, with the answer encoded.

    The reference decodes the cards of that many cases and sorts them by level and age, nothing else: it asks for no
    consent, so it would show every case to everybody.
    """
    figures = Figures("desk")
    with installed(folder, options.database) as service:
        cards = _fill(service, options.people)
        for _ in range(options.rounds):
            call, answer = _call(service), b""
            for look in ("first look", "look"):
                with Watch() as watch:
                    answer = msgspec.json.encode(queue(call))
                figures.add(f"{look}, ms", watch.wall * 1000)
                figures.add(f"{look}, CPU ms", watch.cpu * 1000)
            call.desk.writer.close()
            with Watch() as watch:
                found = sorted((decode_card(card) for card in cards), key=lambda card: (card.level, card.submitted_at))
                bare = msgspec.json.encode(found[:LINES])
            figures.add("reference, CPU ms", watch.cpu * 1000)
            figures.notes["bytes of the answer, and of the reference's"] = f"{len(answer)}, {len(bare)}"
            figures.ratio("ratio CPU (reference / first look)", "reference, CPU ms", "first look, CPU ms")
            figures.ratio("ratio CPU (reference / look)", "reference, CPU ms", "look, CPU ms")
    figures.notes["cases"] = options.people
    return figures


def _fill(service: Service, count: int) -> list[bytes]:
    """Open so many cases an office may see; return their cards as they are before encryption."""
    given = ConsentEvent("CR-1", "C-FWD", "given", "2026-11-24T10:00Z", "C-FWD", "00", "en", "signal", recipient=OFFICE)
    cards = [
        replace(
            CARD, case=f"LW-{number:06}", level=LEVELS[number % len(LEVELS)], office=OFFICE, consents=(given,),
            submitted_at=f"2026-11-{1 + number % 23:02}T{number % 24:02}:{number % 60:02}Z",
        )
        for number in range(count)
    ]  # fmt: skip
    for start in range(0, count, AT_ONCE):
        with service.store.transaction() as work:
            for card in cards[start : start + AT_ONCE]:
                work.cases.open(card, None)
    return [encode_card(card) for card in cards]


def _call(service: Service) -> Call[Filter]:
    """Return the request of somebody who may see the queue, at a desk that was started just now."""
    now = SystemClock().now()
    account = Account("a-1", "Amina", OFFICE, (Role.FIRST_RESPONDENT,), "active", "2026-11-01T00:00Z")
    session = Session("s-1", account.id, now, now, now + timedelta(hours=1))
    made = make_desk(service, Writer(several=False), Place("http://localhost:8080"))
    allowed = Allowed(account, Role.FIRST_RESPONDENT, session, now)
    return Call(made, allowed, Filter(limit=LINES), {}, Visitor("127.0.0.1", {}))
