"""`leeward serve` as a process, against servers that behave as Telegram and Signal do."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.faults import Fault, until
from tests.serving import TO_FILES, TO_SEND, TOKEN, served, talk

pytestmark = pytest.mark.slow


def test_the_whole_interview_on_signal_with_a_file_and_a_sealed_report(tmp_path: Path) -> None:
    """Answered, receipted, sealed; the service's copy of the file is deleted."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            mina = running.signal.person("aci-mina")
            await talk(mina, TO_FILES)
            before = len(mina.received)
            mina.send_file(b"picture")
            await until(lambda: len(mina.received) > before)
            assert "I have it, locked" in mina.last
            await talk(mina, TO_SEND)
            assert "Sent." in "\n".join(mina.received[-2:])
            await until(lambda: len(set(mina.receipts)) == len(TO_FILES) + 1 + len(TO_SEND))
            assert running.signal.attachments == {}

    asyncio.run(play())
    assert len(list((tmp_path / "blobs").iterdir())) == 1


def test_the_beginning_on_telegram_by_buttons_and_the_move_to_signal(tmp_path: Path) -> None:
    """Buttons work, an old one is harmless, and a code carries everything over."""

    async def play() -> None:
        async with served(tmp_path, "telegram", "signal", forked=True) as running:
            person = running.telegram.person(7)
            await talk(person, ("/start", "1"))
            sent = person.received[-1]
            person.press("1")
            await until(lambda: len(person.received) == 3)
            person.press_data(sent, sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
            await until(lambda: len(person.received) == 4)
            assert "older question" in person.last
            await until(lambda: len(running.telegram.answered) == 2)
            await talk(person, ("3", "1", "1"))
            code = next(word for word in person.last.split() if word.startswith("MV-")).rstrip(".")
            mina = running.signal.person("aci-mina")
            await talk(mina, (code,))
            assert mina.last.startswith("You are here now")
            await until(lambda: not person.shown)
            stranger = running.signal.person("aci-stranger")
            await talk(stranger, (code,))
            assert "Choose a language" in stranger.last  # a code works once

    asyncio.run(play())


def test_equal_answers_count_each_and_ids_that_begin_anew_are_no_duplicates(tmp_path: Path) -> None:
    """Two answers alike, a second apart, to two questions; update ids fall from nine hundred million to a thousand."""

    async def play() -> None:
        async with served(tmp_path, "telegram", "signal", forked=True) as running:
            running.telegram.restart_ids(900_000_000)
            person, mina = running.telegram.person(7), running.signal.person("aci-mina")
            await talk(person, ("hi",))
            await talk(mina, ("hi",))
            running.telegram.restart_ids(1000)
            for each in (person, mina):
                each.say("1")
            await asyncio.sleep(1)
            for each in (person, mina):
                each.say("1")
            await until(lambda: len(person.received) == len(mina.received) == 3)
            assert "in danger right now" in person.last
            assert "in danger right now" in mina.last
            assert [number > 10_000 for number in running.telegram.confirmed[:3]] == [True, False, False]

    asyncio.run(play())


def test_the_disappearing_timer_is_there_before_the_next_question_and_stays(tmp_path: Path) -> None:
    """Every message from then on carries it, also when the app switched it off, and after a restart."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            mina = running.signal.person("aci-mina")
            to_timer = TO_FILES[: TO_FILES.index("Mina") - 9]
            await talk(mina, (*to_timer, "2", "2"))
            mina.change_timer(0)
            await talk(mina, ("0",))
            await running.kill()
            running.signal.timers.clear()
            await running.start()
            await until(lambda: running.signal.sockets and len(mina.received) > len(to_timer) + 3)
            await talk(mina, ("1",))
            assert mina.sent_with[: len(to_timer)] == [0] * len(to_timer)
            assert set(mina.sent_with[len(to_timer) :]) == {86400}

    asyncio.run(play())


def test_somebody_with_a_new_phone_is_asked_for_the_words_and_goes_on_where_they_were(tmp_path: Path) -> None:
    """What they wrote with the new key is answered; a process that was killed in between finds it, and shows nothing."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            mina = running.signal.person("aci-mina")
            await talk(mina, TO_FILES[:8])
            phrase = mina.last.split("with these words: ")[1].split(".")[0]
            await talk(mina, TO_FILES[8:17])
            asked = mina.last
            await running.kill()
            mina.change_identity()
            mina.say("hello")  # nobody listens
            before = len(mina.received)
            await running.start()
            await until(lambda: len(mina.received) > before)
            assert "send your secret words" in mina.last
            await talk(mina, (phrase,))
            assert "That is you" in mina.last
            await talk(mina, ("1",))
            assert mina.last == asked

    asyncio.run(play())


def test_what_was_agreed_is_shown_on_demand_and_goes_from_a_telegram_chat_by_itself(tmp_path: Path) -> None:
    """Ten minutes later, made shorter in the database; the question after it stays, and no answer waits."""

    async def play() -> None:
        async with served(tmp_path, "telegram", forked=True) as running:
            person = running.telegram.person(7)
            await talk(person, ("/start", "1", "1", "3", "3", "1", "2", "00"))
            before = len(person.received)
            person.say("4")
            await until(lambda: len(person.received) == before + 2)
            shown, question = person.received[-2:]
            assert (shown["text"].startswith("Your choices."), "1 Go on" in question["text"]) == (True, True)
            await until(lambda: _make_due(tmp_path) == 1)
            await until(lambda: shown["message_id"] not in [one["message_id"] for one in person.messages])
            deleted = [given["message_ids"] for name, given in running.telegram.parameters if name == "deleteMessages"]
            assert deleted == [[shown["message_id"]]]
            assert question["message_id"] in [one["message_id"] for one in person.messages]
            await talk(person, ("1",))

    asyncio.run(play())


def _make_due(home: Path) -> int:
    """Let the time of what was shown on demand be over; return how many messages that is."""
    with closing(sqlite3.connect(home / "leeward.db", timeout=20)) as database, database:
        return database.execute("UPDATE traces SET due = 1 WHERE due IS NOT NULL").rowcount


def test_after_a_clean_close_a_cut_and_a_restart_signal_is_heard_again(tmp_path: Path) -> None:
    """And the open question is asked again, because something may have been lost."""

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            mina = running.signal.person("aci-mina")
            await talk(mina, ("hi", "1"))
            for code in (1000, 1001, 1011):
                before = len(mina.received)
                await running.signal.close_sockets(code)
                await until(lambda before=before: len(mina.received) > before)
            before = len(mina.received)
            running.signal.cut_sockets()
            await until(lambda: len(mina.received) > before)
            await talk(mina, ("1",))
            assert "danger" in mina.last

    asyncio.run(play())


def test_nothing_of_a_person_is_in_the_log_even_when_everything_fails(tmp_path: Path) -> None:
    """Token, number, chat id, name and text; the control shows that the log would have held them."""
    canary = "Canary4242"

    async def play() -> bytes:
        async with served(tmp_path, "telegram", "signal", LEEWARD_LOG_FORMAT="json") as running:
            person, mina = running.telegram.person(987654321), running.signal.person("aci-4242")
            running.telegram.faults.plan("getUpdates", Fault("truncated"), Fault("status", 401))
            running.signal.push("{broken " + canary)
            await talk(mina, (canary,))
            await talk(person, (canary,))
            await running.stop()
            return running.log

    log = asyncio.run(play()).decode()
    assert "Serving" in log
    for secret in (canary, TOKEN, "987654321", "aci-4242", "+4179"):
        assert secret not in log
