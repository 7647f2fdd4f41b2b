"""The only reader of the environment: settings from it, from leeward.toml, from a secrets folder, in that order of weight."""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from config.documents import Mistake, PolicyMistakes
from config.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "LEEWARD_"
FILE = "leeward.toml"
SECRETS_DIR = "LEEWARD_SECRETS_DIR"
MAX_SECRET_BYTES = 16 * 1024


def load_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Return the settings. Raises PolicyMistakes naming every wrong one, never its value."""
    environment = os.environ if environment is None else environment  # noqa: TID251 - the one reader
    folder = Path.cwd() if folder is None else folder
    mistakes: list[Mistake] = []
    values: dict[str, Any] = {}
    values.update(_from_secrets(environment.get(SECRETS_DIR, ""), mistakes))
    values.update(_from_file(folder / FILE, mistakes))
    values.update(_from_environment(environment, mistakes))
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        for error in exc.errors(include_input=False, include_url=False, include_context=False):
            name = PREFIX + str(error["loc"][0]).upper()
            mistakes.append(Mistake("settings", name, 0, error["msg"], "See `leeward init` for an example of every setting"))
        raise PolicyMistakes(mistakes) from exc
    if mistakes:
        raise PolicyMistakes(mistakes)
    return settings


def _from_environment(environment: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    found = {}
    for name, value in environment.items():
        if name.startswith(PREFIX) and name != SECRETS_DIR:
            field = name.removeprefix(PREFIX).lower()
            if _known(field, "environment", mistakes) and value:
                found[field] = value
    return found


def _known(field: str, source: str, mistakes: list[Mistake]) -> bool:
    if field in Settings.model_fields:
        return True
    near = get_close_matches(field, Settings.model_fields, n=1)
    remedy = f"Did you mean {PREFIX}{near[0].upper()}?" if near else "Remove it"
    mistakes.append(Mistake(source, PREFIX + field.upper(), 0, "is no setting", remedy))
    return False


def _from_file(path: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError):
        mistakes.append(Mistake(FILE, "(file)", 0, "is no valid TOML", "Compare with the file `leeward init` writes"))
        return {}
    return {field: value for field, value in data.items() if _known(field, FILE, mistakes) and value != ""}


def _from_secrets(folder: str, mistakes: list[Mistake]) -> dict[str, Any]:
    if not folder:
        return {}
    path = Path(folder)
    if not path.is_dir():
        mistakes.append(Mistake("environment", SECRETS_DIR, 0, "is no folder", "Name the folder with the secret files"))
        return {}
    files = [file for file in path.iterdir() if file.is_file() and file.name.upper().startswith(PREFIX)]
    return {
        file.name.upper().removeprefix(PREFIX).lower(): file.read_text(encoding="utf-8")[:MAX_SECRET_BYTES].strip()
        for file in files
        if _known(file.name.upper().removeprefix(PREFIX).lower(), SECRETS_DIR, mistakes)
    }
