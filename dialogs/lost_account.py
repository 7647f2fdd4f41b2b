"""Somebody else holds the account, an officer says: nothing of these cases goes there any more, or leads there.

Only the secret words lead back. Whoever writes from the account is a stranger: they begin where everybody begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import new_phone, strangers
from dialogs.cases import DESTROY_TIMER, WITHDRAWN
from dialogs.consents import minute
from dialogs.effects import CancelWake, ClearChat, Forget, LoseAddress
from dialogs.machine import END, HIDDEN
from dialogs.measures import CARD_TIMER, not_asked
from dialogs.replace import replace
from dialogs.retention import ERASE_TIMER
from dialogs.steps import update
from dialogs.unfetched import UNFETCHED_TIMER

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.turn import Turn

ERASED = "ST-ERA"


def may_be_lost(card: CaseCard) -> bool:
    """Tell whether a case can lose its account: words lead back to it, and it is not on its way to be erased.

    What is to be erased is remembered with the account. There it stays in doubt, which shows nothing either.
    """
    return bool(card.phrase_hash) and card.status not in (WITHDRAWN, ERASED)


def lose(turn: Turn, cases: tuple[str, ...]) -> None:
    """Take the account from these cases. What is left in it is in doubt; where nothing is left it is forgotten.

    A hidden chat stays as it is: it shows nothing to anybody before the words, and an answer to strangers would show
    whoever holds the phone what this chat is (INV-20).
    """
    before = turn.conversation
    lost = [card for card in before.cards if card.case in cases]
    if not lost:
        return
    hidden = before.node == HIDDEN
    for card in lost:
        update(turn, _without_account(card, minute(turn.event.at)))
        if not hidden:
            _leave(turn, card.case)
    if any(card.identity_doubt for card in lost) and not hidden:
        turn.do(ClearChat())
    if turn.conversation.cards:
        _doubt_the_rest(turn)
        return
    for draft in (before.draft, before.kept_draft):
        if draft is not None:
            turn.drop_files(draft.files)
    turn.move(END)
    turn.do(Forget())


def _without_account(card: CaseCard, at: str) -> CaseCard:
    """Nothing that was agreed until now counts outward, and officers begin anew once the words have come."""
    return replace(
        not_asked(card), identity_doubt=True, doubt=strangers.IMPOSTOR, doubted_at=at, lost_at=at, words_at="",
        words_seen=False, talk_until="",
    )  # fmt: skip


def _leave(turn: Turn, case: str) -> None:
    """Take a case out of the conversation, with every timer that bears its name."""
    for timer in (CARD_TIMER, UNFETCHED_TIMER, ERASE_TIMER, DESTROY_TIMER):
        turn.do(CancelWake(f"{timer}{case}"))
    turn.do(LoseAddress(case))
    turn.set(cards=tuple(card for card in turn.conversation.cards if card.case != case))


def _doubt_the_rest(turn: Turn) -> None:
    """Other offices, and cases without words: their doubt begins now. What whoever is in doubt raised stays theirs."""
    if turn.conversation.new_phone not in (new_phone.CHANGED, new_phone.TOLD):
        strangers.key_changed(turn)
