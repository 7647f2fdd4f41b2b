"""What the variables of the sentences stand for: each is worked out only when a sentence names it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.consulting import CONSULT_DAYS, CONSULTS
from dialogs.draws import draw_id, draw_words
from dialogs.hours import is_open, next_opening_words, wait_words
from dialogs.routing import ASG, DUTY_DESK, URGENT
from dialogs.sharing import SHARES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dialogs.conversation import Proposal
    from dialogs.policy import Policy
    from dialogs.turn import Turn

ANNUAL_DAYS: Final = 14
"""The last asking before the annual report closes is within 14 days of it (spec 4.3)."""

SHARE_DAYS: Final = 180
"""How long another office may read a report on one yes; then the person is asked again."""

IN_LABELS: Final = frozenset({"OFFICE_NAME", "DRAFT_HOURS"})
_MOVE_GROUPS = 2  # 40 bits, valid one day, used once


OF_WHAT_IS_WRITTEN: Final = ("Q48", "FP5")
"""Texts that tell the words of the report or alert that is being written, whatever other case somebody has."""


def variables(turn: Turn, text_id: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return a value for every variable of the text: those given, else those known here."""
    names = turn.policy.texts.variables(text_id)
    if text_id in OF_WHAT_IS_WRITTEN and turn.draft.off_words:
        given = {"OFF_WORDS": turn.draft.off_words, **given}
    return {name: given[name] if name in given else _KNOWN[name](turn) for name in names}


def labels(turn: Turn, text_id: str, keys: Iterable[str], lang: str) -> dict[str, str]:
    """Return the label of each of these answers; labels may name the office and the hours of a draft, nothing else."""
    texts = turn.policy.texts
    args = {name: _KNOWN[name](turn) for name in IN_LABELS & texts.variables(text_id)}
    return {key: texts.label(text_id, key, lang, args) for key in keys}


def office_name(turn: Turn) -> str:
    """Return the public name of the office the report would go to, or of the case's office."""
    directory = turn.policy.directory
    return directory.offices[_office(turn)].name


def _office(turn: Turn) -> str:
    if turn.conversation.draft is None:
        card = next((card for card in turn.conversation.cards if card.case == turn.conversation.active_case), None)
        if card is not None:
            return card.office
    return turn.judged.route.office


def _route_reason(turn: Turn) -> str:
    return sentence(turn, turn.judged.route.reason)


def sentence(turn: Turn, text_id: str, **given: str) -> str:
    """Return a sentence in the person's language with its variables filled."""
    return turn.policy.texts.body(text_id, turn.conversation.lang, variables(turn, text_id, given))


def _wait(turn: Turn) -> str:
    office = turn.policy.directory.offices[_office(turn)]
    if turn.facts.get("alert") == "stands":
        office = turn.policy.directory.offices[duty_desk(turn)]
    level = _level(turn)
    words = wait_words(office, level, turn.policy.triage, turn.event.at, turn.policy.roster)
    return turn.policy.texts.body(words.text_id, turn.conversation.lang, words.args)


def _level(turn: Turn) -> str:
    if turn.conversation.draft is None:
        cards = {card.case: card.level for card in turn.conversation.cards}
        return cards.get(turn.conversation.active_case, "L1")
    return turn.judged.triage.level


def duty_desk(turn: Turn) -> str:
    """Return the office id of the duty desk."""
    return _with_role(turn, DUTY_DESK)


def senior_desk(turn: Turn) -> str:
    """Return the office id of the senior focal point."""
    return _with_role(turn, ASG)


def _with_role(turn: Turn, role: str) -> str:
    """Return the one office that has this role in the directory, whatever its id is there."""
    return next(office.id for office in turn.policy.directory.offices.values() if office.role == role)


def _opens(turn: Turn) -> str:
    """Return until when a report waits: the opening of the office, or the first answer where somebody is there now."""
    office = turn.policy.directory.offices[_office(turn)]
    if is_open(office, turn.event.at) or (office.on_call and _level(turn) in URGENT):
        return sentence(turn, "W-SOMEBODY")
    words = next_opening_words(office, turn.event.at)
    return turn.policy.texts.body(words.text_id, turn.conversation.lang, words.args)


def _phrase_word(index: int) -> Callable[[Turn], str]:
    return lambda turn: turn.draft.phrase.split()[index]


def _check_word(turn: Turn) -> str:
    digest = turn.policy.secret_hash("check-word", turn.event.at.date().isoformat())
    return draw_words(digest.encode(), "check", turn.policy.secret_words, 1)[0]


def _silence(turn: Turn) -> str:
    return sentence(turn, f"SILENCE-{turn.facts.get('silence_plan')}")


def _next_on_no(turn: Turn) -> str:
    node = turn.conversation.question.node if turn.conversation.question is not None else ""
    by_node = {"C-START": "T-NEXT-START", "C-FWD": "T-NEXT-FWD", "T-CHECK-AGAIN": "T-NEXT-FWD"}
    return sentence(turn, by_node.get(node, "T-NEXT-CHAN" if node.startswith("C-CHAN") else "T-NEXT-OTHER"))


def _setting(name: str) -> Callable[[Turn], str]:
    return lambda turn: str(getattr(turn.policy.settings, name))


def move_code(turn: Turn) -> str:
    """Return the code of this turn that carries a conversation over to another channel."""
    return draw_id(turn.event.entropy, "move", "MV", groups=_MOVE_GROUPS)


def _of_case(turn: Turn) -> str:
    card = next((card for card in turn.conversation.cards if card.case == turn.conversation.active_case), None)
    return card.off_words if card is not None else ""


def _proposal(turn: Turn) -> Proposal:
    wanted = turn.conversation.open_card
    return next(p for card in turn.conversation.cards for p in card.measures if p.id == wanted)


def _to_office(turn: Turn) -> str:
    return turn.policy.directory.offices[_proposal(turn).recipient].name


def _until(turn: Turn) -> str:
    if not turn.conversation.open_card:  # T-FAIL: a report that waits to be sent goes with its draft
        return (turn.event.at + timedelta(hours=turn.policy.settings.draft_hours)).date().isoformat()
    proposal = _proposal(turn)
    until = proposal.valid_until or end_of_a_yes(proposal, turn.policy, turn.event.at)
    return datetime.fromisoformat(until).date().isoformat()


def end_of_a_yes(proposal: Proposal, policy: Policy, asked_at: datetime) -> str:
    """Return when a yes to this proposal ends if it is not used, whenever it is given: ISO 8601, to the minute."""
    return (asked_at + timedelta(days=good_for(proposal, policy))).isoformat(timespec="minutes")


def is_over(proposal: Proposal, at: datetime) -> bool:
    """Tell whether the day has passed until which a yes would have been good, as its person was told."""
    return bool(proposal.valid_until) and at >= datetime.fromisoformat(proposal.valid_until)


def good_for(proposal: Proposal, policy: Policy) -> int:
    """Return for how many days a yes to this proposal is good when it is not used."""
    return proposal.valid_days or longest(proposal.measure, policy)


def longest(measure: str, policy: Policy) -> int:
    """Return for how many days a yes to this measure is good when the officer asks for nothing shorter."""
    known = policy.measures.get(measure)
    if known is not None:
        return known.valid_days
    if measure in CONSULTS:
        return CONSULT_DAYS
    return SHARE_DAYS if measure in SHARES else ANNUAL_DAYS


_KNOWN: Final[Mapping[str, Callable[[Turn], str]]] = {
    "DRAFT_HOURS": _setting("draft_hours"),
    "RETN_MONTHS": _setting("retention_months"),
    "ERASE_DAYS": _setting("erase_days"),
    "SERVICE_OWNER": _setting("service_owner"),
    "OFFICIAL_PAGE": _setting("official_page"),
    "ETHICS_CONTACT": _setting("ethics_contact"),
    "SP_SUBMISSION_LINK": _setting("sp_submission_link"),
    "REFUGEE_HELP_LINK": _setting("refugee_help_link"),
    "BODY_NAME": lambda turn: str(turn.facts.get("un_specific") or turn.policy.settings.body_name),
    "BODY_LINK": _setting("body_link"),
    "FEEDBACK_OFFICE": _setting("feedback_office"),
    "OFFICE_NAME": office_name,
    "ROUTE_REASON": _route_reason,
    "OFFICE_OPENS": _opens,
    "WAIT_WORDS": _wait,
    "SCOPE": lambda turn: sentence(turn, "SCOPE-REPORT"),
    "SILENCE_CHOICE": _silence,
    "NEXT_STEP_ON_NO": _next_on_no,
    "TIME": lambda turn: turn.event.at.strftime("%H:%M UTC"),
    "OFF_WORDS": lambda turn: _of_case(turn) or turn.draft.off_words,
    "DO": lambda turn: sentence(turn, f"DO-{_proposal(turn).measure}"),
    "WHO_LEARNS": lambda turn: sentence(turn, f"WHO-{_proposal(turn).measure}"),
    "RISK": lambda turn: sentence(turn, f"RISK-{_proposal(turn).measure}"),
    "NAME_MODE_WORDS": lambda turn: sentence(turn, _proposal(turn).name_mode),
    "HOPE": lambda turn: _proposal(turn).hope or sentence(turn, "HOPE-USUAL"),
    "UNTIL": _until,
    "TO_OFFICE": _to_office,
    "TO_WHOM": lambda turn: _proposal(turn).recipient,
    "STATE_OR_ACTOR": lambda turn: _proposal(turn).recipient,
    "EXACT_LINES": lambda turn: _proposal(turn).content,
    "YOUR_WORDS": lambda turn: turn.draft.your_words,
    "WORD1": _phrase_word(0),
    "WORD2": _phrase_word(1),
    "WORD3": _phrase_word(2),
    "WORD4": _phrase_word(3),
    "WORD": _check_word,
    "MOVE_CODE": move_code,
    "COUNT": lambda turn: str(len(turn.draft.files)),
}


def known_variables() -> frozenset[str]:
    """Return the names a sentence may use without being given a value; the checker compares."""
    return frozenset(_KNOWN)
