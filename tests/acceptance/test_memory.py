"""What is found in the memory of a running service, as whoever seizes it would look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes.faults import until
from tests.serving import TO_FILES, served, talk

pytestmark = pytest.mark.slow

CANARY = b"canary of a picture "
OVERWRITES = {"PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "204"}
DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"


def found_in(process: int, wanted: bytes) -> int:
    """Return how often these bytes stand in the memory of a process that may be read and written."""
    count = 0
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, mode = line.split()[:2]
            if mode.startswith("rw"):
                start, end = (int(one, 16) for one in place.split("-"))
                memory.seek(start)
                count += memory.read(end - start).count(wanted)
    return count


def core_limits(process: int) -> list[str]:
    """Return how large a core dump of a process may be, and may ever be."""
    limits = Path(f"/proc/{process}/limits").read_text().splitlines()
    return next(line.split()[4:6] for line in limits if line.startswith("Max core"))


@pytest.mark.parametrize("overwrites", [True, False])
def test_a_file_that_was_sealed_is_in_memory_no_more(overwrites: bool, tmp_path: Path) -> None:  # noqa: FBT001 - the control beside what it controls
    """Where what is freed is overwritten, as in the container; the control: elsewhere it lies there. No core is dumped."""
    malloc, perturb = OVERWRITES.values() if overwrites else ("", "0")
    assert all(f"{name}={value}" in DOCKERFILE.read_text() for name, value in OVERWRITES.items())

    async def play() -> int:
        async with served(tmp_path, "signal", PYTHONMALLOC=malloc, MALLOC_PERTURB_=perturb) as running:
            mina = running.signal.person("aci-mina")
            await talk(mina, TO_FILES)
            mina.send_file(CANARY * 10_000)
            await until(lambda: "I have it, locked" in mina.last, 30)
            assert running.process is not None
            assert core_limits(running.process.pid) == ["0", "0"]
            return found_in(running.process.pid, CANARY)

    assert (asyncio.run(play()) == 0) is overwrites
