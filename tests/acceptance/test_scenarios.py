"""The scenarios of the domain over a real service: the messages as they were agreed, and what officers do with them."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.crypto.age.identity_file import read_identity_file
from storage.crypto.sealing import open_report, seal_report
from storage.crypto.talk import seal_words
from tests.acceptance.test_desk import accepted, browser_at, invited
from tests.fakes.faults import until
from tests.serving import ROOT, Served, served, talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from tests.fakes.signal_server import Person

pytestmark = pytest.mark.slow

CARD = {
    "recipient": "the permanent mission in Geneva", "name_mode": "NM-NAMED", "content": "Somebody was threatened.",
    "hope": "The calls stop",
}  # fmt: skip


PREVIEW_CHARS = 80
"""What a locked phone shows of a message."""

SECONDS = 40.0


class Officer:
    """Somebody of an office at the desk, with the key of the office."""

    def __init__(self, running: Served, client: httpx.AsyncClient, office: str) -> None:
        self._client, self._office, self.case = client, office, ""
        key = running.home / "offices" / "keys" / f"{office}.key"
        self._identities = read_identity_file(key.read_bytes())

    async def get(self, path: str) -> Any:  # noqa: ANN401 - a JSON value
        """Ask for something about the desk."""
        answer = await self._client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def finds_case(self) -> None:
        """Find the one case in the queue."""
        (self.case,) = [line["case"] for line in (await self.get("cases"))["cases"]]

    async def shown(self) -> Any:  # noqa: ANN401 - a JSON value
        """Return the case as the page sees it."""
        return await self.get(f"cases/{self.case}")

    async def acts(self, path: str, **body: object) -> httpx.Response:
        """Do something with the case."""
        return await self._client.post(f"/api/cases/{self.case}/{path}", json=body)

    async def sealed(self, text: str, to: str = "office_keys", schema: str = "leeward-note-1") -> str:
        """Return words as the page seals them."""
        return self._sealed(text, (await self.get("session"))[to], schema)

    def _sealed(self, text: str, keys: str | list[str], schema: str = "leeward-message-1") -> str:
        words = json.dumps({"schema": schema, "case": self.case, "text": text}).encode()
        sealed = seal_words(words, keys) if isinstance(keys, str) else seal_report(words, keys)
        return base64.b64encode(sealed).decode()

    async def writes(self, text: str) -> None:
        """Write to the person."""
        for_bot = await self.sealed(text, "bot_key", "leeward-words-1")
        others = {each["office"]: self._sealed(text, each["keys"]) for each in (await self.shown())["readers"]}
        written = await self.acts("messages", for_bot=for_bot, for_office=await self.sealed(text), for_others=others)
        assert written.status_code == 200, written.text

    async def proposes(self, measure: str, **other: object) -> Any:  # noqa: ANN401 - a JSON value
        """Put a measure to the person; return the proposal, or why not."""
        notes = {"risk_view": await self.sealed("She is afraid."), "do_no_harm": await self.sealed("No name is said.")}
        return (await self.acts("measures", measure=measure, **{**CARD, **notes, **other})).json()

    async def reads(self, purpose: str) -> list[Any]:
        """Open everything of this purpose that is there for the office."""
        opened = []
        for line in (await self.shown())["blobs"]:
            if line["purpose"] == purpose:
                path = f"/api/cases/{self.case}/blobs/{purpose}/{line['sequence']}"
                sealed = (await self._client.get(path)).content
                opened.append(json.loads(open_report(sealed, self._identities)))
        return opened


@asynccontextmanager
async def officer(running: Served, office: str, *roles: str) -> AsyncIterator[Officer]:
    """Let somebody of an office come to the desk."""
    async with browser_at(running.settings) as client:
        session = await accepted(client, await invited(running, office, *roles))
        assert session.status_code == 200, session.text
        client.headers["Cookie"] = f"leeward={session.cookies['leeward']}"
        yield Officer(running, client, office)


async def follow(person: Any, scenario: str, **other: str) -> None:  # noqa: ANN401 - somebody on either channel
    """Write what a golden conversation has, other answers at some nodes, and see what was shown there."""
    before = 0
    for node, shown, answer in json.loads((ROOT / "tests" / "golden" / f"{scenario}.json").read_text()):
        said = [text if isinstance(text, str) else text["text"] for text in person.received[before:]]
        assert "\n".join(said).startswith(shown), f"{node}: {said}"
        before = len(person.received)
        if answer.startswith("["):
            name = answer.strip("[]")
            person.send_file((ROOT / "examples" / "files" / name).read_bytes(), name)
            await until(lambda before=before: len(person.received) > before, SECONDS)
        elif answer:
            await talk(person, (other.get(node, answer),))


def test_sc_01_a_threatened_defender_is_helped_by_the_duty_desk_and_then_by_the_office(tmp_path: Path) -> None:
    """The duty desk talks with her at night and hands the case to the office, which asks her about three measures."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            mina = running.signal.person("aci-mina")
            await follow(mina, "sc-01-defender-threatened", **{"Q47-CLOCK": "19:00"})
            interview = len(mina.received)
            async with (
                officer(running, "OFF-EML", "operator") as night, officer(running, "OFF-HRC", "first-respondent") as day,
            ):  # fmt: skip
                await _at_night(night, mina)
                await _handed_over(night, day)
                assert [one["text"] for one in await day.reads("said")] == ["Is it safe to write?"]
                assert (await day.reads("message"))[-1]["text"] == "They rang again today."
                await _three_measures(day, mina)
        shown = [text[:PREVIEW_CHARS] for text in mina.received[interview:]]
        assert not [text for text in shown if any(word in text for word in ("threat", "olice", "United Nations"))]

    asyncio.run(play())


async def hears(person: Person, words: str, before: int = 0) -> None:
    """Wait until somebody was sent these words, after so many messages: others may come behind them."""
    await until(lambda: any(words in text for text in person.received[before:]), SECONDS)


async def _at_night(night: Officer, mina: Person) -> None:
    """The two words, hers, and then what each has to say; what she writes opens at the duty desk."""
    await night.finds_case()
    assert (await night.acts("own")).status_code == 200
    strip = (await night.shown())["strip"]
    assert (strip["cover"], strip["never"]) == ("course", ["Nothing public", "Do not contact the family"])
    await night.writes("Is it safe to write?")
    await hears(mina, strip["words"]["off"])
    while not any("Is it safe to write?" in text for text in mina.received):
        await talk(mina, (strip["words"]["your"],))  # an answer counts once it is known that the words went out
    await talk(mina, ("They rang again today.",))
    assert [one["text"] for one in await night.reads("message")][-2:] == [
        strip["words"]["your"],
        "They rang again today.",
    ]


async def _handed_over(night: Officer, day: Officer) -> None:
    """To the office of the report, whose officer repeats level, next contact and red lines."""
    await day.finds_case()
    assert (await day.acts("own")).status_code == 409
    (colleague,) = (await night.shown())["colleagues"]
    told = {"level": "L2", "red": ["RED-PUB", "RED-FAM"]}
    assert (await night.acts("hand-over", to=colleague["id"], readback=told)).status_code == 200
    assert (await day.acts("hand-over/confirm", readback={**told, "red": ["RED-PUB"]})).status_code == 409
    assert (await day.acts("hand-over/confirm", readback=told)).status_code == 200
    assert (await day.acts("status", status="ST-TRI")).status_code == 200


async def _three_measures(day: Officer, mina: Person) -> None:
    """No to one, yes to one, first a talk and then yes to one; nothing public can be asked or begun."""
    asked = {}
    for measure, *answers in (("GM-STA-DIP", "2"), ("UM-FOC-CHK", "1", "1"), ("GM-TPE-HRC", "3")):
        asked[measure] = await _proposed(day, mina, measure)
        await talk(mina, answers)
    before = len(mina.received)
    assert (await day.acts(f"measures/{asked['GM-TPE-HRC']}/again")).status_code == 200
    await hears(mina, "We have an idea", before)
    await talk(mina, ("1", "1"))
    begun = {measure: (await day.acts(f"measures/{number}/start")).status_code for measure, number in asked.items()}
    assert begun == {"GM-STA-DIP": 403, "UM-FOC-CHK": 200, "GM-TPE-HRC": 200}
    public = await _proposed(day, mina, "UM-PUB-STA")
    assert (await day.acts(f"measures/{public}/start")).status_code == 403


async def _proposed(day: Officer, mina: Person, measure: str) -> str:
    """Put a measure to her; return the number of the proposal once she has seen it."""
    before = len(mina.received)
    number = str((await day.proposes(measure))["id"])
    await hears(mina, "We have an idea", before)
    return number


def test_sc_05_somebody_in_danger_is_talked_to_and_asked_about_a_measure_before_any_report(tmp_path: Path) -> None:
    """The card of the alert says what was answered; a protection network is asked about in the talk, and begun."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            person = running.signal.person("aci-journalist")
            async with officer(running, "OFF-EML", "duty-officer") as desk:
                await talk(person, ("help", "1", "2", "1", "1", "1", "Dravania", "1", "1", "1", "men ring all bells"))
                await desk.finds_case()
                assert (await desk.acts("own")).status_code == 200
                (card,) = await desk.reads("alert")
                assert (card["fp_country"], card["fp_event"], card["fp_line"]) == (
                    "XD",
                    "FPE-DOOR",
                    "men ring all bells",
                )
                await desk.writes("Is it safe to write?")
                await hears(person, (await desk.shown())["strip"]["words"]["off"])
                while not any("Is it safe to write?" in text for text in person.received):
                    await talk(person, ("who are you",))
                network = await _proposed(desk, person, "UM-NET-CSN")
                await talk(person, ("1", "1"))
                assert (await desk.acts(f"measures/{network}/start")).status_code == 200

    asyncio.run(play())
