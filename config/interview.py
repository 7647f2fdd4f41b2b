"""config/policy/interview.yaml as dialogs.policy.Interview; the second step of Q23 is made from the taxonomy."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from config.conditions import condition
from config.documents import Record, Texts, YesNo, validated
from dialogs.conditions import In
from dialogs.policy import Choice, Interview, Kind, Node

if TYPE_CHECKING:
    from config.documents import Document, Place
    from dialogs.policy import Taxonomy

DIGITS = tuple("12345678")
MOST_ON_A_MESSAGE = 8
MORE = "MORE"
PLACES = ("START", "END")


class _Choice(Record):
    value: str | None = None
    goto: str | None = None
    notices: Texts = ()
    set: dict[str, str] = {}
    flags: Texts = ()
    status: str | None = None
    act: str | None = None
    alone: YesNo = False


class _Node(Record):
    id: str
    part: str
    kind: Kind
    field: str | None = None
    skip: YesNo | None = None
    skip_value: str | None = None
    short: YesNo = True
    lite: YesNo = True
    child: YesNo = True
    when: dict[str, Any] | None = None
    line: YesNo = True
    then: str | None = None
    aliases: Texts = ()
    consent: str | None = None
    sensitivity: str = "S0"
    text: str = ""
    before: Texts = ()
    private: Texts = ()
    private_when: dict[str, Any] | None = None
    early: dict[str, Any] | None = None
    early_notices: Texts = ()
    hear: dict[str, Texts] = {}
    rest: YesNo = False
    expand: str | None = None
    choices: dict[str, str | _Choice] = {}


class _Flag(Record):
    flag: str
    when: dict[str, Any]


class _File(Record):
    parts: Texts
    flags: tuple[_Flag, ...] = ()
    nodes: tuple[_Node, ...]


def load(document: Document, taxonomy: Taxonomy, salt: bytes = b"") -> Interview:
    """Return the interview; notes mistakes in the document. `salt`: the bytes of the taxonomy file."""
    version = sha256(document.raw + salt).hexdigest()
    file = validated(document, _File)
    if file is None:
        return Interview(version, (), {}, ())
    nodes: dict[str, Node] = {}
    for index, raw in enumerate(file.nodes):
        place = ("nodes", index)
        if raw.id in nodes:
            document.note((*place, "id"), f"repeats {raw.id}", "Give every node an id of its own")
        if raw.part not in file.parts:
            document.note((*place, "part"), f"{raw.part} is no part", f"Use one of {', '.join(file.parts)}")
        nodes[raw.id] = _node(document, raw, place, taxonomy)
        if raw.expand is not None:
            nodes.update((node.id, node) for node in act_nodes(nodes[raw.id], taxonomy))
    _check_targets(document, file, nodes)
    flags = tuple((f.flag, condition(document, f.when, ("flags", i, "when"))) for i, f in enumerate(file.flags))
    line = tuple(node.id for node in nodes.values() if node.line)
    return Interview(version, file.parts, nodes, line, flags)


def _node(document: Document, raw: _Node, place: Place, taxonomy: Taxonomy) -> Node:
    consent_kind = raw.kind in (Kind.CONSENT, Kind.REST)

    def when(name: str, data: dict[str, Any] | None) -> Any:  # noqa: ANN401 - Condition or None
        return condition(document, data, (*place, name)) if data is not None else None

    return Node(
        id=raw.id, part=raw.part, kind=raw.kind, field=raw.field,
        choices=_choices(document, raw, place, taxonomy),
        skippable=raw.skip if raw.skip is not None else not consent_kind,
        skip_value=raw.skip_value, short=raw.short, lite=raw.lite, child=raw.child, when=when("when", raw.when),
        line=raw.line, then=raw.then, aliases=raw.aliases,
        consent=raw.consent or (raw.id if raw.kind is Kind.CONSENT else None), sensitivity=raw.sensitivity,
        text=raw.text, before=raw.before, private=raw.private, private_when=when("private_when", raw.private_when),
        early=when("early", raw.early), early_notices=raw.early_notices, hear=tuple(raw.hear.items()), rest=raw.rest,
    )  # fmt: skip


def _choices(document: Document, raw: _Node, place: Place, taxonomy: Taxonomy) -> tuple[Choice, ...]:
    known = taxonomy.codes.get(raw.field or "")
    choices = []
    for key, item in raw.choices.items():
        here = (*place, "choices", key)
        choice = _Choice(value=item) if isinstance(item, str) else item
        if key not in DIGITS:
            document.note(here, f"{key!r} is no answer", "Answers are the digits 1 to 8 (domain.md 2.2)")
        if known is not None and choice.value is not None and choice.value not in known:
            document.note(here, f"{choice.value} is no code of {raw.field}", "Add it to taxonomy.yaml or mend it")
        if raw.kind is Kind.CONSENT and choice.status not in ("given", "refused", "deferred", None):
            document.note(here, f"{choice.status} is no consent state", "Use given, refused or deferred")
        choices.append(
            Choice(
                key, choice.value, choice.goto, choice.notices, tuple(choice.set.items()), choice.flags, choice.status,
                choice.act, choice.alone,
            )
        )  # fmt: skip
    return tuple(choices)


def _check_targets(document: Document, file: _File, nodes: dict[str, Node]) -> None:
    for index, raw in enumerate(file.nodes):
        targets = [(("then",), raw.then), *((("hear", target), target) for target in raw.hear)]
        for key, item in raw.choices.items():
            if isinstance(item, _Choice):
                targets.append((("choices", key, "goto"), item.goto))
        for place, target in targets:
            if target is not None and target not in nodes and target not in PLACES:
                document.note(("nodes", index, *place), f"leads to {target}, which is no node", "Name a node of this file")


def act_nodes(groups: Node, taxonomy: Taxonomy) -> list[Node]:
    """Return the second step of Q23: for each group its acts, seven on a message and "more" where there are over eight."""
    made: list[Node] = []
    for choice in groups.choices:
        group = str(choice.value)
        acts = [act.code for act in taxonomy.acts.values() if act.group == group]
        first = acts if len(acts) <= MOST_ON_A_MESSAGE else [*acts[: MOST_ON_A_MESSAGE - 1], MORE]
        rest = [] if len(acts) <= MOST_ON_A_MESSAGE else acts[MOST_ON_A_MESSAGE - 1 :]
        made.append(_act_node(groups, f"{groups.id}-{group}", group, first, In("act_groups", (group,))))
        if rest:
            made.append(_act_node(groups, f"{groups.id}-{group}-2", group, rest, In(f"acts_{group}", (MORE,))))
    return made


def _act_node(groups: Node, node_id: str, group: str, codes: list[str], when: In) -> Node:
    choices = tuple(Choice(str(index + 1), code) for index, code in enumerate(codes))
    return Node(
        id=node_id, part=groups.part, kind=Kind.MULTI, field=f"acts_{group}", choices=choices, short=groups.short,
        lite=groups.lite, child=groups.child, when=when, aliases=(groups.id,), sensitivity=groups.sensitivity,
    )  # fmt: skip
