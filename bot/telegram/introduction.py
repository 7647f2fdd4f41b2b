"""What a stranger sees of the account."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telegram.errors import TROUBLE

if TYPE_CHECKING:
    from telegram import Bot

    from bot.telegram.library import Library


@dataclass(frozen=True, slots=True)
class BotTexts:
    """What a stranger sees of the account: neutral, and checked by `leeward doctor`."""

    name: str = "Notices"
    about: str = "Notices and opening hours. Send 1."


async def introduce(library: Library, texts: BotTexts) -> None:
    """Set what is not so already: no commands, the name, both descriptions. What cannot be set is passed over."""

    async def no_commands(bot: Bot) -> None:
        if await bot.get_my_commands():
            await bot.delete_my_commands()

    async def name(bot: Bot) -> None:
        if (await bot.get_my_name()).name != texts.name:
            await bot.set_my_name(texts.name)

    async def short_description(bot: Bot) -> None:
        if (await bot.get_my_short_description()).short_description != texts.about:
            await bot.set_my_short_description(texts.about)

    async def description(bot: Bot) -> None:
        if (await bot.get_my_description()).description != texts.about:
            await bot.set_my_description(texts.about)

    for part in (no_commands, name, short_description, description):
        with suppress(*TROUBLE):
            await library.call(part)
