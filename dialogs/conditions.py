"""Conditions as data: one small language for the interview, the triage rules and the routing.

A condition is a tree of frozen values; `holds` evaluates it against facts. There is no text to parse and
nothing to execute here: `config` builds the tree from the policy files and reports every mistake in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias, assert_never

from dialogs.frozen import Frozen

Value: TypeAlias = str | int | tuple[str, ...] | None
"""What a fact may be: a code or text, a whole number, several codes in the order given, or nothing."""

Facts: TypeAlias = Mapping[str, Value]
"""Field name of spec 2.6 to its value. An absent field and a field of value None or () mean the same."""


@dataclass(frozen=True, slots=True)
class In:
    """True when the fact (or any of its values) matches one of the patterns; `ACT-LIB-*` matches a family."""

    field: str
    patterns: tuple[str, ...]
    codes: frozenset[str] = dataclasses.field(init=False, compare=False, repr=False)
    families: tuple[str, ...] = dataclasses.field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozenset(self.patterns))
        object.__setattr__(self, "families", tuple(pattern for pattern in self.patterns if "*" in pattern))

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        value = facts.get(self.field)
        if value is None:
            return False
        if isinstance(value, tuple):
            return not self.codes.isdisjoint(value) or (self.families != () and self._of_a_family(value))
        return str(value) in self.codes or (self.families != () and self._of_a_family((str(value),)))

    def _of_a_family(self, values: tuple[str, ...]) -> bool:
        return any(fnmatchcase(value, family) for value in values for family in self.families)


class Missing(Frozen):
    """True when the question was skipped or never asked."""

    field: str

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        return not values_of(facts, self.field)


class AtMost(Frozen):
    """True when the fact is a number not above `limit`; a missing number is never at most anything."""

    field: str
    limit: int

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        value = facts.get(self.field)
        return isinstance(value, int) and value <= self.limit


class AtLeast(Frozen):
    """True when the fact has at least `count` values."""

    field: str
    count: int

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        return len(values_of(facts, self.field)) >= self.count


class All(Frozen):
    """True when every part is."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        for part in self.parts:  # noqa: SIM110 - asked a hundred times for every message, and a third faster
            if not part.holds(facts):
                return False
        return True


class AnyOf(Frozen):
    """True when at least one part is."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        for part in self.parts:  # noqa: SIM110 - as above, in All
            if part.holds(facts):
                return True
        return False


class Not(Frozen):
    """True when the part is not."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        """Tell whether it is true of the facts."""
        return not self.part.holds(facts)


Condition: TypeAlias = In | Missing | AtMost | AtLeast | All | AnyOf | Not


def values_of(facts: Facts, field: str) -> tuple[str, ...]:
    """Return the fact as a tuple of strings: () when it is missing."""
    value = facts.get(field)
    if value is None:
        return ()
    if isinstance(value, tuple):
        return value
    return (str(value),)


def holds(condition: Condition, facts: Facts) -> bool:
    """Tell whether the condition is true of the facts. Never raises."""
    return condition.holds(facts)


def fields_of(condition: Condition) -> frozenset[str]:
    """Return the names of all facts the condition reads; the flow checker looks for names nobody writes."""
    match condition:
        case In(field, _) | Missing(field) | AtMost(field, _) | AtLeast(field, _):
            return frozenset({field})
        case All(parts) | AnyOf(parts):
            return frozenset().union(*(fields_of(part) for part in parts))
        case Not(part):
            return fields_of(part)
        case _:
            assert_never(condition)
