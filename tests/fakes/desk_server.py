"""A server that answers the pages of the desk from a table, so that any sealed document and any state can be shown.

It knows no rule of the desk; the real server is played in tests/desk/test_play.py.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from storage.crypto.sealing import seal_report
from tests.architecture.sources import ROOT
from tests.conftest import office_identity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

STATIC = ROOT / "bot" / "desk" / "static"
OFFICE = "OFF-HRC"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def keys(office: str = OFFICE) -> tuple[list[str], list[str]]:
    """Return identities and recipients of an office."""
    from storage.crypto.age.hybrid import HybridIdentity

    identities = [office_identity(office, use) for use in ("report", "recovery")]
    return identities, [HybridIdentity.parse(text).recipient().text() for text in identities]


def sealed(document: dict[str, Any]) -> bytes:
    """Return a document sealed to the office."""
    return seal_report(json.dumps(document).encode(), keys()[1])


class DeskServer:
    """What the pages are answered: `answers` by method and path below /api/, `posted` is what they sent."""

    def __init__(self) -> None:
        """Begin with an officer of one office and no case."""
        self.answers: dict[str, Any] = {}
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, Any] = {}
        self.refuses = False  # every answer is that the session has ended
        self.port = 0
        self._leaving = threading.Event()
        _identities, recipients = keys()
        person = {
            "id": "P1", "name": "Ana", "office": OFFICE, "office_name": "Human Rights Council secretariat",
            "roles": ["first-respondent", "administrator"],
        }  # fmt: skip
        self.answers["GET session"] = {
            "person": person, "practice": False, "bot_key": recipients[0], "office_keys": recipients,
            "identity_keys": recipients, "lock_seconds": 600, "now": "2026-11-24T10:00Z",
            "synced": False,
        }  # fmt: skip
        self.show([])

    def show(self, cases: list[dict[str, Any]]) -> None:
        """Show these cases in the queue, and each on a page of its own."""
        counts = {level: sum(case["level"] == level for case in cases) for level in ("L1", "L2", "L3", "L4")}
        counts["unowned"] = sum(case["owner"] is None for case in cases)
        for case in cases:
            self.answers[f"GET cases/{case['case']}"] = case
        self.answers["GET cases"] = {"cases": cases, "next": None, "counts": counts}

    def url(self) -> str:
        """Return the address of the desk."""
        return f"http://localhost:{self.port}/desk"

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/api/events", self._events),
                Route("/api/{path:path}", self._api, methods=["GET", "POST"]),
                Route("/offline-opener.html", lambda _request: FileResponse(STATIC / "offline-opener.html")),
                Route("/desk/picture.html", self._picture),
                Route("/desk/assets/{name}", self._asset),
                Route("/desk", self._page),
            ]
        )

    async def _page(self, _request: Request) -> Response:
        return FileResponse(
            STATIC / "index.html", headers={"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
        )

    async def _asset(self, request: Request) -> Response:
        return FileResponse(STATIC / "assets" / request.path_params["name"])

    async def _picture(self, _request: Request) -> Response:
        return FileResponse(STATIC / "picture.html", headers={"Content-Security-Policy": "sandbox allow-scripts"})

    async def _events(self, _request: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            yield "event: alive\ndata: {}\n\n"
            await asyncio.to_thread(self._leaving.wait)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def _api(self, request: Request) -> Response:
        path = request.path_params["path"]
        if self.refuses:
            return JSONResponse({"error": "no_session", "message": "Please sign in."}, status_code=401)
        if request.method == "POST":
            self.posted.append((path, await request.json()))
        if path in self.files:
            return StreamingResponse(self.files[path](), media_type="application/octet-stream")
        answer = self.answers.get(f"{request.method} {path}", {} if request.method == "POST" else None)
        if isinstance(answer, bytes):
            return Response(answer, media_type="application/octet-stream")
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return JSONResponse({"error": "not_found", "message": "This is not there."}, status_code=404)
        return JSONResponse(answer)

    @contextmanager
    def serving(self) -> Iterator[DeskServer]:
        """Serve on a free port of this machine until the block ends."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            self.port = listening.getsockname()[1]
            config = uvicorn.Config(self.app(), log_config=None, access_log=False, timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield self
            finally:
                self._leaving.set()
                server.should_exit = True
                thread.join()


LINE: dict[str, Any] = {
    "case": "LW-AE72-UGKF-AHYI-DMPU", "name": "blue heron", "level": "L2", "status": "ST-SUB", "status_words": "sent",
    "flags": ["third_party"], "owner": None, "office": OFFICE, "lang": "en", "channel": "signal",
    "sent_at": "2026-11-24T09:10Z", "late": False, "unread": 0,
    "clocks": {"owned_due": "2026-11-24T10:10Z", "contact_due": "2026-11-24T13:10Z", "plan_due": None, "review_due": None},
}  # fmt: skip

CASE: dict[str, Any] = LINE | {
    "strip": {
        "may_contact": True, "reason": "", "how": "In this chat (Signal)", "words": {"off": "parsley bridge", "your": "carrot kernel"},
        "cover": "A message from a school or course", "safe_times": ["Evening (18:00 to 22:00, their time)"], "next_safe": None,
        "never": ["Do not make anything public", "Do not contact my family"],
    },
    "sees": "content", "identity": None, "red": ["RED-PUB", "RED-FAM"], "exclude": [], "tp_consent": "", "child": False,
    "consents": [
        {"id": "C-FWD", "words": "Send the report to the office", "status": "given", "at": "2026-11-24T09:10Z"},
        {"id": "C-CONT", "words": "Write to me in this chat", "status": "given", "at": "2026-11-24T09:10Z"},
        {"id": "C-ASG", "words": "Tell the senior focal point", "status": "refused", "at": "2026-11-24T09:10Z"},
    ],
    "measures": [], "blobs": [{"purpose": "report", "sequence": 1, "size": 16384, "at": "2026-11-24T09:10Z"}], "files": [],
    "thread": [], "history": [{"at": "2026-11-24T09:10Z", "who": "the bot", "role": "", "act": "sent", "old": "", "new": "", "reason": ""}],
    "promises": {"next_contact_at": None}, "colleagues": [{"id": "P2", "name": "Bruno"}], "words_lead_back": True, "collisions": {}, "hand_over": None,
}  # fmt: skip


def case_of(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a case
    """Return a case that differs in these parts."""
    return deepcopy(CASE) | changes


def report_of(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a report
    """Return a report that differs in these parts."""
    return {
        "schema": "leeward-report-1", "case": LINE["case"], "office": OFFICE, "level": "L2", "rules": ["TR-10", "TR-12"],
        "nature_suggested": "NAT-REP", "submitted_at": "2026-11-24T09:10Z", "channel": "signal", "mode": "FULL", "lang": "en",
        "interview_version": "0" * 64, "codes": {"story": "A man called three times.", "flags": [], "country": "XA"},
        "summary": "What the person wants: Advice on how to be safer\nWhat must not happen: Do not make anything public\n"
        "What the person fears: Violence\nHow to reach the person: Yes, in this chat; Evening\nWho it is about: It happened to me\n"
        "Contact with the UN: Went to a meeting\nWhat happened: Threats or harassment; In the last 7 days; Arlenia\nDanger and time: Maybe, soon",
        "answers": [{"node": "Q03", "question": "In danger now?", "field": "danger_now", "value": "soon", "label": "Maybe, soon", "label_shown": "Maybe, soon"}],
        "consents": [{"id": "C-FWD", "status": "given", "at": "2026-11-24T09:10Z", "text_id": "C-FWD", "text_hash": "0" * 64, "language": "en"}],
        "attachments": [], "file_identity": "", "ledger_head": "",
    } | changes  # fmt: skip
