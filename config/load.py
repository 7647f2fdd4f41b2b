"""The only reader of the environment. The environment wins over leeward.toml, that file over the secrets folder.

No value is ever repeated in an error: any of them may be a secret in the wrong place.
"""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from config.documents import Mistake, PolicyMistakes
from config.settings import Settings, unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX: Final = "LEEWARD_"
FILE: Final = "leeward.toml"
SECRETS_DIR: Final = "LEEWARD_SECRETS_DIR"
MAX_SECRET_BYTES: Final = 16 * 1024
MAX_FILE_BYTES: Final = 256 * 1024
_NAMES: Final = (*Settings.model_fields, SECRETS_DIR.removeprefix(PREFIX).lower())


def load_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Return the settings. Raises PolicyMistakes naming every wrong one, never its value."""
    environment = os.environ if environment is None else environment  # noqa: TID251 - the one reader
    folder = Path.cwd() if folder is None else folder
    mistakes: list[Mistake] = []
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for source, found in (
        (SECRETS_DIR, _from_secrets(environment.get(SECRETS_DIR, ""), mistakes)),
        (FILE, _from_file(_file_for(environment, folder), mistakes)),
        ("environment", _from_environment(environment, mistakes)),
    ):
        values.update(found)
        sources.update(dict.fromkeys(found, source))
    settings = _settings(values, sources, mistakes)
    if settings is None or mistakes:
        raise PolicyMistakes(mistakes)
    return settings


def _file_for(environment: Mapping[str, str], folder: Path) -> Path:
    """Return the settings file of the folder one stands in; where there is none, that of LEEWARD_HOME."""
    here, home = folder / FILE, environment.get(_spelled("home"))
    return here if here.exists() or not home else folder / home / FILE


def _settings(values: dict[str, Any], sources: Mapping[str, str], mistakes: list[Mistake]) -> Settings | None:
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        for error in exc.errors(include_input=False, include_url=False, include_context=False):
            field = str(error["loc"][0])
            what = error["msg"].removeprefix("Value error, ")
            said = what[:1].lower() + what[1:]
            remedy = f"Expected: {Settings.model_fields[field].description}"
            mistakes.append(Mistake(sources.get(field, "settings"), _spelled(field), 0, said, remedy))
        return None
    for field, what, remedy in unfit(settings):
        mistakes.append(Mistake(sources.get(field, "settings"), _spelled(field), 0, what, remedy))
    return settings


def _spelled(field: str) -> str:
    return PREFIX + field.upper()


def _field(name: str) -> str:
    return name.upper().removeprefix(PREFIX).lower()


def _from_environment(environment: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    ours = [name for name in environment if name.startswith(PREFIX) and name != SECRETS_DIR]
    known = _known((_field(name) for name in ours), "environment", mistakes)
    return {field: value for field in known if (value := environment[_spelled(field)])}


def _known(fields: Iterable[str], source: str, mistakes: list[Mistake]) -> list[str]:
    known = []
    for field in fields:
        if field in Settings.model_fields:
            known.append(field)
            continue
        near = get_close_matches(field, _NAMES, n=1)
        remedy = f"Did you mean {_spelled(near[0])}?" if near and near[0] != field else "Remove it"
        mistakes.append(Mistake(source, ascii(_spelled(field)).strip("'"), 0, "is no setting", remedy))
    return known


def _from_file(path: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file:
            data = tomllib.loads(file.read(MAX_FILE_BYTES).decode())
    except (OSError, ValueError, RecursionError) as exc:
        line = re.search(r"at line (\d+)", str(exc))
        remedy = "Compare with the file `leeward init` writes"
        mistakes.append(Mistake(FILE, "(file)", int(line[1]) if line else 0, "is no valid TOML", remedy))
        return {}
    return {field: data[field] for field in _known(data, FILE, mistakes) if data[field] != ""}


def _from_secrets(folder: str, mistakes: list[Mistake]) -> dict[str, Any]:
    if not folder:
        return {}
    try:
        files = [path for path in sorted(Path(folder).iterdir()) if path.name.upper().startswith(PREFIX)]
    except OSError:
        remedy = "Name the folder with the secret files"
        mistakes.append(Mistake("environment", SECRETS_DIR, 0, "is no folder that can be read", remedy))
        return {}
    known = _known((_field(path.name) for path in files), SECRETS_DIR, mistakes)
    paths = {_field(path.name): path for path in files}
    found = {field: _secret(paths[field], mistakes) for field in known}
    return {field: secret for field, secret in found.items() if secret}


def _secret(path: Path, mistakes: list[Mistake]) -> str:
    """Return a secret file without the line end editors add; a file too large or not text is a mistake."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
        if len(content) <= MAX_SECRET_BYTES:
            return content.decode().strip()
    except (OSError, UnicodeDecodeError):
        pass
    remedy = f"A secret file holds the value alone, as text, and at most {MAX_SECRET_BYTES} bytes"
    mistakes.append(Mistake(SECRETS_DIR, _spelled(_field(path.name)), 0, "cannot be read", remedy))
    return ""
