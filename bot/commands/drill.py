"""drill: a night with synthetic cooperators against the roster of this installation, and how the desk did.

Everything happens in a folder of its own with throw-away keys, which is removed at the end: no real case, no real key
and no real message is ever near it. With `--really-page` nobody plays: whoever is on duty now gets an alert without a
cause from the running service, and the time until they write is what is scored.
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same night again, and no secret is drawn from it
import shutil
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import click

from bot.app import installation, practice_service
from bot.clock import FixedClock, SystemClock
from bot.commands.failure import Refused
from bot.control import CommandFailed, ask_running
from config.load import load_settings
from config.policies import ROSTER
from handlers.types import Address, Inbound
from storage.errors import InUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.app import Service
    from dialogs.escalation import AlertState

TICK: Final = timedelta(seconds=5)
AFTER_HOURS: Final = 2
SAYS: Final = ("help me", "1", "0", "0", "1", "1", "DRILL")
"""What a synthetic cooperator writes: the fast path, with the word that marks it inside."""

POLL_SECONDS: Final = 5.0
FOLDER: Final = "drill"


@dataclass(frozen=True, slots=True)
class Night:
    """What is played: how many people write in how many hours, and how officers answer."""

    cooperators: int
    hours: float
    answer_minutes: float  # on average, exponentially spread
    asleep: float  # share of tellings that are never answered
    seed: int


@dataclass(frozen=True, slots=True)
class Score:
    """One alert: minutes until somebody was told and until somebody owned it (None: never), by whom, how many told."""

    raised_at: str
    told_minutes: float | None
    owned_minutes: float | None
    owner: str
    told: int


class _Played:
    """A night under a simulated clock."""

    def __init__(self, service: Service, clock: FixedClock, night: Night) -> None:
        self.service, self.clock, self.night = service, clock, night
        self.chance = random.Random(night.seed)  # noqa: S311 - seeded, no secret
        self.start = clock.at
        self.messages = 0
        self.decided: set[tuple[str, str, int]] = set()
        self.answers: list[tuple[datetime, str, str]] = []

    def play(self) -> list[Score]:
        seconds = sorted(self.chance.uniform(0, self.night.hours * 3600) for _ in range(self.night.cooperators))
        arrivals = [self.start + timedelta(seconds=second) for second in seconds]
        end = self.start + timedelta(hours=self.night.hours + AFTER_HOURS)
        number = 0
        while self.clock.at < end:
            while arrivals and arrivals[0] <= self.clock.at:
                arrivals.pop(0)
                number += 1
                self._somebody_writes(number)
            self.service.alerting.tick()
            waiting = self._open()
            self._officers(waiting)
            self.clock.at = self.clock.at + TICK if waiting or not arrivals else max(arrivals[0], self.clock.at + TICK)
            if not waiting and not arrivals:
                break
        return [self._score(alert_id) for alert_id in self.alerts]

    @property
    def alerts(self) -> list[str]:
        with self.service.store.transaction() as work:
            entries = [one.entry for one in work.audit.page(0, 100_000) if one.entry is not None]
        return [entry.new.split()[0] for entry in entries if entry.act == "alert-raised"]

    def _open(self) -> tuple[AlertState, ...]:
        with self.service.store.transaction() as work:
            return work.alerts.open_ones()

    def _write(self, channel: str, address: str, text: str) -> Inbound:
        self.messages += 1
        return Inbound(Address(channel, address), f"drill-{self.messages}", text=text)

    def _somebody_writes(self, number: int) -> None:
        for text in SAYS:
            self.service.reception.receive(self._write("practice", f"drill-{number}", text))

    def _officers(self, waiting: Sequence[AlertState]) -> None:
        """Everybody decides at every telling whether and when they answer; whoever is due answers now."""
        for alert in waiting:
            for page in alert.pages:
                if (alert.id, page.officer, page.times) in self.decided:
                    continue
                self.decided.add((alert.id, page.officer, page.times))
                if self.chance.random() >= self.night.asleep:
                    minutes = self.chance.expovariate(1 / self.night.answer_minutes)
                    self.answers.append((self.clock.at + timedelta(minutes=minutes), page.officer, page.code))
        for answer in [answer for answer in self.answers if answer[0] <= self.clock.at]:
            self.answers.remove(answer)
            channel, address = self.service.policy.roster.people[answer[1]].channels[0]
            self.service.alerting.answer(self._write(channel, address, f"ack {answer[2]}"))

    def _score(self, alert_id: str) -> Score:
        with self.service.store.transaction() as work:
            alert = work.alerts.get(alert_id)
            entries = [one.entry for one in work.audit.page(0, 100_000) if one.entry is not None]
        mine = [entry for entry in entries if entry.new.split()[:1] == [alert_id]]
        raised = next(entry.at for entry in mine if entry.act == "alert-raised")
        told = [entry for entry in mine if entry.act == "alert-told"]
        owned = alert.owned_at if alert is not None else ""
        return Score(
            f"{raised:%Y-%m-%d %H:%M}", _minutes(raised, told[0].at) if told else None,
            _minutes(raised, datetime.fromisoformat(owned)) if owned else None,
            alert.owner if alert is not None else "", len({entry.who for entry in told}),
        )  # fmt: skip


def _minutes(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 60, 1)


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
    """Play a night; 1 when an alert was never owned, or later than its target."""
    settings = load_settings()
    roster = settings.home / ROSTER
    if not roster.is_file():
        raise Refused(
            f"{ROSTER} is missing in {settings.home}: make one with `leeward init`, and name people and shifts."
        )
    clock = FixedClock(SystemClock().now().replace(microsecond=0))
    with (
        _throw_away(settings.home / FOLDER) as folder,
        practice_service(settings, folder, clock=clock, duty=roster) as service,
    ):
        if not service.policy.roster.people:
            raise Refused(f"{ROSTER} names nobody, so nobody would be told: add people and shifts.")
        scores = _Played(service, clock, night).play()
        target = service.policy.triage.targets["L1"].own
        minutes = target.count if target is not None else 0
    return _say(scores, minutes, as_json=as_json)


def _say(scores: Sequence[Score], target: int, *, as_json: bool) -> int:
    owned = [score.owned_minutes for score in scores if score.owned_minutes is not None]
    within = sum(1 for minutes in owned if minutes <= target)
    result: dict[str, Any] = {
        "alerts": len(scores), "owned": len(owned), "owned_within_target": within, "target_minutes": target,
        "median_minutes": median(owned) if owned else None, "longest_minutes": max(owned, default=None),
        "nobody_told_at_once": sum(1 for score in scores if score.told_minutes is None or score.told_minutes > 0),
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps({**result, "scores": [asdict(score) for score in scores]}))
    else:
        click.echo("raised at (UTC)    told after  owned after  by              people told")
        for score in scores:
            told, taken = (_shown(value) for value in (score.told_minutes, score.owned_minutes))
            click.echo(f"{score.raised_at}   {told:>10}  {taken:>11}  {score.owner or 'nobody':<14}  {score.told:>11}")
        click.echo(
            f"{len(scores)} alerts: {len(owned)} owned, {within} within {target} min, "
            f"median {_shown(result['median_minutes'])}, longest {_shown(result['longest_minutes'])}; "
            f"{result['nobody_told_at_once']} times nobody was there at once."
        )
    return 0 if scores and within == len(scores) else 1


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
