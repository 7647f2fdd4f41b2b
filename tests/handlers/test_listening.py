"""Who reads what a person writes: the office of the report, and whoever works on the case elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialogs.replace import replace
from dialogs.roster import Officer
from handlers.accounts import ACTIVE, Account, Role
from handlers.actor import Actor
from handlers.listening import listeners
from handlers.messages import BadMessage, Written
from tests.conftest import NOON, practice_policy
from tests.handlers.chat import AGREED, CARD, CASE, Chat, sealed

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy

FIRST, NIGHT, SENIOR, OTHER = "OFF-HRC", "OFF-EML", "OFF-ASG", "OFF-UPR"
TOLD = replace(AGREED, record_id="CR-3", id="C-EMER", recipient=NIGHT, scope="report", content_version="")
COPIED = replace(AGREED, record_id="CR-4", id="C-ASG", recipient=SENIOR, content_version="")
SHARED = replace(AGREED, record_id="CR-5", id="C-SHR", recipient=OTHER, name_mode="NM-NAMED")
CLOSE = replace(CARD, owner="", consents=(*CARD.consents, TOLD, COPIED, SHARED), shared=(OTHER,))
PEOPLE = {"hana": FIRST, "nils": NIGHT, "sara": SENIOR, "olga": OTHER}


def chat_of(card: CaseCard) -> Chat:
    """Return a person in a talk, and one officer in each of four offices."""
    chat = Chat(card)
    with chat.store.transaction() as work:
        for name, office in PEOPLE.items():
            work.accounts.save(Account(name, name, office, (Role.DUTY_OFFICER,), ACTIVE, "2026-11-01T08:00Z"))
    return chat


def readers(chat: Chat, purpose: str = "message") -> list[set[str]]:
    """Return which offices can open each message of the person, or of an officer, in their order."""
    with chat.store.transaction() as work:
        kept = [blob for blob in work.blobs.of(CASE) if blob.purpose == purpose]
    numbers = sorted({blob.sequence for blob in kept})
    return [{blob.office for blob in kept if blob.sequence == number} for number in numbers]


def writes(chat: Chat, by: str, *others: str) -> None:
    """Let an officer write to the person, sealed for their own office and for these others."""
    written = Written(sealed("copy"), sealed("hello"), {office: sealed("copy") for office in others})
    chat.messaging.write(CASE, Actor(by, "duty-officer", PEOPLE[by]), written)


@pytest.mark.parametrize(
    ("change", "offices"),
    [
        ({}, {FIRST, NIGHT}), ({"owner": "nils"}, {FIRST, NIGHT}), ({"owner": "hana"}, {FIRST}),
        ({"owner": "sara"}, {FIRST, SENIOR}), ({"owner": "olga"}, {FIRST, OTHER}),
        ({"handed_to": OTHER}, {FIRST, NIGHT, OTHER}), ({"owner": "officer"}, {FIRST}),
        ({"owner": "nils", "consents": CARD.consents}, {FIRST}),
        ({"owner": "nils", "exclude": (f"EXC-OFF:{NIGHT}",)}, {FIRST}),
    ],
)  # fmt: skip
def test_words_reach_the_officer_who_works_on_the_case_and_nobody_who_only_has_a_copy(
    change: dict[str, Any], offices: set[str]
) -> None:
    """The owner's office; without an owner the duty desk that was told and the office it was handed to; with a yes."""
    chat = chat_of(replace(CLOSE, **change))
    chat.say("they rang again")
    assert readers(chat) == [offices]


def listening(policy: Policy, owner: str) -> list[str]:
    """Return which offices beside the first would be sent what the person of a case of this owner writes."""
    chat = chat_of(replace(CLOSE, owner=owner))
    with chat.store.transaction() as work:
        return [granted.question.recipient for granted in listeners(work, policy, chat.card, NOON)]


def test_an_officer_of_the_roster_without_an_account_reads_them_too() -> None:
    """They took the case by their word in the chat."""
    policy = practice_policy()
    people = {"amina": Officer("amina", NIGHT, ("operator",), ())}
    with_them = replace(policy, roster=replace(policy.roster, people=people))
    assert (listening(with_them, "amina"), listening(policy, "amina")) == ([NIGHT], [])


def test_an_office_without_keys_keeps_no_words_from_the_office_of_the_report() -> None:
    """Nothing can be sealed to it; the message is taken all the same."""
    policy = practice_policy()
    offices = {**policy.directory.offices, NIGHT: replace(policy.directory.offices[NIGHT], keys=())}
    keyless = replace(policy, directory=replace(policy.directory, offices=offices))
    assert (listening(policy, "nils"), listening(keyless, "nils")) == ([NIGHT], [])


def test_what_the_duty_desk_read_goes_when_the_yes_to_it_is_taken_back() -> None:
    """With the copy of the report; the office of the report keeps it."""
    chat = chat_of(replace(CLOSE, owner="nils"))
    chat.say("they rang again")
    chat.say("I take it back", "2")
    assert readers(chat) == [{FIRST}]


@pytest.mark.parametrize(("owner", "then"), [("nils", ""), ("sara", ""), ("hana", "hana"), ("gone", "gone")])
def test_a_case_whose_owner_may_not_see_it_any_more_waits_for_another(owner: str, then: str) -> None:
    """All is taken back but the report itself; its own office keeps the case, and so does whoever is not known any more."""
    chat = chat_of(replace(CLOSE, owner=owner, handing_to="olga"))
    chat.say("I take it back", "2")
    assert (chat.card.owner, chat.card.handing_to) == (then, "olga" if then else "")


@pytest.mark.parametrize(
    ("owner", "others", "offices"),
    [
        ("nils", [FIRST], {FIRST, NIGHT}), ("sara", [FIRST], {FIRST, SENIOR}), ("olga", [FIRST], {FIRST, OTHER}),
        ("hana", [], {FIRST}), ("nils", [FIRST, OTHER], {FIRST, NIGHT}), ("hana", [NIGHT, SENIOR], {FIRST}),
    ],
)  # fmt: skip
def test_what_an_officer_writes_is_kept_for_whoever_reads_the_answer_and_for_nobody_else(
    owner: str, others: list[str], offices: set[str]
) -> None:
    """Also where a page sealed it for an office that only has a copy."""
    chat = chat_of(replace(CLOSE, owner=owner))
    writes(chat, owner, *others)
    chat.say("green lamp")
    chat.say("they rang again")
    assert readers(chat, "said") == [offices]
    assert readers(chat)[-1] == offices


def test_a_page_that_does_not_know_who_reads_is_loaded_again() -> None:
    """Nothing is sent to the person that the office of the report could not read in the morning."""
    chat = chat_of(replace(CLOSE, owner="nils"))
    with pytest.raises(BadMessage):
        writes(chat, "nils")
    assert (readers(chat, "said"), chat.lines) == ([], [])


def test_plain_words_are_kept_for_no_office() -> None:
    """The copy of each office is looked at as the writer's own is."""
    chat = chat_of(replace(CLOSE, owner="nils"))
    plain = Written(sealed("copy"), sealed("hello"), {FIRST: b"plain words"})
    with pytest.raises(BadMessage):
        chat.messaging.write(CASE, Actor("nils", "duty-officer", NIGHT), plain)
    assert readers(chat, "said") == []


def test_what_the_duty_desk_wrote_stays_with_the_office_of_the_report_when_the_yes_to_the_desk_ends() -> None:
    """The desk keeps neither side of the talk."""
    chat = chat_of(replace(CLOSE, owner="nils"))
    writes(chat, "nils", FIRST)
    chat.say("green lamp")
    chat.say("I take it back", "2")
    assert readers(chat, "said") == [{FIRST}]
