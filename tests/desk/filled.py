"""A server of the desk with a queue, and what its pages are asked first."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from tests.fakes.desk_server import OFFICE, DeskServer, case_of, report_of, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

BLUE = "LW-AE72-UGKF-AHYI-DMPU"
MEASURE = {
    "code": "GM-STA-DIP", "group": "Involve the State", "do": "A UN official speaks quietly with your government",
    "who_learns": "Your government", "risk": "They may get angry", "decided_by": ["ASG"], "reversible": "no",
    "identity": "ID-2", "valid_days": 30, "public": False,
    "asks": [
        "{OFF_WORDS}. We have an idea and need your yes or no.", "Your name: {NAME_MODE_WORDS}.",
        "This yes is good until {UNTIL}.", "1 Yes",
    ],
}  # fmt: skip
PROPOSAL = {
    "id": "PR-1", "measure": "GM-STA-DIP", "words": "Quiet talk with the government", "recipient": "The Permanent Mission",
    "name_mode": "NM-ANON", "content": "A person was threatened.", "hope": "They stop", "state": "given", "light": "green",
    "proposed_at": "2026-11-24T09:40Z", "answered_at": "2026-11-24T09:50Z", "valid_until": "2026-12-24T00:00Z",
    "started_at": None, "outcome": "", "collisions": ["Do not contact the state"],
}  # fmt: skip

SHIFT = {
    "since": "2026-11-24T02:00Z", "until": "2026-11-24T10:00Z", "office": OFFICE, "on_duty": 2,
    "received": [
        {"level": level, "count": count, "in_time": in_time, "late": late}
        for level, count, in_time, late in (("L1", 2, 1, 1), ("L2", 5, 4, 0), ("L3", 7, 7, 0), ("L4", 3, 0, 0), ("L0", 0, 0, 0))
    ],
    "escalations": {"ESC-TIME": 3, "ESC-PASS": 1}, "open_urgent": {"L1": 1, "L2": 4}, "contacts": {"made": 6, "failed": 1, "waiting": 2},
    "consents": {"asked": 5, "given": 3, "refused": 1}, "withdrawals": 2, "whole_withdrawals": 1, "holds": 1, "identity_doubts": 1,
    "doubts_standing": 2, "faults": {"unreachable": 1, "mail_refused": 0, "dead_letters": 4}, "out_of_scope": 1, "debriefs": 1,
    "languages_lacking": {"ar": 2}, "following": {"unowned": 1, "late": 2, "contacts": 3},
}  # fmt: skip

LOCK_SECONDS = 600
HIDE = """Object.defineProperty(document, 'visibilityState', {value: 'hidden'}),
document.dispatchEvent(new Event('visibilitychange'))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _soon(minutes: int) -> str:
    return (SystemClock().now().astimezone(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%MZ")


def fill(server: DeskServer) -> None:
    """Give the server a queue in which every kind of line occurs."""
    server.show([
        case_of(case="LW-1", name="red kite", level="L1", late=True, flags=["child", "hidden"], clocks={"owned_due": _soon(-3)}),
        case_of(clocks={"owned_due": _soon(34), "contact_due": _soon(200)}, measures=[PROPOSAL]),
        case_of(case="LW-3", name="amber fox", owner={"id": "P1", "name": "Ana"}, unread=2, status="ST-CON", lang="ar"),
        case_of(
            case="LW-4", name="silver pine", level="L4", owner={"id": "P2", "name": "Bruno"},
            strip=case_of()["strip"] | {"may_contact": False, "reason": "no_contact"},
            hand_over={"from": {"id": "P2", "name": "Bruno"}, "to": {"id": "P1", "name": "Ana"}, "at": "2026-11-24T09:10Z"},
            level_wish={"level": "L4", "reason": "RSN-LVL-NEWS", "by": {"id": "P2", "name": "Bruno"}}, identity={"present": True, "pending": {"id": "P2", "name": "Bruno"}, "until": ""},
        ),
    ])  # fmt: skip
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(report_of())
    server.answers["GET measures"] = [MEASURE]
    ana = {"id": "P1", "name": "Ana", "office": OFFICE, "roles": ["administrator"], "state": "active", "synced": False}
    server.answers["GET people"] = {
        "people": [ana | {"last_seen_day": "2026-11-24"}],
        "offices": [{"id": OFFICE, "name": "Council"}],
    }
    server.answers["GET shift"] = SHIFT
    server.answers["GET audit"] = {
        "entries": [{"at": "2026-11-24T09:10Z", "who": "Ana", "role": "first-respondent", "act": "read", "case_name": "blue heron"}], "next": None,
    }  # fmt: skip


def load_key(page: Page, key: Path) -> None:
    """Load the key on the page where it is asked for."""
    page.keyboard.press("2")
    page.get_by_label("Key file").set_input_files(key)
    page.get_by_role("button", name="Load my key").click()
    page.get_by_text("Your key is loaded.").first.wait_for()
    page.keyboard.press("1")


def open_blue(page: Page) -> None:
    """Open the case with the sealed report."""
    page.get_by_role("button", name="blue heron").click()
    page.locator(".strip").wait_for()
