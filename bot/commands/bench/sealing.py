"""bench seal: a large file into the seal of its draft, from file to file, against the `age` command."""

from __future__ import annotations

import resource
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemEntropy
from bot.commands.bench.figures import Figures, Watch
from bot.commands.failure import Refused
from storage.crypto.padding import TRAILER_BYTES, padded_size
from storage.crypto.sealing import AgeSealer, seal_file

if TYPE_CHECKING:
    from bot.commands.bench.figures import Options

MIB = 1024 * 1024
FULL_MIB = 128
MEMORY = Path("/proc/self/status")


def seal(options: Options, folder: Path) -> Figures:
    """Seal 128 MiB (1 MiB for each hundred `people`, if fewer), trailer included; the growth of memory meanwhile.

    The size is one that our padding leaves alone, so that both seal the same bytes: any other is filled up to it.
    """
    age, keygen = shutil.which("age"), shutil.which("age-keygen")
    if age is None or keygen is None:
        raise Refused("The reference is the `age` command: install it (Debian: apt-get install age).")
    size = padded_size(min(FULL_MIB, max(1, options.people // 100)) * MIB) - TRAILER_BYTES
    plain, sealed = folder / "random-bytes", folder / "sealed"
    with plain.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(SystemEntropy().bytes(min(MIB, size - start)))
    key = subprocess.run([keygen], capture_output=True, text=True, check=True).stdout  # noqa: S603 - found above
    recipient = key.split("public key: ")[1].split()[0]
    identity = AgeSealer().new_file_identity()
    figures = Figures("seal")
    for _ in range(options.rounds):
        before = _memory("VmRSS")
        _forget_peak()
        with Watch() as watch, plain.open("rb") as source, sealed.open("wb") as sink:
            seal_file(source, sink, identity, size)
        figures.add("ours, MB/s", size / 1e6 / watch.wall)
        figures.add("ours, CPU ms", watch.cpu * 1000)
        figures.add("growth of memory, MiB", max(0.0, (_memory("VmHWM") - before) / 1024))
        before = _children()
        with Watch() as watch:
            command = [age, "-r", recipient, "-o", str(sealed), str(plain)]
            subprocess.run(command, check=True)  # noqa: S603 - found above
        figures.add("age command, MB/s", size / 1e6 / watch.wall)
        figures.add("age command, CPU ms", (_children() - before) * 1000)
        figures.ratio("ratio CPU (age / ours)", "age command, CPU ms", "ours, CPU ms")
        figures.ratio("ratio (ours / age)", "ours, MB/s", "age command, MB/s")
    figures.notes["bytes of the file"] = size
    figures.notes["recipients"] = "ours one post-quantum hybrid, age one X25519; ours also hashes the file (SHA-256)"
    return figures


def _children() -> float:
    """Return the processor seconds of the commands that were run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _forget_peak() -> None:
    """Let the kernel measure the peak of memory anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(name: str) -> float:
    """Return a figure of this process's memory in KiB."""
    return memory_of(MEMORY, name)


def memory_of(status: Path, name: str) -> float:
    """Return a figure of a process's memory in KiB, from its /proc/…/status."""
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith(name))
    return float(line.split()[1])
