"""Requests nobody thought of: the short form of `make proof`."""

from __future__ import annotations

from tests.desk_server.world import World


def test_whatever_is_asked_is_answered_by_the_description(world: World) -> None:
    """No answer of 5xx; every answer of the shape that was promised, right requests and wrong ones."""
    from tests.desk_server.fuzzing import fuzzed  # with a library that takes a second to load

    statuses = fuzzed(world, 0, together=2)

    assert {"200", "400", "404"} <= set(statuses)
    assert statuses.total() > 100
