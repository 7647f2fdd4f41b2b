"""Whom an officer may ask about a case: a named source, an interpreter; a yes of its own for each (spec 4.2, 4.3)."""

from __future__ import annotations

from typing import Final

from dialogs.gate import ABROAD, Act

SOURCE, INTERPRETER = "VF-SOURCE", "IN-INTERPRETER"
CONSULTS: Final = {SOURCE: Act.VERIFY, INTERPRETER: Act.INTERPRETER}
"""What an officer may propose on a measure card, and the act that the gate is asked about."""

THEIRS: Final = "theirs"
ORIGINS: Final = (ABROAD, THEIRS)
"""What an officer says of an interpreter who begins: from elsewhere, or from the person's country or community."""

CONSULT_DAYS: Final = 30
"""How long a yes is good when it is not used."""
