"""The gate: the one place that decides whether something may be disclosed. There is no other way and no override.

Every act that tells anybody anything takes a `Granted`, and only `may` makes one. It answers for one exact act:
this case, this recipient, this scope, this name mode, this content, at this moment. Whatever writes the act into
the database asks again, inside its own transaction, with what the ledger says then (handlers/sink.py).

What a person wishes (Q41) is never read here (INV-11). What they refuse is: a red line of Q42 blocks an act until
the person was shown that it crosses the line and has answered again (INV-07).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, final

from dialogs.facts import LIVE
from dialogs.frozen import Frozen
from dialogs.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.conversation import CaseCard, ConsentEvent
    from dialogs.policy import Measure


class Act(StrEnum):
    """What may disclose something to somebody. The value is the consent it needs; measures have one each."""

    FORWARD = "C-FWD"  # the report, and the person's own words after it, to the first respondent
    ALERT = "C-EMER"  # scope card: the alert of the fast path; scope report: a copy to the duty desk
    SENIOR = "C-ASG"  # a copy to the senior focal point
    SHARE = "C-SHR"  # to another office, one consent each
    CONTACT = "C-CONT"  # an officer writes to the person
    OTHER_WAY = "C-ALTC"  # another way, or a trusted person
    INTERPRETER = "C-INTP"
    NAME = "C-NAME"  # the real name, in the identity box
    FILES = "C-FILE"
    COUNT = "C-STAT"
    RETAIN = "C-RETN"
    ON_SILENCE = "C-SILENT"
    VERIFY = "C-VER"  # speaking to a named source
    ANNUAL_REPORT = "C-REPA"  # a mention without name
    ANNUAL_REPORT_NAMED = "C-REPN"
    MEASURE = "C-M-"  # and the rest of the measure's code


BINDS_RECIPIENT: Final = frozenset(
    {Act.FORWARD, Act.ALERT, Act.SENIOR, Act.SHARE, Act.VERIFY, Act.MEASURE, Act.INTERPRETER}
)
BINDS_SCOPE: Final = frozenset({Act.ALERT})
BINDS_NAME_MODE: Final = frozenset({Act.MEASURE, Act.ANNUAL_REPORT, Act.ANNUAL_REPORT_NAMED})
BINDS_CONTENT: Final = frozenset({Act.FORWARD, Act.MEASURE, Act.ANNUAL_REPORT, Act.ANNUAL_REPORT_NAMED, Act.SHARE})
FOR_CHILDREN: Final = frozenset({Act.FORWARD, Act.ALERT, Act.CONTACT})
"""What a bot may ask somebody about a person under 18 (INV-21); all else is for a trained officer, in person."""

OUTWARD: Final = frozenset(
    {Act.MEASURE, Act.SHARE, Act.VERIFY, Act.ANNUAL_REPORT, Act.ANNUAL_REPORT_NAMED, Act.INTERPRETER}
)
"""Acts that tell somebody outside the intake: for another person's case they need that person's own C-TPV (4.7)."""

_QUIET_FOR_UNREACHABLE: Final = ("UM-FOC-CHK",)
"""Advice from the focal point needs no name: it may be asked for somebody nobody can reach (4.7)."""


class Reason(StrEnum):
    """Why something may not be done."""

    NEVER_ASKED = "never-asked"
    REQUESTED = "requested"
    REFUSED = "refused"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    SUPERSEDED = "superseded"
    USED = "used"
    EXPIRED = "expired"
    WRONG_RECIPIENT = "wrong-recipient"
    WRONG_SCOPE = "wrong-scope"
    WRONG_NAME_MODE = "wrong-name-mode"
    OLDER_CONTENT = "older-content"
    ASKED_ONCE = "asked-once"  # lines with the name are printed after a second yes: the person was promised one (4.3)
    FROM_THEIR_COUNTRY = (
        "from-their-country"  # they agreed to an interpreter, but to nobody from their own country (4.4)
    )
    UNCHECKED = "unchecked"  # no second officer found that the lines for the annual report show nobody (7.3)
    RED_LINE = "red-line"
    CHILD = "child"
    PERSON_REFUSED = "person-refused"  # the person concerned said no: nobody else's yes counts (INV-12)
    PERSON_NOT_ASKED = "person-not-asked"  # the person concerned has not said yes directly (4.7)
    LEVEL_CHANGED = "level-changed"  # the level rose or fell by two since
    CHANNEL_CHANGED = "channel-changed"  # it was given on another channel
    TURNED_18 = "turned-18"  # it was given for a child, who is an adult now
    DOUBTED = "doubted"  # pressure, duress or a doubt about who answered was noticed afterwards
    STOPPED = "stopped"  # the case is frozen or was taken back
    NO_SUCH_CASE = "no-such-case"


class Question(Frozen):
    """What somebody wants to do, exactly. Empty fields mean that the act has no such side."""

    act: Act
    case: str
    recipient: str = ""
    scope: str = ""
    name_mode: str = ""
    content_version: str = ""  # SHA-256 (hex) of exactly what would be said
    measure: str = ""  # code of the measure

    @property
    def consent(self) -> str:
        """Return the id of the consent it needs."""
        return f"{self.act.value}{self.measure.partition('-')[2]}" if self.act is Act.MEASURE else self.act.value


class Refused(Frozen):
    """It may not be done."""

    question: Question
    reason: Reason
    red: tuple[str, ...] = ()  # the red lines it would cross


@final
class _Maker:
    """Whoever holds the one instance of this may make a Granted: this module."""

    __slots__ = ()


_MAKER: Final = _Maker()


class ForgedGrant(Exception):
    """A permission was made outside the gate: this is a defect of the program, nothing was disclosed."""


@final
class Granted:
    """It may be done, once, now. Made by `may` alone; it cannot be changed, copied with changes, or stored."""

    __slots__ = ("at", "question", "record_id")

    at: datetime
    question: Question
    record_id: str

    def __init__(self, maker: _Maker, question: Question, record_id: str, at: datetime) -> None:
        """Refuse everybody but the gate. Raises: ForgedGrant."""
        if maker is not _MAKER:
            raise ForgedGrant
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "record_id", record_id)
        object.__setattr__(self, "at", at)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse every change. Raises: ForgedGrant."""
        raise ForgedGrant

    def __delattr__(self, name: str) -> None:
        """Refuse every change. Raises: ForgedGrant."""
        raise ForgedGrant

    def __reduce__(self) -> str:
        """Refuse to be stored or copied. Raises: ForgedGrant."""
        raise ForgedGrant

    def __eq__(self, other: object) -> bool:
        """Compare what is granted."""
        if not isinstance(other, Granted):
            return NotImplemented
        return (self.question, self.record_id, self.at) == (other.question, other.record_id, other.at)

    def __hash__(self) -> int:
        """Hash what is granted."""
        return hash((self.question, self.record_id, self.at))

    def __repr__(self) -> str:
        """Show the act and the record, nothing else."""
        return f"Granted({self.question.act.name}, {self.record_id})"


STOPPED_STATES: Final = ("ST-HOLD", "ST-WDR", "ST-ERA")


def may(
    question: Question, card: CaseCard | None, events: tuple[ConsentEvent, ...], now: datetime,
    measures: Mapping[str, Measure],
) -> Granted | Refused:  # fmt: skip
    """Decide. `events`: the consent events of the case in their order; `card`: its card, None when it is gone.

    Pure; never raises. The first reason that applies is given: who the case is about, whether it is stopped, the
    consent itself, a second yes and the check of a second officer where they are due, the red lines, and at last where
    an interpreter comes from.
    """
    if card is None or card.case != question.case:
        return Refused(question, Reason.NO_SUCH_CASE)
    reason = _about_the_person(question, card, events)
    if reason is None and card.status in STOPPED_STATES:
        reason = Reason.STOPPED
    if reason is not None:
        return Refused(question, reason)
    event, reason = _consent(question, card, events, now)
    if event is None:
        return Refused(question, reason or Reason.NEVER_ASKED)
    if needs_second_yes(question, events):
        return Refused(question, Reason.ASKED_ONCE)
    if not is_checked(question, card):
        return Refused(question, Reason.UNCHECKED)
    crossed = red_lines(question, card, measures)
    unseen = tuple(line for line in crossed if line not in event.collision)
    if unseen:
        return Refused(question, Reason.RED_LINE, unseen)
    if question.act is Act.INTERPRETER and event.scope == ABROAD and question.scope != ABROAD:
        return Refused(question, Reason.FROM_THEIR_COUNTRY)
    return Granted(_MAKER, question, event.record_id, now)


ABROAD: Final = "abroad"
"""Scope of a yes to an interpreter who is not from the person's own country, and of a question about such a one."""

PRINTED: Final[Mapping[Act, str]] = {Act.ANNUAL_REPORT: "NM-ANON", Act.ANNUAL_REPORT_NAMED: "NM-NAMED"}
"""How lines of the annual report are printed: with nothing that shows who it is, or with the name (spec 3.8, 7.3)."""

YESES: Final = 2
"""So many yeses to exactly these lines are due before they are printed with the name (spec 4.3, 7.3)."""

ENDS: Final = ("used", "refused", "withdrawn", "invalidated")
"""What was said before one of these does not count among the yeses."""


def yeses(question: Question, events: tuple[ConsentEvent, ...]) -> int:
    """Return how often the person has said yes to exactly this since it was used, refused or taken back."""
    said = 0
    for event in events:
        if event.id == question.consent and _difference(question, event) is None:
            said = 0 if event.status in ENDS else said + (event.status in LIVE)
    return said


def needs_second_yes(question: Question, events: tuple[ConsentEvent, ...]) -> bool:
    """Tell whether these are lines with the name that the person has not agreed to twice: T-REPN promises to ask."""
    return question.act is Act.ANNUAL_REPORT_NAMED and yeses(question, events) < YESES


UNNAMED: Final = "AR-ANON"
"""A mention in the annual report without a name."""


def is_checked(question: Question, card: CaseCard) -> bool:
    """Tell whether this needs no check, or a second officer found that exactly these lines show nobody (spec 7.3).

    Date, town, role and event may give a name together. Of several proposals with the same lines the newest decides.
    """
    if question.act is not Act.ANNUAL_REPORT:
        return True
    lines = [p for p in card.measures if p.measure == UNNAMED and p.content_version == question.content_version]
    return bool(lines) and lines[-1].checked != ""


def _about_the_person(question: Question, card: CaseCard, events: tuple[ConsentEvent, ...]) -> Reason | None:
    if card.tp_consent == "TPC-REFUSED":
        return Reason.PERSON_REFUSED
    if card.child and question.act not in FOR_CHILDREN:
        return Reason.CHILD
    if not card.tp_consent or question.act not in OUTWARD:
        return None
    if card.tp_consent == "TPC-UNREACH" and question.measure in _QUIET_FOR_UNREACHABLE:
        return None
    own = [event for event in events if event.id == "C-TPV"]
    return None if own and own[-1].status in LIVE else Reason.PERSON_NOT_ASKED


def _consent(
    question: Question, card: CaseCard, events: tuple[ConsentEvent, ...], now: datetime
) -> tuple[ConsentEvent | None, Reason | None]:
    """Return the live event for exactly this question, or the reason why there is none."""
    if question.name_mode != PRINTED.get(question.act, question.name_mode):
        return None, Reason.WRONG_NAME_MODE
    of_this = [event for event in events if event.id == question.consent]
    if not of_this:
        return None, Reason.NEVER_ASKED
    exact = [event for event in of_this if _difference(question, event) is None or _is_no_to_it(question, event)]
    if not exact:
        return None, _difference(question, of_this[-1])
    last = exact[-1]
    if last.status not in LIVE:
        return None, Reason(last.status)
    gone = lapse(last, card, now)
    return (last, None) if gone is None else (None, gone)


FAR_APART: Final = 2
"""Levels: whoever agreed at one is asked again when the case stands so far above or below it (spec 4.10)."""

_OUTWARD_IDS: Final = frozenset(act.value for act in OUTWARD)


def lapse(event: ConsentEvent, card: CaseCard, now: datetime) -> Reason | None:
    """Return why a yes does not count any more although nobody took it back; None while it counts (spec 4.10).

    It ran out, or what it rested on is not so any more: then the person is asked again before anything is done.
    """
    if event.expires and datetime.fromisoformat(event.expires) <= now:
        return Reason.EXPIRED
    outward = event.id in _OUTWARD_IDS or event.id.startswith(Act.MEASURE.value)
    if event.channel != card.channel and (outward or event.id == Act.CONTACT.value):
        return Reason.CHANNEL_CHANGED
    if not outward:
        return None
    if event.child and not card.child:
        return Reason.TURNED_18
    if event.at <= card.doubted_at:
        return Reason.DOUBTED
    return Reason.LEVEL_CHANGED if event.level and _far_apart(event.level, card.level) else None


def _far_apart(one: str, other: str) -> bool:
    if one not in LEVELS or other not in LEVELS:
        return one != other
    return abs(LEVELS.index(one) - LEVELS.index(other)) >= FAR_APART


def _is_no_to_it(question: Question, event: ConsentEvent) -> bool:
    """Tell whether this is a no that left open what it was said to: a no without a content is a no to every content."""
    return event.status not in LIVE and all(
        getattr(event, name) in ("", getattr(question, name))
        for name in ("recipient", "scope", "name_mode", "content_version")
    )


def _difference(question: Question, event: ConsentEvent) -> Reason | None:
    if question.act in BINDS_RECIPIENT and event.recipient != question.recipient:
        return Reason.WRONG_RECIPIENT
    if question.act in BINDS_SCOPE and event.scope != question.scope:
        return Reason.WRONG_SCOPE
    if question.act in BINDS_NAME_MODE and event.name_mode != question.name_mode:
        return Reason.WRONG_NAME_MODE
    if question.act in BINDS_CONTENT and event.content_version != question.content_version:
        return Reason.OLDER_CONTENT
    return None


_ACT_LINES: Final[Mapping[Act, tuple[str, ...]]] = {
    Act.CONTACT: ("RED-NOCONTACT",),
    Act.ANNUAL_REPORT: ("RED-PUB",),
    Act.ANNUAL_REPORT_NAMED: ("RED-PUB", "RED-NAME"),
}


def red_lines(question: Question, card: CaseCard, measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """Return the red lines of this person that the act would cross."""
    lines = list(_ACT_LINES.get(question.act, ()))
    if question.act is Act.MEASURE:
        measure = measures.get(question.measure)
        lines.extend(measure.red if measure is not None else card.red)
    if question.name_mode == "NM-NAMED":
        lines.append("RED-NAME")
    return tuple(line for line in dict.fromkeys(lines) if line in card.red)
