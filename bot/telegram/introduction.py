"""What a stranger sees of the account."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.telegram.errors import trouble
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from telegram import Bot


class BotTexts(Frozen):
    """What a stranger sees of the account: neutral, and checked by `leeward doctor`."""

    name: str = "Notices"
    about: str = "Notices and opening hours. Send 1."


async def introduce(bot: Bot, texts: BotTexts) -> None:
    """Set what is not so already: no commands, the name, both descriptions. What cannot be set is passed over."""
    for call in (_clear_commands, _set_name, _set_short_description, _set_description):
        with suppress(*trouble()):
            await call(bot, texts)


async def _clear_commands(bot: Bot, _texts: BotTexts) -> None:
    if await bot.get_my_commands():
        await bot.delete_my_commands()


async def _set_name(bot: Bot, texts: BotTexts) -> None:
    if (await bot.get_my_name()).name != texts.name:
        await bot.set_my_name(texts.name)


async def _set_short_description(bot: Bot, texts: BotTexts) -> None:
    if (await bot.get_my_short_description()).short_description != texts.about:
        await bot.set_my_short_description(texts.about)


async def _set_description(bot: Bot, texts: BotTexts) -> None:
    if (await bot.get_my_description()).description != texts.about:
        await bot.set_my_description(texts.about)
