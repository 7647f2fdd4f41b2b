"""Persistence and cryptography: what handlers.ports asks for, kept so that nothing is readable at rest."""

from __future__ import annotations
