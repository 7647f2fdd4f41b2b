"""What an office may change without a programmer, as frozen values; `config` builds and validates them.

Nothing here decides anything: the engine, the triage and the routing read these values.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import field

from dialogs.frozen import Frozen
from dialogs.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from dialogs.conditions import Condition


class Kind(StrEnum):
    """How a node is answered."""

    CHOICE = "choice"  # one digit
    MULTI = "multi"  # several digits
    CONSENT = "consent"  # one digit; the answer becomes a consent event
    TEXT = "text"  # free words
    COUNTRY = "country"  # the name of a country, or "online"
    SEARCH = "search"  # words looked up in the list of UN bodies, or a page of that list
    OFFICES = "offices"  # one of the offices offered (at most 7 on a page)
    DATE = "date"  # an exact or rough date
    CLOCK = "clock"  # the local time where the person is
    FILES = "files"  # attachments until 0
    REST = "rest"  # nothing is asked; what arrives is handled by name (TALK, HIDDEN, END)


class Choice(Frozen):
    """One numbered answer. `key` is the digit; `value` the code stored in the node's field (None: nothing)."""

    key: str
    value: str | None = None
    goto: str | None = None  # node asked next instead of the next one of the main line
    notices: tuple[str, ...] = ()  # texts shown before the next question
    sets: tuple[tuple[str, str], ...] = ()  # further facts (field, value)
    flags: tuple[str, ...] = ()
    status: str | None = None  # consent nodes: given | refused | deferred
    act: str | None = None  # a named act of the engine (dialogs/acts.py), e.g. "end", "clear", "send"
    alone: bool = False  # multi: cannot be combined ("nobody", "no")


class Node(Frozen):
    """One question. Its id is the id of its text (spec 2.4) and the key in a persona file."""

    id: str
    part: str
    kind: Kind
    field: str | None = None
    choices: tuple[Choice, ...] = ()
    skippable: bool = True
    skip_value: str | None = None
    short: bool = True  # asked in SHORT and LITE too
    lite: bool = True  # asked in LITE (False where words are needed)
    child: bool = True  # asked when the person concerned is under 18
    when: Condition | None = None
    line: bool = True  # on the main line; False: reached by `goto` only
    then: str | None = None  # side nodes: the node after it (None: back to the main line)
    aliases: tuple[str, ...] = ()  # other names in persona files
    consent: str | None = None
    sensitivity: str = "S0"
    text: str = ""  # the sentence, when it is not that of the same id
    before: tuple[str, ...] = ()  # sentences shown before the question
    private: tuple[str, ...] = ()  # digits kept only with C-SENS; "*": any answer
    private_when: Condition | None = None  # … only when this holds
    early: Condition | None = None  # asked as soon as this holds, before its turn
    early_notices: tuple[str, ...] = ()
    hear: tuple[tuple[str, tuple[str, ...]], ...] = ()  # node -> words that lead to it
    rest: bool = False  # a place where a conversation may stay without an answer


class Interview(Frozen, eq=False):
    """The questions in the order of the main line. `version` is the SHA-256 (hex) of the policy file."""

    version: str
    parts: tuple[str, ...]
    nodes: Mapping[str, Node]
    line: tuple[str, ...]
    flag_rules: tuple[tuple[str, Condition], ...] = ()  # flags that follow from answers


class Act(Frozen):
    """One act of spec 3.1: A life and integrity, B liberty or grave threat, C serious, D other."""

    code: str
    group: str
    act_class: str


REASON_LISTS: Final = (
    "level_reason", "hold_reason", "erase_reason", "close_reason", "identity_reason", "outcome", "lines_reason",
    "keep_reason", "identity_proof", "account_lost",
)  # fmt: skip
"""Lists the taxonomy must have: why a level changes, a case is held, erased or closed, the identity box is opened;
what came of a measure; why lines for the annual report go back to whoever wrote them; why the box is still kept;
and how an office became sure who holds an account, or that somebody else does."""


class Taxonomy(Frozen):
    """Codes of spec 3. `codes` maps a list name (acts, flags, perp, …) to its codes."""

    acts: Mapping[str, Act]
    group_class: Mapping[str, str]  # "1" … "8" -> class of the group
    codes: Mapping[str, tuple[str, ...]]
    confidential_coop: tuple[str, ...]


class TriageRule(Frozen):
    """One printed rule of spec 3.10.2: when the condition holds, the case has at least this level."""

    id: str
    level: str
    when: Condition
    alone: bool = False  # a base line: printed only when no higher rule fires


class Span(Frozen):
    """So many of a unit. Working hours and days count only while the office is open by its hours and holidays."""

    count: int
    unit: str


class Targets(Frozen):
    """The targets of one level; None: there is none."""

    own: Span | None
    contact: Span | None
    plan: Span | None
    review: Span | None


class TriagePolicy(Frozen):
    """Rules in printed order, the levels from the most urgent down, and the targets of 3.10.1 by level."""

    rules: tuple[TriageRule, ...]
    levels: tuple[str, ...]
    targets: Mapping[str, Targets]
    aggravators: tuple[tuple[str, Condition], ...]
    review_to_l1: Condition | None = None


class Window(Frozen):
    """Opening hours on some weekdays (Monday = 0), from and to minutes after local midnight."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int


class OfficeKey(Frozen):
    """A recipient key (`age1pq1…`) and the days on which it may be used. `use`: report | recovery | identity."""

    key_id: str
    recipient: str
    use: str
    valid_from: date
    valid_to: date
    revoked: bool = False


class Office(Frozen):
    """One record of the signed directory (spec 5.2)."""

    id: str
    name: str
    kind: str
    country: str | None  # where it sits, when it sits in a country it covers; None: headquarters or regional
    covers_countries: tuple[str, ...]  # () means all
    covers: tuple[str, ...]  # routing topics: council, upr, sessions, complaints, detention-visits, NY organs …
    languages: tuple[str, ...]
    tz: str  # IANA zone
    hours: tuple[Window, ...]
    on_call: bool  # somebody answers day and night
    l1_capable: bool
    international_only: bool
    accepts_child: bool
    women_officers: bool
    backup: str | None
    coi_group: str
    status: str  # active | paused | closed
    mailbox: str
    keys: tuple[OfficeKey, ...]
    regional: bool = False
    role: str = ""  # asg | alternate | duty-desk | feedback | newyork | "" (roles the rules name)
    closed_on: frozenset[date] = frozenset()  # holidays, by the calendar of the office


class UnBody(Frozen):
    """One entry of the search lists (spec 5.8 and the fictional directory)."""

    name: str
    kind: str
    words: tuple[str, ...] = ()
    office: str | None = None  # the office of the directory it stands for (RT-11)


class RouteRule(Frozen):
    """One rule RT-10 … RT-90: when it matches, these selectors name the candidates, first non-empty wins."""

    id: str
    when: Condition
    candidates: tuple[str, ...]
    reason: str  # text id of the plain reason
    last_resort: bool = False  # tried only when no earlier rule found an office


class Directory(Frozen, eq=False):
    """Offices by id, the routing rules in order, the search lists, and countries (code to names)."""

    offices: Mapping[str, Office]
    rules: tuple[RouteRule, ...]
    bodies: tuple[UnBody, ...]
    countries: Mapping[str, tuple[str, ...]]
    version: str = ""
    expires: datetime | None = None


class Purpose(Frozen):
    """One intake consent of spec 4.2 and the fields of its record (4.9)."""

    id: str
    purpose: str
    purpose_type: str
    data_types: tuple[str, ...]
    sensitive: bool
    scope: str | None = None
    valid_days: int | None = None


class Measure(Frozen):
    """One measure of spec 3.9. `consent` is the id of the consent it needs; nothing else unlocks it."""

    code: str
    consent: str
    group: str
    decides: tuple[str, ...]  # FR | ASG | EXT | SEC, after the person's yes
    reversible: str  # yes | partly | no
    identity: str  # ID-0 … ID-3: what the officer must know of the person
    valid_days: int  # an unused yes ends after so many days
    red: tuple[str, ...] = ()  # red lines it may cross (Q42)


class Words(Frozen):
    """Whole messages that mean something in every state, per language, in the normal form of answers.same_words."""

    sos: frozenset[str]
    withdraw: frozenset[str]
    check: frozenset[str] = frozenset({"check"})
    opened: frozenset[str] = frozenset()  # who opened my report
    status: frozenset[str] = frozenset()  # where is my report
    who: frozenset[str] = frozenset()  # who is; a letter of "my choices" follows
    online: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()
    withdraw_inside: tuple[str, ...] = ()  # inside a longer message: the person is asked what they mean
    withdraw_one: Mapping[str, str] = field(default_factory=dict)  # whole message -> consent


class Settings(Frozen):
    """Times and facts of the service that texts name. Hours, minutes and counts, as their names say."""

    service_owner: str
    official_page: str
    ethics_contact: str
    sp_submission_link: str
    refugee_help_link: str
    body_name: str
    body_link: str
    feedback_office: str
    draft_hours: int = 72
    retention_months: int = 24
    erase_days: int = 30
    alert_days: int = 14
    identity_review_months: int = 6
    idle_minutes_before_start: int = 30
    ask_safe_again_minutes: int = 15
    silent_fast_minutes: int = 2
    resume_attempts: int = 5
    resume_lock_hours: int = 24


class Catalog(Protocol):
    """The sentences, already loaded. All methods are pure and raise `UnknownText` for an unknown id."""

    def __hash__(self) -> int:
        """Tell catalogs apart, so that what follows from one is worked out once."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the complete languages in the order of their fixed digit."""
        ...

    def has(self, text_id: str) -> bool:
        """Tell whether the text exists."""
        ...

    def variables(self, text_id: str) -> frozenset[str]:
        """Return the names of the variables in the sentence, its labels and what follows them."""
        ...

    def body(self, text_id: str, lang: str, args: Mapping[str, str]) -> str:
        """Return the sentence with its variables filled."""
        ...

    def label(self, text_id: str, key: str, lang: str, args: Mapping[str, str]) -> str:
        """Return the label of answer `key` of the text (Fluent attribute `.c1` … `.c8`)."""
        ...

    def after(self, text_id: str, lang: str, args: Mapping[str, str]) -> str:
        """Return what stands below the answers (Fluent attribute `.after`), or an empty text."""
        ...


class SecretHash(Protocol):
    """A keyed one-way function for the words a person may prove themselves with; storage supplies it."""

    def __call__(self, kind: str, words: str) -> str:
        """Return a printable digest; `kind` separates panic words, phrases and word pairs."""
        ...


class Policy(Frozen):
    """All that `advance` may know besides the conversation and the event."""

    interview: Interview
    taxonomy: Taxonomy
    triage: TriagePolicy
    directory: Directory
    purposes: Mapping[str, Purpose]
    words: Mapping[str, Words]  # by language
    sos_words: frozenset[str]  # of every language: in danger nobody should have to switch
    texts: Catalog
    secret_hash: SecretHash
    secret_words: tuple[str, ...]  # the list resume phrases and word pairs are drawn from
    settings: Settings
    older_interviews: Mapping[str, Interview] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)  # by code
    roster: Roster = field(default_factory=Roster)
    mails: bool = False  # sealed reports also go to the mailboxes of offices
    duty_words: Mapping[str, str] = field(default_factory=dict)  # what officers write in the chat -> command
    lines: Mapping[str, str] = field(default_factory=dict)  # channel of the roster -> what reaches officers; {}: itself
    pager: bool = False  # the constant words are also posted to a pager
