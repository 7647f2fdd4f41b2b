"""Practice: the terminal and the replay of persona files, on the real engine and storage with throw-away keys."""

from __future__ import annotations
