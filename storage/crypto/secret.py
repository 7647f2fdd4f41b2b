"""What keeps secrets out of logs, tracebacks, caches and pickles."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Mixin of values that hold key material: shows its type only, and refuses to be pickled or copied.

    Dataclasses that use it say `repr=False, eq=False`: comparing secrets with == would not take constant time.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a pickle is a copy of the key at a place nobody thinks of."""
        message = f"{type(self).__name__} is secret and stays where it is"
        raise TypeError(message)
