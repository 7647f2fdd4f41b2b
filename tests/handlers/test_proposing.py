"""Proposing, asking again, doubting and lapsing over the memory store: what the ledger and the case card say then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import CaseCard, ConsentEvent, Proposal
from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.accounts import Account, Role
from handlers.actor import Actor
from handlers.errors import NoSuchCase, NotPermitted
from handlers.lapsing import BATCH, Lapsing
from handlers.proposing import BadProposal, Draft, FromTheirCountry, OriginNeeded, Proposing, UnknownAuthor
from storage.crypto.sealing import AgeSealer
from storage.memory import MemoryStore
from tests.conftest import CountingEntropy
from tests.dialogs.test_gate import CARD
from tests.dialogs.test_lapses import GIVEN
from tests.stores import MINA

DRAFT = Draft("GM-STA-DIP", "X", "NM-ANON", "what would be said")


class Office:
    """Proposing and lapsing over one memory store with one case; nobody is there to answer a card."""

    def __init__(self, policy: Policy, clock: FixedClock) -> None:
        self.store, self.clock = MemoryStore(), clock
        self.proposing = Proposing(self.store, AgeSealer(), policy, clock, CountingEntropy())
        self.lapsing = Lapsing(self.store, policy, clock, CountingEntropy())
        with self.store.transaction() as work:
            work.cases.open(replace(CARD, measures=()), MINA)

    @property
    def card(self) -> CaseCard:
        with self.store.transaction() as work:
            card = work.cases.get("LW-1")
        assert card is not None
        return card

    @property
    def ledger(self) -> list[str]:
        with self.store.transaction() as work:
            return [event.status for event in work.cases.consents("LW-1")]

    def answered(self, proposal: str, state: str, *events: ConsentEvent) -> None:
        """Let the person have answered: the state of the proposal, and the events."""
        measures = tuple(
            replace(p, state=state, asked=p.asked + 1, answered_at=self.clock.at.isoformat()) if p.id == proposal else p
            for p in self.card.measures
        )
        with self.store.transaction() as work:
            work.cases.record("LW-1", events)
            card = work.cases.get("LW-1")
            assert card is not None
            work.cases.update(replace(card, measures=measures, consents=(*card.consents, *events)))

    def agreed(self) -> Proposal:
        """Propose and let the person say yes; return the proposal."""
        number, _shown = self.proposing.propose("LW-1", DRAFT)
        proposal = next(p for p in self.card.measures if p.id == number)
        until = (self.clock.at + timedelta(days=30)).isoformat()
        yes = replace(
            GIVEN, at=f"{self.clock.at:%Y-%m-%dT%H:%MZ}", content_version=proposal.content_version, expires=until
        )
        self.answered(number, "consented", yes)
        return proposal


@pytest.fixture
def office(policy: Policy, clock: FixedClock) -> Office:
    """A case at L2."""
    return Office(policy, clock)


def test_a_yes_that_ran_out_becomes_an_event_and_may_be_asked_for_once_more(office: Office) -> None:
    """Expired in the ledger, resting in the list, refused at the start; asked again, but not a third time."""
    proposal = office.agreed()
    assert office.lapsing.look(("LW-1",)) == 0
    office.clock.at += timedelta(days=30)
    assert [office.lapsing.look(ids) for ids in office.lapsing.batches()] == [1]
    assert office.lapsing.look(("LW-1",)) == 0
    assert (office.ledger, office.card.measures[0].state) == (["given", "expired"], "lapsed")
    with pytest.raises(NotPermitted, match="expired"):
        office.proposing.start("LW-1", proposal.id)
    assert office.proposing.again("LW-1", proposal.id) is False
    assert office.card.measures[0].state == "proposed"
    office.answered(proposal.id, "talk")
    with pytest.raises(NotPermitted, match="asked 2 times"):
        office.proposing.again("LW-1", proposal.id)


def test_a_doubt_ends_every_outward_yes_at_once(office: Office) -> None:
    """FLG-PRESS after the consent: invalidated, and nothing can be started on it."""
    proposal = office.agreed()
    assert office.proposing.doubt("LW-1", "FLG-PRESS") == 1
    assert office.ledger == ["given", "invalidated"]
    assert (office.card.doubt, office.card.measures[0].state) == ("FLG-PRESS", "lapsed")
    with pytest.raises(NotPermitted):
        office.proposing.start("LW-1", proposal.id)
    with pytest.raises(BadProposal, match="FLG-IMP"):
        office.proposing.doubt("LW-1", "FLG-COI")


def test_a_changed_level_ends_a_yes_before_anybody_writes_it_down(office: Office) -> None:
    """The desk changes the card; the gate needs nothing else."""
    proposal = office.agreed()
    with office.store.transaction() as work:
        work.cases.update(replace(office.card, level="L4"))
    with pytest.raises(NotPermitted, match="level-changed"):
        office.proposing.start("LW-1", proposal.id)
    assert office.proposing.again("LW-1", proposal.id) is False
    assert office.ledger == ["given", "superseded"]


def test_the_same_question_is_put_twice_at_most_also_by_new_proposals(office: Office) -> None:
    """Another content is another question, for instance when a new person is named in it."""
    first, _shown = office.proposing.propose("LW-1", DRAFT)
    with pytest.raises(NotPermitted, match="not answered"):
        office.proposing.propose("LW-1", DRAFT)
    office.answered(first, "talk")
    second, _shown = office.proposing.propose("LW-1", DRAFT)
    assert next(p for p in office.card.measures if p.id == second).asked == 1
    office.answered(second, "talk")
    with pytest.raises(NotPermitted, match="asked 2 times"):
        office.proposing.propose("LW-1", DRAFT)
    named = replace(DRAFT, content="what would be said, and who saw it")
    third, _shown = office.proposing.propose("LW-1", named)
    assert next(p for p in office.card.measures if p.id == third).asked == 0


def test_a_second_no_closes_a_measure_for_thirty_days_unless_the_person_raises_it(office: Office) -> None:
    """Whatever its content."""
    for content in ("one", "two"):
        number, _shown = office.proposing.propose("LW-1", replace(DRAFT, content=content))
        office.answered(number, "refused")
    with pytest.raises(NotPermitted, match="30 days"):
        office.proposing.propose("LW-1", replace(DRAFT, content="three"))
    number, _shown = office.proposing.propose("LW-1", replace(DRAFT, content="three", raised=True))
    office.answered(number, "talk")
    office.clock.at += timedelta(days=31)
    assert office.proposing.propose("LW-1", replace(DRAFT, content="four"))


def test_a_line_of_the_annual_report_is_used_once_so_a_follow_up_needs_a_yes_of_its_own(office: Office) -> None:
    """Spec 7.3: entries of annex II are asked about again each year. A check alone opens nothing."""
    line = Draft("AR-ANON", "X", "NM-ANON", "A person was threatened after a meeting.", by="amina")
    with office.store.transaction() as work:
        work.accounts.save(
            Account("amina", "Amina", "OFF-HRC", (Role.FIRST_RESPONDENT,), "active", "2026-11-24T08:00Z")
        )
    ben = Actor("ben", "first-respondent", "OFF-HRC")
    number, _shown = office.proposing.propose("LW-1", line)
    office.proposing.check_lines("LW-1", number, "", ben)
    with pytest.raises(NotPermitted, match="never-asked"):
        office.proposing.start("LW-1", number)
    yes = replace(
        GIVEN, id="C-REPA", recipient="", measure="AR-ANON", at=f"{office.clock.at:%Y-%m-%dT%H:%MZ}",
        content_version=office.card.measures[0].content_version,
    )  # fmt: skip
    office.answered(number, "consented", yes)
    office.proposing.start("LW-1", number)
    with pytest.raises(NotPermitted, match="used"):
        office.proposing.start("LW-1", number)
    office.clock.at += timedelta(days=365)
    next_year, _shown = office.proposing.propose("LW-1", line)
    with pytest.raises(NotPermitted, match="used"):
        office.proposing.start("LW-1", next_year)


NAMED = Draft("AR-NAMED", "the report", "NM-NAMED", "Mina spoke at a meeting and was threatened.")


def test_lines_that_are_to_be_checked_have_an_author_whom_the_desk_knows(office: Office) -> None:
    """On the command line, too: else whoever wrote them could let them pass at the desk."""
    lines = Draft("AR-ANON", "the report", "NM-ANON", "A person was threatened after a meeting.")
    with pytest.raises(UnknownAuthor, match="--by"):
        office.proposing.propose("LW-1", lines)
    assert office.card.measures == ()


def interpreter(office: Office, scope: str) -> str:
    """Let the person agree to an interpreter, with this scope; return the proposal."""
    number, _shown = office.proposing.propose("LW-1", replace(DRAFT, measure="IN-INTERPRETER", recipient="Samira"))
    yes = replace(
        GIVEN, id="C-INTP", recipient="Samira", scope=scope, measure="IN-INTERPRETER", at=f"{office.clock.at:%Y-%m-%dT%H:%MZ}",
    )  # fmt: skip
    office.answered(number, "consented", yes)
    return number


def test_an_interpreter_from_the_persons_country_is_not_begun_where_they_said_no_to_that(office: Office) -> None:
    """Nothing is used up by the refusal; one from elsewhere begins."""
    number = interpreter(office, "abroad")
    with pytest.raises(FromTheirCountry, match="find another one"):
        office.proposing.start("LW-1", number, origin="theirs")
    assert office.ledger == ["given"]
    office.proposing.start("LW-1", number, origin="abroad")
    assert office.ledger == ["given", "used"]


@pytest.mark.parametrize("origin", ["", "Dravania"])
def test_where_an_interpreter_is_from_has_to_be_said_in_one_of_two_words(office: Office, origin: str) -> None:
    """Also where the person is content with anybody."""
    number = interpreter(office, "")
    with pytest.raises(OriginNeeded):
        office.proposing.start("LW-1", number, origin=origin)
    office.proposing.start("LW-1", number, origin="theirs")
    assert office.ledger[-1] == "used"


def test_of_nothing_else_is_said_where_it_is_from(office: Office) -> None:
    """A measure has no country."""
    proposal = office.agreed()
    with pytest.raises(OriginNeeded):
        office.proposing.start("LW-1", proposal.id, origin="abroad")


def test_the_ledger_itself_must_show_both_yeses_to_lines_with_the_name(office: Office) -> None:
    """A case card that says so is not believed: what is printed stays printed."""
    number, _shown = office.proposing.propose("LW-1", NAMED)
    first = replace(
        GIVEN, id="C-REPN", recipient="", name_mode="NM-NAMED", measure="AR-NAMED", at=f"{office.clock.at:%Y-%m-%dT%H:%MZ}",
        content_version=office.card.measures[0].content_version,
    )  # fmt: skip
    second = replace(first, record_id="CR-9", status="renewed")
    office.answered(number, "consented", second)
    with pytest.raises(NotPermitted, match="asked-once"):
        office.proposing.start("LW-1", number)
    with office.store.transaction() as work:
        work.cases.update(replace(office.card, consents=(first, *office.card.consents)))
    with pytest.raises(NotPermitted, match="no live consent"):
        office.proposing.start("LW-1", number)
    with office.store.transaction() as work:
        work.cases.record("LW-1", (first, replace(second, record_id="CR-10")))
        work.cases.update(replace(office.card, consents=(first, replace(second, record_id="CR-10"))))
    office.proposing.start("LW-1", number)
    assert office.ledger[-1] == "used"


@pytest.mark.parametrize(("draft", "mode"), [(NAMED, "NM-ANON"), (replace(NAMED, measure="AR-ANON"), "NM-INIT")])
def test_lines_for_the_annual_report_are_proposed_in_the_one_name_mode_there_is(
    office: Office, draft: Draft, mode: str
) -> None:
    """With the name, or with nothing that shows who it is."""
    with pytest.raises(BadProposal, match="and no other"):
        office.proposing.propose("LW-1", replace(draft, name_mode=mode))
    assert office.card.measures == ()


def test_only_what_rests_is_asked_again(office: Office) -> None:
    """Not a card that is open, nor a yes that counts."""
    number, _shown = office.proposing.propose("LW-1", DRAFT)
    with pytest.raises(BadProposal, match="proposed"):
        office.proposing.again("LW-1", number)


def test_all_cases_are_looked_at_in_batches(office: Office) -> None:
    """Nobody waits for more than one batch."""
    with office.store.transaction() as work:
        for number in range(BATCH):
            work.cases.open(replace(CARD, case=f"LW-X{number:03d}"), None)
        work.cases.erase("LW-X000")

    assert [len(batch) for batch in office.lapsing.batches()] == [BATCH, 1]
    assert sum(office.lapsing.look(batch) for batch in office.lapsing.batches()) == 0


def test_an_office_that_was_shut_out_a_moment_ago_carries_out_nothing(office: Office) -> None:
    """Whoever owns the case there can no longer act on it: looked at in the transaction of the act itself."""
    proposal = office.agreed()
    owner = Actor("amina", "first-respondent", "OFF-HRC")
    with office.store.transaction() as work:
        work.cases.update(replace(office.card, owner="amina", exclude=("EXC-OFF:OFF-HRC",)))
    before = office.card

    with pytest.raises(NoSuchCase):
        office.proposing.propose("LW-1", DRAFT, owner)
    with pytest.raises(NoSuchCase):
        office.proposing.again("LW-1", proposal.id, owner)
    with pytest.raises(NoSuchCase):
        office.proposing.start("LW-1", proposal.id, owner)
    with pytest.raises(NoSuchCase):
        office.proposing.close("LW-1", proposal.id, "OUT-DONE", owner)
    with pytest.raises(NoSuchCase):
        office.proposing.check_lines("LW-1", proposal.id, "", owner)

    assert office.card == before


def test_what_rests_and_says_a_name_that_was_erased_is_not_asked_again(office: Office) -> None:
    """The remedy is in the refusal; without the name it may be asked."""
    number, _shown = office.proposing.propose("LW-1", replace(DRAFT, name_mode="NM-NAMED"))
    office.answered(number, "lapsed")
    erased = replace(office.card, box_erased="2027-06-01T09:00Z")
    with office.store.transaction() as work:
        work.cases.update(erased)

    with pytest.raises(
        BadProposal, match="erased the real name on 2027-06-01, as no longer needed: propose this without"
    ):
        office.proposing.again("LW-1", number)
    office.proposing.propose("LW-1", DRAFT)
