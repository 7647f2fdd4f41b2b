"""Edges and wiring: channels, the command line, the runtime, the real clock."""

from __future__ import annotations
