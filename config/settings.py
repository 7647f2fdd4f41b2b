"""Every setting: its name, what it is for, its default. Values come from config.load."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """The settings of one installation; frozen, and without a printable secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="folder for the database, sealed files, keys and logs")
    database_url: str = Field("", description="postgresql+psycopg://…; empty: SQLite in the home folder")
    master_key_file: Path | None = Field(None, description="folder of the key files, when it is not HOME/keys")
    policy_dir: Path | None = Field(None, description="folder with your own policy files; default: those of Leeward")
    root_key: str = Field("", description="fingerprint of the key that signs the directory: leeward-root-1-…")
    draft_keys: Literal["disk", "memory"] = Field("disk", description="memory: draft keys on a tmpfs, gone with the power")
    telegram_token: SecretStr | None = Field(None, description="token of the Telegram bot")
    telegram_api_url: str = Field("", description="address of a self-hosted Bot API server")
    telegram_webhook_url: str = Field("", description="public address for updates; empty: long polling")
    signal_number: str = Field("", description="number of the bot on Signal")
    signal_service: str = Field("", description="host:port of signal-cli-rest-api")
    smtp_url: SecretStr | None = Field(None, description="smtp:// address for mail to offices")
    desk_listen: str = Field("127.0.0.1:8080", description="where the desk listens")
    desk_url: str = Field("", description="public address of the desk")
    metrics_listen: str = Field("", description="where metrics listen; empty: nowhere")
    log_format: Literal["text", "json"] = Field("text", description="form of the log lines")

    @property
    def keys_folder(self) -> Path:
        """Return the folder of the key files."""
        return self.master_key_file or self.home / "keys"
