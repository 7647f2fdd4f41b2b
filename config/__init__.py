"""Values, not behaviour: settings, policy and texts, loaded once and checked as a whole."""

from __future__ import annotations
