"""verify: the consent ledger and the audit log, checked offline, from the database or an export without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from bot.app import cover_ledger, installation
from bot.clock import SystemClock, SystemEntropy
from bot.commands.failure import Refused
from bot.commands.keys import opened_document
from config.load import load_settings
from config.policies import load_policy
from dialogs.consent_record import record_of
from storage import schema
from storage.auditing import LedgerCopy, problems, read_ledger
from storage.crypto import chain
from storage.crypto.errors import CryptoError
from storage.errors import StorageError
from storage.keys import load_keys
from storage.lock import locked
from storage.operations import read_pins
from storage.store import SqlStore, make_engine, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from handlers.ports import UnitOfWork
    from storage.auditing import Entry

AUDIT: Final = chain.of_audit("")
PAGE: Final = 500


def verify(
    ledger: Path | None,
    pin: str | None,
    export: Path | None,
    report: Path | None,
    identity: Path | None,
    records: Path | None,
) -> int:
    """Check a ledger; 1 when it does not hold."""
    if ledger is not None:
        copy = LedgerCopy.parse(ledger.read_text(encoding="utf-8", errors="replace"))
        if pin is None:
            raise Refused(
                "Name the key that signs the checkpoints: --pin leeward-root-1-… (verify prints it beside the ledger)."
            )
        return _say(copy, problems(copy, pin), pin, report, identity)
    settings = load_settings()
    home = installation(settings)
    keys = load_keys(
        settings.keys_folder if home == settings.home else home / "keys",
        settings.draft_keys_folder if home == settings.home else None,
        SystemEntropy(),
    )
    with locked(home):
        engine = make_engine(settings.database_url or sqlite_url(home))
        schema.check(engine)
        store = SqlStore(engine, keys, SystemEntropy(), home / "blobs")
        if export is not None:
            cover_ledger(store, SystemClock())
        with engine.connect() as connection:
            copy = read_ledger(connection)
        found = problems(copy, keys.ledger.fingerprint(), *read_pins(home))
        with store.transaction() as work:
            found.extend(_opened(work))
            found.extend(_opened_log(work))
            if records is not None:
                records.write_text("".join(_records(work, settings.policy_dir)), encoding="utf-8")
                click.echo(f"Wrote {records}: consent records, one a line.")
        engine.dispose()
    if export is not None:
        export.write_text(copy.text(), encoding="utf-8")
        click.echo(f"Wrote {export}: commitments, heads and checkpoints, nothing that can be read back.")
    return _say(copy, found, keys.ledger.fingerprint(), report, identity)


def _opened(work: UnitOfWork) -> Iterator[str]:
    """Open every event: what the chain commits to must be what the case card was told."""
    for case in work.cases.ids():
        try:
            card, events = work.cases.get(case), work.cases.consents(case)
        except CryptoError as exc:
            yield f"{case}: an event or the card does not open ({exc})"
            continue
        if card is not None and tuple(card.consents) != events:
            yield f"{case}: the chain and the case card differ: one was put back to an older state, or cut short"


def _opened_log(work: UnitOfWork) -> Iterator[str]:
    """Open every entry of the audit log that is not erased."""
    after = 0
    try:
        while page := work.audit.page(after, PAGE):
            after = page[-1].number
    except (CryptoError, StorageError) as exc:
        yield f"audit log, after entry {after}: an entry does not open ({exc})"


def _records(work: UnitOfWork, policy_dir: Path | None) -> Iterator[str]:
    """Yield every consent record as a line of JSON, for the consent steward; no story and no address is in them."""
    policy = load_policy(policy_dir, lambda kind, words: f"{kind} {words}")
    for case in work.cases.ids():
        card = work.cases.get(case)
        if card is not None:
            yield from (json.dumps(record_of(event, card, policy)) + "\n" for event in work.cases.consents(case))


def _say(copy: LedgerCopy, found: Sequence[str], pin: str, report: Path | None, identity: Path | None) -> int:
    found = [*found, *_witnessed(copy, report, identity)]
    for problem in found:
        click.echo(f"FAIL {problem}")
    logged = [entry for entry in copy.entries if entry.case.startswith(AUDIT)]
    events = [entry for entry in copy.entries if not entry.case.startswith(AUDIT)]
    verdict = "0 wrong, the ledger holds" if not found else f"{len(found)} wrong"
    click.echo(
        f"{len(events)} events of {_cases(events)}, {len(logged)} entries of the audit log "
        f"({sum(entry.erased for entry in logged)} erased), {len(copy.checkpoints)} checkpoints: {verdict}."
    )
    click.echo(f"Checkpoints are signed by {pin}")
    return 1 if found else 0


def _cases(events: Sequence[Entry]) -> str:
    cases = {entry.case for entry in events}
    erased = {entry.case for entry in events if entry.erased}
    return f"{len(cases)} cases ({len(erased)} erased)"


def _witnessed(copy: LedgerCopy, report: Path | None, identity: Path | None) -> Iterator[str]:
    """The head an office received inside a sealed report must stand in the chain of its case."""
    if report is None:
        return
    if identity is None:
        raise Refused("Name the key that opens the report: -i KEY.")
    document = opened_document(report, identity)
    case, head = str(document.get("case")), str(document.get("ledger_head"))
    if head not in {entry.head for entry in copy.entries if entry.case == case}:
        yield f"{case}: the head inside {report.name} is not in the chain: events were changed or removed since"
    else:
        click.echo(f"The head inside {report.name} stands in the chain of its case.")
