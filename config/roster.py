"""roster.yaml: who answers alerts, and when. Addresses of officers stand only in this file and are never logged."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from config.documents import Record, Texts, validated
from config.holiday_calendars import holidays_of
from dialogs.duty_book import Swap
from dialogs.roster import MINUTES_OF_A_DAY, Ladder, Officer, Quiet, Roster, Rung, Shift

if TYPE_CHECKING:
    from config.documents import Document

MOST_RUNGS: Final = 20
URGENT_LEVELS: Final = ("L1", "L2")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Account(Record):
    channel: Literal["signal", "telegram", "mail"]
    address: str


class _Quiet(Record):
    begins: str
    ends: str
    zone: str = "Etc/UTC"


class _Person(Record):
    id: str
    office: str
    roles: Texts
    channels: tuple[_Account, ...]
    lang: str = "en"
    account: str = ""
    quiet: _Quiet | None = None


class _Shift(Record):
    office: str
    role: str
    people: Texts
    days: Texts = DAYS
    begins: str = "00:00"
    ends: str = "24:00"
    zone: str = "Etc/UTC"
    not_on: tuple[date, ...] = ()
    holidays: str = ""


class _Swap(Record):
    day: date
    out: str
    into: str


class _Rung(Record):
    after: Annotated[int, Field(ge=0)]
    role: str
    wide: bool = False


class _Ladder(Record):
    rungs: Annotated[tuple[_Rung, ...], Field(min_length=1, max_length=MOST_RUNGS)]
    repeat: Annotated[int, Field(ge=1)]
    call: Annotated[int, Field(ge=0)] | None = None


class _Digest(Record):
    at: Texts
    zone: str = "Etc/UTC"


class _File(Record):
    people: tuple[_Person, ...] = ()
    shifts: tuple[_Shift, ...] = ()
    swaps: tuple[_Swap, ...] = ()
    ladders: dict[str, _Ladder] = Field(default_factory=dict)
    focal_point: str = "OFF-ASG"
    digest: _Digest | None = None
    ping_days: Annotated[int, Field(ge=0)] = 0
    drill_word: Annotated[str, Field(max_length=20)] = ""
    tests_a_week: Annotated[int, Field(ge=0, le=1000)] = 0
    next_channel: Annotated[int, Field(ge=1, le=60)] = 30


def load(document: Document) -> Roster:
    """Return the roster of a file; notes mistakes in the document."""
    file = validated(document, _File)
    if file is None:
        return Roster()
    people: dict[str, Officer] = {}
    for index, raw in enumerate(file.people):
        if raw.id in people:
            document.note(("people", index, "id"), f"repeats {raw.id}", "Give everybody an id of their own")
        if not raw.channels:
            document.note(("people", index, "channels"), "is empty", "Name at least one account to reach them at")
        accounts = tuple((account.channel, account.address) for account in raw.channels)
        people[raw.id] = Officer(
            raw.id, raw.office, raw.roles, accounts, raw.lang, raw.account, _quiet(document, index, raw)
        )
    shifts = tuple(_shift(document, index, raw, people) for index, raw in enumerate(file.shifts))
    for index, swap in enumerate(file.swaps):
        for side in (swap.out, swap.into):
            if side not in people:
                document.note(("swaps", index), f"{side} is not among the people", "Name an id of `people`")
    ladders = {
        level: Ladder(tuple(Rung(rung.after, rung.role, rung.wide) for rung in raw.rungs), raw.repeat, raw.call)
        for level, raw in file.ladders.items()
    }
    for level in URGENT_LEVELS if people else ():
        if level not in ladders:
            document.note(("ladders",), f"has no ladder for {level}", "Add it: somebody must be told")
    swaps = tuple(Swap(swap.day.isoformat(), swap.out, swap.into) for swap in file.swaps)
    digest = file.digest or _Digest(at=())
    _check_zone(document, ("digest",), digest.zone)
    return Roster(
        people, shifts, swaps, ladders, file.focal_point,
        digest=tuple(sorted(_minutes(document, ("digest",), text) for text in digest.at)), digest_zone=digest.zone,
        ping_days=file.ping_days, drill_word=file.drill_word, tests_a_week=file.tests_a_week,
        next_channel=file.next_channel,
    )  # fmt: skip


def _shift(document: Document, index: int, raw: _Shift, people: dict[str, Officer]) -> Shift:
    place = ("shifts", index)
    for name in raw.people:
        if name not in people:
            document.note((*place, "people"), f"{name} is not among the people", "Name an id of `people`")
        elif raw.role not in people[name].roles:
            document.note((*place, "people"), f"{name} has not the role {raw.role}", "Add it to their roles")
    for day in raw.days:
        if day not in DAYS:
            document.note((*place, "days"), f"{day} is no day", f"Use {', '.join(DAYS)}")
    _check_zone(document, place, raw.zone)
    begins, ends = (_minutes(document, place, text) for text in (raw.begins, raw.ends))
    ends = ends if ends > begins else ends + MINUTES_OF_A_DAY
    weekdays = tuple(DAYS.index(day) for day in raw.days if day in DAYS)
    not_on = frozenset(raw.not_on) | holidays_of(document, (*place, "holidays"), raw.holidays)
    return Shift(raw.office, raw.role, raw.people, weekdays, begins, ends, raw.zone, not_on)


def _quiet(document: Document, index: int, raw: _Person) -> Quiet | None:
    if raw.quiet is None:
        return None
    place = ("people", index, "quiet")
    _check_zone(document, place, raw.quiet.zone)
    return Quiet(_minutes(document, place, raw.quiet.begins), _minutes(document, place, raw.quiet.ends), raw.quiet.zone)


def _check_zone(document: Document, place: tuple[str | int, ...], zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        document.note((*place, "zone"), f"{zone} is no time zone", "Use a name such as Africa/Nairobi")


def _minutes(document: Document, place: tuple[str | int, ...], text: str) -> int:
    hours, _colon, minutes = text.partition(":")
    if hours.isdecimal() and minutes.isdecimal() and int(hours) * 60 + int(minutes) <= MINUTES_OF_A_DAY:
        return int(hours) * 60 + int(minutes)
    document.note(place, f"{text} is no time of day", "Write it as 08:00; the end of the day is 24:00")
    return 0
