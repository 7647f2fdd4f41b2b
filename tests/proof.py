"""`make proof`: the long figures, printed and written to docs/proofs.md as they were printed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from dialogs.effects import Forget, RaiseAlert, Say, SealReport
from tests.playbook import Play

EVENTS = 20_000
ANSWERS = ("1", "2", "3", "4", "0", "1 3", "9", "00", "words", "Arlenia", "000", "sos", "withdraw", "8", "5", "6", "7")
PAGE = Path(__file__).parents[1] / "docs" / "proofs.md"


def random_conversations(events: int) -> str:
    """Play seeded strangers: nothing raises, nothing is sent or alerted without its live consent."""
    play, sent, alerts, longest = Play(), 0, 0, 0
    for number in range(events):
        draw = int.from_bytes(sha256(number.to_bytes(8, "big")).digest()[:4], "big")
        granted = play.consent("C-FWD") == "given"
        play.say(ANSWERS[draw % (len(ANSWERS) if draw % 5 == 0 else 2)])
        longest = max(longest, *(len(effect.text) for effect in play.effects if isinstance(effect, Say)), 0)
        if play.did(SealReport):
            assert granted
            sent += 1
        alerts += play.did(RaiseAlert)
        if play.did(Forget) or play.node == "HIDDEN" or draw % 199 == 0:
            play = Play("telegram" if draw % 3 == 0 else "signal")
    return f"{events} events of seeded strangers: {sent} reports sent, all with C-FWD given; {alerts} alerts; longest message {longest} characters; 0 exceptions."


def main() -> None:
    """Run, print, write."""
    lines = [random_conversations(EVENTS)]
    print("\n".join(lines))
    PAGE.write_text(
        "# Proofs\n\nAs printed by `make proof`.\n\n" + "".join(f"- {line}\n" for line in lines), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
