"""One file for each revision; never edited after it was released."""

from __future__ import annotations
