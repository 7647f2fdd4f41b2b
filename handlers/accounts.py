"""Who may use the desk: accounts, their passkeys, their sessions, and the identity boxes they asked to open."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What somebody may do at the desk (spec 6.1)."""

    OPERATOR = "operator"
    DUTY_OFFICER = "duty-officer"
    FIRST_RESPONDENT = "first-respondent"
    SHIFT_LEAD = "shift-lead"
    FOCAL_POINT = "focal-point"
    CONSENT_STEWARD = "consent-steward"
    SECURITY_ADVISER = "security-adviser"
    STATISTICS = "statistics"
    ADMINISTRATOR = "administrator"


WAITING, INVITED, ACTIVE, REVOKED = "waiting", "invited", "active", "revoked"
"""WAITING: invited by one person; the invitation counts when a second one has confirmed it."""


class Account(Struct, frozen=True, gc=False):
    """Somebody who may use the desk: one office, one or more roles. `name` is empty until the invitation is taken."""

    id: str
    name: str
    office: str
    roles: tuple[Role, ...]
    state: str  # waiting | invited | active | revoked
    invited_at: str  # ISO 8601, to the minute
    last_seen_day: str = ""  # YYYY-MM-DD
    synced: bool = False  # the passkey is not bound to one device: a cloud account may hold it
    invited_by: str = ""  # the account of whoever did; empty: on the machine itself

    def has(self, *roles: Role) -> bool:
        """Tell whether the account has one of these roles."""
        return any(role in self.roles for role in roles)


class Passkey(Struct, frozen=True, gc=False):
    """A public key by which somebody logs in. `id` is the credential id (base64url)."""

    id: str
    account: str
    public_key: bytes  # COSE
    sign_count: int  # 0: the authenticator does not count
    synced: bool = False  # more than one device may hold it (backup eligible)


class Session(Struct, frozen=True, gc=False):
    """A login. `id` says which one without being the token."""

    id: str
    account: str
    began_at: datetime
    seen_at: datetime
    until: datetime


class BoxRequest(Struct, frozen=True, gc=False):
    """An identity box somebody asked to open: it opens for one session, until a time."""

    case: str
    account: str
    session: str
    until: datetime | None  # None: a second person has not agreed yet
