"""aiogram: 20 states of its finite state machine, with `--store memory`, `sqlite` or a redis:// address."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from interview import ANSWER, CHOICES, FIRST_CHAT, QUESTIONS, TOKEN, arguments, measure, parked, record

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.storage.base import BaseStorage
    from aiogram.types import Message

Interview = type("Interview", (StatesGroup,), {f"q{number}": State() for number in range(len(QUESTIONS))})
router = Router()


class Taken(BaseSession):
    """Takes the bytes of a call and answers at once."""

    taken = 0

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:  # noqa: ASYNC109, ARG002
        """Encode the call as aiogram's own session does, and take the bytes."""
        files: dict[str, Any] = {}
        form = {
            key: value
            for key, raw in method.model_dump(warnings=False).items()
            if (value := self.prepare_value(raw, bot=bot, files=files))
        }
        assert form
        self.taken += 1
        return self.check_response(bot, method, 200, ANSWER.decode()).result

    async def stream_content(self, *_arguments: Any, **_options: Any) -> AsyncGenerator[bytes, None]:
        """Bring nothing."""
        yield b""

    async def close(self) -> None:
        """Do nothing."""


@router.message()
async def ask(message: Message, state: FSMContext) -> None:
    """Keep the answer and ask the next question."""
    data = await state.get_data()
    answers = data.get("answers", [])
    answers.append(record(message.chat.id, len(answers), message.text))
    number = len(answers) % len(QUESTIONS)
    await state.set_state(f"Interview:q{number}")
    await state.update_data(answers=answers)
    keyboard = [[InlineKeyboardButton(text=f"{key} {label}", callback_data=key)] for key, label in CHOICES]
    await message.answer(QUESTIONS[number], reply_markup=InlineKeyboardMarkup(inline_keyboard=keyboard))


def storage(name: str, folder: Path) -> BaseStorage:
    """Return the storage of this name."""
    if name.startswith("redis://"):
        from aiogram.fsm.storage.redis import RedisStorage  # noqa: PLC0415 - only where a server is

        return RedisStorage.from_url(name)
    if name == "sqlite":
        from aiogram_sqlite_storage.sqlitestore import SQLStorage  # noqa: PLC0415 - a library of its own

        return SQLStorage(str(folder / "state.db"), serializing_method="json")
    return MemoryStorage()


async def main() -> None:
    """Park the people, then play."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        telegram = Taken()
        bot = Bot(TOKEN, session=telegram)
        store = storage(asked.store, Path(folder))
        dispatcher = Dispatcher(storage=store)
        dispatcher.include_router(router)
        stride = max(1, asked.people // asked.steps)
        numbers = range(asked.people) if asked.store == "memory" else range(0, asked.people, stride)
        for number in numbers:  # on disk and in Redis only those who play: there, one costs the same among few or many
            chat = FIRST_CHAT + number
            key = StorageKey(bot_id=bot.id, chat_id=chat, user_id=chat)
            await store.set_state(key, "Interview:q10")
            await store.set_data(key, {"answers": parked(chat)})

        async def step(_chat: int, raw: bytes) -> None:
            await dispatcher.feed_webhook_update(bot, json.loads(raw))

        await measure(step, asked, lambda: telegram.taken)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main())
