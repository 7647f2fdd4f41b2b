"""Measures from the officer's side: proposing one to the person, starting it after their yes, closing it.

Nothing starts without a live consent for exactly this measure, recipient, name mode and content (INV-06).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from dialogs.consents import minute
from dialogs.consulting import CONSULTS, INTERPRETER, ORIGINS
from dialogs.conversation import Proposal
from dialogs.draws import draw_id, draw_record
from dialogs.events import CardArrived
from dialogs.frozen import Frozen
from dialogs.gate import UNNAMED, Granted, Reason, may
from dialogs.identity_box import BY_NAME
from dialogs.lapses import lapsed_events, shares_of, with_lapses
from dialogs.measures import (
    ANNUAL,
    LAPSED,
    MOST_ASKED,
    NAME_MODES,
    RETURNED,
    awaits_check,
    question_of,
    question_to_begin,
    waits_for_second_yes,
)
from dialogs.replace import replace
from dialogs.sharing import SHARES
from dialogs.variables import longest
from handlers.access import check_office
from handlers.case_acts import put_note
from handlers.errors import HandlerError, NoSuchCase, NotPermitted, NotYours, Refusal
from handlers.listening import erase_copy
from handlers.perform import carry_out
from handlers.reasons import LINES, OUTCOME, check_reason
from handlers.sharing import nameable
from handlers.sink import check
from handlers.talking import locked_card

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.actor import Actor
    from handlers.ports import Clock, Entropy, Sealer, Store, UnitOfWork
    from handlers.types import Address

ENTROPY_BYTES: Final = 32
MAX_RECIPIENT_CHARS, MAX_CONTENT_CHARS, MAX_HOPE_CHARS = 120, 2000, 200
ANY_NAME_MODE: Final = ("NM-NAMED", "NM-INIT", "NM-GROUP", "NM-ANON")
MOST_REFUSALS: Final = 2
CLOSED_FOR_DAYS: Final = 30
"""A second no closes a measure for so many days (spec 4.10)."""

WAITS, UNDER_WAY = "ST-CON", "ST-MEA"
ASKING: Final = ("ST-TRI", "ST-VER", "ST-MEA", "ST-FUP")
"""Statuses in which a proposal makes the case wait for the person's answer (spec 3.6)."""

BEGINNING: Final = ("ST-VER", "ST-CON", "ST-FUP")
"""Statuses in which a measure that begins makes it the status."""

DOUBTS: Final = ("FLG-PRESS", "FLG-DURESS", "FLG-IMP")
"""What an officer may notice afterwards: pressure, duress, a doubt about who answered."""

RESTS: Final = ("talk", LAPSED)
"""States in which a proposal waits for the officer to ask again."""


class BadProposal(HandlerError):
    """The proposal cannot be put to the person as it is."""


class OwnLines(Refusal):
    """You wrote these lines: another officer checks whether they show who it is."""


class OriginNeeded(Refusal):
    """Say of an interpreter, and of nothing else: `theirs` (the person's country or community), or `abroad`."""


class FromTheirCountry(NotPermitted):
    """The person agreed to an interpreter, but to nobody from their country: find another one, and ask about them."""

    def __init__(self) -> None:
        super().__init__(Reason.FROM_THEIR_COUNTRY)


class UnknownAuthor(Refusal):
    """Say with --by which account of the desk wrote these lines: somebody else checks them there."""


class Draft(Frozen):
    """What an officer fills in. `content` is exactly what would be said; `hope` one plain sentence, or nothing."""

    measure: str
    recipient: str
    name_mode: str
    content: str
    hope: str = ""
    by: str = "officer"
    raised: bool = False  # the person asked for it themselves: then it may be asked although they said no before
    valid_days: int = 0  # how long a yes would be good, at most as long as one to this measure is; 0: exactly so long
    notes: tuple[bytes, ...] = ()  # why it does no harm, the person's own view of the risk: sealed to the office


class Proposing(Frozen):
    """Measures of a case."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy

    def propose(self, case: str, draft: Draft, actor: Actor | None = None) -> tuple[str, bool]:
        """Put a measure card to the person; return its id, and whether it was shown at once.

        It waits where the person is busy with something else, cannot be written to now, or agreed to no contact: then
        they see it when they write next. Lines for the annual report without a name wait for a second officer first
        (`check_lines`). `actor`: who proposes it at the desk, owns the case, and brings the person's
        own view of the risk. Raises: NoSuchCase, NotYours, BadProposal, UnknownAuthor, NotPermitted (children, people
        who were not asked themselves, frozen cases, a second no within 30 days).
        """
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        self._check_form(draft)
        with self.store.transaction() as work:
            card = self._owned(work, case, actor, now)
            self._check_may_be_asked(card, draft, now)
            if draft.measure == UNNAMED and work.accounts.get(draft.by) is None:
                raise UnknownAuthor
            proposal = Proposal(
                id=draw_id(chance, "proposal", "MP"), measure=draft.measure, recipient=draft.recipient.strip(),
                name_mode=draft.name_mode, content_version=version_of(draft),
                content=draft.content, state="proposed", proposed_at=minute(now), by=draft.by, hope=draft.hope.strip(),
                valid_days=draft.valid_days,
            )  # fmt: skip
            proposal = replace(proposal, asked=self._asked_before(card, proposal, raised=draft.raised))
            if actor is not None:
                for note in draft.notes:
                    put_note(work, card, note, actor, now)
                work.audit.record(actor.did("propose", now, case=case, new=f"{proposal.id} {draft.measure}"))
            work.cases.update(_with_question(replace(card, measures=(*card.measures, proposal)), proposal, now))
            address = work.conversations.of_case(case)
            shown = address is not None and self._tell(work, address, now, proposal.id)
        return proposal.id, shown

    def check_lines(self, case: str, proposal_id: str, reason: str, actor: Actor) -> None:
        """Let lines for the annual report go to the person, or back to whoever wrote them, as a second officer.

        They look whether date, town, role and event give a name together, with what is known outside (spec 7.3).
        `reason`: why the lines go back (RSN-LIN-…); they are wiped, and other lines need a check of their own. Empty:
        they show nobody. Raises: NoSuchCase, BadProposal, OwnLines, ReasonNeeded.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card, address, _loaded = locked_card(work, case)
            check_office(actor, card, self.policy, now)
            proposal = _proposal(card, proposal_id)
            if not awaits_check(card, proposal):
                raise BadProposal("these lines wait for no check: load the case again")
            if proposal.by == actor.who:
                raise OwnLines
            if reason:
                check_reason(self.policy, LINES, reason)
                judged = replace(proposal, state=RETURNED, outcome=reason, content="")
            else:
                judged = replace(proposal, checked=minute(now))
            work.cases.update(_with_question(_with(card, judged), judged, now))
            act = "lines-returned" if reason else "lines-checked"
            work.audit.record(actor.did(act, now, case=case, new=proposal.id, reason=reason))
            if address is not None and not reason:
                self._tell(work, address, now, proposal.id)

    def _tell(self, work: UnitOfWork, address: Address, now: datetime, proposal: str) -> bool:
        loaded = work.conversations.load(address)
        if loaded is None:
            return False
        event = CardArrived(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES))
        after, _effects, _erased = carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)
        return after.open_card == proposal

    def _check_form(self, draft: Draft) -> None:
        known_here = (*self.policy.measures, *ANNUAL, *SHARES, *CONSULTS)
        if draft.measure not in known_here:
            known = ", ".join(known_here)
            raise BadProposal(f"there is no such measure; known are {known}")
        if draft.name_mode not in ANY_NAME_MODE:
            raise BadProposal(f"the name mode is one of {', '.join(ANY_NAME_MODE)}")
        if draft.name_mode != NAME_MODES.get(draft.measure, draft.name_mode):
            raise BadProposal(f"the name mode of {draft.measure} is {NAME_MODES[draft.measure]}, and no other")
        if not 0 < len(draft.recipient.strip()) <= MAX_RECIPIENT_CHARS:
            raise BadProposal(f"name exactly who would learn of it, in at most {MAX_RECIPIENT_CHARS} characters")
        if not 0 < len(draft.content.strip()) <= MAX_CONTENT_CHARS:
            raise BadProposal(
                f"write exactly what would be said, in at most {MAX_CONTENT_CHARS} characters: the person may read it"
            )
        if len(draft.hope) > MAX_HOPE_CHARS:
            raise BadProposal(f"the hope is one plain sentence of at most {MAX_HOPE_CHARS} characters")
        most = longest(draft.measure, self.policy)
        if not 0 <= draft.valid_days <= most:
            raise BadProposal(f"a yes to this measure is good for at most {most} days: choose fewer")

    def _check_may_be_asked(self, card: CaseCard, draft: Draft, now: datetime) -> None:
        """Refuse what not even a yes could permit, and asking again too soon."""
        offices = nameable(card, self.policy, now) if draft.measure in SHARES else ()
        if draft.measure in SHARES and draft.recipient.strip() not in {office.id for office in offices}:
            raise BadProposal("there is no such office to share with, or it has the report already")
        blank = Proposal("", draft.measure, draft.recipient, draft.name_mode, "", "", "", "")
        question = question_of(card, blank)
        if any(p.state == RETURNED and p.content_version == version_of(draft) for p in card.measures):
            raise BadProposal("a second officer sent exactly these lines back: write others")
        if any(p.measure == draft.measure and p.state in ("proposed", "asked") for p in card.measures):
            raise NotPermitted("the person has not answered the last card for this measure yet")
        refusal = may(question, card, card.consents, now, self.policy.measures)
        reasons = (Reason.STOPPED, Reason.CHILD, Reason.PERSON_REFUSED, Reason.PERSON_NOT_ASKED)
        if not isinstance(refusal, Granted) and refusal.reason in reasons:
            raise NotPermitted(refusal.reason)
        if draft.raised:
            return
        if card.box_erased and draft.name_mode == BY_NAME:
            raise BadProposal(
                f"the office erased the real name on {card.box_erased[:10]}, as no longer needed: propose this without "
                "the name, or when the person asks for it and tells you their name anew"
            )
        refusals = [p.answered_at for p in card.measures if p.measure == draft.measure and p.state == "refused"]
        since = minute(now - timedelta(days=CLOSED_FOR_DAYS))
        if len(refusals) >= MOST_REFUSALS and max(refusals) > since:
            raise NotPermitted(
                f"the person said no twice; this measure may be raised again {CLOSED_FOR_DAYS} days later"
            )

    def _asked_before(self, card: CaseCard, proposal: Proposal, *, raised: bool) -> int:
        """Return how often exactly this was put to the person. Raises: NotPermitted when that is enough."""
        same = question_of(card, proposal)
        asked = max((old.asked for old in card.measures if question_of(card, old) == same), default=0)
        if raised:
            return 0
        if asked >= MOST_ASKED:
            raise NotPermitted(
                f"the person was asked {MOST_ASKED} times for exactly this; change it, or do not ask again"
            )
        return asked

    def again(self, case: str, proposal_id: str, actor: Actor | None = None) -> bool:
        """Put a card to the person again whose yes does not count any more, or that they wanted to talk about first.

        Lines with the name are put to them again after the first yes: they are used only after a second one.
        Return whether it was shown at once. Raises: NoSuchCase, BadProposal, NotPermitted (asked twice already).
        """
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            card = lapse_now(work, self._owned(work, case, actor, now), now, chance)
            proposal = _proposal(card, proposal_id)
            second = waits_for_second_yes(card, proposal)
            if proposal.state not in RESTS and not second:
                raise BadProposal(f"only a proposal that rests can be asked again; this one is {proposal.state}")
            draft = Draft(proposal.measure, proposal.recipient, proposal.name_mode, proposal.content)
            self._check_may_be_asked(card, draft, now)
            if second:
                proposal = replace(proposal, asked=MOST_ASKED - 1)  # a question of its own, put once
            else:
                self._asked_before(card, proposal, raised=False)
            work.cases.update(_with(card, replace(proposal, state="proposed")))
            if actor is not None:
                work.audit.record(actor.did("propose", now, case=case, new=f"{proposal.id} {proposal.measure}"))
            address = work.conversations.of_case(case)
            return address is not None and self._tell(work, address, now, proposal_id)

    def doubt(self, case: str, flag: str) -> int:
        """Note that a yes may not have been free, or not the person's own; return how many yeses that ended.

        Nothing outward that was agreed to up to now counts any more. Raises: NoSuchCase, BadProposal.
        """
        if flag not in DOUBTS:
            raise BadProposal(f"the doubt is one of {', '.join(DOUBTS)}")
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            before = _card(work, case)
            doubted = replace(before, doubt=flag, doubted_at=minute(now))
            work.cases.update(doubted)
            return len(lapse_now(work, doubted, now, chance).consents) - len(before.consents)

    def start(self, case: str, proposal_id: str, actor: Actor | None = None, origin: str = "") -> None:
        """Begin a measure the person agreed to, for lines with the name twice; its yes is used up.

        `origin`: whether an interpreter is from the person's country or community (dialogs.consulting.ORIGINS); for
        nothing else. Raises: NoSuchCase, NotYours, BadProposal, OriginNeeded, FromTheirCountry, NotPermitted.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card = self._owned(work, case, actor, now)
            proposal = _proposal(card, proposal_id)
            if proposal.measure in SHARES:
                raise BadProposal("what is shared begins when the report is sealed to that office: share it")
            if (proposal.measure == INTERPRETER) is not (origin in ORIGINS):
                raise OriginNeeded
            question = question_to_begin(card, proposal, origin)
            granted = may(question, card, card.consents, now, self.policy.measures)
            if not isinstance(granted, Granted):
                raise FromTheirCountry if granted.reason is Reason.FROM_THEIR_COUNTRY else NotPermitted(granted.reason)
            check(work, granted, now, self.policy)
            given = next(event for event in card.consents if event.record_id == granted.record_id)
            record = draw_record(self.entropy.bytes(ENTROPY_BYTES), "used")
            used = replace(given, record_id=record, status="used", at=minute(now), asked_by=proposal.by)
            changed = replace(proposal, state="started", started_at=minute(now))
            work.cases.record(case, (used,))
            begun = _in_status(_with(card, changed), BEGINNING, UNDER_WAY, now)
            work.cases.update(replace(begun, consents=(*card.consents, used)))
            if actor is not None:
                work.audit.record(
                    actor.did("start", now, case=case, old=proposal.state, new=proposal.id, reason=origin)
                )

    def close(self, case: str, proposal_id: str, outcome: str, actor: Actor | None = None) -> None:
        """Close a measure with its outcome, a code (OUT-…); its content is wiped.

        Raises: NoSuchCase, NotYours, BadProposal, ReasonNeeded.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card = self._owned(work, case, actor, now)
            proposal = _proposal(card, proposal_id)
            if proposal.state not in ("started", "answered"):
                raise BadProposal(f"only a measure that was started can be closed; this one is {proposal.state}")
            check_reason(self.policy, OUTCOME, outcome)
            changed = replace(proposal, state="closed", outcome=outcome, content="")
            work.cases.update(_with(card, changed))
            if actor is not None:
                work.audit.record(actor.did("close", now, case=case, old=proposal.state, new=proposal.id))

    def _owned(self, work: UnitOfWork, case: str, actor: Actor | None, now: datetime) -> CaseCard:
        """Return the card under lock, for whoever owns the case; the command line may act on any."""
        card, _address, _loaded = locked_card(work, case)
        if actor is not None:
            check_office(actor, card, self.policy, now)
            if card.owner != actor.who:
                raise NotYours
        return card

    def of(self, case: str) -> tuple[Proposal, ...]:
        """Return the proposals of a case, the oldest first. Raises: NoSuchCase."""
        with self.store.transaction() as work:
            return _card(work, case).measures


def version_of(draft: Draft) -> str:
    """Return the SHA-256 (hex) that a yes is bound to: of the words, and for a share of which kind it is, too."""
    said = f"{draft.measure}\n{draft.content}" if draft.measure in SHARES else draft.content
    return sha256(said.encode()).hexdigest()


def lapse_now(work: UnitOfWork, card: CaseCard, now: datetime, entropy: bytes) -> CaseCard:
    """Write down every yes of this case that does not count any more; return the card as it is then."""
    events = lapsed_events(card, now, entropy)
    if not events:
        return card
    work.cases.record(card.case, events)
    changed = with_lapses(card, events)
    work.cases.update(changed)
    for office in shares_of(events):
        erase_copy(work, card.case, office)
    return changed


def _with_question(card: CaseCard, proposal: Proposal, now: datetime) -> CaseCard:
    """Return the card as it waits for the person's answer; as it is while there is no question to them."""
    asks = proposal.state == "proposed" and not awaits_check(card, proposal)
    return _in_status(card, ASKING, WAITS, now) if asks else card


def _in_status(card: CaseCard, from_any: tuple[str, ...], status: str, now: datetime) -> CaseCard:
    """Return the card in the status that follows from the act, where 3.6 lets it follow."""
    return replace(card, status=status, status_at=minute(now)) if card.status in from_any else card


def _card(work: UnitOfWork, case: str) -> CaseCard:
    card = work.cases.get(case)
    if card is None:
        raise NoSuchCase
    return card


def _proposal(card: CaseCard, proposal_id: str) -> Proposal:
    found = next((proposal for proposal in card.measures if proposal.id == proposal_id), None)
    if found is None:
        raise BadProposal("this case has no such proposal; list them with `leeward measures CASE`")
    return found


def _with(card: CaseCard, changed: Proposal) -> CaseCard:
    return replace(card, measures=tuple(changed if other.id == changed.id else other for other in card.measures))
