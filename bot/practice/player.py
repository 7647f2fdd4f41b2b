"""Playing a persona: every answer is one committed transaction and one reload from the database."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from dialogs.effects import RaiseAlert, Say, SealReport, TallyOutOfScope
from dialogs.facts import MORE, interview_of
from dialogs.machine import END
from dialogs.policy import Kind
from handlers.types import Address, Inbound, IncomingFile

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Service
    from bot.clock import FixedClock
    from bot.practice.persona import Persona
    from dialogs.conversation import Conversation
    from dialogs.policy import Node, Policy
    from handlers.receive import TurnDone

MOST_TURNS = 400
PACE = timedelta(seconds=7)
HELLO = "hi"
RESTING = ("TALK", "HIDDEN", "PAUSED", END, "START")
AFTER_FAST = ("TALK", "FP6")
PICK = "-PICK"
"""Behind the id of a question: its second step, where what was typed is picked from a list."""

NOTICES = ("T-EXC-HELP", "T-COI")
_NO = {"C-CHAN-SIG": "2", "C-CHAN-TG": "3", "C-START": "3", "C-ALTC": "3", "C-TGFULL": "1"}
"""Consents whose "no" is another digit than 2."""


class Unanswered(Exception):
    """The persona leaves out questions that must be answered: name them under `answers:`."""

    def __init__(self, nodes: list[str]) -> None:
        super().__init__(", ".join(nodes))
        self.nodes = nodes


@dataclass(slots=True)
class Played:
    """What happened: the conversation before its last change that matters, effects, and the transcript."""

    subject: Conversation | None = None  # the last conversation that still had its answers
    fast: Conversation | None = None  # the same at FP6
    sealed: SealReport | None = None
    alerts: int = 0
    alert_before: str = ""
    out_of_scope: int = 0
    transcript: list[dict[str, str]] = field(default_factory=list)


def no_questions(persona: Persona, policy: Policy) -> list[str]:
    """Return what the persona answers although the interview has no such question, in the order of the file."""
    nodes = policy.interview.nodes.values()
    known = {
        *NOTICES,
        *(f"{node.id}{PICK}" for node in nodes if node.kind is Kind.SEARCH),
        *(node.id for node in nodes),
        *(alias for node in nodes for alias in node.aliases),
    }
    return [name for name in persona.answers if name not in known]


class PlayedBefore(Exception):
    """This persona was played, or begun, against this storage: use another folder to play it anew."""


class Player:
    """Plays one persona against a service."""

    def __init__(self, service: Service, persona: Persona, clock: FixedClock, number: int) -> None:
        self._service = service
        self._persona = persona
        self._clock = clock
        self._address = Address(persona.channel, f"persona-{number}-{persona.name}")
        self._left = {node: deque(answers) for node, answers in persona.answers.items()}
        self._asked: set[str] = set()
        self._rejected: dict[str, int] = {}
        self._count = 0
        self._pending: deque[str] = deque()
        self._heard: tuple[str, ...] = ()
        self._unnamed: list[str] = []
        self._forced: set[str] = set()  # questions that were answered for the persona, only to go on
        self._shown = ""  # what the bot said last
        self.played = Played()

    def play(self) -> Played:
        """Play until nothing is left to say. Raises Unanswered, PlayedBefore."""
        self._clock.at = self._persona.now
        conversation = self._send(HELLO).after
        then = deque(self._persona.then)
        while self._count < MOST_TURNS:
            text = self._answer(conversation) if not self._rests(conversation) else None
            if text is None and then:
                text = then.popleft()
            if text is None:
                text = self._onward(conversation)
            if text is None:
                break
            conversation = self._send(text).after
        if self._unnamed:
            raise Unanswered(self._unnamed)
        if self._shown:
            self.played.transcript.append({"node": conversation.node, "text": self._shown, "answer": ""})
        return self.played

    def _rests(self, conversation: Conversation) -> bool:
        node = conversation.node
        if node in RESTING:
            return True
        at = interview_of(conversation, self._service.policy).nodes[node]
        if node == "Q50" and "Q50" not in self._left and self._wants("Q52") and self._agreed(conversation):
            return False
        return at.rest and not any(self._left.get(key) for key in self._keys(at))

    def _agreed(self, conversation: Conversation) -> bool:
        events = conversation.draft.consents if conversation.draft is not None else ()
        return any(event.id == "C-FWD" and event.status == "given" for event in events)

    def _wants(self, node: str) -> bool:
        return bool(self._left.get(node))

    def _onward(self, conversation: Conversation) -> str | None:
        """After the fast path: go on with the questions through the menu while the persona has answers for them."""
        if conversation.node in AFTER_FAST and conversation.draft is not None and self._wants("C-START"):
            self._pending.append("1")
            return "00"
        if self._pending:
            return self._pending.popleft()
        return None

    def _keys(self, node: Node) -> tuple[str, ...]:
        return (*self._heard, node.id, *node.aliases)

    def _answer(self, conversation: Conversation) -> str | None:
        if self._pending:
            return self._pending.popleft()
        node = interview_of(conversation, self._service.policy).nodes[conversation.node]
        if node.kind is Kind.FILES and self._offer_files(conversation):
            return None if self._count >= MOST_TURNS else self._from_persona(node, conversation)
        return self._from_persona(node, conversation)

    def _offer_files(self, conversation: Conversation) -> bool:
        if "files" in self._asked:
            return False
        self._asked.add("files")
        for path in self._persona.files:
            self._send_file(path)
        del conversation
        return True

    def _from_persona(self, node: Node, conversation: Conversation) -> str:
        listed = conversation.question is not None and bool(conversation.question.options)
        picks = (f"{node.id}{PICK}",) if listed else ()
        for key in (*picks, *self._keys(node)):
            if self._left.get(key):
                return self._translated(self._left[key].popleft(), node, conversation)
        misread = conversation.question.misread if conversation.question is not None else 0
        return self._default(node, misread)

    def _default(self, node: Node, misread: int) -> str:
        named = any(key in self._persona.answers for key in (node.id, *node.aliases))
        if self._persona.default == "fail" and not named and node.id not in self._unnamed:
            self._unnamed.append(node.id)
        if node.id == "Q50":
            return "3"
        if node.kind is Kind.CONSENT:
            return _NO.get(node.id, "2")
        if node.skippable:
            return "0"
        if named and not misread:
            answers = next(
                self._persona.answers[key] for key in (node.id, *node.aliases) if key in self._persona.answers
            )
            return answers[-1]
        return self._onward_anyhow(node)

    def _onward_anyhow(self, node: Node) -> str:
        """Note a question that needs an answer and has none; its first choice leads on to others of the kind."""
        self._unnamed = list(dict.fromkeys((*self._unnamed, node.id)))
        if node.id in self._forced or not node.choices:
            raise Unanswered(self._unnamed)  # the first choice led back here
        self._forced.add(node.id)
        return node.choices[0].key

    def _translated(self, answer: str, node: Node, conversation: Conversation) -> str:
        """Codes of the specification stand for their digits; those on a later page of a list wait for it."""
        options = {code: key for key, code in (conversation.question.options if conversation.question else ()) if code}
        tokens = [token for token in re.split(r"[\s,;]+", answer) if token]
        if not options or not tokens or all(token.isdecimal() for token in tokens):
            return answer
        family = tokens[0].split("-")[0]
        if not any(token in options for token in tokens) and not (MORE in options and family in ("ACT", "OFF")):
            return answer
        here = [options[token] for token in tokens if token in options]
        later = [token for token in tokens if token not in options]
        if later and MORE in options:
            here.append(options[MORE])
            self._left.setdefault(f"{node.id}-2" if node.id.startswith("Q23") else node.id, deque()).appendleft(
                " ".join(later)
            )
        return " ".join(here) if here else answer

    def _send(self, text: str) -> TurnDone:
        self._clock.at += PACE
        self._count += 1
        self._service.reception.time_arrived()
        done = self._service.reception.receive(Inbound(self._address, self._key(), text=text))
        if done is None:
            raise PlayedBefore
        self._note(done, text)
        return done

    def _key(self) -> str:
        return f"{self._address.value}-{self._count}"

    def _send_file(self, path: Path) -> None:
        self._clock.at += PACE
        self._count += 1
        size = path.stat().st_size
        kind = "image/png" if path.suffix == ".png" else "application/octet-stream"
        incoming = IncomingFile(name=path.name, type=kind, size=size, source=str(path))
        done = self._service.reception.receive(Inbound(self._address, self._key(), file=incoming))
        if done is not None:
            self._note(done, f"[{path.name}]")

    def _note(self, done: TurnDone, answer: str) -> None:
        played = self.played
        question = done.before.question.node if done.before.question is not None else done.before.node
        said = [effect.text for effect in done.effects if isinstance(effect, Say)]
        played.transcript.append({"node": question, "text": self._shown, "answer": answer})
        self._shown = "\n\n".join(said)
        self._heard = _notices(done)
        for effect in done.effects:
            if isinstance(effect, RaiseAlert):
                played.alerts += 1
                played.alert_before = played.alert_before or (
                    done.after.node if effect.granted.question.scope == "card" else ""
                )
            elif isinstance(effect, TallyOutOfScope):
                played.out_of_scope += 1
            elif isinstance(effect, SealReport):
                played.sealed, played.subject = effect, done.before
        if played.sealed is None and done.after.draft is not None:
            played.subject = done.after
        if done.after.draft is not None and done.after.draft.alert_id:
            played.fast = done.after if done.after.node in ("FP6", "FP6-LINE", "TALK") else played.fast
        with self._service.store.transaction() as work:
            for item in work.outbox.claim(self._clock.at, 50, 60, self._address.channel):
                work.outbox.sent(item)


def _notices(done: TurnDone) -> tuple[str, ...]:
    """T-EXC-HELP and T-COI are sentences, yet scenarios answer them: those answers belong to the question below."""
    last = done.before.question.node if done.before.question is not None else ""
    if done.after.node != "Q43":
        return ()
    return NOTICES[:1] if last == "Q43" else NOTICES[1:]
