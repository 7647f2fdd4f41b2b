"""Migrations: the serial number, then `pre` (before the new program starts) or `post` (after), then what changes."""

from __future__ import annotations
