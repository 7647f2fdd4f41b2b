"""The ladder at work: whom to tell now, and when to look again. Pure; the state is stored between two looks.

Steps are never skipped and never doubled: a step whose people are nobody gives its turn to the next one at once. After
the last step everybody who was told is told again and again until somebody takes it: louder, never silent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.roster import on_duty

if TYPE_CHECKING:
    from dialogs.roster import Ladder, Officer, Roster, Rung

OPEN, OWNED, CANCELLED = "open", "owned", "cancelled"
CODE_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One officer was told of one alert: with which code they may take it, and how often they were told."""

    officer: str
    code: str
    times: int
    last_at: str
    passed: bool = False  # they said they cannot


@dataclass(frozen=True, slots=True)
class AlertState:
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
    ladder = roster.ladders.get(state.level)
    if state.state != OPEN or ladder is None:
        return replace(state, next_look=""), ()
    raised = datetime.fromisoformat(state.raised_at)
    told: dict[str, Officer] = {}
    fresh = list(codes)
    state = _climb(state, ladder, roster, now, told)
    pages = {page.officer: page for page in state.pages}
    for page in state.pages:
        if _again(page, ladder, now) and page.officer in roster.people:
            told.setdefault(page.officer, roster.people[page.officer])
    for name in told:
        old = pages.get(name)
        code = old.code if old is not None else fresh.pop()
        times = old.times + 1 if old is not None else 1
        pages[name] = Page(name, code, times, now.isoformat(), passed=False)
    state = replace(state, pages=tuple(pages.values()))
    return replace(state, next_look=_next_look(state, ladder, raised).isoformat()), tuple(told.values())


def _climb(
    state: AlertState, ladder: Ladder, roster: Roster, now: datetime, told: dict[str, Officer]
) -> AlertState:  # fmt: skip
    """Tell every rung that is due; one without anybody gives its turn to the next."""
    raised = datetime.fromisoformat(state.raised_at)
    step, early = state.step, state.hurry
    while step < len(ladder.rungs):
        rung = ladder.rungs[step]
        if now < raised + timedelta(minutes=rung.after) and not early:
            break
        people = _people(state, rung, roster, now, told)
        told.update({officer.id: officer for officer in people})
        early = not people
        step += 1
    return replace(state, step=step, hurry=False)


def _people(
    state: AlertState, rung: Rung, roster: Roster, now: datetime, told: dict[str, Officer]
) -> tuple[Officer, ...]:
    """Return the first of this role who was not told yet; where all were, nobody new."""
    if rung.wide and not state.wide:
        return ()
    office = roster.focal_point if rung.wide else state.office
    known = {page.officer for page in state.pages} | set(told)
    new = [officer for officer in on_duty(roster, office, rung.role, now) if officer.id not in known]
    return tuple(new[:1])


def _again(page: Page, ladder: Ladder, now: datetime) -> bool:
    return not page.passed and now >= datetime.fromisoformat(page.last_at) + timedelta(minutes=ladder.repeat)


def _next_look(state: AlertState, ladder: Ladder, raised: datetime) -> datetime:
    times = [
        datetime.fromisoformat(page.last_at) + timedelta(minutes=ladder.repeat)
        for page in state.pages
        if not page.passed
    ]
    times += [raised + timedelta(minutes=rung.after) for rung in ladder.rungs[state.step :][:1]]
    return min(times, default=raised + timedelta(minutes=ladder.repeat))


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
