"""An auditor with the roster and the audit log alone: who had to be told when, compared with who was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.duty_model import TICK, Alarm, Model, Said, tick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.types import AuditEntry


def differences(model: Model, log: Sequence[AuditEntry], end: float) -> int:
    """Return in how many tellings the log and a fresh model that is fed from it differ."""
    events = [entry for entry in log if entry.act != "alert-told"]
    said = {(e.at.timestamp(), e.new.split()[0], e.who) for e in log if e.act == "alert-told"}
    now = events[0].at.timestamp() if events else end
    boundaries = model.changes(now - 1, end)
    while now <= end:
        model.known.clear()
        if now % TICK == 0:
            for entry in events:
                if entry.act == "alert-cancelled" and entry.at.timestamp() == now:
                    model.open.pop(entry.new.split()[0], None)
            for name in list(model.open):
                model.look(name, now)
        happened = bool(events) and events[0].at.timestamp() <= now
        while events and events[0].at.timestamp() <= now:
            entry = events.pop(0)
            _happened(model, entry)
            if entry.act.startswith("duty-"):
                boundaries = model.changes(now, end)
        moments = [entry.at.timestamp() for entry in events[:1]] or [end + TICK]
        moments += [tick(now + 1)] if happened else []
        moments += [tick(moment) for moment in boundaries if tick(moment) > now][:1]
        moments += [model.due(name, now) for name in model.open]
        now = min(moments)
    return len(said ^ set(model.told))


def _happened(model: Model, entry: AuditEntry) -> None:
    at = entry.at.timestamp()
    words = entry.new.split()
    if entry.act == "alert-raised":
        model.raise_alarm(words[0], Alarm(entry.office, words[1], "wide" in words, at))
    elif entry.act in ("alert-taken", "alert-cancelled"):
        model.open.pop(words[0], None)
    elif entry.act == "alert-passed":
        model.open[words[0]].passed.add(entry.who)
        model.open[words[0]].hurry = True
    elif entry.act == "duty-off":
        model.on = [Said(s.who, s.since, min(s.until, at) if s.who == entry.who else s.until) for s in model.on]
        model.off.append(Said(entry.who, at, _second(words[0])))
    elif entry.act == "duty-on":
        model.off = [said for said in model.off if said.who != entry.who or said.until <= at]
        model.on += [Said(entry.who, at, _second(words[0]))] if words else []
    elif entry.act == "duty-hand-over":
        _handed(model, entry.old, words[0], at, _second(words[1]))
    model.known.clear()


def _handed(model: Model, out: str, into: str, at: float, until: float) -> None:
    back = [said for said in model.handed if (said.who, said.into) == (into, out) and said.until > at]
    for said in back:
        said.until = at
    if not back:
        model.handed.append(Said(out, at, until, into))
    model.off = [Said(s.who, s.since, at if s.who == into and s.until > at else s.until) for s in model.off]


def _second(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
