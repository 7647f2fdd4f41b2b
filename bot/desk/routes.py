"""One record for each address of the desk: who may ask, what is asked, what is answered, and what answers it.

The table is all there is: the application, the OpenAPI description and the tests of every route x role x object are
made from it. Other modules bring their part of it as a tuple `ROUTES`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar

import msgspec

from bot.desk.refusals import refused
from handlers.access import Sight, sight
from handlers.accounts import Role
from handlers.desk import as_actor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime
    from typing import BinaryIO

    from bot.desk.snapshot import Snapshot
    from bot.desk.state import Desk
    from dialogs.conversation import CaseCard
    from handlers.accounts import Account, Session
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork

Asked = TypeVar("Asked")

OPERATOR, DUTY_OFFICER, FIRST_RESPONDENT = Role.OPERATOR, Role.DUTY_OFFICER, Role.FIRST_RESPONDENT
SHIFT_LEAD, FOCAL_POINT, CONSENT_STEWARD, ADMINISTRATOR = (
    Role.SHIFT_LEAD, Role.FOCAL_POINT, Role.CONSENT_STEWARD, Role.ADMINISTRATOR,
)  # fmt: skip

ANYBODY: Final = frozenset[Role]()
"""No login is needed."""
EVERYBODY: Final = frozenset(Role)
OFFICERS: Final = frozenset({OPERATOR, DUTY_OFFICER, FIRST_RESPONDENT, FOCAL_POINT})
"""Who reads and works on what a case holds."""
PROPOSERS: Final = OFFICERS - {OPERATOR}
CHECKERS: Final = PROPOSERS | {SHIFT_LEAD}
"""Who looks at lines for the annual report as the second person (spec 7.3); shift leads see nothing but the lines."""
LINES: Final = OFFICERS | {SHIFT_LEAD}
"""Who sees that a case exists, with its level and clocks."""
VIEWERS: Final = LINES | {CONSENT_STEWARD}

MOST_BODY_BYTES: Final = 64 * 1024


ReasonCode = Annotated[str, msgspec.Meta(max_length=500)]
"""One of the codes of policy. Whatever else stands here is refused with the list of them, and kept nowhere."""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No fields."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `{case}` in the path: the account's office may see this case, checked before `handle` is called."""

    method: str
    path: str
    summary: str
    roles: frozenset[Role]
    handle: Callable[[Any], object]  # takes a Call[takes], returns a `gives`, a Reply, a Download or a Stream
    takes: type = Nothing  # body of a POST, query of a GET: a msgspec.Struct
    gives: Any = Nothing  # what is answered: a type msgspec can describe; bytes: a download; str: an event stream
    most_bytes: int = MOST_BODY_BYTES  # of the body
    practice: bool = False  # exists in practice only
    reads_nothing: bool = False  # needs no database: answered at once, whatever waits
    content: bool = False  # opens what the case holds: not for whoever sees its line only


@dataclass(frozen=True, slots=True)
class Visitor:
    """What is known of a request besides what it asks."""

    source: str  # address it comes from
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may ask, and how much they see of the case in the path (nothing where there is none)."""

    account: Account
    role: Role  # the one of theirs that allows it
    session: Session
    now: datetime
    sight: Sight = Sight.NOTHING


@dataclass(frozen=True, slots=True)
class Call(Generic[Asked]):
    """One request that may be answered: who asks, what, and when."""

    desk: Desk
    allowed: Allowed
    asked: Asked
    path: Mapping[str, str]
    visitor: Visitor

    @property
    def case(self) -> str:
        """Return the case of the path."""
        return self.path["case"]

    @property
    def account(self) -> Account:
        """Return who asks."""
        return self.allowed.account

    @property
    def actor(self) -> Actor:
        """Return who asks, in the role that allows it."""
        return as_actor(self.allowed.account, self.allowed.role)

    @property
    def now(self) -> datetime:
        """Return the time of the request."""
        return self.allowed.now

    def card(self, work: UnitOfWork) -> CaseCard:
        """Return the card of the path's case as of this transaction, locked. Raises: Refused as `still` does."""
        return self.still(work.cases.get(self.case))

    def still(self, card: CaseCard | None) -> CaseCard:
        """Return the card while the account sees as much of it as when it was let in.

        Between that and the act the person may have shut the office out, stopped or erased the case. Raises: Refused.
        """
        if card is None or sight(self.account, card, self.desk.policy, self.now) < self.allowed.sight:
            raise refused("not_found")
        return card


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that also sets cookies: name, value ("" removes it), seconds it is kept."""

    body: object
    cookies: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """Sealed bytes, or a file of them, to be saved under a name; a file goes out while `holds` says so."""

    name: str
    content: bytes | BinaryIO
    holds: Callable[[Snapshot], bool] = field(default=lambda _snapshot: True, repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Stream:
    """Events, until whoever listens goes or is no longer allowed to."""

    events: Callable[[], AsyncIterator[bytes]] = field(repr=False)
