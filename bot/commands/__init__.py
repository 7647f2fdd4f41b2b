"""What each command of `leeward` does; bot.cli only declares them, so that `--help` stays quick."""

from __future__ import annotations
