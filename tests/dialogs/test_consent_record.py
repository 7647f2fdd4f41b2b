"""The record of a consent has the fields the standard makes mandatory, and nothing that leads to a person."""

from __future__ import annotations

import json

import pytest

from dialogs.consent_record import STATES, record_of
from tests.conftest import practice_policy
from tests.dialogs.test_conversations import sent

MANDATORY = {
    "schema_version", "record_id", "pii_principal_id", "privacy_notice", "language", "purpose", "pii_type",
    "pii_controllers", "storage_locations", "jurisdiction", "recipient_third_parties", "withdrawal_method", "event_time",
    "validity_duration", "retention_period", "party", "entity_id", "event_type", "event_state",
}  # fmt: skip


def test_every_consent_of_a_report_has_a_whole_record() -> None:
    """From the channel to the count."""
    card = sent().conversation.cards[0]
    for event in card.consents:
        record = record_of(event, card, practice_policy())
        assert set(record) >= MANDATORY
        assert card.case not in json.dumps(record)
        assert len(record["privacy_notice"]["hash"]) == 64


@pytest.mark.parametrize("status", STATES)
def test_every_state_has_a_name_of_the_vocabulary(status: str) -> None:
    """Also those that come long after the intake."""
    from dataclasses import replace

    card = sent().conversation.cards[0]
    record = record_of(replace(card.consents[0], id="C-M-X", status=status), card, practice_policy())

    assert (record["purpose"], record["event_state"]) == ("measure", STATES[status])


@pytest.mark.parametrize(
    ("status", "tp_consent", "actor"),
    [
        ("given", "", "person"),
        ("given", "TPC-YES", "reporter-for-person"),
        ("expired", "", "bot"),
        ("requested", "", "bot"),
    ],
)
def test_a_record_says_who_did_it_and_who_asked(status: str, tp_consent: str, actor: str) -> None:
    """A yes is the person's, or of whoever writes for them; what time does is nobody's."""
    from dataclasses import replace

    card = replace(sent().conversation.cards[0], tp_consent=tp_consent)
    record = record_of(replace(card.consents[0], status=status), card, practice_policy())

    assert (record["entity_id"], record["extension"]["asked_by"]) == (actor, "bot")
    assert record["party"][0]["party_name"] == practice_policy().directory.offices[card.office].name


@pytest.mark.parametrize(
    ("consent", "purpose"),
    [
        ("C-TPV", "consent-of-the-person-concerned"), ("C-SHR", "share-with-another-office"),
        ("C-VER", "verify-with-a-named-source"), ("C-REPA", "mention-without-name"), ("C-REPN", "mention-with-name"),
    ],
)  # fmt: skip
def test_what_officers_ask_for_has_a_purpose_of_its_own(consent: str, purpose: str) -> None:
    """Only measures have the purpose `measure`."""
    from dataclasses import replace

    card = sent().conversation.cards[0]
    assert record_of(replace(card.consents[0], id=consent), card, practice_policy())["purpose"] == purpose
