"""The OpenAPI 3.1 description of the desk, made from the table of routes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from bot.desk.refusals import Refusal
from bot.desk.routes import ANYBODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.desk.routes import Route

_IN_PATH: Final = re.compile(r"\{(\w+)\}")
_ID: Final = {"type": "string", "minLength": 1, "maxLength": 64}
_REFERENCE: Final = "#/components/schemas/{name}"
DOWNLOAD, EVENTS, JSON = "application/octet-stream", "text/event-stream", "application/json"


def described(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the description. `x-roles`: who may ask; absent: anybody, without a login."""
    routes = tuple(routes)
    types = [Refusal, *(kind for route in routes for kind in (route.takes, route.gives) if kind not in (bytes, str))]
    shapes, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schemas = dict(zip(map(repr, types), shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The desk", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-leeward"}},
        },
    }


def _operation(route: Route, schemas: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}{route.path.replace('/', '_')}",
        "summary": route.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _ID}
            for name in _IN_PATH.findall(route.path)
        ],
        "responses": {
            "200": {"description": "Done", "content": _content(route, schemas)},
            "default": {"description": "Not done", "content": {JSON: {"schema": schemas[repr(Refusal)]}}},
        },
    }  # fmt: skip
    if route.roles != ANYBODY:
        operation["security"] = [{"session": []}]
        operation["x-roles"] = sorted(route.roles)
    shape = schemas[repr(route.takes)]
    if route.method == "POST":
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": shape}}}
    else:
        operation["parameters"] += _query(components[shape["$ref"].rsplit("/", 1)[-1]])
    return operation


def _query(shape: dict[str, Any]) -> list[dict[str, Any]]:
    required = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in shape["properties"].items()
    ]


def _content(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if route.gives is bytes:
        return {DOWNLOAD: {}}
    return {EVENTS: {}} if route.gives is str else {JSON: {"schema": schemas[repr(route.gives)]}}
