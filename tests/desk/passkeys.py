"""A virtual authenticator in the browser: passkeys with user verification and PRF, answered without a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

OPTIONS = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "hasPrf": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

MAKE_PASSKEY = """() => navigator.credentials.create({publicKey: {
  rp: {name: "localhost"}, user: {id: new Uint8Array(8), name: "login", displayName: ""}, challenge: new Uint8Array(16),
  pubKeyCredParams: [{type: "public-key", alg: -7}], extensions: {prf: {}},
  authenticatorSelection: {residentKey: "required", userVerification: "required"},
}}).then(() => undefined)"""


@dataclass(frozen=True)
class Device:
    """A virtual authenticator."""

    session: CDPSession
    id: str

    def passkeys(self) -> list[str]:
        """Return the credential ids it holds."""
        held = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return [one["credentialId"] for one in held]

    def forget(self, passkey: str) -> None:
        """Remove one."""
        self.session.send("WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": passkey})


def add_authenticator(page: Page, *, prf: bool = True) -> Device:
    """Give the page a device that makes and uses passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS | {"hasPrf": prf}})
    return Device(session, added["authenticatorId"])
