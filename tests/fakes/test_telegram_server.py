"""The Bot API server of the tests is held to the contract itself: a library's own bot finds nothing amiss in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.fakes.faults import Fault, serving, until
from tests.fakes.telegram_contract import CONTRACT
from tests.fakes.telegram_server import TelegramServer, too_many

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@asynccontextmanager
async def bot_of(server: TelegramServer) -> AsyncIterator[Bot]:
    """Serve, and yield the library's own bot, over its own requests."""
    async with serving(server.app()) as port:
        base = f"http://127.0.0.1:{port}"
        polling = HTTPXRequest(connection_pool_size=2)
        async with Bot(
            TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", get_updates_request=polling
        ) as bot:
            yield bot


async def call(server: TelegramServer, method: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters of any kind
    """Call a method with these parameters, checked by nobody before."""
    async with (
        serving(server.app()) as port,
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/bot{TOKEN}/{method}", json=given) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


def test_an_echo_bot_of_the_library_works_against_it_unchanged() -> None:
    """It starts, polls, answers, confirms and stops; not one call is against the contract."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            await update.message.reply_text(str(update.message.text))

    async def play() -> None:
        server = TelegramServer()
        person = server.person(7)
        async with serving(server.app()) as port:
            app = Application.builder().token(TOKEN).base_url(f"http://127.0.0.1:{port}/bot").build()
            app.add_handler(MessageHandler(filters.TEXT, echo))
            async with app:
                assert app.updater is not None
                await app.start()
                await app.updater.start_polling(timeout=1)
                ids = [person.say(text) for text in ("one", "two")]
                await until(lambda: len(person.received) == 2)
                await app.updater.stop()
                await app.stop()
        assert [one["text"] for one in person.received] == ["one", "two"]
        assert [one["text"] for one in person.messages] == ["one", "two", "one", "two"]
        assert server.confirmed == ids
        assert server.violations == []

    asyncio.run(play())


def test_updates_stay_until_an_offset_confirms_them_and_then_are_gone() -> None:
    """When it was is known; a batch has its limit; an offset from the end leaves the last ones."""

    async def play() -> None:
        server = TelegramServer()
        ids = [server.person(7).say(str(number)) for number in range(5)]
        async with bot_of(server) as bot:
            assert [one.update_id for one in await bot.get_updates(limit=2)] == ids[:2]
            assert len(await bot.get_updates()) == 5
            assert server.confirmed == []
            assert [one.update_id for one in await bot.get_updates(offset=ids[1] + 1)] == ids[2:]
            assert server.confirmed == ids[:2]
            assert server.confirmed_at[ids[0]] >= server.calls[0][0]
            assert [one.update_id for one in await bot.get_updates(offset=-1)] == ids[4:]
            assert await bot.get_updates(offset=ids[4] + 1, timeout=0) == ()

    asyncio.run(play())


def test_an_offset_of_another_numbering_confirms_nothing() -> None:
    """After a quiet week ids begin anew, and may be smaller."""

    async def play() -> None:
        server = TelegramServer(900_000_000)
        async with bot_of(server) as bot:
            high = server.person(7).say("high")
            await bot.get_updates()
            await bot.get_updates(offset=high + 1, timeout=0)
            server.restart_ids(1000)
            server.person(7).say("low")
            assert [one.update_id for one in await bot.get_updates(offset=high + 1)] == [1000]

    asyncio.run(play())


def test_a_poll_waits_for_what_comes_and_a_second_poller_ends_the_first() -> None:
    """As does a webhook that is set."""

    async def play() -> None:
        server = TelegramServer()
        async with bot_of(server) as bot, asyncio.TaskGroup() as group:
            first = group.create_task(poll(bot))
            await until(lambda: server.calls[-1:] and server.calls[-1][1] == "getUpdates")
            second = group.create_task(poll(bot))
            assert await first == "Conflict"
            server.person(7).say("hello")
            assert await second == "hello"
            await bot.set_webhook("https://bot.example/hook", secret_token="s3cret")
            assert (await bot.get_webhook_info()).url == "https://bot.example/hook"
            assert await poll(bot) == "Conflict"
            await bot.delete_webhook()
            assert await poll(bot) == "hello"
            await bot.delete_webhook(drop_pending_updates=True)
            assert server.updates == []

    async def poll(bot: Bot) -> str:
        try:
            found = await bot.get_updates(timeout=5)
        except Conflict:
            return "Conflict"
        return str(found[0].message.text if found[0].message else "")

    asyncio.run(play())


def test_the_limits_of_the_service_are_its_limits() -> None:
    """Characters, bytes of a button, unknown chats, people who blocked the bot, age and number of what is deleted."""

    async def play() -> None:
        server = TelegramServer()
        person = server.person(7)
        async with bot_of(server) as bot:
            await bot.send_message(7, "x" * 4096)
            for text, data in (("x" * 4097, "d"), (" ", "d"), ("x", "é" * 33)):
                markup = InlineKeyboardMarkup([[InlineKeyboardButton("1", callback_data=data)]])
                with pytest.raises(BadRequest):
                    await bot.send_message(7, text, reply_markup=markup)
            with pytest.raises(BadRequest, match="Chat not found"):
                await bot.send_message(8, "hello")
            with pytest.raises(BadRequest, match="Too many"):
                await bot.delete_messages(7, list(range(101)))
            number = (await bot.send_message(7, "old")).message_id
            server.now += 48 * 3600 + 1
            with pytest.raises(BadRequest, match="be deleted"):
                await bot.delete_message(7, number)
            with pytest.raises(BadRequest, match="not found"):
                await bot.delete_message(7, 999)
            fresh = (await bot.send_message(7, "fresh")).message_id
            assert await bot.delete_messages(7, [fresh, 999])
            assert "fresh" not in [one.get("text") for one in person.messages]
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_callback_query("1")
            person.block()
            with pytest.raises(Forbidden):
                await bot.send_message(7, "hello")
        assert server.violations == []

    asyncio.run(play())


def test_files_go_both_ways() -> None:
    """What a person sends can be fetched, and what the bot sends too."""

    async def play() -> None:
        server = TelegramServer()
        server.person(7).send_file(b"from the person", "a.txt", "text/plain", caption="here")
        async with bot_of(server) as bot:
            update = (await bot.get_updates())[0]
            assert update.message is not None
            assert update.message.document is not None
            file = await bot.get_file(update.message.document.file_id)
            assert bytes(await file.download_as_bytearray()) == b"from the person"
            sent = await bot.send_document(7, b"from the bot", filename="b.txt", caption="there")
            assert sent.document is not None
            again = await bot.get_file(sent.document.file_id)
            assert bytes(await again.download_as_bytearray()) == b"from the bot"
            with pytest.raises(BadRequest):
                await bot.get_file("none")
        assert server.violations == []

    asyncio.run(play())


def test_the_account_keeps_its_texts_and_commands() -> None:
    """What was set is what is read."""

    async def play() -> None:
        server = TelegramServer()
        async with bot_of(server) as bot:
            await bot.set_my_name("Notices")
            await bot.set_my_description("d")
            await bot.set_my_short_description("s")
            assert (await bot.get_my_name()).name == "Notices"
            assert (await bot.get_my_description()).description == "d"
            assert (await bot.get_my_short_description()).short_description == "s"
            await bot.set_my_commands([("one", "two")])
            assert [one.command for one in await bot.get_my_commands()] == ["one"]
            await bot.set_my_commands([])
            assert await bot.get_my_commands() == ()
            await bot.leave_chat(-100)
            assert server.left == [-100]
        assert server.violations == []

    asyncio.run(play())


@pytest.mark.parametrize(
    ("fault", "error", "arrived"),
    [
        (too_many(5), RetryAfter, 0),
        (Fault("status", 500), NetworkError, 0),
        (Fault("cut before"), NetworkError, 0),
        (Fault("cut after"), NetworkError, 1),
        (Fault("half-open"), NetworkError, 0),
    ],
)
def test_a_fault_happens_once_and_before_or_after_the_effect_as_asked(
    fault: Fault, error: type[Exception], arrived: int
) -> None:
    """The next call works."""

    async def play() -> None:
        server = TelegramServer()
        person = server.person(7)
        async with bot_of(server) as bot:
            server.faults.plan("sendMessage", fault)
            with pytest.raises(error):
                await bot.send_message(7, "hello", read_timeout=0.2)
            assert len(person.received) == arrived
            await bot.send_message(7, "again")
            assert len(person.received) == arrived + 1

    asyncio.run(play())


def test_a_button_is_pressed_by_its_label_and_an_edit_and_a_second_delivery_arrive() -> None:
    """What people do, as the bot sees it."""

    async def play() -> None:
        server = TelegramServer()
        person = server.person(7)
        async with bot_of(server) as bot:
            markup = InlineKeyboardMarkup([[InlineKeyboardButton("1 Yes", callback_data="Q|1|1")]])
            await bot.send_message(7, "?", reply_markup=markup)
            person.press("1 Yes")
            said = person.say("hello")
            person.edit("hello there")
            server.duplicate(said)
            pressed, first, edited, second = await bot.get_updates()
            assert pressed.callback_query is not None
            assert pressed.callback_query.data == "Q|1|1"
            assert edited.edited_message is not None
            assert edited.edited_message.text == "hello there"
            assert first.update_id == second.update_id == said
            with pytest.raises(AssertionError, match="no button"):
                person.press("2")

    asyncio.run(play())


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the contract is not part of the project")
@pytest.mark.parametrize(
    ("method", "given", "said"),
    [
        ("sendMessage", {"chat_id": 7}, "sendMessage.text: is required"),
        ("sendMessage", {"chat_id": 7, "text": "x", "colour": 1}, "sendMessage.colour: no such parameter"),
        ("sendMessage", {"chat_id": 7, "text": "x", "protect_content": 1}, "sendMessage.protect_content: is no ['Boolean']"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "sendMessage.chat_id: is no ['Integer', 'String']"),
        ("deleteMessages", {"chat_id": 7, "message_ids": ["x"]}, "deleteMessages.message_ids: is no ['Array of Integer']"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "setMyCommands.commands: is no ['Array of BotCommand']"),
        ("sendNothing", {}, "sendNothing: no such method"),
        (
            "sendMessage", {"chat_id": 7, "text": "x", "link_preview_options": {"disabled": True}},
            "sendMessage.link_preview_options: is no ['LinkPreviewOptions']",
        ),
    ],
)  # fmt: skip
def test_a_call_against_the_contract_is_noted(method: str, given: dict[str, Any], said: str) -> None:
    """Control: each kind of mistake is found, also deep inside a value."""
    server = TelegramServer()
    server.person(7)

    asyncio.run(call(server, method, **given))

    assert server.violations == [said]
