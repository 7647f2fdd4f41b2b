"""The pure engine: an interview and an event in, a conversation and effects out."""

from __future__ import annotations
