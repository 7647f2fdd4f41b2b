"""python-telegram-bot: a ConversationHandler of 20 states. `--store pickle`: PicklePersistence, flushed per step."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from interview import ANSWER, CHOICES, FIRST_CHAT, QUESTIONS, TOKEN, arguments, measure, parked, record
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ContextTypes, ConversationHandler, MessageHandler, PicklePersistence, filters
from telegram.request import BaseRequest

KEYBOARD = [[(f"{key} {label}", key)] for key, label in CHOICES]


class Taken(BaseRequest):
    """Takes the bytes of a call and answers at once."""

    taken = 0

    @property
    def read_timeout(self) -> float | None:
        """Return the usual seconds."""
        return 1.0

    async def initialize(self) -> None:
        """Do nothing."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def do_request(self, url: str, method: str, request_data: Any = None, **_timeouts: Any) -> tuple[int, bytes]:
        """Take the bytes."""
        del url, method
        assert request_data.json_payload
        self.taken += 1
        return 200, ANSWER


async def ask(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep the answer and ask the next question; returns the next state."""
    answers = context.user_data.setdefault("answers", [])
    answers.append(record(update.message.chat.id, len(answers), update.message.text))
    state = len(answers) % len(QUESTIONS)
    keyboard = [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in KEYBOARD]
    await update.message.chat.send_message(QUESTIONS[state], reply_markup=InlineKeyboardMarkup(keyboard))
    return state


def handler(*, persistent: bool) -> ConversationHandler:
    """Return the interview."""
    answer = MessageHandler(filters.TEXT, ask)
    states = {state: [answer] for state in range(len(QUESTIONS))}
    return ConversationHandler([answer], states, [], name="interview", persistent=persistent)


async def main() -> None:
    """Park the people, then play."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        telegram = Taken()
        builder = Application.builder().token(TOKEN).request(telegram).get_updates_request(Taken())
        pickled = asked.store == "pickle"
        if pickled:
            builder = builder.persistence(PicklePersistence(Path(folder) / "state.pickle"))
        application = builder.build()
        application.add_handler(handler(persistent=pickled))
        application.bot._bot_user = None  # noqa: SLF001 - nobody is asked who we are
        application._initialized = True  # noqa: SLF001 - as above
        if pickled:
            await park(application, asked.people)
        else:
            for number in range(asked.people):
                application.user_data[FIRST_CHAT + number]["answers"] = parked(FIRST_CHAT + number)

        async def step(_chat: int, raw: bytes) -> None:
            await application.process_update(Update.de_json(json.loads(raw), application.bot))
            if pickled:
                await application.update_persistence()

        await measure(step, asked, lambda: telegram.taken)


async def park(application: Application, people: int) -> None:
    """Let so many people wait in the middle, known to the application and to the file."""
    persistence = application.persistence
    for number in range(people):
        chat = FIRST_CHAT + number
        application.user_data[chat]["answers"] = parked(chat)
        persistence.user_data = persistence.user_data or {}
        persistence.user_data[chat] = {"answers": parked(chat)}
        persistence.conversations = persistence.conversations or {"interview": {}}
        persistence.conversations["interview"][chat, chat] = 10
    await persistence.flush()


if __name__ == "__main__":
    asyncio.run(main())
