"""What lies in a row is read for as long as there are such rows, whatever program wrote it."""

from __future__ import annotations

from base64 import b64decode
from types import MappingProxyType

import msgspec
import pytest
from msgspec import Struct

from dialogs import upgrades
from dialogs.conversation import (
    SCHEMA,
    Answer,
    CaseCard,
    ConsentEvent,
    Conversation,
    Draft,
    Lowering,
    Proposal,
    Question,
    SealedFile,
)
from dialogs.replace import replace
from handlers.types import Address, Outgoing
from storage import codec, forms
from storage.errors import CannotRead
from storage.packing import pack, unpack

EVENT = ConsentEvent(
    "CR-1",
    "C-FWD",
    "given",
    "2026-11-24T10:00Z",
    "C-FWD",
    "ab" * 32,
    "en",
    "signal",
    recipient="OFF-HRC",
    scope="report",
    collision=("RED-PUB",),
    level="L2",
)
TALK = Conversation(
    "c1",
    "signal",
    "v1",
    "2026-11-24T10:00:00+00:00",
    "2026-11-24T10:09:00+00:00",
    node="Q22",
    turn=9,
    lang="fr",
    question=Question("Q22", 9, "Q22", "cd" * 32, options=(("1", "no"), ("2", "yes")), typed="geneve", misread=1),
    came_from=("MENU",),
    draft=Draft(
        answers=(Answer("Q01", ("1",)), Answer("Q20", text="مينا", value="x"), Answer("Q21")),
        reask=("Q33",),
        consents=(EVENT,),
        flags=("FLG-PRESS",),
        files=(SealedFile("b1", "photo.jpg", "image/jpeg", 7, "ef" * 32),),
        file_identity="AGE-SECRET-KEY-1",
        your_words="red kite",
        tg_full_offered=True,
    ),
    phrase_hash="01" * 32,
    resume_failures=2,
    hidden=True,
    disappear_seconds=3600,
    open_card="PR-1",
    new_phone="told",
    kept_draft=Draft(answers=(Answer("Q14", text="Mina"),), consents=(EVENT,)),
)
STORED = forms.StoredConversation(("signal", "aci-1"), TALK)
BEFORE_PHONES = replace(TALK, new_phone="", kept_draft=None)
"""As it was before the two last fields were there."""
CARD = CaseCard(
    "LW-1",
    "OFF-HRC",
    "L2",
    "ST-ACK",
    "2026-11-24T10:00Z",
    "en",
    "signal",
    "tall ship",
    "red kite",
    "00" * 32,
    measures=(
        Proposal(
            "PR-1", "SH-COPY", "OFF-HRC", "NM-ANON", "00" * 32, "words", "asked", "2026-11-24T10:00Z", public=True
        ),
    ),
    lowering=Lowering("L3", "p1", "2026-11-24T10:00Z", "RSN-LVL-1"),
    consents=(EVENT,),
)
REPLY = Outgoing(
    Address("signal", "aci-1"),
    "Bonjour",
    "Q22",
    9,
    choices=(("1", "non"),),
    seconds=60,
    refs=("5",),
    message="m1",
    brief=True,
    since="2026-11-24T10:00:00+00:00",
)

# As the program wrote these values while it wrote the names of their fields.
TALK_BY_NAME = b64decode(
    "AcWXzU6DQBSFX8Wwx1RsNF36M9bEapDahStDKaWjDRCKRB9AF76IryRv47kMDAOhhRQTMzu4Mwwz957z3QqLlEXlcEAWjrcRPRzyuDKh5CwV"
    "PhKKacaPoUhi5LFEiQbuEFEjNaoBOAwDnxEUMZIJv4zwsIU5EF1W0L1YRqkeZ9FvYAN1aPEDHKiglndc7hb28FzfTag2JYEQ0asEot2yuxnd"
    "zd9yiKF4Fhanw0GypB/pV/r5840NJbk5vFUsxVB4p5ymhFe8JGNqhO0yFFow1zXRL7RoYp5OdU0Uc1VFtOf9BvbVrKiyAHbqKXVi1xbRSiGr"
    "shn7V3HVLHapm7NzSqk1co/0ZUJl5az4WsoXXhYCrF1NxrppsemUphRaLJvZOV1g3s6GqyAODp9DD4+297WnyGXuoUXAl91lv5GlW90UzsYM"
    "bemFxR70G/aYtY/dTQJSf/DCY6rJPmYRR697e8XgqN+grbd5jdHBa8Q/LPjGDkPXjp42wBmfnOT4ZACv6u5BppVdguJDvw=="
)
REPLY_BY_NAME = (
    b'{"address":{"channel":"signal","value":"aci-1"},"text":"Bonjour","node":"Q22","turn":9,"choices":[["1","non"]],'
    b'"priority":1,"act":"say","seconds":60,"refs":["5"],"message":"m1","brief":true,'
    b'"since":"2026-11-24T10:00:00+00:00"}'
)
EVENT_BY_NAME = (
    b'{"record_id":"CR-1","id":"C-FWD","status":"given","at":"2026-11-24T10:00Z","text_id":"C-FWD","text_hash":"'
    + b"ab" * 32
    + b'","lang":"en","channel":"signal","asked_by":"bot","recipient":"OFF-HRC","scope":"report","name_mode":"",'
    b'"content_version":"","comprehension":"not asked","pressure":"not asked","expires":"","measure":"",'
    b'"collision":["RED-PUB"],"level":"L2","child":false}'
)

FIRST_FIELDS: dict[type[Struct], str] = {
    Conversation: "id channel interview started_at last_at schema node turn lang question came_from draft phrase_hash "
    "panic_hash resume_failures resume_locked_until hidden disappear_seconds lost active_case open_card cards "
    "new_phone kept_draft",
    Draft: "answers reask consents flags files file_identity alert_id off_words your_words phrase chosen_office agreed "
    "tg_full_offered voice_warned coi_asked",
    Answer: "node keys text value",
    Question: "node turn text_id text_hash options offset typed misread",
    SealedFile: "blob name type size digest",
    ConsentEvent: "record_id id status at text_id text_hash lang channel asked_by recipient scope name_mode "
    "content_version comprehension pressure expires measure collision level child",
    Address: "channel value",
    Outgoing: "address text node turn choices priority act seconds refs message brief since",
}


@pytest.mark.parametrize("kind", FIRST_FIELDS, ids=lambda kind: kind.__name__)
def test_fields_keep_their_places(kind: type[Struct]) -> None:
    """Rows say nothing but the place; what is not in this list stands behind it and may be missing in a row."""
    first = FIRST_FIELDS[kind].split()
    fields = msgspec.structs.fields(kind)

    assert [field.name for field in fields][: len(first)] == first
    assert [field.name for field in fields[len(first) :] if field.required] == []


def test_conversations_and_replies_come_back() -> None:
    """Equal, from their present form."""
    assert forms.decode_conversation(forms.encode_conversation(STORED)) == STORED
    assert forms.decode_outgoing(forms.encode_outgoing(REPLY)) == REPLY


def test_a_conversation_at_length_comes_back() -> None:
    """Its body is deflated."""
    draft = replace(Draft(), answers=tuple(Answer(f"Q{n}", text="what somebody wrote " * 9) for n in range(40)))
    long = forms.StoredConversation(("signal", "aci-1"), replace(TALK, draft=draft))

    assert len(forms.encode_conversation(long)) < 2000
    assert forms.decode_conversation(forms.encode_conversation(long)) == long


def test_a_conversation_that_just_began_comes_back() -> None:
    """It has no draft and no question."""
    bare = forms.StoredConversation(("signal", "aci-1"), replace(TALK, draft=None, question=None))

    assert forms.decode_conversation(forms.encode_conversation(bare)) == bare


def test_what_was_written_by_name_is_read() -> None:
    """Rows of the program before this form."""
    assert forms.decode_conversation(TALK_BY_NAME).conversation == BEFORE_PHONES
    assert forms.decode_outgoing(REPLY_BY_NAME) == REPLY


def test_what_was_written_by_name_before_anything_was_packed_is_read() -> None:
    """Rows of the first day: JSON as it is."""
    assert forms.decode_conversation(unpack(TALK_BY_NAME)).conversation == BEFORE_PHONES


def test_what_was_written_by_name_before_a_field_was_there_is_read() -> None:
    """The field has its default; a conversation may have no draft and no question."""
    body = unpack(TALK_BY_NAME).replace(b',"disappear_seconds":3600', b"")
    raw = msgspec.json.decode(body)
    assert forms._upgraded(raw).conversation == replace(BEFORE_PHONES, disappear_seconds=0)
    raw = msgspec.json.decode(body)
    raw["conversation"].update(draft=None, question=None)
    assert forms._upgraded(raw).conversation == replace(BEFORE_PHONES, disappear_seconds=0, draft=None, question=None)


@pytest.mark.parametrize(("missing", "read"), [(2, BEFORE_PHONES), (4, replace(BEFORE_PHONES, open_card=""))])
def test_a_row_that_ends_before_a_later_field_is_read(missing: int, read: Conversation) -> None:
    """The field has its default."""
    placed = msgspec.msgpack.decode(unpack(forms.encode_conversation(STORED)))
    placed[1] = placed[1][:-missing]

    assert forms.decode_conversation(pack(msgspec.msgpack.encode(placed))).conversation == read


def _of_schema(schema: int) -> bytes:
    return forms.encode_conversation(forms.StoredConversation(STORED.address, replace(TALK, schema=schema)))


def test_a_conversation_of_an_older_schema_is_upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the names of its fields, also when it was written by place."""

    def renamed(stored: upgrades.Stored) -> upgrades.Stored:
        draft = {**stored["draft"], "flags": [*stored["draft"]["flags"], stored["question"]["typed"]]}
        return {**stored, "schema": SCHEMA, "draft": draft, "node": stored["draft"]["answers"][0]["node"]}

    monkeypatch.setattr(upgrades, "STEPS", MappingProxyType({0: renamed}))

    upgraded = forms.decode_conversation(_of_schema(0)).conversation

    assert upgraded == replace(TALK, node="Q01", draft=replace(TALK.draft or Draft(), flags=("FLG-PRESS", "geneve")))


def test_what_no_program_wrote_or_a_newer_one_is_refused() -> None:
    """With a remedy, whatever is wrong with it."""
    for wrong in (b"", b"\xc0", b"\x92\x01\x02", b"\x93\x01\x02\x03", msgspec.msgpack.encode((("a", "b"), [1] * 22))):
        with pytest.raises(CannotRead):
            forms.decode_conversation(pack(wrong))
        with pytest.raises(CannotRead):
            forms.decode_outgoing(wrong)
    for wrong in (b"{", b"{}", b'{"address":{}}', b'{"address":{"channel":"signal","value":"aci-1"},"text":1}'):
        with pytest.raises(CannotRead):
            forms.decode_outgoing(wrong)
    with pytest.raises(CannotRead):
        forms.decode_conversation(_of_schema(SCHEMA + 1))


def test_a_consent_record_keeps_its_bytes() -> None:
    """They are what the ledger committed to."""
    assert codec.encode_event(EVENT) == EVENT_BY_NAME
    assert codec.decode_event(EVENT_BY_NAME) == EVENT


def test_a_case_card_keeps_the_names_of_its_fields() -> None:
    """The records in it are written as in the ledger, and it comes back equal."""
    assert EVENT_BY_NAME in codec.encode_card(CARD)
    assert codec.encode_card(CARD).startswith(b'{"case":"LW-1","office":"OFF-HRC","level":"L2","status":"ST-ACK",')
    assert codec.decode_card(codec.encode_card(CARD)) == CARD


@pytest.mark.parametrize("read", [codec.decode_card, codec.decode_event, codec.decode_entry, codec.decode_message])
def test_a_record_that_cannot_be_read_is_refused(read: object) -> None:
    """With a remedy."""
    for wrong in (b"", b"{}", b"[]"):
        with pytest.raises(CannotRead):
            read(wrong)  # type: ignore[operator]  # one of the functions above
