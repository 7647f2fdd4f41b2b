"""The flow checker: proves on every start and in the tests what the interview promises. Pure; finds faults by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from dialogs.acts import ACTS
from dialogs.conditions import fields_of
from dialogs.conversation import Draft, Question
from dialogs.effects import Forget, NewKey
from dialogs.engine import advance, begin
from dialogs.errors import DialogError
from dialogs.events import TextReceived
from dialogs.judgement import LATER
from dialogs.machine import END, HIDDEN, named_targets
from dialogs.measures import CARD_NODES
from dialogs.policy import Kind
from dialogs.replace import replace
from dialogs.variables import known_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.conversation import Conversation
    from dialogs.policy import Interview, Node, Policy

BEFORE_START: Final = frozenset(
    {"Q01", "Q02", "Q03", "Q04", "C-CHAN-SIG", "C-CHAN-TG", "Q06-TIMER", "Q06-PHRASE", "Q06-PANIC"}
)
"""All that may be kept before C-START: coded answers, hashes of panic word and phrase."""

NEEDS: Final = {"real_name": "C-NAME", "chosen_office": ""}
"""Fields that may be asked only after this consent."""

_ALWAYS_KNOWN: Final = frozenset(
    {"channel", "lang", "mode", "flags", "scope", "fast", "alert", "phrase", "acts", "files", "id_level", "act_classes",
     "class_a_now", "in_custody", "aggravators", "nature_suggested", "deadline_hours", "office_contact", *LATER}
)  # fmt: skip
_AT: Final = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
_OWN_VARIABLES: Final = frozenset(
    {"LIST", "QUESTION", "ANSWER", "STATE", "LIMIT", "WHAT", "DONE_LIST", "VERIFY_NOTE", "CONTENT"}
)
NEEDS_NO_CHAT_TEXT: Final = ("TALK", HIDDEN, "PAUSED")
_STARTED: Final = "C-START"


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken promise: the rule, where, and what to do."""

    rule: str
    place: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.place}. {self.remedy}"


def faults(policy: Policy) -> list[Fault]:
    """Return everything that is wrong with the interview and its texts; [] when the promises hold."""
    interview = policy.interview
    found = [
        *_jumps(interview), *_reachable(interview), *_facts(policy), *_consents(interview), *_acts(interview),
        *_texts(policy), *_rules(policy),
    ]  # fmt: skip
    return found or list(_ways_out(policy))


def _jumps(interview: Interview) -> Iterator[Fault]:
    for node in interview.nodes.values():
        for target in named_targets(node):
            if target not in interview.nodes and target != END:
                yield Fault("no dangling jump", f"{node.id} leads to {target}", "Name a node of the interview")


def _reachable(interview: Interview) -> Iterator[Fault]:
    from_engine = {"T-HELP", "Q53", "Q54", "FP1", "TALK", HIDDEN, "PAUSED", "T-RESUME", "C-TGFULL", "C-SENS",
                   "T-WITHDRAW", "T-WITHDRAW-ASK", *CARD_NODES, "C-CONT-AGAIN", "C-RETN", "T-FAIL",
                   "T-ARE-YOU-THERE", "T-OOS-OTH"}  # fmt: skip
    named = {target for node in interview.nodes.values() for target in named_targets(node)}
    for node in interview.nodes.values():
        if not node.line and node.id not in named and node.id not in from_engine:
            yield Fault(
                "every node can be reached", node.id, "Let a choice lead to it, put it on the line, or remove it"
            )


def _facts(policy: Policy) -> Iterator[Fault]:
    interview = policy.interview
    written = set(_ALWAYS_KNOWN)
    for node in interview.nodes.values():
        written.update(filter(None, (node.field, node.consent)))
        written.update(field for choice in node.choices for field, _value in choice.sets)
    for node in interview.nodes.values():
        conditions = [c for c in (node.when, node.early, node.private_when) if c is not None]
        for condition in conditions:
            for name in sorted(fields_of(condition) - written):
                yield Fault(
                    "conditions read facts that exist", f"{node.id} reads {name}", "Check the spelling of the field"
                )
    for rule in policy.triage.rules:
        for name in sorted(fields_of(rule.when) - written):
            yield Fault(
                "conditions read facts that exist", f"{rule.id} reads {name}", "Check the spelling of the field"
            )


def _consents(interview: Interview) -> Iterator[Fault]:
    line = list(interview.line)
    if _STARTED not in line:
        yield Fault("consent before capture", f"{_STARTED} is missing", "Put it on the main line before the questions")
        return
    before = line[: line.index(_STARTED)]
    for node_id in before:
        if node_id not in BEFORE_START:
            yield Fault("consent before capture", f"{node_id} stands before {_STARTED}", "Move it behind")
    for node_id in before:
        for target in named_targets(interview.nodes[node_id]):
            inner = interview.nodes.get(target)
            if inner is not None and inner.part not in ("entry", "safety", "fast", "permission"):
                yield Fault(
                    "consent before capture", f"{node_id} jumps over {_STARTED} to {target}", "Lead to a node before it"
                )
    for node in interview.nodes.values():
        yield from _guarded(node)
    for node in interview.nodes.values():
        if (
            node.part == "fast"
            and node.kind is Kind.CONSENT
            and not any(choice.act == "alert" for choice in node.choices)
        ):
            yield Fault("consent before capture", f"{node.id} raises no alert", "Give its yes the act `alert`")
        if node.kind is not Kind.CONSENT and any(choice.act == "alert" for choice in node.choices):
            yield Fault("consent before capture", f"{node.id} raises an alert without a consent", "Only FP1 may")


def _guarded(node: Node) -> Iterator[Fault]:
    wanted = "C-FILE" if node.kind is Kind.FILES else NEEDS.get(node.field or "", "")
    if wanted and (node.when is None or wanted not in fields_of(node.when)):
        yield Fault(
            "consent before capture", f"{node.id} is asked without {wanted}", f"Add `when: {{{wanted}: given}}`"
        )
    if node.kind is Kind.CONSENT:
        states = {choice.status for choice in node.choices}
        if "given" not in states or "refused" not in states - {None}:
            yield Fault(
                "every consent can be refused", node.id, "Give it a choice with status given and one with refused"
            )


def _acts(interview: Interview) -> Iterator[Fault]:
    for node in interview.nodes.values():
        for choice in node.choices:
            if choice.act is not None and choice.act not in ACTS:
                yield Fault(
                    "acts exist", f"{node.id} answer {choice.key}: {choice.act}", "See docs/policy.md for the acts"
                )
            if choice.act == "send" and node.id != "Q52":
                yield Fault("consent before capture", f"{node.id} sends", "Only Q52 may send")


def _texts(policy: Policy) -> Iterator[Fault]:
    texts = policy.texts
    for node in policy.interview.nodes.values():
        text_id = node.text or node.id
        if node.id in NEEDS_NO_CHAT_TEXT:
            continue
        if not texts.has(text_id):
            yield Fault("texts are complete", text_id, "Write it in config/locales")
            continue
        yield from _labels(policy, node, text_id)
        unknown = texts.variables(text_id) - known_variables() - _OWN_VARIABLES
        for name in sorted(unknown):
            yield Fault("texts name known variables", f"{text_id}: {name}", "Use a variable of docs/policy.md")
    for text_id in _named_texts(policy):
        if not texts.has(text_id):
            yield Fault("texts are complete", text_id, "Write it in config/locales")


def _labels(policy: Policy, node: Node, text_id: str) -> Iterator[Fault]:
    for choice in node.choices:
        if node.id.startswith("Q23-"):
            if not policy.texts.has(str(choice.value)):
                yield Fault("texts are complete", str(choice.value), "Write its label in config/locales")
            continue
        for lang in policy.texts.languages:
            try:
                policy.texts.label(text_id, choice.key, lang, {})
            except LookupError:
                yield Fault("texts are complete", f"{text_id} answer {choice.key} ({lang})", f"Add .c{choice.key}")


def _named_texts(policy: Policy) -> Iterator[str]:
    for node in policy.interview.nodes.values():
        yield from node.before
        yield from node.early_notices
        for choice in node.choices:
            yield from choice.notices
    for rule in policy.directory.rules:
        yield rule.reason


def _rules(policy: Policy) -> Iterator[Fault]:
    offices = {office.role for office in policy.directory.offices.values()}
    for role in ("asg", "alternate", "duty-desk", "feedback"):
        if role not in offices:
            yield Fault(
                "every route ends at an office", f"no office has the role {role}", "Set `role` in the directory"
            )


def _ways_out(policy: Policy) -> Iterator[Fault]:
    """From every node two messages (00, then the digit that deletes) must end the conversation or its draft."""
    for node in policy.interview.nodes.values():
        if node.id in (HIDDEN, "T-HELP"):
            continue
        conversation = begin("checker", "signal", policy, _AT)
        asked = Question(node.id, 1, node.text or node.id, "")
        conversation = replace(conversation, node=node.id, question=asked, turn=1, draft=Draft())
        try:
            ended = _ends(conversation, policy)
        except DialogError as exc:
            yield Fault("a way out in two messages", f"{node.id} ({exc})", "Let 00 lead from it to the menu")
            continue
        if not ended:
            yield Fault("a way out in two messages", node.id, "Let 00 and then a digit of the menu delete the answers")


def _ends(conversation: Conversation, policy: Policy) -> bool:
    for text in ("00", "6"):
        event = TextReceived(at=_AT, entropy=sha256(text.encode()).digest(), text=text)
        conversation, effects = advance(conversation, event, policy)
        if any(isinstance(effect, Forget | NewKey) for effect in effects):
            return True
    return False
