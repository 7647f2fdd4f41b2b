"""The report: one JSON document (docs/report.schema.json) that begins with what the person wants, refuses and fears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dialogs.choices import answer_words
from dialogs.conditions import values_of
from dialogs.judgement import LATER
from dialogs.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.conversation import Answer, CaseCard, ConsentEvent, SealedFile
    from dialogs.triage import Triage
    from dialogs.turn import Turn

SCHEMA: Final = "leeward-report-1"
ENGLISH: Final = "en"
NOT_IN_THE_REPORT: Final = frozenset(
    {"real_name", "safe_chat", "channel", "phrase", "alert", "disappear", "chosen_office", "office_contact"}
)
"""Kept in the identity box (the name), or of no use to an officer."""

_HIDDEN_FIELDS: Final = ("un_groups", "role_groups", "act_groups", "id_choice", "un_organ")


def build_document(
    turn: Turn, card: CaseCard, judged: Triage, consents: Sequence[ConsentEvent], files: Sequence[SealedFile]
) -> dict[str, Any]:
    """Return the document that is sealed; its form is docs/report.schema.json.

    `ledger_head` is filled in by whoever records the consents, in the transaction that seals the report.
    """
    return {
        "schema": SCHEMA,
        "case": card.case,
        "office": card.office,
        "level": judged.level,
        "rules": list(judged.rules),
        "review_to_l1": judged.review_to_l1,
        "nature_suggested": codes(turn).get("nature_suggested"),
        "submitted_at": card.submitted_at,
        "channel": card.channel,
        "mode": str(turn.facts["mode"]),
        "lang": card.lang,
        "interview_version": turn.interview.version,
        "summary": summary(turn, card),
        "words": {"officer_begins_with": card.off_words, "person_answers": card.your_words},
        "codes": codes(turn),
        "answers": [_answer(turn, answer) for answer in turn.draft.answers if _belongs(turn, answer)],
        "consents": [_consent(event) for event in consents],
        "attachments": [_attachment(file) for file in files],
        "file_identity": turn.draft.file_identity if files else "",
        "ledger_head": "",
    }


def codes(turn: Turn) -> dict[str, Any]:
    """Return the fields of spec 2.6 and what follows from them; lists where several codes are possible."""
    facts = turn.judged.facts
    kept = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in facts.items()
        if name not in NOT_IN_THE_REPORT
        and name not in LATER
        and name not in _HIDDEN_FIELDS
        and not name.startswith(("C-", "acts_"))
    }
    kept.setdefault("deadline_hours", None)
    return dict(sorted(kept.items()))


def _belongs(turn: Turn, answer: Answer) -> bool:
    node = turn.node(answer.node)
    return node.field is not None and node.field not in NOT_IN_THE_REPORT and node.kind is not Kind.CONSENT


def _answer(turn: Turn, answer: Answer) -> dict[str, Any]:
    node = turn.node(answer.node)
    texts, lang = turn.policy.texts, turn.conversation.lang
    text_id = node.text or node.id
    shown = answer_words(turn, answer, lang)
    blanks = dict.fromkeys(texts.variables(text_id), "…")
    return {
        "node": answer.node,
        "question": texts.body(text_id, ENGLISH, blanks),
        "field": node.field,
        "value": _value(turn, answer),
        "label": answer_words(turn, answer, ENGLISH),
        "label_shown": shown,
    }


def _value(turn: Turn, answer: Answer) -> str | list[str] | None:
    if not answer.keys:
        return answer.value or answer.text or None
    by_key = {choice.key: choice.value for choice in turn.node(answer.node).choices}
    values = [value for key in answer.keys if (value := by_key.get(key)) is not None]
    return values if turn.node(answer.node).kind is Kind.MULTI else (values[0] if values else None)


def _consent(event: ConsentEvent) -> dict[str, str]:
    return {
        "record_id": event.record_id, "id": event.id, "status": event.status, "at": event.at,
        "text_id": event.text_id, "text_hash": event.text_hash, "language": event.lang, "channel": event.channel,
        "recipient": event.recipient, "scope": event.scope, "comprehension": event.comprehension,
        "pressure": event.pressure,
    }  # fmt: skip


def _attachment(file: SealedFile) -> dict[str, Any]:
    return {"name": file.name, "type": file.type, "size": file.size, "digest": file.digest, "sealed": file.blob}


def summary(turn: Turn, card: CaseCard) -> str:
    """Return the readable beginning: what the person wants, refuses and fears, and how they may be contacted."""
    texts = turn.policy.texts
    lines = []
    for heading, nodes in _SECTIONS:
        said = [words for node in nodes if (words := _said(turn, node))]
        lines.append(f"{texts.body(heading, ENGLISH, {})}: {'; '.join(said) if said else '–'}")
    lines.append(f"{texts.body('SUM-WORDS', ENGLISH, {})}: {card.off_words or '–'} / {card.your_words or '–'}")
    flags = ", ".join(values_of(turn.facts, "flags"))
    lines.append(f"{texts.body('SUM-FLAGS', ENGLISH, {})}: {flags or '–'}")
    return "\n".join(lines)


def _said(turn: Turn, node_id: str) -> str:
    answer = next((answer for answer in turn.draft.answers if answer.node == node_id), None)
    if answer is None or not (answer.keys or answer.text or answer.value) or (node_id, answer.keys) == _NOBODY:
        return ""
    words = answer_words(turn, answer, ENGLISH)
    label = _LABELS.get(node_id)
    return f"{turn.policy.texts.body(label, ENGLISH, {})}: {words}" if label is not None else words


_NOBODY: Final = ("Q43", ("1",))
"""No office must be kept out: nothing to be said among what must not happen."""

_LABELS: Final = {
    "Q03": "SUM-NOW", "Q11": "SUM-KNOWS", "Q12": "SUM-CHILD", "Q29": "SUM-ONGOING", "Q31": "SUM-THREAT",
    "Q32": "SUM-DATE", "Q36": "SUM-OTHERS", "Q38": "SUM-PLACE", "Q43": "SUM-EXCLUDES", "Q48": "SUM-COVER",
    "Q49": "SUM-SILENCE",
}  # fmt: skip
"""Answers that say nothing without their question."""


_ACTS: Final = ("Q23-1", "Q23-2", "Q23-3", "Q23-3-2", "Q23-4", "Q23-5", "Q23-6", "Q23-7", "Q23-7-2", "Q23-8")
"""The second step of Q23: what exactly happened."""

_SECTIONS: Final = (
    ("SUM-WANTS", ("Q41",)),
    ("SUM-REFUSES", ("Q42", "Q43", "Q43-OFFICE")),
    ("SUM-FEARS", ("Q35",)),
    ("SUM-CONTACT", ("Q46", "Q47", "Q48", "Q49")),
    ("SUM-WHO", ("Q10", "Q11", "Q12", "Q13")),
    ("SUM-UN", ("Q08", "Q17", "Q18-COUNTRY", "Q18", "Q19", "Q20")),
    ("SUM-WHAT", ("Q23", *_ACTS, "Q25", "Q26", "Q27", "Q29")),
    ("SUM-DANGER", ("Q03", "Q31", "Q32", "Q36", "Q38")),
)
