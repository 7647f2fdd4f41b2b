"""The ladder at work: whom to tell now, and when to look again. Pure; the state is stored between two looks.

Steps are never skipped and never doubled: a step whose people are nobody gives its turn to the next one at once.
Whoever was told is told again while they are on duty. Where none of them is any more, somebody else who is gets told at
once; after the last step one more person is told with every repetition: louder, never silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dialogs.frozen import Frozen
from dialogs.replace import replace
from dialogs.roster import can_be_told, next_change, on_duty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.roster import Ladder, Officer, Roster, Rung

OPEN, OWNED, CANCELLED = "open", "owned", "cancelled"


class Page(Frozen):
    """One officer was told of one alert: with which code they may take it, and how often they were told."""

    officer: str
    code: str
    times: int
    last_at: str
    passed: bool = False  # they said they cannot


class AlertState(Frozen):
    """One alert. Stored encrypted; only its id, whether it is open and when to look again stand in clear."""

    id: str
    case: str
    office: str
    level: str
    wide: bool  # may the ladder leave the office: live C-EMER or C-ASG
    raised_at: str
    state: str = OPEN
    step: int = 0  # how many rungs were told
    pages: tuple[Page, ...] = ()
    owner: str = ""
    owned_at: str = ""
    next_look: str = ""
    hurry: bool = False  # somebody passed it on: the next step does not wait for its time


def look(
    state: AlertState, roster: Roster, now: datetime, codes: tuple[str, ...]
) -> tuple[AlertState, tuple[Officer, ...]]:
    """Return the state after this look and whom to tell now, each once.

    `codes`: fresh codes of four digits, one for everybody who may be told for the first time in this look.
    """
    ladder = roster.ladder_of(state.level)
    if state.state != OPEN or ladder is None:
        return replace(state, next_look=""), ()
    told: dict[str, Officer] = {}
    climbed = _climb(state, ladder, roster, now, told)
    again = _to_repeat(climbed, ladder, roster, now, alone=not told)
    if again and state.step == len(ladder.rungs):
        told.update(_one_more(state, ladder, roster, now))
    told.update({officer.id: officer for officer in again})
    pages = {page.officer: page for page in state.pages}
    fresh = list(codes)
    for name in told:
        old = pages.get(name)
        code, times = (old.code, old.times + 1) if old is not None else (fresh.pop(), 1)
        pages[name] = Page(name, code, times, now.isoformat())
    state = replace(climbed, pages=tuple(pages.values()))
    return replace(state, next_look=_next_look(state, ladder, roster, now).isoformat()), tuple(told.values())


def _climb(
    state: AlertState, ladder: Ladder, roster: Roster, now: datetime, told: dict[str, Officer]
) -> AlertState:  # fmt: skip
    """Tell every rung that is due; one without anybody gives its turn to the next.

    Where everybody who was told has gone off duty or passed it on, somebody else of the rungs so far is told at once,
    or else the next rung.
    """
    raised = datetime.fromisoformat(state.raised_at)
    alone = state.step > 0 and not _active(state, roster, now)
    if alone:
        told.update(_one_more(state, ladder, roster, now))
    step, early = state.step, (alone or state.hurry) and not told
    while step < len(ladder.rungs):
        rung = ladder.rungs[step]
        if now < raised + timedelta(minutes=rung.after) and not early:
            break
        people = _new_people(state, rung, roster, now, told)
        told.update({officer.id: officer for officer in people[:1]})
        early = not people
        step += 1
    if state.hurry and not told:
        told.update(_one_more(state, ladder, roster, now))
    return replace(state, step=step, hurry=False)


def _new_people(
    state: AlertState, rung: Rung, roster: Roster, now: datetime, told: Mapping[str, Officer]
) -> tuple[Officer, ...]:
    """Return who is on duty on this rung, can be told and was not told yet, in the order of the roster."""
    if rung.wide and not state.wide:
        return ()
    office = roster.focal_point if rung.wide else state.office
    known = {page.officer for page in state.pages} | set(told)
    return tuple(
        officer
        for officer in on_duty(roster, office, rung.role, now)
        if officer.id not in known and can_be_told(roster, officer, state.level, now)
    )


def _one_more(state: AlertState, ladder: Ladder, roster: Roster, now: datetime) -> dict[str, Officer]:
    """Return the first person of the rungs so far who was not told yet: it grows louder until everybody was."""
    for rung in ladder.rungs[: state.step]:
        for officer in _new_people(state, rung, roster, now, {}):
            return {officer.id: officer}
    return {}


def _there(state: AlertState, roster: Roster, now: datetime) -> list[Page]:
    """Return the pages of those who can be told now."""
    people = roster.people
    return [p for p in state.pages if p.officer in people and can_be_told(roster, people[p.officer], state.level, now)]


def _active(state: AlertState, roster: Roster, now: datetime) -> list[Page]:
    """Return the pages of those who can be told now and did not pass it on."""
    return [page for page in _there(state, roster, now) if not page.passed]


def _to_repeat(
    state: AlertState, ladder: Ladder, roster: Roster, now: datetime, *, alone: bool
) -> list[Officer]:  # fmt: skip
    """Return whose turn it is to be told again; who passed it on is asked again only where nobody else is left."""
    last = alone and state.step == len(ladder.rungs)
    pages = _active(state, roster, now) or (_there(state, roster, now) if last else [])
    return [roster.people[page.officer] for page in pages if now >= _repeat_at(page, ladder)]


def _repeat_at(page: Page, ladder: Ladder) -> datetime:
    return datetime.fromisoformat(page.last_at) + timedelta(minutes=ladder.repeat)


def _next_look(state: AlertState, ladder: Ladder, roster: Roster, now: datetime) -> datetime:
    """Return when something can be due next; `now`, that is at the next tick, while nobody can be told."""
    rungs = [
        datetime.fromisoformat(state.raised_at) + timedelta(minutes=rung.after)
        for rung in ladder.rungs[state.step :][:1]
    ]
    active = _active(state, roster, now)
    if not active and state.step:
        return now
    repeats = [_repeat_at(page, ladder) for page in active]
    return min(*repeats, *rungs, next_change(roster, now), now + timedelta(days=1))


def take(state: AlertState, officer: str, code: str, now: datetime) -> AlertState | None:
    """Return the alert owned by this officer, when the code is theirs and it is still open; else None."""
    mine = any(page.officer == officer and page.code == code for page in state.pages)
    if state.state != OPEN or not mine:
        return None
    return replace(state, state=OWNED, owner=officer, owned_at=now.isoformat(), next_look="")


def pass_on(state: AlertState, officer: str, code: str, now: datetime) -> AlertState | None:
    """Return the alert with the next step due at once, because this officer cannot take it; None: not theirs."""
    if take(state, officer, code, now) is None:
        return None
    pages = tuple(replace(page, passed=True) if page.officer == officer else page for page in state.pages)
    return replace(state, pages=pages, hurry=True, next_look=now.isoformat())
