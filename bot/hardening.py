"""What no process of ours leaves behind, whatever the machine is set to."""

from __future__ import annotations

import os
from resource import RLIMIT_CORE, setrlimit

OWNER_ALONE = 0o077


def harden() -> None:
    """Make files for their owner alone, and dump no core: it would hold keys and answers."""
    os.umask(OWNER_ALONE)
    setrlimit(RLIMIT_CORE, (0, 0))
