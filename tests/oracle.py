"""A second opinion: whether a turn disclosed anything without its consent, judged without the gate.

It reads what the person answered and what was done, and decides nothing by dialogs.gate: a hole in the gate is not a
hole here. `lawful` asks the gate only to compare its answer with the rules as they are written.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dialogs.consulting import ORIGINS
from dialogs.effects import RaiseAlert, SealMessage, SealReport, UpdateAlert
from dialogs.gate import Granted, may
from dialogs.measures import question_to_begin
from tests.conftest import NOON, practice_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dialogs.conversation import CaseCard, ConsentEvent, Conversation, Proposal
    from dialogs.effects import Effect

LIVE = ("given", "renewed")
STOPPED = ("ST-HOLD", "ST-WDR")
PRINTED = ("AR-ANON", "AR-NAMED")
ENDED = ("used", "refused", "withdrawn", "invalidated")


def last(events: Sequence[ConsentEvent], consent: str, recipient: str, scope: str = "") -> str:
    """Return the last status of a consent for one recipient; "" when it was never asked for that one."""
    mine = [e for e in events if e.id == consent and e.recipient == recipient and (not scope or e.scope == scope)]
    return mine[-1].status if mine else ""


def lawful(card: CaseCard, proposal: Proposal, now: datetime = NOON) -> bool:
    """Tell whether the gate and the rules as they are written agree whether this measure may be carried out now.

    With an interpreter they agree about one from elsewhere, and about one from the person's own country.
    """
    origins = ORIGINS if proposal.measure == "IN-INTERPRETER" else ("",)
    return all(_agree(card, proposal, now, origin) for origin in origins)


def _agree(card: CaseCard, proposal: Proposal, now: datetime, origin: str) -> bool:
    question = question_to_begin(card, proposal, origin)
    side = (question.consent, question.recipient, question.name_mode, question.content_version)
    mine = [e for e in card.consents if (e.id, e.recipient, e.name_mode, e.content_version) == side]
    granted = isinstance(may(question, card, card.consents, now, practice_policy().measures), Granted)
    return granted == (
        bool(mine)
        and _counts(mine[-1], card, now)
        and _looked_at(card, proposal)
        and _as_promised(proposal, [e.status for e in mine])
        and _crosses(card, proposal) <= set(mine[-1].collision)
        and (mine[-1].scope != "abroad" or origin == "abroad")  # 4.4: nobody from their own country
    )


def _looked_at(card: CaseCard, proposal: Proposal) -> bool:
    """7.3: a second officer checks every anonymous line; what was found last of the same lines counts."""
    same = [p.checked for p in card.measures if (p.measure, p.content_version) == ("AR-ANON", proposal.content_version)]
    return proposal.measure != "AR-ANON" or same[-1] != ""


def _as_promised(proposal: Proposal, said: Sequence[str]) -> bool:
    """3.9.4, 4.3: a mention shows nothing of the person, or has the name after two yeses since it was ended or used."""
    if proposal.measure == "AR-NAMED":
        over = max((at for at, status in enumerate(said) if status in ENDED), default=-1)
        return proposal.name_mode == "NM-NAMED" and sum(status in LIVE for status in said[over + 1 :]) >= 2
    return proposal.measure != "AR-ANON" or proposal.name_mode == "NM-ANON"


def _crosses(card: CaseCard, proposal: Proposal) -> set[str]:
    """Q42: the red lines of the measure, the name where it is used, and making public what is printed each year."""
    measure = practice_policy().measures.get(proposal.measure)
    lines = set(measure.red) if measure is not None else {"RED-PUB"} if proposal.measure in PRINTED else set()
    if proposal.name_mode == "NM-NAMED" or proposal.measure == "AR-NAMED":
        lines.add("RED-NAME")
    return lines & set(card.red)


def _counts(yes: ConsentEvent, card: CaseCard, now: datetime) -> bool:
    """4.5, 4.8, 4.10: understood, not taken back, not run out, and what it rested on is so still."""
    apart = abs("12340".index(yes.level[1]) - "12340".index(card.level[1]))
    quiet = card.tp_consent == "TPC-UNREACH" and yes.measure == "UM-FOC-CHK"
    own = card.tp_consent in ("", "TPC-YES") and (card.tp_consent == "" or last(card.consents, "C-TPV", "") in LIVE)
    stands = card.status not in (*STOPPED, "ST-ERA") and (own or quiet) and not card.child
    current = yes.channel == card.channel and apart < 2 and yes.at > card.doubted_at
    return (
        yes.status in LIVE
        and stands
        and current
        and yes.comprehension == "ok"
        and datetime.fromisoformat(yes.expires) > now
    )


def undisclosed(before: Conversation, after: Conversation, effects: Iterable[Effect]) -> list[str]:
    """Return every disclosure of this turn that no live consent covers; [] when all is well."""
    wrong = []
    for effect in effects:
        if isinstance(effect, SealReport):
            wrong.extend(_report(before, effect))
        elif isinstance(effect, RaiseAlert | UpdateAlert):
            wrong.extend(_alert(after, effect))
        elif isinstance(effect, SealMessage):
            wrong.extend(_message(before, effect))
    return wrong + [f"a question about {p.id} before a second officer looked at it" for p in _unlooked(before, after)]


def _unlooked(before: Conversation, after: Conversation) -> list[Proposal]:
    """Return the lines this turn put to the person although no second officer had looked at them (7.3)."""
    asked = {(card.case, p.id): p.asked for card in before.cards for p in card.measures}
    return [
        p
        for card in after.cards
        for p in card.measures
        if p.asked > asked.get((card.case, p.id), p.asked) and not _looked_at(card, p)
    ]


def _report(before: Conversation, effect: SealReport) -> list[str]:
    events, card = effect.consents, effect.card
    wrong = []
    draft = before.draft
    if draft is None or before.node != "Q52":
        wrong.append("a report that was not sent from the last question")
    elif [e.record_id for e in events] != [e.record_id for e in draft.consents]:
        wrong.append("a report with consents that are not those of the conversation")
    if last(events, "C-FWD", card.office) not in LIVE:
        wrong.append("a report without C-FWD for its office")
    if card.tp_consent == "TPC-REFUSED":
        wrong.append("a report about somebody who said no")
    for copy in effect.copies:
        office = copy.question.recipient
        consents = {"OFF-ASG": "C-ASG"}
        if last(events, consents.get(office, "C-EMER"), office, "report") not in LIVE:
            wrong.append(f"a copy to {office} without consent")
    if effect.identity is not None and effect.name is not None and last(events, "C-NAME", "") not in LIVE:
        wrong.append("a name without C-NAME")
    pictures = [file for file in effect.files if not file.type.startswith("audio/")]
    if pictures and last(events, "C-FILE", "") not in LIVE:
        wrong.append("files without C-FILE")
    if _private(effect.document) and last(events, "C-SENS", "") not in LIVE:
        wrong.append("something very private without C-SENS")
    if "name" in str(effect.document.get("real_name", "")):
        wrong.append("a name in the report")
    return wrong


PRIVATE = {"Q30-NEED": (), "Q34": (), "Q37": ("NEED-MED", "NEED-PSY", "NEED-DIS")}
"""Answers kept only with C-SENS; (): whatever was answered (spec 2.3)."""


def _private(document: Mapping[str, Any]) -> list[str]:
    acts = document["codes"].get("acts") or ()
    found = [a["node"] for a in document["answers"] if a["node"] == "Q24" and a["value"] and set(acts) & set(GRAVE)]
    for answer in document["answers"]:
        values = answer["value"] if isinstance(answer["value"], list) else [answer["value"]]
        chosen = PRIVATE.get(answer["node"])
        if chosen is not None and any(value and (not chosen or value in chosen) for value in values):
            found.append(answer["node"])
    return found


GRAVE = ("ACT-PHY-SXV", "ACT-PHY-TOR", "ACT-THR-SXV")


def _alert(after: Conversation, effect: RaiseAlert | UpdateAlert) -> list[str]:
    question = effect.granted.question
    events = [e for card in after.cards for e in card.consents]
    if after.draft is not None:
        events.extend(after.draft.consents)
    if last(events, "C-EMER", question.recipient, question.scope) in LIVE:
        return []
    return [f"an alert ({question.scope}) without C-EMER"]


def _message(before: Conversation, effect: SealMessage) -> list[str]:
    question = effect.granted.question
    card = next((card for card in before.cards if card.case == question.case), None)
    if card is None or card.office != question.recipient:
        return ["words to an office that has no case of this person"]
    if card.status in STOPPED:
        return ["words passed on after everything was stopped"]
    covered = last(card.consents, "C-FWD", card.office) in LIVE or last(card.consents, "C-EMER", card.office) in LIVE
    return [] if covered else ["words to an office without a live consent"]
