"""A second opinion on a new phone (ADR 20): what whoever writes from one was shown, sent or agreed to that was not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.conversation import Draft
from dialogs.effects import Forget, LoseAddress, OfferMove, Say, SealReport, TellOpened
from dialogs.events import AccountLost, KeyChanged, PersonRecognised, TextReceived
from tests.conftest import practice_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.conversation import CaseCard, Conversation
    from dialogs.effects import Effect
    from dialogs.events import Event

FAST = ("FP1", "FP2", "FP3", "FP4", "FP6", "FP6-LINE", "T-FP-NO", "T-ARE-YOU-THERE")
SAYS = (*FAST, "START", "HIDDEN", "TALK", "T-WITHDRAW-ASK", "T-WITHDRAW")
"""Where somebody may be whom nobody knows yet; the last two after words in a talk about an alert of their own."""

DISCLOSES = (SealReport, OfferMove, TellOpened)


def revealed(before: Conversation, after: Conversation, effects: tuple[Effect, ...], event: Event) -> list[str]:
    """Return what this turn gave to somebody who has not shown who they are; [] when all is well."""
    if isinstance(event, KeyChanged):
        return [*_set_aside(before, after, effects), *_given(before, after, effects)]
    if isinstance(event, PersonRecognised | AccountLost):
        said = ["something was said because an officer was sure"] if _said(effects) else []
        return [*said, *(_lost(before, after, effects, event) if isinstance(event, AccountLost) else ())]
    if before.new_phone and after.new_phone:
        return list(_given(before, after, effects))
    if before.new_phone:
        return list(_ended(before, after, event))
    return []


def _said(effects: tuple[Effect, ...]) -> list[Say]:
    return [effect for effect in effects if isinstance(effect, Say)]


def _set_aside(before: Conversation, after: Conversation, effects: tuple[Effect, ...]) -> Iterator[str]:
    """Nothing is said and nothing is open; a hidden chat stays hidden; a draft without words is gone."""
    if _said(effects):
        yield "a new key was answered"
    if (before.node == "HIDDEN") != (after.node == "HIDDEN"):
        yield "a new key opened a hidden chat, or hid one"
    begins = before.new_phone == "" != after.new_phone
    if (before.draft is not None or before.cards) and not after.new_phone:
        yield "a new key was not doubted"
    if begins and (after.draft is not None or after.question is not None):
        yield "something stayed open for a new key"
    if begins and before.draft is not None:
        expected = before.draft if _words_of(before) else Draft(off_words=before.draft.off_words)
        if after.kept_draft != expected:
            yield "a draft was not set aside, or kept without words that lead back"
    if not all(card.identity_doubt for card in after.cards if begins):
        yield "a case is in no doubt"


def _words_of(c: Conversation) -> bool:
    """Tell whether the person was ever given words: a phrase they kept, or the pair they were shown at Q48."""
    draft = c.draft
    pair = draft is not None and any(answer.node == "Q48" for answer in draft.answers)
    return bool(c.phrase_hash or c.cards) or pair


def _given(before: Conversation, after: Conversation, effects: tuple[Effect, ...]) -> Iterator[str]:
    """What is set aside stays so or goes; nothing of before is shown, sent or agreed to."""
    if before.new_phone and after.kept_draft not in (before.kept_draft, None, _emptied(before.kept_draft)):
        yield "what is set aside was changed"
    yield from (f"{type(effect).__name__} in doubt" for effect in effects if isinstance(effect, DISCLOSES))
    secrets = _secrets(before)
    for said in _said(effects):
        if said.node not in SAYS:
            yield f"{said.node} was shown in doubt"
        yield from (f"the words {words} were shown in doubt" for words in secrets if words in said.text)
    kept = {card.case: card for card in after.cards}
    for card in before.cards:
        if card.identity_doubt and card.case in kept and not _is_untouched(card, kept[card.case]):
            yield "a case in doubt was changed"


def _emptied(draft: Draft | None) -> Draft | None:
    return Draft(off_words=draft.off_words) if draft is not None else None


def _secrets(c: Conversation) -> list[str]:
    drafts = [draft for draft in (c.kept_draft,) if draft is not None]
    words = [word for draft in drafts for word in (draft.off_words, draft.your_words, draft.phrase)]
    words += [word for card in c.cards if card.identity_doubt for word in (card.case, card.off_words, card.your_words)]
    return [word for word in words if word]


def _is_untouched(before: CaseCard, after: CaseCard) -> bool:
    """Nothing is agreed to; everything can be stopped."""
    same = (after.consents, after.measures, after.identity_doubt) == (before.consents, before.measures, True)
    return same and after.status in (before.status, "ST-HOLD")


def _ended(before: Conversation, after: Conversation, event: Event) -> Iterator[str]:
    """The doubt is over: by the right words, because an officer was sure, or with everything gone."""
    if before.new_phone == "recognised" or _is_right(before, event):
        return
    if before.kept_draft not in (None, _emptied(before.kept_draft)) and after.draft == before.kept_draft:
        yield "a draft came back without the words"
    if after.kept_draft is not None or any(card.identity_doubt for card in before.cards if card in after.cards):
        yield "a doubt ended without the words"


def _is_right(before: Conversation, event: Event) -> bool:
    if not isinstance(event, TextReceived):
        return False
    policy, words = practice_policy(), " ".join(event.text.split()).casefold()
    drafts = (before.kept_draft.your_words,) if before.kept_draft is not None else ()
    cards = [word for card in before.cards for word in (card.phrase_hash, card.your_words_hash)]
    right = {before.phrase_hash, *cards, *(policy.secret_hash("pair", pair) for pair in drafts if pair)}
    return {policy.secret_hash("phrase", words), policy.secret_hash("pair", words)} & right != set()


def _lost(before: Conversation, after: Conversation, effects: tuple[Effect, ...], event: AccountLost) -> Iterator[str]:
    """The account has the case no more, and is forgotten with its last one; a hidden chat stays hidden."""
    mine = {card.case for card in before.cards} & set(event.cases)
    gone = {effect.case for effect in effects if isinstance(effect, LoseAddress)}
    forgotten = any(isinstance(effect, Forget) for effect in effects)
    if gone != (set() if before.node == "HIDDEN" else mine) or gone & {card.case for card in after.cards}:
        yield "an account kept a case that it lost, or lost one it keeps"
    if forgotten != (mine != set() and not after.cards):
        yield "an account without cases was kept, or one with cases forgotten"
    if mine and not forgotten and not after.new_phone:
        yield "what is left in a lost account is in no doubt"
