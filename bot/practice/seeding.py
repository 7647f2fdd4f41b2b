"""The people and cases of practice: made once, by playing the example personas through the real engine."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.clock import FixedClock
from bot.practice.persona import load_persona
from bot.practice.player import PlayedBefore, Player
from dialogs.consents import minute
from dialogs.replace import replace
from handlers.accounts import ACTIVE, Account, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.app import Service

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
PLAYED: Final = (
    ("sc-05-fast-path", timedelta(minutes=7)),
    ("sc-01-defender-threatened", timedelta(minutes=40)),
    ("detained-relative", timedelta(hours=3)),
    ("threatened-before-travel", timedelta(hours=20)),
    ("child-helped-by-lawyer", timedelta(days=2)),
    ("un-person-did-it", timedelta(days=4)),
)
"""Which examples, and how long ago their people wrote."""

NAMES: Final = (
    "Ana", "Bilal", "Chen", "Dara", "Elif", "Femi", "Gita", "Hugo", "Imani", "Jonas", "Kaya", "Lucia", "Musa",
)  # fmt: skip
DUTY_OFFICE: Final = "OFF-EML"
SENIOR_OFFICE: Final = "OFF-ASG"


def seed(service: Service) -> None:
    """Make people and cases, unless there are people already. Raises: PersonaMistake, Unanswered, StorageError."""
    with service.store.transaction() as work:
        if work.accounts.all():
            return
    _play(service)
    with service.store.transaction() as work:
        cards = work.cases.cards(work.cases.ids()).values()
        for account in people(service, sorted({card.office for card in cards})):
            work.accounts.save(account)


def _play(service: Service) -> None:
    now = service.reception.clock.now()
    for number, (name, ago) in enumerate(PLAYED, start=1):
        path = EXAMPLES / f"{name}.yaml"
        if path.is_file():  # a wheel has no examples
            clock = FixedClock(now - ago)
            persona = replace(load_persona(path), now=now - ago)
            earlier = replace(service, reception=replace(service.reception, clock=clock))
            with suppress(PlayedBefore):  # a start that was interrupted goes on with the next one
                Player(earlier, persona, clock, number).play()


def people(service: Service, offices: Iterable[str]) -> list[Account]:
    """Return one person of every kind: first respondents where there are cases, and those who serve all offices."""
    of_cases = [(office, (Role.FIRST_RESPONDENT,)) for office in offices if office not in (DUTY_OFFICE, SENIOR_OFFICE)]
    wanted: list[tuple[str, tuple[Role, ...]]] = [
        *of_cases,
        (DUTY_OFFICE, (Role.DUTY_OFFICER,)),
        (DUTY_OFFICE, (Role.OPERATOR,)),
        (DUTY_OFFICE, (Role.SHIFT_LEAD,)),
        (SENIOR_OFFICE, (Role.FOCAL_POINT,)),
        (of_cases[0][0] if of_cases else DUTY_OFFICE, (Role.FIRST_RESPONDENT, Role.SHIFT_LEAD)),
        (of_cases[0][0] if of_cases else DUTY_OFFICE, (Role.CONSENT_STEWARD,)),
        (SENIOR_OFFICE, (Role.ADMINISTRATOR,)),
        (SENIOR_OFFICE, (Role.ADMINISTRATOR,)),  # the second person of an invitation
    ]
    at = minute(service.reception.clock.now())
    return [
        Account(name.lower(), name, office, roles, ACTIVE, at)
        for name, (office, roles) in zip(NAMES, wanted, strict=False)
    ]
