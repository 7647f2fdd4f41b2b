"""The dialog as Mermaid text, from the same values the machine is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.machine import named_targets

if TYPE_CHECKING:
    from dialogs.policy import Interview, Node


def mermaid(interview: Interview) -> str:
    """Return a state diagram: the main line in its order, and every jump that an answer makes."""
    lines = ["stateDiagram-v2", "    [*] --> " + _name(interview.line[0])]
    for part in interview.parts:
        nodes = [node for node in interview.nodes.values() if node.part == part]
        if nodes:
            lines.append(f"    state {part} {{")
            lines.extend(f"        {_name(node.id)} : {node.id}" for node in nodes)
            lines.append("    }")
    pairs = zip(interview.line, interview.line[1:], strict=False)
    lines.extend(f"    {_name(source)} --> {_name(target)}{_mark(interview.nodes[target])}" for source, target in pairs)
    for node in interview.nodes.values():
        lines.extend(f"    {_name(node.id)} --> {_name(target)} : by answer" for target in named_targets(node))
    return "\n".join(lines)


def _name(node_id: str) -> str:
    return node_id.replace("-", "_")


def _mark(target: Node) -> str:
    return " : if it applies" if target.when is not None else ""
