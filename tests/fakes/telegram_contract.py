"""The machine-readable contract of the Bot API, and calls held to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiohttp import web

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "telegram-bot-api-10.0.json"
PYTHON: dict[str, tuple[type, ...]] = {"Integer": (int,), "String": (str,), "Boolean": (bool,), "Float": (int, float)}
WORDS = (
    "text", "name", "description", "short_description", "url", "secret_token", "file_id", "callback_query_id", "parse_mode",
    "caption", "document",
)  # fmt: skip
"""Parameters that are words and not JSON."""


def decoded(data: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters as values: the Bot API takes them JSON-encoded inside strings, too."""
    return {
        name: json.loads(value) if isinstance(value, str) and name not in WORDS else value
        for name, value in data.items()
    }


async def asked(request: web.Request) -> dict[str, Any]:
    """Return the parameters of a call, whichever of the three ways they came."""
    if request.content_type == "application/json":
        raw = await request.read()
        return decoded(json.loads(raw)) if raw else {}
    form = await request.post()
    return decoded({name: v.file.read() if isinstance(v, web.FileField) else v for name, v in form.items()})


class Contract:
    """What the Bot API takes; where the contract is not at hand, everything passes."""

    def __init__(self) -> None:
        self._known = json.loads(CONTRACT.read_text()) if CONTRACT.is_file() else None

    def violations(self, method: str, data: dict[str, Any]) -> list[str]:
        """Compare a call with the contract: the method, its parameters, their types, and what is required."""
        if self._known is None:
            return []
        known = self._known["methods"].get(method)
        if known is None:
            return [f"{method}: no such method"]
        found: list[str] = []
        fields = {field["name"]: field for field in known.get("fields", ())}
        for name, value in data.items():
            if name not in fields:
                found.append(f"{method}.{name}: no such parameter")
            elif not self._fits(value, fields[name]["types"]):
                found.append(f"{method}.{name}: is no {fields[name]['types']}")
        for name, field_ in fields.items():
            if field_["required"] and name not in data:
                found.append(f"{method}.{name}: is required")
        return found

    def _fits(self, value: Any, types: list[str]) -> bool:  # noqa: ANN401 - a JSON value
        """Say whether a value is of one of these types, and all within it of theirs."""
        for kind in types:
            if kind.startswith("Array of "):
                fits = isinstance(value, list) and all(self._fits(one, [kind[9:]]) for one in value)
            elif kind in PYTHON:
                fits = isinstance(value, PYTHON[kind]) and (kind == "Boolean" or not isinstance(value, bool))
            else:
                fits = isinstance(value, bytes) if kind == "InputFile" else self._is_object(value, kind)
            if fits:
                return True
        return False

    def _is_object(self, value: Any, kind: str) -> bool:  # noqa: ANN401 - a JSON value
        known = (self._known or {})["types"].get(kind)
        if known is None or not isinstance(value, dict):
            return False
        if "subtypes" in known and not known.get("fields"):
            return any(self._is_object(value, one) for one in known["subtypes"])
        fields = {field["name"]: field for field in known.get("fields", ())}
        return all(name in fields and self._fits(one, fields[name]["types"]) for name, one in value.items()) and all(
            name in value for name, one in fields.items() if one["required"]
        )
