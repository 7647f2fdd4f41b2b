"""What the policy of this version has and a folder of one's own has not: looked up by name, for whoever upgrades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from config.documents import read
from config.policies import OFFICES, ROSTER, packaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN: Final = frozenset({OFFICES, ROSTER, "countries.yaml"})
"""Files that name what an office has; what the example has besides is nothing new."""
DEPTH: Final = 2
NAMES: Final = ("id", "code")


def news(folder: Path) -> tuple[str, ...]:
    """Return `FILE: PLACE` of all that stands in the packaged policy and not in this folder, or `FILE` for a whole one.

    What stands in both and was changed is not compared. Raises: PolicyMistakes for a file that cannot be read.
    """
    found: list[str] = []
    for path in sorted(packaged("policy").glob("*.yaml")):
        if path.name in OWN:
            continue
        if not (folder / path.name).is_file():
            found.append(path.name)
            continue
        found.extend(
            f"{path.name}: {place}" for place in _missing(read(path).data, read(folder / path.name).data, DEPTH)
        )
    return tuple(found)


def _missing(ours: Any, theirs: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - whatever stands in a YAML file
    """Yield the keys of mappings, and the ids in lists, that only ours has; of what is missing nothing inside."""
    inside, known = _by_name(ours), _by_name(theirs)
    for name, value in inside.items():
        if name not in known:
            yield name
        elif depth > 1:
            yield from (f"{name} {more}" for more in _missing(value, known[name], depth - 1))


def _by_name(data: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever stands in a YAML file
    if isinstance(data, dict):
        return data
    records = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    return {str(one[key]): None for one in records for key in NAMES if key in one}
