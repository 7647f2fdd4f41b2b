"""Use cases over ports: what happens to a message, a report, a consent, a deadline."""

from __future__ import annotations
