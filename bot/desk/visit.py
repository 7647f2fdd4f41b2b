"""Who asks, and whether they may: the one place every request with a login passes before anything is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.desk.refusals import refused
from bot.desk.routes import ANYBODY, Allowed
from dialogs.replace import replace
from handlers.access import Sight, sight
from handlers.accounts import ACTIVE, REVOKED, Account, Role, Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.desk.routes import Route, Visitor
    from bot.desk.state import Desk
    from handlers.ports import UnitOfWork

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY: Final = Account("", "", "", (), REVOKED, "")
NO_SESSION: Final = Session("", "", NEVER, NEVER, NEVER)
_SEEN_EVERY: Final = timedelta(minutes=1)


def authorised(desk: Desk, route: Route, path: Mapping[str, str], visitor: Visitor) -> Allowed:
    """Return who asks, when they may ask this of this object. Raises: Refused.

    In this order: is somebody logged in, not too often, may their role, does the case exist for their office, may they
    see what it holds. The answer for a case of others, one that was erased and one that never was is the same.
    """
    now = desk.now()
    if route.roles == ANYBODY:
        return Allowed(NOBODY, Role.OPERATOR, NO_SESSION, now)
    with desk.store.transaction() as work:
        account, session = _logged_in(desk, work, visitor, now)
        wait = desk.requests.count(session.id, now)
        if wait:
            raise refused("slow_down", retry_after=wait)
        role = next((role for role in account.roles if role in route.roles), None)
        if role is None:
            raise refused("not_allowed")
        seen = _case(desk, work, route, path, account) if "case" in path else Sight.NOTHING
        return Allowed(account, role, session, now, seen)


def _logged_in(desk: Desk, work: UnitOfWork, visitor: Visitor, now: datetime) -> tuple[Account, Session]:
    token = visitor.cookies.get(desk.place.cookie, "")
    session = work.sessions.get(token, now) if token else None
    account = work.accounts.get(session.account) if session is not None else None
    if session is None or account is None or account.state != ACTIVE:
        raise refused("no_session")
    if now - session.seen_at >= _SEEN_EVERY:
        session = replace(session, seen_at=now, until=until_of(desk, session.began_at, now))
        work.sessions.seen(session)
    return account, session


def until_of(desk: Desk, began: datetime, now: datetime) -> datetime:
    """Return until when a login holds: a shift at most, and not longer than somebody is away."""
    limits = desk.limits
    return min(began + timedelta(hours=limits.session_hours), now + timedelta(minutes=limits.idle_minutes))


def _case(desk: Desk, work: UnitOfWork, route: Route, path: Mapping[str, str], account: Account) -> Sight:
    seen = sight(account, work.cases.get(path["case"]), desk.policy, desk.now())
    if seen is Sight.NOTHING:
        raise refused("not_found")
    if route.content and seen < Sight.CONTENT:
        raise refused("not_allowed")
    return seen
