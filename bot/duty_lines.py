"""The desk's own bot and number: officers are written to, and write, apart from the public account."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dialogs.replace import replace
from handlers.alerting import DUTY_LINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.adapter import Adapter, Intake, Sending
    from config.settings import Settings
    from handlers.types import Address, Inbound, IncomingFile, Outgoing


class DutyLine:
    """bot.adapter.Adapter around that of a channel: the same account of an officer, at the desk's own line."""

    def __init__(self, inner: Adapter) -> None:
        """Take the adapter of the desk's own bot or number."""
        self._inner = inner
        self.channel = f"{DUTY_LINE}{inner.channel}"

    @property
    def healthy(self) -> bool:
        """Return whether the line works."""
        return bool(getattr(self._inner, "healthy", True))

    @property
    def problem(self) -> str:
        """Return what is wrong with it, or ""."""
        return str(getattr(self._inner, "problem", ""))

    async def set_up(self) -> None:
        """Make the account ready."""
        await self._inner.set_up()

    async def receive(self, intake: Intake) -> None:
        """Receive for ever."""
        await self._inner.receive(_DutyIntake(intake, self.channel))

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message."""
        return await self._inner.send(outgoing)

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Nothing that officers send is opened. Raises OSError."""
        raise OSError(incoming.channel)

    async def forget_file(self, incoming: IncomingFile) -> None:
        """Delete the service's own copy."""
        await self._inner.forget_file(incoming)

    async def close(self) -> None:
        """Close all connections."""
        await self._inner.close()


class _DutyIntake:
    """bot.adapter.Intake that says at which line a message arrived; its files are left where they are."""

    def __init__(self, intake: Intake, channel: str) -> None:
        self._intake, self._channel = intake, channel

    def _at(self, address: Address) -> Address:
        return replace(address, channel=self._channel)

    async def take(self, inbound: Inbound) -> bool:
        return await self._intake.take(replace(inbound, address=self._at(inbound.address), file=None))

    async def gap(self, channel: str) -> None:
        """Nothing is open in a chat with an officer: alerts repeat themselves."""

    async def unreachable(self, address: Address) -> None:
        await self._intake.unreachable(self._at(address))

    async def identity_changed(self, address: Address) -> bool:
        return await self._intake.identity_changed(self._at(address))


def lines(settings: Settings) -> Mapping[str, str]:
    """Return, by the channel the roster names, the channel by which officers are written to; only configured ones."""
    found = {
        "signal": _line("signal", bool(settings.signal_number), bool(settings.duty_signal_number)),
        "telegram": _line("telegram", settings.telegram_token is not None, settings.duty_telegram_token is not None),
        "mail": "mail" if settings.smtp_url is not None else "",
    }
    return {channel: line for channel, line in found.items() if line}


def _line(channel: str, public: bool, own: bool) -> str:  # noqa: FBT001 - two facts of the settings
    return f"{DUTY_LINE}{channel}" if own else channel if public else ""


def duty_adapters(settings: Settings) -> dict[str, Adapter]:
    """Return the adapters of the desk's own lines, by channel."""
    found: list[Adapter] = []
    if settings.duty_telegram_token is not None:
        from bot.telegram.adapter import TelegramAdapter  # noqa: PLC0415 - loads aiohttp: only to serve

        token = settings.duty_telegram_token.get_secret_value()
        found.append(DutyLine(TelegramAdapter(token, api_url=settings.telegram_api_url)))
    if settings.duty_signal_number:
        from bot.signal.adapter import SignalAdapter  # noqa: PLC0415 - loads signalbot: only where Signal is configured

        found.append(
            DutyLine(
                SignalAdapter(settings.duty_signal_number, settings.signal_service, sweeps=not settings.signal_number)
            )
        )
    return {adapter.channel: adapter for adapter in found}
