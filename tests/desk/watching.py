"""What a page does behind its face: every request with its body, every error, every breach of its own rules."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.architecture.sources import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

AXE = ROOT / "bot" / "desk" / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Watch:
    """Watches one page from its first request on."""

    def __init__(self, page: Page) -> None:
        """Begin to watch."""
        self.requests: list[tuple[str, str, bytes]] = []
        self.problems: list[str] = []
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        self.requests.append((request.method, request.url, request.post_data_buffer or b""))

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if (
            "Content Security Policy" in message.text
            or "TrustedHTML" in message.text
            or "TrustedScript" in message.text
        ):
            self.problems.append(f"policy: {message.text}")

    def leaks(self, *secrets: str) -> list[str]:
        """Return where one of these texts left the page: as it is, escaped in JSON or a URL, or in base64."""
        found = []
        for method, url, body in self.requests:
            sent = f"{url}\n".encode() + body
            found += [
                f"{method} {url}: {secret[:12]}" for secret in secrets if any(form in sent for form in _forms(secret))
            ]
        return found

    def others(self, origin: str) -> list[str]:
        """Return the addresses outside of this origin that were asked for."""
        return [
            url for _method, url, _body in self.requests if not url.startswith((origin, "blob:", "data:", "about:"))
        ]


def _forms(secret: str) -> set[bytes]:
    """Return a text as it could be sent; base64 at each of its three alignments, without the ends that depend on neighbours."""
    raw = secret.encode()
    forms = {raw, json.dumps(secret)[1:-1].encode(), quote(secret).encode()}
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + raw)
        forms.add(encoded[4 if shift else 0 : -4])
    return {form for form in forms if form}


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong on a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
