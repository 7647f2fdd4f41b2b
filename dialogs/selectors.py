"""How a routing rule names offices: by id, role, kind, topic, or by what sits in a country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dialogs.conditions import Facts
    from dialogs.policy import Directory, Office

FIELD_KINDS: Final = ("ENT-FLD", "ENT-OHC")
PREFIXES: Final = ("office:", "role:", "kind:", "topic:")


def selected(selector: str, facts: Facts, directory: Directory) -> tuple[Office, ...]:
    """Return the offices the selector names under these facts, in the order of the directory."""
    prefix, _colon, value = selector.partition(":")
    offices = tuple(directory.offices.values())
    if prefix == "office":
        return tuple(o for o in offices if o.id == value)
    if prefix == "role":
        return tuple(o for o in offices if o.role == value)
    if prefix == "topic":
        return tuple(o for o in offices if value in o.covers)
    country = _country(facts)
    if prefix == "kind":
        return tuple(
            o for o in offices if o.kind == value and (not o.covers_countries or country in o.covers_countries)
        )
    return tuple(o for o in offices if _NAMED[selector](o, facts, directory, country))


def is_selector(text: str) -> bool:
    """Tell whether a rule may use this selector."""
    return text in _NAMED or text.startswith(PREFIXES)


def _country(facts: Facts) -> str:
    """The country of cooperation; where it is not known, the country of harm (RT-17)."""
    return str(facts.get("coop_country") or facts.get("country") or "")


def _named_body(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del country
    wanted = facts.get("un_specific")
    return any(body.office == office.id for body in directory.bodies if body.name == wanted)


def _country_office(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.kind in FIELD_KINDS and not office.regional and office.country == country != ""


def _adviser(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.kind == "ENT-RCO" and office.country == country != "" and "adviser" in office.covers


def _regional(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.regional and country in office.covers_countries


def _coordinator(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.kind == "ENT-RCO" and office.country == country != ""


def _mission(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.kind in ("ENT-PKO", "ENT-SPM") and country in office.covers_countries


def _inquiry(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del facts, directory
    return office.kind == "ENT-INV" and country in office.covers_countries


def _in_contact(office: Office, facts: Facts, directory: Directory, country: str) -> bool:
    del directory, country
    return facts.get("office_contact") == office.id


_NAMED: Final[Mapping[str, Callable[[Office, Facts, Directory, str], bool]]] = {
    "named-body": _named_body,
    "country-office": _country_office,
    "adviser": _adviser,
    "regional-office": _regional,
    "resident-coordinator": _coordinator,
    "mission": _mission,
    "inquiry": _inquiry,
    "office-in-contact": _in_contact,
}
