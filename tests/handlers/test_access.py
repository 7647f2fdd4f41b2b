"""Which offices a case exists for, and how much of it a role sees."""

from __future__ import annotations

import pytest

from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.access import Sight, is_shut_out, office_sees, sight
from handlers.accounts import ACTIVE, REVOKED, Account, Role
from tests.conftest import NOON
from tests.desk_server.world import DUTY, HRC, OTHER, SENIOR, card_of, given

COPY = (given("C-FWD", HRC), given("C-ASG", SENIOR))


def account(office: str = HRC, *roles: Role, state: str = ACTIVE) -> Account:
    """Return an account of an office."""
    return Account("ana", "Ana", office, roles or (Role.FIRST_RESPONDENT,), state, "2026-11-24T10:00Z")


@pytest.mark.parametrize(
    ("exclude", "red", "change", "seen"),
    [
        ((), (), {}, True),
        (("EXC-NONE",), ("RED-NAME",), {}, True),
        (("EXC-NATSTAFF",), (), {"international_only": True}, True),
        (("EXC-NATSTAFF",), (), {"international_only": False}, False),
        (("EXC-LOCAL",), (), {"country": None}, True),
        (("EXC-LOCAL",), (), {"country": "XA"}, False),
        ((), ("RED-LOCAL",), {"country": "XA"}, False),
        ((f"EXC-OFF:{OTHER}",), (), {}, True),
        ((f"EXC-OFF:{OTHER}",), (), {"coi_group": "GRP-OHC-GVA"}, False),
        ((f"EXC-OFF:{SENIOR}",), (), {}, False),
    ],
)  # fmt: skip
def test_an_office_with_a_copy_is_shut_out_by_name_by_group_and_by_kind(
    policy: Policy, exclude: tuple[str, ...], red: tuple[str, ...], change: dict[str, object], *, seen: bool
) -> None:
    """The card does not say in which country the person is, so every local office counts as theirs."""
    office = replace(policy.directory.offices[SENIOR], **change)  # type: ignore[arg-type]  # fields of the table above
    card = card_of("LW-1", consents=COPY, exclude=exclude, red=red)

    assert office_sees(office, card, policy, NOON) is seen


def test_the_office_a_report_went_to_is_shut_out_by_name_only(policy: Policy) -> None:
    """Routing has asked about the rest, with the country known."""
    office = replace(policy.directory.offices[HRC], country="XA", international_only=False)

    assert office_sees(office, card_of("LW-1", exclude=("EXC-LOCAL", "EXC-NATSTAFF")), policy, NOON)
    assert not office_sees(office, card_of("LW-1", exclude=(f"EXC-OFF:{HRC}",)), policy, NOON)


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_as_much_as_its_work_needs(policy: Policy, role: Role) -> None:
    """Nobody sees anything of another office's case, nor of one that is gone, nor once they were revoked."""
    content = {Role.OPERATOR, Role.DUTY_OFFICER, Role.FIRST_RESPONDENT, Role.FOCAL_POINT}
    others = {Role.SHIFT_LEAD: Sight.LINE, Role.CONSENT_STEWARD: Sight.CONSENTS}
    wanted = Sight.CONTENT if role in content else others.get(role, Sight.NOTHING)
    card = card_of("LW-1")

    assert sight(account(HRC, role), card, policy, NOON) is wanted
    for nothing in (account(OTHER, role), account("OFF-NOWHERE", role), account(HRC, role, state=REVOKED)):
        assert sight(nothing, card, policy, NOON) is Sight.NOTHING
    assert sight(account(HRC, role), None, policy, NOON) is Sight.NOTHING


def test_a_copy_to_the_duty_desk_exists_while_its_consent_lives(policy: Policy) -> None:
    """It ends with its time, with a withdrawal, and while the case is stopped."""
    consents = (given("C-FWD", HRC), given("C-EMER", DUTY, scope="report"))
    lasting = card_of("LW-1", consents=consents)
    ended = card_of("LW-1", consents=(consents[0], replace(consents[1], expires="2026-11-24T10:00:00+00:00")))
    officer = account(DUTY, Role.OPERATOR)

    assert sight(officer, lasting, policy, NOON) is Sight.CONTENT
    assert sight(officer, ended, policy, NOON) is Sight.NOTHING
    assert sight(officer, replace(lasting, status="ST-HOLD"), policy, NOON) is Sight.NOTHING


def test_where_the_alternate_has_the_case_the_senior_focal_point_is_out(policy: Policy) -> None:
    """RT-99: the alternate is chosen only where the other is excluded or implicated, so nothing is shared or told there."""
    offices = policy.directory.offices
    card = replace(card_of("LW-1"), office="OFF-ALT")

    assert is_shut_out(offices[SENIOR], card, policy)
    assert not is_shut_out(offices[SENIOR], replace(card, office=HRC), policy)
