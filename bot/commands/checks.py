"""doctor: one line for each check, `name: OK` or `name: FAIL (reason, remedy)`."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from bot.clock import SystemClock
from bot.commands import channel_checks, desk_checks
from bot.directory_files import DIRECTORY, verify_directory
from config import texts
from config.documents import PolicyMistakes, read
from config.load import load_settings
from config.policies import load_policy, packaged
from config.trends import load_trends
from config.upgrading import news
from dialogs.checker import faults
from dialogs.keys import IDENTITY, RECOVERY, REPORT, lacking
from dialogs.replace import replace
from storage import schema
from storage.belonging import check_keys
from storage.crypto.age.keys import generate_identity
from storage.crypto.errors import CryptoError
from storage.crypto.sealing import open_report, seal_report
from storage.errors import KeysBroken, KeysMissing, KeysReadable, StorageError
from storage.keys import load_keys
from storage.store import make_engine, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import Settings
    from dialogs.policy import Policy

FEWEST_FREE_BYTES = 200 * 1024 * 1024
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
SEED_BYTES = 32
SERVICE, EXAMPLE = "service.yaml", "example.org"
LAST_DAYS: Final = timedelta(days=14)
"""Of a signature of the directory, in which doctor says that it ends."""


def _of_this_version(settings: Settings) -> str:
    """Name at once all that the policy of this version has and a folder of one's own has not, and where it lies."""
    more = news(settings.policy_dir) if settings.policy_dir is not None else ()
    if not more:
        return ""
    return (
        f"the policy of this version has more than yours: {', '.join(more)}; copy it from {packaged('policy')} "
        "(docs/operations.md, Upgrading)"
    )


def _policy_advice(settings: Settings) -> str:
    return "\n".join((_of_this_version(settings), _examples(settings)))


def _examples(settings: Settings) -> str:
    """Name the values of the example that people would read; before a channel is configured nobody reads them."""
    if settings.telegram_token is None and not settings.signal_number:
        return ""
    values: dict[str, str] = read((settings.policy_dir or packaged("policy")) / SERVICE).data
    left = [name for name, value in values.items() if EXAMPLE in value]
    if not left:
        return ""
    return f"{SERVICE} names the example in {', '.join(left)}, write your own in a policy of your own (docs/policy.md)"


def _ends_soon(settings: Settings) -> str:
    """Say in the last days of the signature that it ends: then nothing is forwarded, also by a service that runs."""
    now = SystemClock().now()
    ends = verify_directory(settings.home, settings.root_key, now).expires_at
    if ends - now > LAST_DAYS:
        return ""
    return f"its signature ends on {ends:%Y-%m-%d}, sign it again and restart the service: then nothing is forwarded"


def _name_keys(settings: Settings) -> str:
    """Name the offices that no report with a real name can be sealed to; the person is told, and it is tried again."""
    return _bare(settings, (IDENTITY,))


def _bare(settings: Settings, uses: tuple[str, ...]) -> str:
    directory, now = _own_policy(settings).directory, SystemClock().now()
    bare = []
    for office in directory.offices:
        missing = [use for use in lacking(directory, office, now) if use in uses]
        if missing:
            bare.append(f"{office} has no {' or '.join(missing)} key")
    if not bare:
        return ""
    shown = ", ".join(bare[:5]) + (f" and {len(bare) - 5} more" if len(bare) > 5 else "")  # noqa: PLR2004 - five are enough
    return f"{shown}; add each with `leeward directory add-key OFFICE KEY --use USE`, then sign"


ADVICE: Final[dict[str, Callable[[Settings], str]]] = {
    "policy": _policy_advice, "directory": _ends_soon, "office keys": _name_keys, "signal": channel_checks.unheard,
    "desk": desk_checks.people,
}  # fmt: skip
"""What is asked about a part of the service that is well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: "" when all is well, else reason and remedy. `advice`: what is left to do, although all is well."""

    name: str
    problem: str = ""
    advice: str = ""

    def line(self) -> str:
        """Return the line that is printed."""
        return f"{self.name}: FAIL ({self.problem})" if self.problem else f"{self.name}: OK"


def doctor(*, as_json: bool) -> int:
    """Run every check; 1 when one fails."""
    failed = False
    for finding in findings():
        failed = failed or bool(finding.problem)
        if as_json:
            click.echo(
                json.dumps(
                    {
                        "check": finding.name,
                        "ok": not finding.problem,
                        "problem": finding.problem,
                        "advice": finding.advice,
                    }
                )
            )
        else:
            click.echo(finding.line())
            if finding.advice:  # beside the lines, which have one form for whoever reads them by program
                click.echo(f"{finding.name}: {finding.advice}", err=True)
    return 1 if failed else 0


def findings() -> list[Finding]:
    """Return the findings of all checks; without settings nothing else can be checked."""
    try:
        settings = load_settings()
    except PolicyMistakes as exc:
        return [Finding("settings", _flat(str(exc)))]
    checks: dict[str, Callable[[Settings], str]] = {
        "policy": _policy, "texts": _texts, "flow": _flow, "home": _home, "keys": _keys, "directory": _directory,
        "office keys": _office_keys, "database": _database, "clock": _clock, "disk": _disk, "seal": _seal,
        "telegram": channel_checks.telegram, "signal": channel_checks.signal, "mail": channel_checks.mail,
        "pager": channel_checks.pager, "heartbeat": channel_checks.heartbeat, "roster": channel_checks.roster,
        "desk": desk_checks.desk,
    }  # fmt: skip
    problems = {name: _flat(_run(check, settings)) for name, check in checks.items()}
    for name, problem in problems.items():  # one mistake of the policy keeps others from looking: it is told once
        if name != "policy" and problem and problems["policy"].startswith(problem):
            problems[name] = "the policy cannot be read, mend it first"
    found = [Finding("settings"), *(Finding(name, problem) for name, problem in problems.items())]
    return [one if one.problem or one.name not in ADVICE else _advised(one, settings) for one in found]


def _advised(finding: Finding, settings: Settings) -> Finding:
    return replace(finding, advice=_flat(_run(ADVICE[finding.name], settings)))


def _flat(text: str) -> str:
    return "; ".join(line for line in text.splitlines() if line)


def _run(check: Callable[[Settings], str], settings: Settings) -> str:
    try:
        return check(settings)
    except (PolicyMistakes, StorageError, CryptoError) as exc:
        return str(exc)
    except OSError as exc:
        return f"{exc.strerror}: check the path, its owner and its mode"


def _hash(kind: str, words: str) -> str:
    return f"{kind} {words}"


def _policy(settings: Settings) -> str:
    try:
        load_policy(settings.policy_dir, _hash)
        load_trends(settings.policy_dir)
    except PolicyMistakes as exc:
        return f"{exc}\n{_of_this_version(settings)}"
    return ""


def _texts(settings: Settings) -> str:
    del settings
    return "\n".join(str(mistake) for mistake in texts.problems(packaged("locales")))


def _flow(settings: Settings) -> str:
    return "\n".join(str(fault) for fault in faults(_own_policy(settings)))


def _own_policy(settings: Settings) -> Policy:
    """Return the policy with the directory of this installation, once it has one."""
    path = settings.home / DIRECTORY
    return load_policy(settings.policy_dir, _hash, offices=path if path.is_file() else None)


def _home(settings: Settings) -> str:
    if not settings.home.is_dir():
        return f"{settings.home} is no folder, make one with `leeward init`"
    probe = settings.home / ".doctor"
    probe.touch()
    probe.unlink()
    return ""


def _keys(settings: Settings) -> str:
    load_keys(settings.keys_folder)
    return ""


def _directory(settings: Settings) -> str:
    if not settings.root_key:
        return (
            "no root key is pinned, so nothing is forwarded; set LEEWARD_ROOT_KEY to the fingerprint of your root key"
        )
    if not (settings.home / DIRECTORY).is_file():
        return f"{DIRECTORY} is missing, make one with `leeward init` or copy it here"
    if not (settings.home / f"{DIRECTORY}.sig").is_file():
        return "the directory is not signed, so nothing is forwarded; run `leeward directory sign`"
    verify_directory(settings.home, settings.root_key, SystemClock().now())
    return ""


def _office_keys(settings: Settings) -> str:
    return _bare(settings, (REPORT, RECOVERY))


def _database(settings: Settings) -> str:
    url = settings.database_url or sqlite_url(settings.home)
    if not settings.database_url and not settings.home.is_dir():
        return "there is no home folder for it, make one with `leeward init`"
    engine = make_engine(url)
    try:
        schema.check(engine)
        found = schema.differences(engine)
        with suppress(KeysMissing, KeysReadable, KeysBroken):  # the line of the keys says so
            own = load_keys(settings.keys_folder)
            check_keys(engine, own, with_drafts=settings.draft_keys_folder == settings.keys_folder)
    finally:
        engine.dispose()
    return "its tables differ from this program, restore a backup or ask the maintainers" if found else ""


def _clock(settings: Settings) -> str:
    del settings
    return clock_fault(SystemClock().now())


def clock_fault(now: datetime) -> str:
    """Return what is wrong with a clock that shows this time (UTC), or "" when nothing is."""
    return "" if now > BUILT else "it is set to the past, set the clock of this machine"


def _disk(settings: Settings) -> str:
    place = settings.home if settings.home.exists() else settings.home.absolute().parent
    while not place.exists():
        place = place.parent
    return disk_fault(shutil.disk_usage(place).free)


def disk_fault(free: int) -> str:
    """Return what is wrong with a disk that has so many bytes free, or "" when nothing is."""
    return "" if free >= FEWEST_FREE_BYTES else "less than 200 MiB are free, make room"


def _seal(settings: Settings) -> str:
    """Seal and open a test document: the library has the post-quantum algorithms."""
    del settings
    one, two = (generate_identity(bytes([number]) * SEED_BYTES) for number in (1, 2))
    return seal_fault(open_report(seal_report(b"{}", [one.recipient().text(), two.recipient().text()]), [two]))


def seal_fault(opened: bytes) -> str:
    """Return what is wrong with a seal out of which these bytes of the test document came, or ""."""
    return "" if opened == b"{}" else "a test report did not open, reinstall with `make setup`"
