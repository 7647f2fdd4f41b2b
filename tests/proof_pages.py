"""The long figures of the desk's pages, which need Chromium."""

from __future__ import annotations

from tests.desk.figures import pages

PROOFS = {"desk pages": pages}
