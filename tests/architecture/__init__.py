"""The shape of the house: what may import what, how long things get, what files may not say."""

from __future__ import annotations
