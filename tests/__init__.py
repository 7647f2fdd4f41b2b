"""The tests, in the shape of the packages."""

from __future__ import annotations
