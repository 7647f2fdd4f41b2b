"""Codes of a case in the words officers read. What a person reads in a chat stands in config/locales instead."""

from __future__ import annotations

from typing import Final

STATUS: Final = {
    "ST-SUB": "sent, not fetched yet",
    "ST-DLV": "fetched, nobody owns it yet",
    "ST-ACK": "owned",
    "ST-TRI": "level confirmed",
    "ST-VER": "being verified",
    "ST-CON": "waiting for the person's answer",
    "ST-MEA": "measures under way",
    "ST-FUP": "follow-up",
    "ST-REF": "passed to another office",
    "ST-HOLD": "stopped for now",
    "ST-WDR": "taken back by the person",
    "ST-OOS": "out of scope, answered",
    "ST-CLO": "closed",
    "ST-ERA": "erased",
}

RED: Final = {
    "RED-GOV": "Do not contact the government",
    "RED-PUB": "Nothing public",
    "RED-NAME": "Do not use their name with anybody",
    "RED-FAM": "Do not contact the family",
    "RED-LOCAL": "Do not tell the UN office in their country",
    "RED-EMP": "Do not contact the employer",
    "RED-NOCONTACT": "Do not contact them: wait until they write",
    "RED-OTH": "Something else: read it in the report before you act",
}

EXCLUDE: Final = {
    "EXC-LOCAL": "No UN office in their country",
    "EXC-NATSTAFF": "No locally recruited staff",
}

CONSENT: Final = {
    "C-FWD": "Report goes to the office",
    "C-EMER": "Duty desk is alerted",
    "C-ASG": "Copy to the senior focal point",
    "C-CONT": "Officers may write to them",
    "C-ALTC": "Another way, or a trusted person",
    "C-INTP": "Interpreter",
    "C-NAME": "Real name, in the identity box",
    "C-FILE": "Files go with the report",
    "C-STAT": "Counted in the annual report",
    "C-RETN": "Kept after closing",
    "C-SILENT": "What to do when they fall silent",
    "C-SENS": "Sensitive facts",
    "C-TGFULL": "Case content on Telegram",
    "C-CHAN": "Go on in this channel",
    "C-START": "Begin",
    "C-SHR": "Shared with another office",
    "C-VER": "Speaking to a named source",
    "C-TPV": "The person concerned agrees",
    "C-REPA": "Mention in the annual report, no name",
    "C-REPN": "Mention in the annual report, with name",
}

SAFE_TIMES: Final = {
    "any": "at any time",
    "morning": "in the morning (6 to 11)",
    "midday": "in the middle of the day (11 to 17)",
    "evening": "in the evening (17 to 22)",
    "night": "at night (22 to 6)",
    "weekend": "only at weekends",
}


def in_words(words: dict[str, str], code: str) -> str:
    """Return the words of a code; an unknown code is shown as it is."""
    return words.get(code, code)


def consent_words(consent: str) -> str:
    """Return the words of a consent; several are asked on two channels or for many measures."""
    if consent.startswith("C-M-"):
        return "A measure"
    return CONSENT.get(consent) or CONSENT.get("-".join(consent.split("-")[:2]), consent)
