"""config/policy/offices.yaml as dialogs.policy.Directory: offices, routing rules, names of UN bodies, keys."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.conditions import condition
from config.documents import Record, Texts, YesNo, validated
from config.holiday_calendars import holidays_of
from dialogs.policy import Directory, Office, OfficeKey, RouteRule, UnBody, Window
from dialogs.selectors import is_selector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.documents import Document

MINUTES_A_DAY = 24 * 60
_FORMS: Final = {
    "id": (re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}"), "Use capital letters, digits and hyphens, such as OFF-CO-XA"),
    "kind": (re.compile(r"ENT-[A-Z]{3}"), "Use a kind of the taxonomy, such as ENT-FLD"),
    "country": (re.compile(r"[A-Z]{2}"), "Use the two letters of the country, or leave it out"),
    "mailbox": (re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+"), "Use one mail address, such as office@example.org"),
}
"""What is written as what: an id becomes the name of a file, an address goes into the head of a mail."""


class _Window(Record):
    weekdays: tuple[int, ...]
    opens: str
    closes: str


class _Key(Record):
    key_id: str
    recipient: str
    use: Literal["report", "recovery", "identity"]
    valid_from: date
    valid_to: date
    revoked: YesNo = False


class _Office(Record):
    id: str
    name: str
    kind: str
    country: str | None = None
    covers_countries: Texts = ()
    covers: Texts = ()
    languages: Texts
    tz: str
    hours: tuple[_Window, ...]
    holidays: str = ""
    closed_on: tuple[date, ...] = ()
    on_call: YesNo = False
    l1_capable: YesNo = False
    international_only: YesNo = False
    accepts_child: YesNo = True
    women_officers: YesNo = False
    backup: str | None = None
    coi_group: str = ""
    status: Literal["active", "paused", "closed"] = "active"
    regional: YesNo = False
    role: Literal["asg", "alternate", "duty-desk", "feedback", "newyork", ""] = ""
    mailbox: str
    keys: tuple[_Key, ...] = ()


class _Rule(Record):
    id: str
    when: dict[str, Any]
    candidates: Texts
    reason: str
    last_resort: YesNo = False


class _Body(Record):
    name: str
    kind: str
    words: Texts = ()
    office: str | None = None


class _File(Record):
    offices: tuple[_Office, ...]
    rules: tuple[_Rule, ...]
    bodies: tuple[_Body, ...]
    version: str = ""
    expires: datetime | None = None


def load(document: Document, countries: Mapping[str, Sequence[str]]) -> Directory:
    """Return the directory; notes mistakes in the document."""
    file = validated(document, _File)
    if file is None:
        return Directory({}, (), (), {})
    offices = {office.id: _office(document, index, office) for index, office in enumerate(file.offices)}
    _check(document, file, offices)
    rules = tuple(
        RouteRule(
            rule.id, condition(document, rule.when, ("rules", index, "when")), rule.candidates, rule.reason,
            rule.last_resort,
        )
        for index, rule in enumerate(file.rules)
    )  # fmt: skip
    bodies = tuple(UnBody(body.name, body.kind, body.words, body.office) for body in file.bodies)
    names = {code: tuple(values) for code, values in countries.items()}
    return Directory(offices, rules, bodies, names, file.version, file.expires)


def _office(document: Document, index: int, office: _Office) -> Office:
    place = ("offices", index)
    for field, (form, remedy) in _FORMS.items():
        value = getattr(office, field)
        if value is not None and not form.fullmatch(value):
            document.note((*place, field), f"{value!r} is not written as one", remedy)
    try:
        ZoneInfo(office.tz)
    except (ZoneInfoNotFoundError, ValueError):
        document.note((*place, "tz"), f"{office.tz!r} is no time zone", "Use an IANA name such as Europe/Zurich")
    windows = tuple(
        Window(
            w.weekdays,
            _minutes(document, (*place, "hours", i), w.opens),
            _minutes(document, (*place, "hours", i), w.closes),
        )
        for i, w in enumerate(office.hours)
    )
    keys = tuple(OfficeKey(k.key_id, k.recipient, k.use, k.valid_from, k.valid_to, k.revoked) for k in office.keys)
    return Office(
        id=office.id, name=office.name, kind=office.kind, country=office.country,
        covers_countries=office.covers_countries, covers=office.covers, languages=office.languages, tz=office.tz,
        hours=windows, on_call=office.on_call, l1_capable=office.l1_capable,
        international_only=office.international_only, accepts_child=office.accepts_child,
        women_officers=office.women_officers, backup=office.backup, coi_group=office.coi_group, status=office.status,
        mailbox=office.mailbox, keys=keys, regional=office.regional, role=office.role,
        closed_on=frozenset(office.closed_on) | holidays_of(document, (*place, "holidays"), office.holidays),
    )  # fmt: skip


def _minutes(document: Document, place: tuple[str | int, ...], text: str) -> int:
    hours, _colon, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal()) or int(hours) * 60 + int(minutes) > MINUTES_A_DAY:
        document.note(place, f"{text!r} is no time of day", "Write it as 08:00; the end of the day is 24:00")
        return 0
    return int(hours) * 60 + int(minutes)


def _check(document: Document, file: _File, offices: Mapping[str, Office]) -> None:
    ids = [office.id for office in file.offices]
    for index, office in enumerate(file.offices):
        if ids.index(office.id) != index:
            document.note(("offices", index, "id"), f"repeats {office.id}", "Give every office an id of its own")
        if office.backup is not None and office.backup not in offices:
            document.note(
                ("offices", index, "backup"), f"{office.backup} is no office here", "Name an office of this file"
            )
    for role in ("asg", "alternate", "duty-desk", "feedback", "newyork"):
        if sum(1 for office in file.offices if office.role == role) != 1:
            document.note(("offices",), f"needs exactly one office with role {role}", "Set `role` at that office")
    for index, rule in enumerate(file.rules):
        for selector in rule.candidates:
            named = selector.removeprefix("office:") if selector.startswith("office:") else None
            if not is_selector(selector) or (named is not None and named not in offices):
                document.note(
                    ("rules", index, "candidates"), f"{selector} names no office", "See docs/policy.md, selectors"
                )
    for index, body in enumerate(file.bodies):
        if body.office is not None and body.office not in offices:
            document.note(
                ("bodies", index, "office"),
                f"{body.office} is no office here",
                "Name an office of this file, or take the line out",
            )
