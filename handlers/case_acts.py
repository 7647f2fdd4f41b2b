"""What officers do with a case besides talking: its status, the next contact, handing it over, notes.

These functions work inside the caller's transaction and take the card it has loaded: whether this person may see the
case at all is decided before. Every act is in the audit log. They return the changed card, stored.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.cases import BY_OFFICE
from dialogs.consents import is_live, minute
from dialogs.conversation import Closing, ConsentEvent
from dialogs.draws import draw_record
from dialogs.frozen import Frozen
from dialogs.replace import replace
from dialogs.safe_times import is_safe
from handlers.access import OFFICERS
from handlers.accounts import ACTIVE, Role
from handlers.contact import reconsider
from handlers.errors import NotYours, Refusal
from handlers.messages import BadMessage, is_sealed
from handlers.reasons import CLOSE, ERASE, HOLD, NONE, check_reason
from handlers.triage_state import CaseIsOver, RoleMayNot
from handlers.types import SealedBlob

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.accounts import Account
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork

ACKNOWLEDGED, CLOSED, HELD, ERASED, WITHDRAWN = "ST-ACK", "ST-CLO", "ST-HOLD", "ST-ERA", "ST-WDR"

NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "ST-ACK": ("ST-TRI",),
    "ST-TRI": ("ST-VER", "ST-CON", "ST-CLO"),
    "ST-VER": ("ST-CON", "ST-MEA", "ST-FUP", "ST-CLO"),
    "ST-CON": ("ST-MEA", "ST-VER", "ST-FUP", "ST-HOLD"),
    "ST-MEA": ("ST-FUP", "ST-CON"),
    "ST-FUP": ("ST-MEA", "ST-CLO", "ST-CON"),
    "ST-HOLD": ("ST-CLO",),
    "ST-WDR": ("ST-ERA", "ST-CLO"),
    "ST-OOS": ("ST-CLO",),
    "ST-CLO": ("ST-FUP",),
}
"""What officers may set by hand (spec 3.6). All else follows from what they or the person do: owning a case,
sending it on, taking it back, changing one's mind."""

REASONS: Final[Mapping[str, str]] = {CLOSED: CLOSE, HELD: HOLD, ERASED: ERASE}
"""Which statuses need a reason, and of which list of codes; all others take none."""

BY_TWO: Final = "CL-MAL"
"""Malicious: two different people decide it."""

OWN_YES, SAID_NO = "C-TPV", "TPC-REFUSED"
GIVEN, REFUSED, TAKEN_BACK = "given", "refused", "withdrawn"
MOST_NOTES: Final = 5000
"""Of one office in one case: more than people write by hand."""

FARTHEST_CONTACT: Final = timedelta(days=90)


class NotNow(Refusal):
    """The case has changed, or this status does not follow from the present one: load it again."""


class StillUnderWay(Refusal):
    """A measure of this case is under way: record what came of it before you close the case."""


class NoSafeTime(Refusal):
    """The person did not say that it is safe to write to them then: choose one of their times, within 90 days."""


class ReadBackWrong(Refusal):
    """What was read back is not what stands in the case: level, next contact or red lines. Talk again."""


class StatusChange(Frozen):
    """What became of a wish to change the status; `pending`: a second person must wish the same."""

    card: CaseCard
    pending: bool = False


class PersonConcerned(Frozen):
    """What the person a report is about said: `status` given | refused | withdrawn; `how` says in what way."""

    status: str
    how: str  # officer-call | officer-in-person | next-of-kin
    note: bytes  # sealed to the office: how it was asked


class ReadBack(Frozen):
    """What the receiver of a case repeats (spec 6.8). `next_contact` "" when none is agreed."""

    level: str
    next_contact: str
    red: tuple[str, ...]

    def fits(self, card: CaseCard) -> bool:
        """Tell whether this is what stands in the case."""
        return (self.level, self.next_contact, sorted(self.red)) == (card.level, card.next_contact, sorted(card.red))


def allowed(card: CaseCard) -> tuple[str, ...]:
    """Return what an officer may change the status to now: of a hold, back, where an officer alone wants it."""
    lifted = (card.held_from,) if card.status == HELD and card.held_by == BY_OFFICE else ()
    return (*lifted, *NEXT.get(card.status, ()))


def change_status(  # noqa: PLR0913, PLR0917 - who changes what to what, why and when
    work: UnitOfWork, policy: Policy, card: CaseCard, status: str, reason: str, by: Actor, now: datetime
) -> StatusChange:
    """Set another status by the table of 3.6; closing, holding and erasing take a reason, each a code of its own list.

    Closing as malicious takes two different people: the first wish is recorded, the second carries it out. Raises:
    NotYours, NotNow, ReasonNeeded, StillUnderWay.
    """
    _check_status(policy, card, status, reason, by)
    if status == CLOSED and reason == BY_TWO and not _seconds(card.closing, by):
        wished = replace(card, closing=Closing(reason, by.who, minute(now)))
        work.cases.update(wished)
        work.audit.record(by.did("close-wish", now, case=card.case, old=card.status, new=status, reason=reason))
        return StatusChange(wished, pending=True)
    work.audit.record(by.did("status", now, case=card.case, old=card.status, new=status, reason=reason))
    if status == ERASED:
        work.cases.erase(card.case)
        return StatusChange(replace(card, status=status))
    changed = replace(
        card, status=status, status_at=minute(now), closing=None, close_reason=reason if status == CLOSED else "",
        held_from=card.status if status == HELD else "", held_by=BY_OFFICE if status == HELD else "",
    )  # fmt: skip
    work.cases.update(changed)
    reconsider(work, policy, changed, work.conversations.of_case(card.case), now)
    return StatusChange(changed)


def _check_status(policy: Policy, card: CaseCard, status: str, reason: str, by: Actor) -> None:
    second = status == CLOSED and reason == BY_TWO and card.closing is not None
    if card.owner != by.who and not second:
        raise NotYours
    if status not in allowed(card):
        raise NotNow
    check_reason(policy, REASONS.get(status, NONE), reason)
    if status == CLOSED and any(proposal.state == "started" for proposal in card.measures):
        raise StillUnderWay


def _seconds(wish: Closing | None, by: Actor) -> bool:
    return wish is not None and wish.by != by.who


def plan_contact(work: UnitOfWork, policy: Policy, card: CaseCard, at: datetime, by: Actor, now: datetime) -> CaseCard:
    """Write down when the person hears from the office next. Raises: NotYours, CaseIsOver, NoSafeTime."""
    if card.owner != by.who:
        raise NotYours
    if card.status in (CLOSED, HELD, WITHDRAWN, ERASED):
        raise CaseIsOver
    if not now < at <= now + FARTHEST_CONTACT or not is_safe(card, policy.directory.offices[card.office], at):
        raise NoSafeTime
    planned = replace(card, next_contact=minute(at))
    work.cases.update(planned)
    work.audit.record(by.did("next-contact", now, case=card.case, old=card.next_contact, new=planned.next_contact))
    return planned


def may_receive(to: Account, card: CaseCard, office: str) -> bool:
    """Tell whether somebody of this office may hand the case to an account: the person said no yes to other offices."""
    return to.office in (office, card.office) and to.state == ACTIVE and to.has(*OFFICERS)


def hand_over(
    work: UnitOfWork, card: CaseCard, to: Account, told: ReadBack | None, by: Actor, now: datetime
) -> CaseCard:
    """Offer the case to a colleague, or to somebody of the office of the report; the owner stays until they confirm.

    So the duty desk gives back in the morning what it took at night (spec 5.6). A shift lead may give away a case of
    somebody else, also without having told anything (None), because they do not read it: the receiver still repeats
    what stands there. Raises: NotYours, RoleMayNot, ReadBackWrong.
    """
    reassigns = by.role == Role.SHIFT_LEAD and card.owner not in ("", by.who)
    if card.owner != by.who and not reassigns:
        raise NotYours
    if not may_receive(to, card, by.office) or to.id == card.owner:
        raise RoleMayNot
    if not (reassigns if told is None else told.fits(card)):
        raise ReadBackWrong
    offered = replace(card, handing_to=to.id)
    work.cases.update(offered)
    work.audit.record(by.did("hand-over", now, case=card.case, old=card.owner, new=to.id))
    return offered


def take_over(work: UnitOfWork, card: CaseCard, said: ReadBack, by: Actor, now: datetime) -> CaseCard:
    """Take over a case that was offered, after reading back what matters. Raises: NotYours, ReadBackWrong."""
    if card.handing_to != by.who:
        raise NotYours
    if not said.fits(card):
        raise ReadBackWrong
    handed_to = "" if by.office == card.office else card.handed_to
    taken = replace(card, owner=by.who, handing_to="", handed_to=handed_to)
    work.cases.update(taken)
    work.audit.record(by.did("take-over", now, case=card.case, old=card.owner, new=by.who))
    return taken


def record_person_concerned(
    work: UnitOfWork, card: CaseCard, answer: PersonConcerned, entropy: bytes, by: Actor, now: datetime
) -> CaseCard:
    """Write down what the person a report is about told an officer directly (C-TPV, spec 4.7).

    The officer's sealed note says how it was asked. A no ends every disclosure, whatever the reporter agreed to, and
    nothing the reporter says brings it back. Raises: NotYours, NotNow, BadMessage.
    """
    if card.owner != by.who:
        raise NotYours
    standing = is_live(card.consents, OWN_YES)
    if (
        not card.tp_consent
        or card.tp_consent == SAID_NO
        or card.child
        or (answer.status == TAKEN_BACK and not standing)
    ):
        raise NotNow
    put_note(work, card, answer.note, by, now)
    event = ConsentEvent(
        draw_record(entropy, f"{OWN_YES} {answer.status}"), OWN_YES, answer.status, minute(now), OWN_YES, "", card.lang,
        answer.how, asked_by=f"officer:{by.who}",
    )  # fmt: skip
    refused = answer.status == REFUSED
    changed = replace(card, consents=(*card.consents, event), tp_consent=SAID_NO if refused else card.tp_consent)
    work.cases.record(card.case, (event,))
    work.cases.update(changed)
    work.audit.record(by.did("person-concerned", now, case=card.case, new=answer.status))
    return changed


def put_note(work: UnitOfWork, card: CaseCard, sealed: bytes, by: Actor, now: datetime) -> int:
    """Keep a note that the page sealed to the office; return its number. Raises: BadMessage for anything else."""
    if not is_sealed(sealed):
        raise BadMessage
    before = [line.sequence for line in work.blobs.lines(card.case, by.office) if line.purpose == "note"]
    number = max(before, default=0) + 1
    if number > MOST_NOTES:
        raise BadMessage
    work.blobs.put(SealedBlob(card.case, by.office, "note", number, sealed))
    work.audit.record(by.did("note", now, case=card.case, new=str(number)))
    return number
