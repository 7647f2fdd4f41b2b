"""Leeward itself on the same terms: update bytes in, reply bytes out; SQLite, synchronous=FULL, everything on."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from interview import arguments, measure

from bot.commands.bench.installation import Parking, installed
from bot.commands.bench.loopback import Program


async def main() -> None:
    """Park the people, then play."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder)) as service:
        Parking(service).put(range(asked.people))
        service.store.finish_erasure()
        program = Program(service, several=False)

        answered = 0

        async def step(chat: int, raw: bytes) -> None:
            nonlocal answered
            await program.turn(str(chat), raw)
            answered += 1

        async with program.running():
            await measure(step, asked, lambda: answered)


if __name__ == "__main__":
    asyncio.run(main())
