"""All policy files as one dialogs.policy.Policy; the mistakes of all files come together."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from config import countries, directory, duty_words, interview, measures, purposes, roster, taxonomy, triage
from config.documents import Document, Mistake, PolicyMistakes, Record, Texts, read, validated
from config.texts import load_catalog
from dialogs.answers import same_words
from dialogs.policy import Policy, Settings, Words

if TYPE_CHECKING:
    from dialogs.policy import Directory, SecretHash

OFFICES = "offices.yaml"
ROSTER = "roster.yaml"
FILES = ("taxonomy.yaml", "interview.yaml", "triage.yaml", "offices.yaml", "consents.yaml", "words.yaml",
         "service.yaml", "secret_words.yaml", "measures.yaml", "countries.yaml", "roster.yaml",
         "duty_words.yaml")  # fmt: skip


class _Words(Record):
    sos: Texts
    withdraw: Texts
    check: Texts
    online: Texts
    several: Texts
    withdraw_inside: Texts = ()
    opened: Texts = ()
    status: Texts = ()
    who: Texts = ()
    withdraw_one: dict[str, Texts] = Field(default_factory=dict)


class _Service(Record):
    service_owner: str
    official_page: str
    ethics_contact: str
    sp_submission_link: str
    refugee_help_link: str
    body_name: str
    body_link: str
    feedback_office: str
    draft_hours: int
    retention_months: int
    erase_days: int
    alert_days: int = 14
    identity_review_months: int = 6
    idle_minutes_before_start: int
    ask_safe_again_minutes: int
    silent_fast_minutes: int
    resume_attempts: int
    resume_lock_hours: int


class _SecretWords(Record):
    words: str


def packaged(name: str) -> Path:
    """Return the folder of this package that holds `policy` or `locales`."""
    return Path(str(resources.files("config"))) / name


def load_policy(
    folder: Path | None, secret_hash: SecretHash, *, locales: Path | None = None, offices: Path | None = None,
    duty: Path | None = None,
) -> Policy:  # fmt: skip
    """Return the policy of a folder (the packaged one by default) with the directory of a file of its own, if given.

    Raises PolicyMistakes with all mistakes of all files.
    """
    folder = folder or packaged("policy")
    mistakes: list[Mistake] = []
    documents: dict[str, Document] = {}
    for name in FILES:
        try:
            own = {OFFICES: offices, ROSTER: duty}.get(name)
            documents[name] = read(own or folder / name)
        except PolicyMistakes as exc:
            mistakes.extend(exc.mistakes)
    try:
        texts = load_catalog(locales or packaged("locales"))
    except PolicyMistakes as exc:
        mistakes.extend(exc.mistakes)
        texts = None
    if mistakes or texts is None:
        raise PolicyMistakes(mistakes)
    codes = taxonomy.load(documents["taxonomy.yaml"])
    words = _words(documents["words.yaml"])
    policy = Policy(
        interview=interview.load(documents["interview.yaml"], codes, documents["taxonomy.yaml"].raw),
        taxonomy=codes,
        triage=triage.load(documents["triage.yaml"]),
        directory=directory.load(documents["offices.yaml"], countries.load(documents["countries.yaml"])),
        purposes=purposes.load(documents["consents.yaml"]),
        words=words,
        sos_words=frozenset(phrase for known in words.values() for phrase in known.sos),
        texts=texts,
        secret_hash=secret_hash,
        secret_words=_secret_words(documents["secret_words.yaml"]),
        settings=_settings(documents["service.yaml"]),
        roster=roster.load(documents["roster.yaml"]),
        duty_words=duty_words.load(documents["duty_words.yaml"]),
        measures=measures.load(documents["measures.yaml"], codes.codes.get("red", ())),
    )
    found = [mistake for document in documents.values() for mistake in document.mistakes]
    if found:
        raise PolicyMistakes(found)
    return policy


def load_directory(path: Path) -> Directory:
    """Return a directory file on its own. Raises PolicyMistakes."""
    document = read(path)
    found = directory.load(document, countries.names())
    if document.mistakes:
        raise PolicyMistakes(document.mistakes)
    return found


def _words(document: Document) -> dict[str, Words]:
    found = {}
    data = document.data if isinstance(document.data, dict) else {}
    if "en" not in data:
        document.note((), "has no words in English", "Add `en:`")
    for lang, entry in data.items():
        part = Document(document.name, entry, {(): document.lines.get((lang,), 0)}, b"")
        words = validated(part, _Words)
        document.mistakes.extend(part.mistakes)
        if words is not None:
            found[lang] = Words(
                sos=_normal(words.sos), withdraw=_normal(words.withdraw), check=_normal(words.check),
                online=_normal(words.online), several=_normal(words.several),
                opened=_normal(words.opened), status=_normal(words.status), who=_normal(words.who),
                withdraw_inside=tuple(f" {same_words(phrase)} " for phrase in words.withdraw_inside),
                withdraw_one={same_words(p): consent for consent, said in words.withdraw_one.items() for p in said},
            )  # fmt: skip
    return found


def _normal(phrases: Texts) -> frozenset[str]:
    return frozenset(same_words(phrase) for phrase in phrases)


def _secret_words(document: Document) -> tuple[str, ...]:
    file = validated(document, _SecretWords)
    words = tuple(file.words.split()) if file is not None else ()
    if len(set(words)) < 256 or len(set(words)) != len(words):  # noqa: PLR2004 - 4 words of 256 are 32 bits
        document.note(("words",), "has fewer than 256 different words or repeats one", "Add words, remove doubles")
    return words


def _settings(document: Document) -> Settings:
    file = validated(document, _Service)
    if file is None:
        return Settings("", "", "", "", "", "", "", "")
    return Settings(**file.model_dump())
