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
    "validity_duration", "entity_id", "event_type", "event_state",
}  # fmt: skip


def test_every_consent_of_a_report_has_a_whole_record() -> None:
    """From the channel to the count."""
    card = sent().conversation.cards[0]
    for event in card.consents:
        record = record_of(event, card.case, card.office, practice_policy().purposes)
        assert set(record) >= MANDATORY
        assert card.case not in json.dumps(record)
        assert len(record["privacy_notice"]["hash"]) == 64


@pytest.mark.parametrize("status", STATES)
def test_every_state_has_a_name_of_the_vocabulary(status: str) -> None:
    """Also those that come long after the intake."""
    from dataclasses import replace

    card = sent().conversation.cards[0]
    record = record_of(replace(card.consents[0], status=status), card.case, card.office, {})

    assert (record["purpose"], record["event_state"]) == ("measure", STATES[status])
