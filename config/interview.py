"""config/policy/interview.yaml as dialogs.policy.Interview; the second step of Q23 is made from the taxonomy."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field

from config.conditions import condition
from config.documents import Record, Texts, YesNo, validated
from dialogs.conditions import In
from dialogs.policy import Choice, Interview, Kind, Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.documents import Document, Place
    from dialogs.conditions import Condition
    from dialogs.policy import Taxonomy

DIGITS: Final = tuple("12345678")
MOST_ON_A_MESSAGE: Final = 8
MORE: Final = "MORE"
PLACES: Final = ("START", "END")
ACT_GROUPS: Final = "act_groups"  # the only thing a node can be expanded by
STATES: Final = ("given", "refused", "deferred")


class _Choice(Record):
    value: str | None = None
    goto: str | None = None
    notices: Texts = ()
    set: dict[str, str] = Field(default_factory=dict)
    flags: Texts = ()
    status: str | None = None
    act: str | None = None
    alone: YesNo = False


def _value_alone(data: Any) -> Any:  # noqa: ANN401 - before validation anything may come
    return {"value": data} if isinstance(data, str) else data


_ChoiceOrValue = Annotated[_Choice, BeforeValidator(_value_alone)]


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
    hear: dict[str, Texts] = Field(default_factory=dict)
    rest: YesNo = False
    expand: str | None = None
    choices: dict[str, _ChoiceOrValue] = Field(default_factory=dict)


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
        if raw.expand == ACT_GROUPS:
            nodes.update((node.id, node) for node in act_nodes(nodes[raw.id], taxonomy))
        elif raw.expand is not None:
            what = f"{raw.expand} is nothing to expand by"
            document.note((*place, "expand"), what, f"Write {ACT_GROUPS}, or remove it")
    _check_targets(document, file, nodes)
    for index, rule in enumerate(file.flags):
        _check_code(document, ("flags", index, "flag"), taxonomy, "flags", rule.flag)
    flags = tuple((f.flag, condition(document, f.when, ("flags", i, "when"))) for i, f in enumerate(file.flags))
    line = tuple(node.id for node in nodes.values() if node.line)
    return Interview(version, file.parts, nodes, line, flags)


def _node(document: Document, raw: _Node, place: Place, taxonomy: Taxonomy) -> Node:
    unasked = raw.kind in (Kind.CONSENT, Kind.REST)
    consent = raw.consent or (raw.id if raw.kind is Kind.CONSENT else None)
    if consent is not None:
        _check_code(document, (*place, "consent" if raw.consent else "id"), taxonomy, "consents", consent)

    def when(name: str, data: dict[str, Any] | None) -> Condition | None:
        return condition(document, data, (*place, name)) if data is not None else None

    return Node(
        id=raw.id, part=raw.part, kind=raw.kind, field=raw.field, choices=_choices(document, raw, place, taxonomy),
        skippable=raw.skip if raw.skip is not None else not unasked, skip_value=raw.skip_value,
        short=raw.short, lite=raw.lite, child=raw.child, when=when("when", raw.when), line=raw.line, then=raw.then,
        aliases=raw.aliases, consent=consent, sensitivity=raw.sensitivity, text=raw.text, before=raw.before,
        private=raw.private, private_when=when("private_when", raw.private_when),
        early=when("early", raw.early), early_notices=raw.early_notices, hear=tuple(raw.hear.items()), rest=raw.rest,
    )  # fmt: skip


def _choices(document: Document, raw: _Node, place: Place, taxonomy: Taxonomy) -> tuple[Choice, ...]:
    for key in raw.choices:
        _check_choice(document, raw, key, (*place, "choices", key), taxonomy)
    return tuple(
        Choice(
            key, choice.value, choice.goto, choice.notices, tuple(choice.set.items()), choice.flags, choice.status,
            choice.act, choice.alone,
        )
        for key, choice in raw.choices.items()
    )  # fmt: skip


def _check_choice(document: Document, raw: _Node, key: str, place: Place, taxonomy: Taxonomy) -> None:
    choice = raw.choices[key]
    if key not in DIGITS:
        document.note(place, f"{key!r} is no answer", "Answers are the digits 1 to 8 (spec 2.2)")
    if raw.kind is Kind.CONSENT and choice.status not in (*STATES, None):
        document.note(place, f"{choice.status} is no consent state", f"Use one of {', '.join(STATES)}")
    if raw.field is not None and choice.value is not None:
        _check_code(document, place, taxonomy, raw.field, choice.value)
    for field, value in choice.set.items():
        _check_code(document, (*place, "set", field), taxonomy, field, value)
    for flag in choice.flags:
        _check_code(document, (*place, "flags"), taxonomy, "flags", flag)


def _check_code(document: Document, place: Place, taxonomy: Taxonomy, codes: str, value: str) -> None:
    """Note a value that is not in the list of codes of that name; a field without a list takes any value."""
    known = taxonomy.codes.get(codes)
    if known is not None and value not in known:
        document.note(place, f"{value} is no code of {codes}", "Add it to taxonomy.yaml, or mend it")


def _check_targets(document: Document, file: _File, nodes: Mapping[str, Node]) -> None:
    for index, raw in enumerate(file.nodes):
        targets: list[tuple[Place, str | None]] = [
            (("then",), raw.then),
            *((("hear", target), target) for target in raw.hear),
            *((("choices", key, "goto"), choice.goto) for key, choice in raw.choices.items()),
        ]
        for place, target in targets:
            if target is not None and target not in nodes and target not in PLACES:
                what = f"leads to {target}, which is no node"
                document.note(("nodes", index, *place), what, "Name a node of this file")


def act_nodes(groups: Node, taxonomy: Taxonomy) -> list[Node]:
    """Return the second step of Q23: for each group its acts; over eight of them, seven and "more" (spec 3.1)."""
    made: list[Node] = []
    for choice in groups.choices:
        group = str(choice.value)
        acts = [act.code for act in taxonomy.acts.values() if act.group == group]
        first_id, first_when = f"{groups.id}-{group}", In(groups.field or ACT_GROUPS, (group,))
        if len(acts) <= MOST_ON_A_MESSAGE:
            made.append(_act_node(groups, first_id, group, acts, first_when, (groups.id,)))
            continue
        seven, rest = acts[: MOST_ON_A_MESSAGE - 1], acts[MOST_ON_A_MESSAGE - 1 :]
        made.append(_act_node(groups, first_id, group, [*seven, MORE], first_when, (groups.id,)))
        when = In(f"acts_{group}", (MORE,))
        made.append(_act_node(groups, f"{first_id}-2", group, rest, when, (groups.id, first_id)))
    return made


def _act_node(groups: Node, node_id: str, group: str, codes: list[str], when: In, aliases: tuple[str, ...]) -> Node:
    choices = tuple(Choice(str(index + 1), code) for index, code in enumerate(codes))
    return Node(
        id=node_id, part=groups.part, kind=Kind.MULTI, field=f"acts_{group}", choices=choices, short=groups.short,
        lite=groups.lite, child=groups.child, when=when, aliases=aliases, sensitivity=groups.sensitivity,
    )  # fmt: skip
