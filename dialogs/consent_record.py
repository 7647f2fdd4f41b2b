"""A consent event as a record a stranger can read years later, with the field names of ISO/IEC TS 27560:2023.

The mapping is that of docs/consent.md. A record never holds a phone number, a name or an account: `pii_principal_id`
is a pseudonym of the case.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from dialogs.gate import Act

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, ConsentEvent
    from dialogs.policy import Directory, Policy

SCHEMA: Final = "unr-consent-1"
COLLECTION: Final = {"signal": "bot-signal", "telegram": "bot-telegram", "practice": "bot-practice"}
CHANNEL_RISK: Final = {"signal": "signal-e2ee-to-server", "telegram": "telegram-cloud", "practice": "practice"}
STATES: Final = {
    "requested": "ConsentRequested", "deferred": "ConsentRequestDeferred", "refused": "ConsentRefused",
    "given": "ConsentGiven", "renewed": "RenewedConsentGiven", "withdrawn": "ConsentWithdrawn",
    "expired": "ConsentExpired", "invalidated": "ConsentInvalidated", "used": "ConsentGiven",
    "superseded": "ConsentInvalidated",
}  # fmt: skip
"""States of the Data Privacy Vocabulary."""

EVENT_TYPES: Final = {
    "requested": "ask", "withdrawn": "withdraw", "expired": "expire", "invalidated": "invalidate",
    "superseded": "invalidate", "renewed": "renew",
}  # fmt: skip
BY_THE_PERSON: Final = ("given", "renewed", "refused", "deferred", "withdrawn")
"""What only a person does; everything else is done by whoever asked, or by time."""

RIGHTS: Final = ("see", "correct", "withdraw", "delete", "complain")


def record_of(event: ConsentEvent, card: CaseCard, policy: Policy) -> dict[str, Any]:
    """Return the record of one event; measures have the purpose `measure` and their own extension fields."""
    purpose, settings = policy.purposes.get(event.id), policy.settings
    return {
        "schema_version": SCHEMA,
        "record_id": event.record_id,
        "pii_principal_id": sha256(f"subject {card.case}".encode()).hexdigest()[:32],
        "privacy_notice": {"ref": event.text_id, "hash": event.text_hash},
        "language": event.lang,
        "purpose": purpose.purpose if purpose is not None else "measure",
        "purpose_type": purpose.purpose_type if purpose is not None else "protect",
        "lawful_basis": "explicit consent",
        "pii_type": list(purpose.data_types) if purpose is not None else ["story"],
        "sensitive_pii": purpose.sensitive if purpose is not None else True,
        "pii_controllers": [card.office],
        "party": [_party(card.office, policy.directory)],
        "collection_method": COLLECTION.get(event.channel, event.channel),
        "storage_locations": ["UN-controlled site"],
        "retention_period": {
            "rule": "with-the-report",
            "days_after_closing": settings.alert_days if event.scope == "card" else settings.erase_days,
            "months_after_closing_with_C-RETN": settings.retention_months,
            **({"review_months": settings.identity_review_months} if event.id == Act.NAME else {}),
        },
        "jurisdiction": "UN",
        "recipient_third_parties": [event.recipient] if event.recipient else [],
        "withdrawal_method": "T-WITHDRAW",
        "privacy_rights": list(RIGHTS),
        "event_time": event.at,
        "validity_duration": event.expires or None,
        "entity_id": _actor(event, card),
        "event_type": EVENT_TYPES.get(event.status, "answer"),
        "event_state": STATES[event.status],
        "extension": {
            "consent": event.id, "asked_by": event.asked_by, "level": event.level,
            "status": event.status, "scope": event.scope, "measure": event.measure,
            "name_mode": event.name_mode, "content_hash": event.content_version, "comprehension": event.comprehension,
            "pressure": event.pressure, "channel_risk": CHANNEL_RISK.get(event.channel, event.channel),
            "red_lines_shown": list(event.collision),
        },
    }  # fmt: skip


def _party(office: str, directory: Directory) -> dict[str, str]:
    """The office as the signed directory of that version describes it."""
    known = directory.offices.get(office)
    party = {"party_id": office, "party_type": "pii controller", "directory_version": directory.version}
    if known is None:
        return party
    place = known.country or "UN"
    return {**party, "party_name": known.name, "party_contact": known.mailbox, "party_address": place}


def _actor(event: ConsentEvent, card: CaseCard) -> str:
    if event.status not in BY_THE_PERSON or event.id == "C-TPV":
        return event.asked_by
    return "reporter-for-person" if card.tp_consent else "person"
