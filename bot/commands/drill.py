"""drill: a night with synthetic cooperators against the roster of this installation, and how the desk did.

Everything happens in a folder of its own with throw-away keys, which is removed at the end: no real case, no real key
and no real message is ever near it. With `--really-page` nobody plays: whoever is on duty now gets an alert without a
cause from the running service, and the time until they write is what is scored.
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import contextmanager
from dataclasses import asdict
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import click

from bot.app import installation, practice_service
from bot.clock import FixedClock, SystemClock
from bot.commands.drill_night import Played, with_names
from bot.commands.failure import Refused
from bot.control import CommandFailed, ask_running
from bot.directory_files import DIRECTORY, example_offices
from config.documents import read
from config.load import load_settings
from config.policies import ROSTER
from config.roster import URGENT_LEVELS
from storage.errors import InUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.commands.drill_night import Night, Score

POLL_SECONDS: Final = 5.0
FOLDER: Final = "drill"


@contextmanager
def _throw_away(folder: Path) -> Iterator[Path]:
    """Give an empty folder, and remove it at the end; what a drill that was killed left behind is removed first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drill(night: Night, *, as_json: bool) -> int:
    """Play a night; 1 when something the roster answers for was never owned or written to, or later than its target."""
    settings = load_settings()
    roster = settings.home / ROSTER
    if not roster.is_file():
        raise Refused(
            f"{ROSTER} is missing in {settings.home}: make one with `leeward init`, and name people and shifts."
        )
    own = settings.home / DIRECTORY
    offices = with_names(read(own).data if own.is_file() else example_offices(settings.policy_dir))
    clock = FixedClock(SystemClock().now().replace(microsecond=0))
    with (
        _throw_away(settings.home / FOLDER) as folder,
        practice_service(settings, folder, clock=clock, duty=roster, offices=offices) as service,
    ):
        if not service.policy.roster.people:
            raise Refused(f"{ROSTER} names nobody, so nobody would be told: add people and shifts.")
        scores = Played(service, clock, night).play()
    return _say(scores, as_json=as_json)


def _say(scores: Sequence[Score], *, as_json: bool) -> int:
    """Print every case and the sums by level; 0 when all that the roster answers for was in time."""
    asked = [score for score in scores if score.rostered]
    levels = {level: _sums([s for s in asked if s.level == level]) for level in sorted({s.level for s in asked})}
    late = sum(1 for score in asked if score.owned_late or score.contact_late)
    result = {"cases": len(scores), "rostered": len(asked), "late": late, "levels": levels}
    if as_json:
        click.echo(json.dumps({**result, "scores": [asdict(score) for score in scores]}))
        return 0 if asked and not late else 1
    click.echo("level  raised at (UTC)    told after  owned after  wrote after  by              people told")
    for score in scores:
        told, taken, wrote = map(_shown, (score.told_minutes, score.owned_minutes, score.contact_minutes))
        who = (score.owner or "nobody") if score.rostered else "not in the roster"
        wrote = wrote if score.contact_due else "not asked"
        click.echo(
            f"{score.level:<5}  {score.raised_at}   {told:>10}  {taken:>11}  {wrote:>11}  {who:<14}  {score.told:>11}"
        )
    for level, sums in levels.items():
        click.echo(
            f"{level}: {sums['cases']} cases, {sums['owned']} owned, {sums['owned_in_time']} in time, median "
            f"{_shown(sums['median_minutes'])}, longest {_shown(sums['longest_minutes'])}; first words in time to "
            f"{sums['contact_in_time']} of {sums['contact_due']}; {sums['nobody_told_at_once']} times nobody at once."
        )
    return 0 if asked and not late else 1


def _sums(scores: Sequence[Score]) -> dict[str, Any]:
    """Return the sums of the cases of one level."""
    owned = [score.owned_minutes for score in scores if score.owned_minutes is not None]
    return {
        "cases": len(scores), "owned": len(owned), "owned_in_time": sum(not score.owned_late for score in scores),
        "median_minutes": median(owned) if owned else None, "longest_minutes": max(owned, default=None),
        "contact_due": sum(score.contact_due for score in scores),
        "contact_in_time": sum(score.contact_due and not score.contact_late for score in scores),
        "nobody_told_at_once": sum(
            score.level in URGENT_LEVELS and (not score.told or bool(score.told_minutes)) for score in scores
        ),
    }  # fmt: skip


def _shown(minutes: float | None) -> str:
    return "never" if minutes is None else f"{minutes:.1f} min"


def _running(command: str, **arguments: str) -> Any:  # noqa: ANN401 - any JSON value
    """Ask the service that runs here. Without one nothing is even queued: it would reach people at a later time."""
    try:
        return ask_running(installation(load_settings()), command, arguments)
    except InUse as exc:
        raise Refused("No service runs in this folder, so nobody can be paged: start `leeward serve` first.") from exc
    except CommandFailed as exc:
        raise Refused(str(exc)) from exc


def page_really(wait_minutes: float, *, as_json: bool) -> int:
    """Have the running service send everybody on duty an alert without a cause; score how soon they write."""
    asked = _running("page_everybody")
    if not asked:
        raise Refused("Nobody is on duty now, so nobody was paged: see `leeward duty`.")
    until = time.monotonic() + wait_minutes * 60
    answers: dict[str, float | None] = dict.fromkeys(asked)
    while time.monotonic() < until and None in answers.values():
        time.sleep(POLL_SECONDS)
        answers = _running("answered_after", since=min(asked.values()))
    if as_json:
        click.echo(json.dumps({"paged": sorted(asked), "answered_minutes": answers}))
    else:
        for name, minutes in sorted(answers.items()):
            click.echo(f"{name}: {_shown(minutes)}")
    return 0 if None not in answers.values() else 1
