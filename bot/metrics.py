"""Metrics: how the service does, in Prometheus' text form, for this machine alone. Counts, and nothing of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request

    from bot.runtime import Runtime

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
RECEIVED: Final = {
    "received": "Messages taken, each once.",
    "not stored": "Messages that could not be stored and were not acknowledged.",
    "trouble": "Turns that could not be carried out; the person was told.",
    "gaps": "Connections after which something may have been missing.",
}


def metrics_app(runtime: Runtime) -> Starlette:
    """Return the application: GET /metrics, 503 while the database does not answer."""

    async def metrics(_request: Request) -> PlainTextResponse:
        try:
            waiting, dead = await runtime.writer.run(runtime.outbox_counts)
        except StorageError:
            return PlainTextResponse("the database does not answer\n", status_code=503)
        lines = [*_lines(runtime), *_gauge("waiting", "Messages that wait to be sent.", {"": waiting})]
        lines += _gauge("dead_letters", "Messages that a service refuses for good.", {"": dead})
        return PlainTextResponse("\n".join(lines) + "\n", media_type=CONTENT_TYPE)

    return Starlette(routes=[Route("/metrics", metrics)])


def _lines(runtime: Runtime) -> Iterator[str]:
    for name, meaning in RECEIVED.items():
        yield from _metric("counter", f"{name.replace(' ', '_')}_total", meaning, {"": runtime.intake.counts[name]})
    for channel, counts in runtime.sent_counts().items():
        values = {f'{{channel="{channel}",outcome="{outcome}"}}': count for outcome, count in sorted(counts.items())}
        yield from _metric("counter", "sends_total", "What became of messages that were sent.", values)
    up = {f'{{channel="{name}"}}': int(getattr(adapter, "healthy", True)) for name, adapter in runtime.adapters.items()}
    yield from _gauge("channel_up", "1 while a channel receives and sends.", up)


def _gauge(name: str, meaning: str, values: Mapping[str, int]) -> Iterator[str]:
    return _metric("gauge", name, meaning, values)


def _metric(kind: str, name: str, meaning: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"# HELP leeward_{name} {meaning}"
    yield f"# TYPE leeward_{name} {kind}"
    for labels, value in values.items():
        yield f"leeward_{name}{labels} {value}"
