"""Every setting: its name, what it is for, its default. Values come from config.load; no error shows one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

MAX_PORT: Final = 65535
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")  # Telegram Bot API, "Authorizing your bot"
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")  # E.164
_FINGERPRINT: Final = re.compile(r"leeward-root-1-[0-9a-f]{64}")


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        # Its message repeats the address, which may hold a password.
        raise ValueError("is no address") from None


def _web(text: str) -> str:
    parts = _split(text)
    if text and (parts.scheme not in ("https", "http") or not parts.hostname):
        raise ValueError("is no web address such as https://desk.example.org")
    if parts.username is not None:
        raise ValueError("has a user name or a password inside, which would be shown to others")
    return text


def _public(text: str) -> str:
    """Return a web address that crosses a network: locked on the way, but on this machine."""
    if _web(text) and _split(text).scheme != "https" and _split(text).hostname not in _LOCAL:
        raise ValueError("begins with http://, and what is sent there could be read on the way: use https://")
    return text


def _service(text: str) -> str:
    """Return the address of a service in the network of this installation; a name with a dot is elsewhere."""
    return _public(text) if "." in (_split(_web(text)).hostname or "") else text


def _host_and_port(text: str) -> str:
    host, _colon, port = text.rpartition(":")
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= len(str(MAX_PORT)) else 0
    if text and (not host or not 0 < number <= MAX_PORT or any(part in host for part in ("/", "@", " "))):
        raise ValueError("is no address with a port such as 127.0.0.1:8080")
    return text


def _here(text: str) -> str:
    """Return an address of this machine: who counts messages over a network could see when somebody wrote."""
    if text and text.rpartition(":")[0].strip("[]") not in _LOCAL:
        raise ValueError("is no address of this machine such as 127.0.0.1:9464")
    return text


def _database(text: str) -> str:
    if text and _split(text).scheme not in ("postgresql+psycopg", "sqlite"):
        raise ValueError("begins neither with postgresql+psycopg:// nor with sqlite:///")
    return text


def _number(text: str) -> str:
    if text and not _NUMBER.fullmatch(text):
        raise ValueError("is no telephone number with + and country code")
    return text


def _fingerprint(text: str) -> str:
    if text and not _FINGERPRINT.fullmatch(text):
        raise ValueError("is no fingerprint of a root key (leeward-root-1-…)")
    return text


def _token(secret: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(secret.get_secret_value()):
        raise ValueError("is no token of a Telegram bot: digits, a colon, letters")
    return secret


def _mail(secret: SecretStr) -> SecretStr:
    parts = _split(secret.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("is no address of a mail server such as smtps://name:password@mail.example.org:465")
    return secret


def _secret_web(secret: SecretStr) -> SecretStr:
    _public(secret.get_secret_value())
    return secret


SecretWeb = Annotated[SecretStr, AfterValidator(_secret_web)]
Web = Annotated[str, AfterValidator(_public)]
Service = Annotated[str, AfterValidator(_service)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class Settings(BaseModel):
    """The settings of one installation; frozen, and without a printable secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(Path("var"), description="folder for the database, sealed files, keys and logs")
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "", description="postgresql+psycopg://…; empty: SQLite in the home folder", repr=False
    )
    master_key_file: Path | None = Field(None, description="folder of the key files, when it is not HOME/keys")
    policy_dir: Path | None = Field(None, description="folder with your own policy files; default: those of Leeward")
    root_key: Annotated[str, AfterValidator(_fingerprint)] = Field(
        "", description="fingerprint of the key that signs the directory: leeward-root-1-…"
    )
    draft_keys: Literal["disk", "memory"] = Field(
        "disk", description="memory: draft keys on a tmpfs, gone with the power"
    )
    draft_keys_dir: Path | None = Field(
        None, description="folder of the draft keys in memory; default: /run/leeward-keys"
    )
    telegram_token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        None, description="token of the Telegram bot"
    )
    telegram_api_url: Service = Field("", description="address of a self-hosted Bot API server")
    telegram_webhook_url: Web = Field("", description="public address for updates; empty: long polling")
    telegram_per_second: Annotated[float, Field(ge=0)] = Field(
        25.0, description="messages a second the bot may send; 0: no limit (a server of your own)"
    )
    telegram_chat_seconds: Annotated[float, Field(ge=0)] = Field(
        1.0, description="seconds between two messages to one chat"
    )
    signal_per_second: Annotated[float, Field(ge=0)] = Field(
        5.0, description="messages a second the Signal number may send; 0: no limit"
    )
    signal_number: Annotated[str, AfterValidator(_number)] = Field("", description="number of the bot on Signal")
    signal_service: HostAndPort = Field("", description="host:port of signal-cli-rest-api")
    duty_telegram_token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        None, description="token of the Telegram bot for officers alone; absent: they use the public bot"
    )
    duty_signal_number: Annotated[str, AfterValidator(_number)] = Field(
        "", description="number on Signal for officers alone, at the same service; empty: they use the public number"
    )
    pager_url: SecretWeb | None = Field(None, description="address the constant words of an urgent alert are posted to")
    heartbeat_url: SecretWeb | None = Field(
        None, description="address a sign of life is posted to every minute; whoever watches it notices silence"
    )
    heartbeat_seconds: Annotated[float, Field(gt=0)] = Field(60.0, description="seconds between two signs of life")
    smtp_url: Annotated[SecretStr, AfterValidator(_mail)] | None = Field(
        None, description="smtp:// address for mail to offices"
    )
    desk_listen: HostAndPort = Field("127.0.0.1:8080", description="where the desk listens")
    desk_url: Web = Field("", description="public address of the desk")
    metrics_listen: Annotated[HostAndPort, AfterValidator(_here)] = Field(
        "", description="where metrics listen, on this machine only; empty: nowhere"
    )
    log_format: Literal["text", "json"] = Field("text", description="form of the log lines")

    @property
    def several(self) -> bool:
        """Tell whether many processes may share the database; on SQLite one writes, wherever the file is."""
        return self.database_url.startswith("postgresql")

    @property
    def keys_folder(self) -> Path:
        """Return the folder of the key files."""
        return self.master_key_file or self.home / "keys"

    @property
    def draft_keys_folder(self) -> Path:
        """Return the folder of the ring that wraps drafts: that of the other keys, or memory."""
        if self.draft_keys == "disk":
            return self.keys_folder
        return self.draft_keys_dir or Path("/run/leeward-keys")


def unfit(settings: Settings) -> list[tuple[str, str, str]]:
    """Return the settings that are right alone and wrong together: name, what is wrong, remedy."""
    found = []
    numbers = settings.signal_number or settings.duty_signal_number
    if bool(numbers) != bool(settings.signal_service):
        missing = "signal_service" if numbers else "signal_number"
        found.append((missing, "is missing", "Signal needs its number and its service: set both or neither"))
    if settings.telegram_token is None and settings.duty_telegram_token is None:
        of_telegram = {
            "telegram_webhook_url": settings.telegram_webhook_url,
            "telegram_api_url": settings.telegram_api_url,
        }
        remedy = "Set LEEWARD_TELEGRAM_TOKEN, or remove it"
        found.extend((name, "has no effect without a token", remedy) for name, value in of_telegram.items() if value)
    public = settings.telegram_token
    if public is not None and settings.duty_telegram_token == public:
        found.append(("duty_telegram_token", "is that of the public bot", "Make a bot for officers, or remove it"))
    if settings.duty_signal_number and settings.duty_signal_number == settings.signal_number:
        found.append(("duty_signal_number", "is the public number", "Register one for officers, or remove it"))
    if settings.draft_keys_dir is not None and settings.draft_keys == "disk":
        found.append(("draft_keys_dir", "has no effect on disk", "Set LEEWARD_DRAFT_KEYS=memory, or remove it"))
    return found
