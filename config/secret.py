"""A value that is shown nowhere by mistake."""

from __future__ import annotations

from typing import final


@final
class Secret:
    """A token, or an address with a password inside: whoever prints or logs it sees stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def get_secret_value(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        """Return stars."""
        return "Secret('**********')"

    def __eq__(self, other: object) -> bool:
        """Tell whether the values are the same."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """Return a hash of the value."""
        return hash(self._value)
