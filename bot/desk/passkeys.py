"""Passkeys: what a browser is asked, and whether its answer counts.

A challenge is not stored. It is a keyed hash of a ticket, which lies in a cookie of the browser that asked; so another
browser cannot use it, a flood of questions fills nothing, and a ticket that was used once is remembered and refused.
"""

from __future__ import annotations

import hmac
import json
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from handlers.accounts import Passkey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.desk.state import Place
    from storage.crypto.lookup import LookupKey

NONCE_BYTES: Final = 16
HANDLE_CHARS: Final = 8
_NEEDED: Final = UserVerificationRequirement.REQUIRED


class WrongPasskey(Exception):
    """This answer of an authenticator does not count: it is none, of another place, of another time, or used."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lies in the cookie: when it ends, chance, and a keyed hash over both and its purpose."""

    ends: int  # seconds since 1970
    nonce: str

    def text(self, lookup: LookupKey, purpose: str) -> str:
        """Return the value of the cookie."""
        return f"{self.ends}.{self.nonce}.{self._mac(lookup, purpose)}"

    def challenge(self, lookup: LookupKey, purpose: str) -> bytes:
        """Return the challenge this ticket stands for."""
        return lookup.digest("desk-challenge", purpose, str(self.ends), self.nonce)

    def _mac(self, lookup: LookupKey, purpose: str) -> str:
        return lookup.digest("desk-ticket", purpose, str(self.ends), self.nonce).hex()


def read_ticket(text: str, lookup: LookupKey, purpose: str, now: datetime) -> Ticket:
    """Return the ticket of a cookie. Raises: WrongPasskey when it is forged, of another purpose, or too old."""
    ends, _dot, rest = text.partition(".")
    nonce = rest.partition(".")[0]
    if not (ends.isascii() and ends.isdecimal() and len(ends) < len(str(1 << 53))):
        raise WrongPasskey
    ticket = Ticket(int(ends), nonce)
    if not hmac.compare_digest(ticket.text(lookup, purpose).encode(), text.encode()) or ticket.ends <= now.timestamp():
        raise WrongPasskey
    return ticket


def creation_options(place: Place, challenge: bytes, lookup: LookupKey, account: str) -> dict[str, Any]:
    """Return what a browser needs to make a passkey that logs in without a name, after its owner was verified.

    The list of passkeys on a seized device shows the address, which it cannot leave out, and a random handle: no
    office, no person, no id of the roster. The passkey is asked to be able to open a copy of the officer's key (PRF).
    """
    user = lookup.digest("desk-passkey-user", account)
    handle = b32encode(user).decode()[:HANDLE_CHARS].lower()
    options = webauthn.generate_registration_options(
        rp_id=place.relying_party, rp_name=place.relying_party, user_name=handle, user_display_name=handle,
        user_id=user, challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=_NEEDED
        ),
    )  # fmt: skip
    return {**_plain(options_to_json(options)), "extensions": {"prf": {}}}


def request_options(place: Place, challenge: bytes) -> dict[str, Any]:
    """Return what a browser needs to answer with any passkey of this place."""
    options = webauthn.generate_authentication_options(
        rp_id=place.relying_party, challenge=challenge, user_verification=_NEEDED
    )
    return _plain(options_to_json(options))


def _plain(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def made(place: Place, credential: Mapping[str, Any], challenge: bytes, account: str) -> Passkey:
    """Return the passkey that was made. Raises: WrongPasskey."""
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential), expected_challenge=challenge, expected_rp_id=place.relying_party,
            expected_origin=place.url, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, OverflowError) as exc:
        raise WrongPasskey from exc
    credential_id = urlsafe_b64encode(verified.credential_id).rstrip(b"=").decode()
    synced = verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return Passkey(credential_id, account, verified.credential_public_key, verified.sign_count, synced)


def answered(place: Place, credential: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> int:
    """Return how often the passkey was used, as it says; a count that did not grow is a copy. Raises: WrongPasskey."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential), expected_challenge=challenge, expected_rp_id=place.relying_party,
            expected_origin=place.url, credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, OverflowError) as exc:
        raise WrongPasskey from exc
    return verified.new_sign_count
