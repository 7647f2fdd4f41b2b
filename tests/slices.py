"""The slices of the search: in each some answers are free and the others lead on; together they reach every node."""

from __future__ import annotations

from dialogs.conversation import Conversation
from dialogs.engine import begin
from dialogs.replace import replace
from tests.conftest import NOON, practice_policy
from tests.moves import Slice
from tests.search import USUAL, Found, Judged, search

SHORT = {"Q03": "3", "C-START": "2", "Q04": "1", "Q46": "4", "Q50": "3"}
FULL = {**SHORT, "C-START": "1"}
RESTING = {"Q53": "2", "Q54": "1"}


def _free(*nodes: str) -> frozenset[str]:
    return frozenset(nodes)


INTAKE: dict[str, tuple[Slice, str, tuple[Judged, ...]]] = {
    "entry": (Slice(_free("Q02", "T-SAFE-TIP", "Q03", "T-SOON", "Q04", "T-DEVICE", "C-CHAN-SIG", "Q06-TIMER", "C-START", "T-ABOUT"), SHORT),
              "signal", USUAL[:1]),
    "scope": (Slice(_free("Q08", "Q09", "T-OOS-GEN", "T-OOS-AID", "T-OOS-EMG", "T-OOS-UNP"), SHORT, more={"Q08": ("visa", "fire")}),
              "signal", USUAL[:1]),
    "who it is about": (Slice(_free("about"), SHORT), "signal", USUAL),
    "name and files": (Slice(_free("Q15", "C-NAME", "Q15-NAME", "Q44", "C-FILE", "Q45"), FULL, beside=_free("files")), "signal", USUAL),
    "name and files taken back": (Slice(_free("C-NAME", "C-FILE"), {**FULL, "Q15": "3", "Q44": "1", "Q15-NAME": "words"}, beside=_free("files", "back")),
                                  "signal", USUAL[:1]),
    "UN bodies": (Slice(_free("Q17", "Q17b", "Q17c", "Q18-COUNTRY", "Q18", "T-OOS-OTH"), SHORT), "signal", USUAL),
    "conflict of interest": (Slice(_free("Q19", "Q22", "Q27", "Q43", "Q43-OFFICE", "C-ASG"), SHORT), "signal", USUAL[:1]),
    "acts": (Slice(_free("Q23", "Q23-1", "Q23-5", "Q24", "Q30-WHERE", "Q30-NEED", "Q34", "C-SENS", "Q37"), FULL), "signal", USUAL),
    "more acts": (Slice(_free("Q23", "Q23-2", "Q23-3", "Q23-3-2", "Q23-4", "Q23-6", "Q23-7", "Q23-7-2", "Q23-8", "Q33", "T-DEVICE-SUSPECT", "C-SENS"), FULL),
                  "signal", USUAL),
    "risk": (Slice(_free("Q13", "Q27", "Q40", "Q42"), FULL), "signal", USUAL[:1]),
    "contact": (Slice(_free("Q46", "C-ALTC", "C-CONT", "Q49", "C-SILENT", "Q06-PHRASE-AGAIN"), SHORT), "signal", USUAL[:1]),
    "pressure": (Slice(_free("T-FREE", "T-PRESS", "T-LIMITS"), SHORT), "signal", USUAL),
    "permissions": (Slice(_free("C-FWD", "T-CHECK", "T-CHECK-AGAIN", "C-EMER", "C-ASG", "C-STAT", "Q52"), SHORT, more={"C-FWD-OFFICE": ("1",)}),
                    "signal", USUAL[:1]),
    "not sealed": (Slice(_free("Q52", "T-FAIL"), SHORT, beside=_free("time")), "signal", (USUAL[0], replace(USUAL[0], sealable=False))),
    "office and level change": (Slice(_free("C-FWD", "C-EMER"), SHORT), "signal", USUAL),
    "edits": (Slice(_free("Q50", "Q51", "Q52"), SHORT), "signal", USUAL[:1]),
    "going back": (Slice(_free(), SHORT, words=("9",)), "signal", USUAL[:1]),
    "fast path": (Slice(_free("Q03", "FP1", "T-FP-NO", "FP4", "FP6", "FP6-LINE", "T-ARE-YOU-THERE"), SHORT, beside=_free("time")), "signal", USUAL[:1]),
    "sos everywhere, yes": (Slice(_free(), SHORT, words=("sos",)), "signal", USUAL[:1]),
    "sos everywhere, no": (Slice(_free(), {**SHORT, "FP1": "2", "T-FP-NO": "2"}, words=("sos",)), "signal", USUAL[:1]),
    "telegram": (Slice(_free("C-CHAN-TG", "C-TGFULL"), SHORT, words=("words",), beside=_free("moves")), "telegram", USUAL[:1]),
    "hiding": (Slice(_free("T-RESUME", "Q06-PHRASE"), SHORT, words=("000",), beside=_free("hiding")), "signal", USUAL[:1]),
    "menu everywhere": (Slice(_free("T-HELP", "LANG"), {**SHORT, "FP1": "2"}, words=("00",)), "signal", USUAL[:1]),
    "taking back everywhere": (Slice(_free("T-WITHDRAW", "T-WITHDRAW-ONE"), SHORT, words=("i take it back",)), "signal", USUAL[:1]),
    "new phone": (Slice(_free("Q06-PHRASE"), SHORT, beside=_free("phones")), "signal", USUAL[:1]),
    "two devices and time": (Slice(_free(), SHORT, beside=_free("devices", "time")), "signal", USUAL[:1]),
}  # fmt: skip
"""Name: what is free, the channel, what triage and routing may say in any turn."""

AFTER: dict[str, Slice] = {
    "measure cards": Slice(_free("T-MEASURE", "T-MEASURE-CHECK", "T-SP-LETTER", "T-SP-PUBLIC", "C-INTP", "T-REPA", "T-REPN", "T-REPN-AGAIN"), RESTING,
                           words=("hello", "i take it back"), beside=_free("officers")),
    "taking back afterwards": Slice(_free("T-WITHDRAW", "T-WITHDRAW-ONE", "T-WITHDRAW-ASK"), RESTING,
                                    words=("hello", "i take it back", "i want to take it back now"), beside=_free("back")),
    "menus afterwards": Slice(_free("Q53", "T-SUPPLEMENT", "T-FEEDBACK", "T-FEEDBACK-WRITE", "T-DELETE"), {**RESTING, "T-WITHDRAW": "5"},
                              more={"Q54": ("2", "3", "4", "5", "6")}, words=("hello", "00"), beside=_free("devices")),
    "closing": Slice(_free("C-RETN"), RESTING, words=("hello", "i take it back"), beside=_free("closing")),
    "new phone afterwards": Slice(_free("T-RESUME"), RESTING, words=("hello",), beside=_free("phones", "help")),
    "coming back elsewhere": Slice(_free("C-CONT-AGAIN", "T-RESUME"), RESTING, words=("hello",), beside=_free("elsewhere")),
}  # fmt: skip
"""Slices that begin with a report that was sent, with and without the consent to be written to."""


def intake(name: str) -> Found:
    """Search one slice of the intake."""
    this, channel, judged = INTAKE[name]
    return search([begin("search", channel, practice_policy(), NOON)], this, judged)


def sent_reports() -> list[Conversation]:
    """Return a conversation after sending for every outcome of the permissions that matters afterwards."""
    this = Slice(_free("C-EMER", "C-CONT"), {**SHORT, "Q46": "1"})
    return list(search([begin("search", "signal", practice_policy(), NOON)], this, USUAL[1:]).sent.values())


def after(name: str) -> Found:
    """Search one slice from every report that was sent."""
    return search(sent_reports(), AFTER[name])
