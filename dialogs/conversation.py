"""The conversation: one frozen value, all that is known between two turns.

Facts are never stored: they follow from the answers (dialogs/facts.py), so that going back, editing and
voiding an answer is one change in one place. Version `schema` says how to read a stored one.

What is `array_like` is stored by place, without names (storage/forms.py): a new field goes to the end and has a
default; none is moved or taken away.
"""

from __future__ import annotations

from msgspec import Struct

SCHEMA = 1
"""Version of the stored form; dialogs/upgrades.py has one pure function for each older one."""


class Answer(Struct, frozen=True, gc=False, array_like=True):
    """What was answered at one node: digits for numbered answers, else words; both empty means skipped."""

    node: str
    keys: tuple[str, ...] = ()
    text: str = ""
    value: str = ""  # the code or normal form that words were understood as (country, body, date, office)


class ConsentEvent(Struct, frozen=True, gc=False, array_like=True):
    """One event of spec 4.9. Times are ISO 8601 UTC, rounded to the minute; hashes are SHA-256 in hex."""

    record_id: str
    id: str
    status: (
        str  # requested | given | renewed | refused | deferred | withdrawn | invalidated | superseded | expired | used
    )
    at: str
    text_id: str
    text_hash: str
    lang: str
    channel: str
    asked_by: str = "bot"
    recipient: str = ""
    scope: str = ""
    name_mode: str = ""
    content_version: str = ""
    comprehension: str = "not asked"
    pressure: str = "not asked"
    expires: str = ""
    measure: str = ""  # code of the measure, for C-M-*
    collision: tuple[str, ...] = ()  # red lines the person was shown to cross when they answered
    level: str = ""  # of the case when a measure card was answered; "" during the interview
    child: bool = False  # the case was one of somebody under 18 then


class Proposal(Struct, frozen=True, gc=False):
    """A measure card: what an officer proposes, bound to recipient, name mode and exact content."""

    id: str
    measure: str
    recipient: str  # exact body or person, never "partners"
    name_mode: str  # NM-NAMED | NM-INIT | NM-GROUP | NM-ANON
    content_version: str  # SHA-256 (hex) of `content`
    content: str  # exactly what would be said; wiped once it is refused, withdrawn or closed
    # The state is proposed, returned, asked, talk, consented, started, answered, closed, refused, withdrawn or lapsed.
    state: str
    proposed_at: str
    by: str = "officer"
    hope: str = ""
    valid_until: str = ""  # an unused yes ends here
    valid_days: int = 0  # how long a yes would be good; 0: as long as one to this measure is
    asked: int = 0  # how often this exact question was put to the person, also by earlier proposals
    public: bool | None = None  # GM-EXP-SP: may the public copy have the name
    abroad: bool = False  # IN-INTERPRETER: agreed to, but to nobody from the person's own country
    answered_at: str = ""
    started_at: str = ""
    outcome: str = ""  # OUT-…, once it is closed; RSN-LIN-…, once the lines went back to whoever wrote them
    checked: str = ""  # AR-ANON: when a second officer found that the lines show nobody


class SealedFile(Struct, frozen=True, gc=False, array_like=True):
    """A file sealed on arrival to the draft's one-time identity. `blob` names the sealed bytes in the store."""

    blob: str
    name: str
    type: str
    size: int  # bytes of the original
    digest: str  # SHA-256 (hex) of the original


class Question(Struct, frozen=True, gc=False, array_like=True):
    """The question that is open: which turn asked it, what exactly was shown, and which codes its digits mean."""

    node: str
    turn: int
    text_id: str
    text_hash: str
    options: tuple[tuple[str, str], ...] = ()  # digit -> code, where the answers are not fixed by the interview
    offset: int = 0  # first entry of the page of a long list
    typed: str = ""  # words that were looked up, while the person chooses among what was found
    misread: int = 0  # how often the answer was not understood


class Draft(Struct, frozen=True, gc=False, array_like=True):
    """Everything that is erased at send, refusal, erasure and expiry."""

    answers: tuple[Answer, ...] = ()
    reask: tuple[str, ...] = ()  # nodes of a part that is being edited
    consents: tuple[ConsentEvent, ...] = ()
    flags: tuple[str, ...] = ()
    files: tuple[SealedFile, ...] = ()
    file_identity: str = ""  # the one-time age identity the files are sealed to
    alert_id: str = ""  # the alert raised from FP1, while it stands
    off_words: str = ""
    your_words: str = ""
    phrase: str = ""  # shown at Q06-PHRASE until it is answered, then only its hash is kept
    chosen_office: str = ""
    agreed: str = ""  # fingerprint of recipient, level and sensitive content that C-FWD was given for
    tg_full_offered: bool = False
    voice_warned: bool = False
    coi_asked: bool = False


class Lowering(Struct, frozen=True, gc=False):
    """One person's wish to lower L1; another person's same wish carries it out (INV-13)."""

    level: str
    by: str
    at: str
    reason: str  # RSN-LVL-…


class Closing(Struct, frozen=True, gc=False):
    """The wish of one person to close a case for a reason that two must agree on."""

    reason: str
    by: str
    at: str


class CaseCard(Struct, frozen=True, gc=False):
    """What the server can still read after send, under a key erased with the case."""

    case: str
    office: str
    level: str
    status: str
    submitted_at: str
    lang: str
    channel: str
    off_words: str
    your_words: str
    your_words_hash: str
    phrase_hash: str = ""
    panic_hash: str = ""
    safe_times: tuple[str, ...] = ()
    utc_offset_minutes: int | None = None
    cover: str = ""
    fp_reach: str = ""  # of an alert: may the duty desk write in this chat (FP4)
    red: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    child: bool = False
    tp_consent: str = ""
    scope_review: bool = False
    conflict: bool = False
    hidden_at: str = ""
    owner: str = ""
    identity_doubt: bool = False  # the identity key changed: case content waits until the person is checked again
    doubt: str = ""  # FLG-PRESS | FLG-DURESS | FLG-IMP: the newest doubt whether a yes was free, or whose it was
    doubted_at: str = ""  # what was agreed up to this minute does not count for anything outward
    unreachable: bool = False  # the channel says that nothing arrives there any more
    held_from: str = ""  # the status before ST-HOLD
    held_by: str = ""  # who put it on hold: "" its person | office | both; neither ends what the other one wants
    owned_at: str = ""  # when somebody first owned it
    level_at: str = ""  # when an officer last changed the level; empty: it is the one of triage
    reviewed_at: str = ""  # when an officer last confirmed or changed the level
    contacted_at: str = ""  # when an officer first wrote to the person
    lowering: Lowering | None = None
    mail: str = ""  # accepted | refused: what the mail server of the office said to the sealed report
    status_at: str = ""  # when the status last changed; empty: at the time of sending
    closing: Closing | None = None
    close_reason: str = ""  # CL-… of spec 3.6, once it is closed
    words_at: str = ""  # when the officer's two words were last said
    words_seen: bool = False  # they went out: what the person writes now may answer them
    talk_until: str = ""  # until when the person counts as being in the talk these words opened
    next_contact: str = ""  # when an officer agreed to write next
    handing_to: str = ""  # who was asked to take the case over and has not confirmed yet
    shared: tuple[str, ...] = ()  # other offices that the report was sealed to anew (C-SHR)
    handed_to: str = ""  # the one of them that was given the case
    measures: tuple[Proposal, ...] = ()
    consents: tuple[ConsentEvent, ...] = ()
    box_reviewed: str = ""  # when the office last found that it still needs the identity box
    box_erased: str = ""  # when the office erased it, as no longer needed
    keep_unasked: bool = (
        False  # closed at no moment to ask whether the office may keep it: asked when the person writes
    )
    lost_at: str = ""  # when an officer said that somebody else holds the account; the secret words end it


class Conversation(Struct, frozen=True, gc=False, array_like=True):
    """One person on one channel. `cards` is stored apart, each under its own case key."""

    id: str
    channel: str  # signal | telegram | practice
    interview: str  # version of the interview it began with
    started_at: str
    last_at: str
    schema: int = SCHEMA
    node: str = "START"
    turn: int = 0
    lang: str = "en"
    question: Question | None = None
    came_from: tuple[str, ...] = ()  # where overlays (menu, choices) return to, innermost last
    draft: Draft | None = None
    phrase_hash: str = ""
    panic_hash: str = ""
    resume_failures: int = 0
    resume_locked_until: str = ""
    hidden: bool = False
    disappear_seconds: int = 0  # the disappearing timer the person chose for this chat (Signal); 0: none
    lost: bool = False  # what was written before is gone (keys in memory), and the person has not been told yet
    active_case: str = ""
    open_card: str = ""  # the proposal whose card is the open question
    cards: tuple[CaseCard, ...] = ()
    new_phone: str = ""  # the identity key is another one and not trusted yet: changed | told | recognised
    kept_draft: Draft | None = None  # set aside then: what the person wrote before, for them alone
