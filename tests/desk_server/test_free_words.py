"""What officers may say to the server in words of their own: only what is shown, and nothing about a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.desk.openapi import described
from bot.desk.table import ALL
from dialogs.policy import REASON_LISTS
from handlers.accounts import Role
from tests.desk_server.test_every_route import BODIES
from tests.desk_server.world import HRC, World, card_of

WORDS = "her brother hides her"
CASE = "LW-AAAA-OWN"

WORDED = {
    ("/api/invitations", "name"),  # the officer's own name, as colleagues know them
    ("/api/cases/{case}/measures", "recipient"),  # the card of a measure: the person reads exactly this
    ("/api/cases/{case}/measures", "content"),
    ("/api/cases/{case}/measures", "hope"),
}
"""Free words: each is shown to whom it concerns, none is a remark about a person."""

LOOKED_UP = {
    ("/api/practice-login", "person"), ("/api/audit", "case"), ("/api/people/invite", "office"),
    ("/api/people/{person}/confirm", "office"),
    ("/api/cases/{case}/level", "reason"), ("/api/cases/{case}/identity", "reason"),
    ("/api/cases/{case}/identity/review", "reason"), ("/api/cases/{case}/recognise", "reason"),
    ("/api/cases/{case}/lose-account", "reason"),
    ("/api/cases/{case}/status", "status"), ("/api/cases/{case}/status", "reason"),
    ("/api/cases/{case}/hand-over", "to"), ("/api/cases/{case}/hand-over", "readback.level"),
    ("/api/cases/{case}/hand-over", "readback.next_contact"), ("/api/cases/{case}/hand-over", "readback.red[]"),
    ("/api/cases/{case}/hand-over/confirm", "readback.level"),
    ("/api/cases/{case}/hand-over/confirm", "readback.next_contact"),
    ("/api/cases/{case}/hand-over/confirm", "readback.red[]"), ("/api/cases/{case}/next-contact", "at"),
    ("/api/cases/{case}/measures", "measure"), ("/api/cases/{case}/measures/{id}/close", "outcome"),
    ("/api/cases/{case}/measures/{id}/check", "reason"),
    ("/api/cases/{case}/share", "office"),
}  # fmt: skip
"""Codes, ids and times without a pattern: compared with what there is, and refused when it is not there."""


def loose(shape: dict[str, Any], components: dict[str, Any], where: str = "") -> Iterator[str]:
    """Yield where a described request takes a string that is neither sealed bytes nor bound to a pattern or list."""
    if "$ref" in shape:
        shape = components[shape["$ref"].rsplit("/", 1)[-1]]
    for alternative in (*shape.get("anyOf", ()), *shape.get("prefixItems", ())):
        yield from loose(alternative, components, where)
    if isinstance(shape.get("items"), dict):
        yield from loose(shape["items"], components, f"{where}[]")
    for name, part in shape.get("properties", {}).items():
        yield from loose(part, components, f"{where}.{name}".removeprefix("."))
    if shape.get("type") == "string" and not {"pattern", "enum", "contentEncoding"} & set(shape):
        yield where


def asked_of(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the shapes of what an operation takes, with the name of each parameter."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            yield parameter["name"], parameter["schema"]
    if "requestBody" in operation:
        yield "", operation["requestBody"]["content"]["application/json"]["schema"]


def with_words(body: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a body with the words in one place."""
    name, _, rest = where.partition(".")
    if rest:
        return body | {name: with_words(body[name], rest)}
    return body | ({name.removesuffix("[]"): [WORDS]} if name.endswith("[]") else {name: WORDS})


def test_no_route_takes_free_words_beyond_a_list_with_reasons() -> None:
    """A new field is a code, an id or sealed bytes; whoever adds words has to say here who reads them."""
    description = described(ALL)
    found = {
        (path, where)
        for path, methods in description["paths"].items()
        for operation in methods.values()
        for name, shape in asked_of(operation)
        for where in loose(shape, description["components"]["schemas"], name)
    }

    assert found == WORDED | LOOKED_UP


@pytest.mark.parametrize(("path", "where"), sorted(LOOKED_UP - {("/api/practice-login", "person")}))
def test_words_in_place_of_a_code_are_refused_and_kept_nowhere(world: World, path: str, where: str) -> None:
    """Neither in the case nor in the audit log, and the answer does not repeat them."""
    world.open_case(card_of(CASE, owner="ana", status="ST-TRI", level="L2"))
    officer = world.logged_in("ana", HRC, Role.FIRST_RESPONDENT, Role.ADMINISTRATOR)
    address = path.replace("{case}", CASE).replace("{id}", "MP-1").replace("{person}", "nobody")

    if path == "/api/audit":
        answer = officer.get(address, **{where: WORDS})
        assert answer.json().get("entries", []) == []
    else:
        answer = officer.post(address, with_words(BODIES[path], where))
        assert 400 <= answer.status_code < 500, answer.text

    assert WORDS not in answer.text
    with world.service.store.transaction() as work:
        kept = (work.cases.get(CASE), work.audit.of(CASE))
    assert WORDS not in repr(kept)


def test_the_page_has_words_for_every_reason_of_policy(world: World) -> None:
    """The lists it offers are those the server accepts."""
    page = (Path("bot") / "desk" / "web" / "src" / "words.ts").read_text(encoding="utf-8")
    codes = world.desk.policy.taxonomy.codes
    wanted = sorted(code for kind in REASON_LISTS for code in codes[kind])

    assert sorted(re.findall(r'"((?:RSN|OUT|CL)-[A-Z-]+)":', page)) == wanted


def test_the_docs_list_every_reason_of_policy(world: World) -> None:
    """CL-… stands for the closing reasons, which the page shows in words."""
    docs = (Path("docs") / "desk.md").read_text(encoding="utf-8")
    codes = world.desk.policy.taxonomy.codes
    wanted = sorted(code for kind in REASON_LISTS for code in codes[kind] if not code.startswith("CL-"))

    assert sorted(re.findall(r"`((?:RSN|OUT)-[A-Z-]+)`", docs)) == wanted
