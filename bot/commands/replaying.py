"""replay: personas played, outcomes printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from bot.commands.keys import harmless
from bot.practice.replay import replay
from config.load import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def replay_files(files: tuple[Path, ...], out: Path | None, *, as_json: bool) -> int:
    """Play the files; 1 when one was not as expected."""
    failed = False
    for replayed in replay(files, load_settings(), out):
        failed = failed or bool(replayed.differences)
        if as_json:
            click.echo(json.dumps(replayed.result, ensure_ascii=False))
        else:
            click.echo(harmless(_readable(replayed.result)))
        for name in replayed.no_questions:
            click.echo(f"{replayed.persona.name}: there is no question {name!a}; its answer was not used", err=True)
        for line in replayed.differences:
            click.echo(f"{replayed.persona.name}: {line}", err=True)
    return 1 if failed else 0


def _readable(result: dict[str, Any]) -> str:
    route = result.get("route") or {}
    said = [f"{name} {state}" for name, state in result.get("consents", {}).items() if state != "not_asked"]
    lines = [
        f"{result['persona']}: {'sent' if result['submitted'] else 'not sent'}, mode {result.get('mode')}",
        f"  level {result.get('level')} by {', '.join(result.get('rules', ())) or 'no rule'}",
        f"  to {route.get('office', 'nobody')} by {route.get('rule', '-')}; consents: {', '.join(said) or 'none'}",
        f"  kept on the server afterwards: {result['stored_after']}; alerts: {result['alerts']}",
    ]
    lines.extend(f"  {path}" for path in result["sealed"])
    return "\n".join(lines)
