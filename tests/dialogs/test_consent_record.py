"""The record of a consent has the fields the standard makes mandatory, and nothing that leads to a person."""

from __future__ import annotations

import json

import pytest

from dialogs.consent_record import STATES, record_of
from dialogs.conversation import ConsentEvent
from dialogs.replace import replace
from tests.conftest import practice_policy
from tests.dialogs.test_gate import CARD
from tests.playbook import sent

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
    card = sent().conversation.cards[0]
    assert record_of(replace(card.consents[0], id=consent), card, practice_policy())["purpose"] == purpose


EVENT = ConsentEvent(
    "CR-1", "C-CONT", "given", "2026-11-24T09:00Z", "C-CONT", "00", "en", "signal", recipient="OFF-HRC", scope="report",
    level="L2", comprehension="ok", pressure="no", collision=("RED-GOV",), expires="2026-12-24T09:00Z",
    name_mode="NM-ANON", content_version="v1",
)  # fmt: skip


def test_a_record_is_written_out_in_full() -> None:
    """Field by field, as a stranger reads it years later."""
    assert record_of(EVENT, CARD, practice_policy()) == {
        "schema_version": "unr-consent-1", "record_id": "CR-1",
        "pii_principal_id": "ff7bf1def07aec4d2679af7472b3d6ce",
        "privacy_notice": {"ref": "C-CONT", "hash": "00"}, "language": "en",
        "purpose": "write-to-the-person", "purpose_type": "follow-up", "lawful_basis": "explicit consent",
        "pii_type": ["contact"], "sensitive_pii": False, "pii_controllers": ["OFF-HRC"],
        "party": [{
            "party_id": "OFF-HRC", "party_type": "pii controller", "directory_version": "",
            "party_name": "Human Rights Council secretariat, civil society liaison",
            "party_contact": "hrc-liaison@example.org", "party_address": "UN",
        }],
        "collection_method": "bot-signal", "storage_locations": ["UN-controlled site"],
        "retention_period": {
            "rule": "with-the-report", "days_after_closing": 30, "months_after_closing_with_C-RETN": 24,
        },
        "jurisdiction": "UN", "recipient_third_parties": ["OFF-HRC"], "withdrawal_method": "T-WITHDRAW",
        "privacy_rights": ["see", "correct", "withdraw", "delete", "complain"],
        "event_time": "2026-11-24T09:00Z", "validity_duration": "2026-12-24T09:00Z",
        "entity_id": "person", "event_type": "answer", "event_state": "ConsentGiven",
        "extension": {
            "consent": "C-CONT", "asked_by": "bot", "level": "L2", "status": "given", "scope": "report", "measure": "",
            "name_mode": "NM-ANON", "content_hash": "v1", "comprehension": "ok", "pressure": "no",
            "channel_risk": "signal-e2ee-to-server", "red_lines_shown": ["RED-GOV"],
        },
    }  # fmt: skip


def test_a_measure_without_recipient_or_end_has_the_purpose_measure_and_no_end() -> None:
    """What no list of purposes says is thought to need special care; an office nobody knows has only its id."""
    event = replace(EVENT, id="C-M-STA-DIP", measure="GM-STA-DIP", channel="telegram", recipient="", expires="")
    record = record_of(event, replace(CARD, office="OFF-GONE"), practice_policy())

    assert (record["purpose"], record["purpose_type"], record["pii_type"]) == ("measure", "protect", ["story"])
    assert (record["sensitive_pii"], record["recipient_third_parties"]) == (True, [])
    assert (record["validity_duration"], record["extension"]["measure"]) == (None, "GM-STA-DIP")
    assert (record["collection_method"], record["extension"]["channel_risk"]) == ("bot-telegram", "telegram-cloud")
    assert record["party"] == [{"party_id": "OFF-GONE", "party_type": "pii controller", "directory_version": ""}]


@pytest.mark.parametrize(
    ("status", "kind", "state", "who"),
    [
        ("requested", "ask", "ConsentRequested", "officer"), ("deferred", "answer", "ConsentRequestDeferred", "person"),
        ("refused", "answer", "ConsentRefused", "person"), ("given", "answer", "ConsentGiven", "person"),
        ("renewed", "renew", "RenewedConsentGiven", "person"), ("withdrawn", "withdraw", "ConsentWithdrawn", "person"),
        ("expired", "expire", "ConsentExpired", "officer"), ("invalidated", "invalidate", "ConsentInvalidated", "officer"),
        ("superseded", "invalidate", "ConsentInvalidated", "officer"), ("used", "answer", "ConsentGiven", "officer"),
    ],
)  # fmt: skip
def test_each_status_is_an_event_of_its_type_and_state_by_whoever_did_it(
    status: str, kind: str, state: str, who: str
) -> None:
    """What only a person does is the person's; C-TPV is asked of somebody else by an officer."""
    event = replace(EVENT, status=status, asked_by="officer", channel="practice")
    record = record_of(event, CARD, practice_policy())

    assert (record["event_type"], record["event_state"], record["entity_id"]) == (kind, state, who)
    assert (record["collection_method"], record["extension"]["channel_risk"]) == ("bot-practice", "practice")
    assert record_of(replace(event, id="C-TPV"), CARD, practice_policy())["entity_id"] == "officer"


def test_an_office_of_a_country_is_named_with_it() -> None:
    """One that belongs to no country has the address UN."""
    record = record_of(EVENT, replace(CARD, office="OFF-CO-XA"), practice_policy())

    assert record["party"][0]["party_address"] == practice_policy().directory.offices["OFF-CO-XA"].country == "XA"
