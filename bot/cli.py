"""The command line. Declarations only: what a command does is imported when it is called."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from bot.hardening import harden
from bot.option_types import COUNT, DAYS, FILE, HOURS, MINUTES, POSITIVE, SHARE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_YEAR, LAST_YEAR = 2010, 9998
BENCHMARKS = (
    "step", "turn", "interview", "send", "seal", "park", "restart", "alert", "ledger", "desk", "start", "load",
)  # fmt: skip
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="leeward", prog_name="leeward")
def cli() -> None:
    """Leeward: a secure messaging intake for people who are threatened or punished for cooperating with the UN.

    Try it on this machine:  leeward practice

    Check an installation:   leeward doctor
    """


def _call(module: str, function: str, *args: object, **options: object) -> None:
    """Run a command; an error of ours becomes one clear line and exit code 1 (2: wrong use)."""
    from bot.commands.failure import explained  # noqa: PLC0415 - keeps `--help` quick

    run: Callable[..., int] = getattr(import_module(f"bot.commands.{module}"), function)
    if not gc.isenabled():  # so `main` left it: what is loaded stays for good, and is not searched through again
        gc.freeze()
        gc.enable()
    sys.exit(explained(lambda: run(*args, **options)))


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), show_default="8080", help="Port of the practice page.")
@click.option("--serve", is_flag=True, help="Serve the page even without a terminal; so does naming a port.")
def practice(port: int | None, serve: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Try everything on this machine, with throw-away keys: nothing is real, nobody is told."""
    _call("chat", "practice", port, serve=serve)


@cli.command()
def chat() -> None:
    """Chat with the bot in this terminal. Stop any time: the conversation goes on at the same question."""
    _call("chat", "chat")


@cli.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--out", type=FILE, help="Folder for the sealed reports and the practice keys that open them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each persona.")
def replay(files: tuple[Path, ...], out: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Play persona files through the real engine and storage. Exit code 1: an `expect:` was not met."""
    _call("replaying", "replay_files", files, out, as_json=as_json)


@cli.command()
@click.option("-o", "--output", type=FILE, help="Key file to write (mode 600); without it the key is printed.")
@click.option("--passphrase", is_flag=True, help="Protect the key file with a passphrase, asked for twice.")
def keygen(output: Path | None, passphrase: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Make an officer's identity and print its public key."""
    _call("keys", "keygen", output, passphrase=passphrase)


@cli.command("open")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("-i", "--identity", "identities", multiple=True, required=True, type=FILE, help="Your key file.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole document as JSON.")
@click.option("--files", "files_to", type=FILE, help="Folder to put the attachments in, taken from beside the report.")
def open_command(files: tuple[Path, ...], identities: tuple[Path, ...], as_json: bool, files_to: Path | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Open sealed reports with your key and print the summary."""
    _call("keys", "open_files", files, identities, as_json=as_json, files_to=files_to)


@cli.command()
@click.argument("folder", type=FILE)
def init(folder: Path) -> None:
    """Make a folder with settings, keys and an example directory to edit. Never overwrites."""
    _call("setup", "init", folder)


@cli.command()
@click.option("--only", type=click.Choice(["bot", "desk", "worker"]), help="Only this role (PostgreSQL).")
def serve(only: str | None) -> None:
    """Run the service as configured: the channels, what is due, the alerts."""
    _call("serve", "serve", only)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each check.")
def doctor(as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Check policy, texts, keys, directory, database, clock and disk. Exit code 1: something fails."""
    _call("checks", "doctor", as_json=as_json)


@cli.command()
@click.option("--to", default="head", show_default=True, help="Revision to go to; `base` empties the database.")
def migrate(to: str) -> None:
    """Bring the database to the version of this program."""
    _call("setup", "migrate", to)


@cli.command()
def purge() -> None:
    """Forget what is over: files of nobody, old message keys, traces and dead letters."""
    _call("operations", "purge")


@cli.command("rotate-keys")
def rotate_keys() -> None:
    """Wrap the keys of all rows under a fresh key and destroy the old one."""
    _call("operations", "rotate_keys")


@cli.command()
@click.argument("folder", type=FILE)
def backup(folder: Path) -> None:
    """Copy sealed reports, attachments and the ledger to a new FOLDER; never a key, never an address."""
    _call("operations", "backup", folder)


@cli.command()
@click.argument("folder", type=FILE)
@click.option("--reports", type=FILE, help="New folder for what was sealed to each office, for `leeward open` there.")
def restore(folder: Path, reports: Path | None) -> None:
    """Put a backup FOLDER into LEEWARD_HOME, where no database is yet."""
    _call("operations", "restore", folder, reports=reports)


@cli.command()
@click.argument("ledger", required=False, type=FILE)
@click.option("--pin", help="Fingerprint of the key that signs checkpoints, to check an exported LEDGER without keys.")
@click.option("--export", type=FILE, help="Write the ledger to a file that holds no secret, for others to check.")
@click.option("--report", type=FILE, help="A sealed report: the head inside it must stand in the chain of its case.")
@click.option("-i", "--identity", type=FILE, help="The key file that opens the report.")
@click.option("--records", type=FILE, help="Write every consent record that is not erased (names of ISO/IEC TS 27560).")
def verify(
    ledger: Path | None,
    pin: str | None,
    export: Path | None,
    report: Path | None,
    identity: Path | None,
    records: Path | None,
) -> None:
    """Check the consent ledger offline: any edit, removal, insertion, reordering, cut or fork is named."""
    _call("ledger", "verify", ledger, pin, export, report, identity, records)


@cli.command()
@click.option(
    "--year",
    type=click.IntRange(FIRST_YEAR, LAST_YEAR),
    required=True,
    help="Year of the report: it is about 1 May of the year before to 30 April.",
)
@click.option(
    "-i",
    "--identity",
    "identities",
    multiple=True,
    required=True,
    type=FILE,
    help="Key file of an office; repeat for more.",
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["csv", "json", "html"]),
    default="csv",
    show_default=True,
    help="How to print.",
)
def trends(year: int, identities: tuple[Path, ...], shape: str) -> None:
    """Print the tables of the annual report, with disclosure control.

    Counted are cases whose person agreed to be counted, and whose reports these keys open. A period is released once,
    when it is over: the same command prints the same numbers again.
    """
    _call("trends", "trends", year, identities, shape)


@cli.command()
@click.argument("case")
@click.argument("measure")
@click.option("--recipient", required=True, help="Exactly who would learn of it.")
@click.option("--name-mode", required=True, help="NM-NAMED, NM-INIT, NM-GROUP or NM-ANON.")
@click.option(
    "--content", required=True, type=FILE, help="File with exactly what would be said; the person may read it."
)
@click.option("--hope", default="", help="One plain sentence: what you hope for.")
@click.option("--by", default="officer", help="Who proposes it, for the record; for AR-ANON an account of the desk.")
@click.option("--raised", is_flag=True, help="The person asked for it: it may be asked although they said no before.")
def propose(  # noqa: PLR0913, PLR0917 - the options of the command line
    case: str,
    measure: str,
    recipient: str,
    name_mode: str,
    content: Path,
    hope: str,
    by: str,
    raised: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Put a MEASURE to the person of a CASE: a card with yes, no, talk first, later."""
    _call(
        "officers", "propose", case, measure, content, recipient=recipient, name_mode=name_mode, hope=hope, by=by,
        raised=raised,
    )  # fmt: skip


@cli.command()
@click.argument("case")
@click.option("--by", default="officer", help="Who begins, for the record.")
def begin(case: str, by: str) -> None:
    """Begin to talk with the person of a CASE: they see the two words by which they know who writes."""
    _call("officers", "begin", case, by)


@cli.command()
@click.argument("case")
@click.option("--content", type=FILE, required=True, help="File with your words; they are sealed before anything else.")
@click.option("--by", default="officer", help="Who writes, for the record; the owner of the case.")
def write(case: str, content: Path, by: str) -> None:
    """Write to the person of a CASE, where they agreed: the two words come first, yours when they have answered."""
    _call("officers", "write", case, content, by)


@cli.command()
@click.argument("case")
@click.option("--start", "to_start", metavar="PROPOSAL", help="Start this one; only with a live yes to exactly it.")
@click.option("--interpreter", default="", metavar="FROM", help="To start one: abroad, or theirs (their country).")
@click.option("--close", "to_close", metavar="PROPOSAL", help="Close this one.")
@click.option("--outcome", default="", metavar="CODE", help="What came of it: OUT-DONE, -PART, -NONE, -STOP or -HARM.")
@click.option("--again", "to_ask", metavar="PROPOSAL", help="Ask again: its yes lapsed, or they wanted to talk first.")
@click.option("--doubt", metavar="FLAG", help="FLG-PRESS, FLG-DURESS or FLG-IMP: no yes of before counts.")
def measures(
    case: str, to_start: str | None, to_close: str | None, to_ask: str | None, doubt: str | None, **said: str
) -> None:
    """List the measures proposed in a CASE, start, close or ask one again, or note a doubt."""
    if doubt is not None:
        _call("officers", "doubt", case, doubt)
    if to_ask is not None:
        _call("officers", "again", case, to_ask)
    if to_start is not None:
        _call("officers", "start", case, to_start, said["interpreter"])
    if to_close is not None:
        _call("officers", "close", case, to_close, said["outcome"])
    _call("officers", "measures", case)


@cli.command()
@click.option("--office", required=True, help="Office of the directory, for example OFF-EML.")
@click.option("--role", "roles", multiple=True, required=True, help="A role of the desk; repeat for more.")
@click.option("--id", "account", default="", help="Their id of the duty roster, where they are on it.")
def invite(office: str, roles: tuple[str, ...], account: str) -> None:
    """Invite somebody to the desk: prints a link that works once. The first one is an administrator."""
    _call("invitations", "invite", office, roles, account)


@cli.command()
def duty() -> None:
    """Show who is on duty now, by office and role, and who did not answer when asked whether they are reachable."""
    _call("officers", "duty")


@cli.command()
@click.option("--cooperators", type=COUNT, default=12, show_default=True, help="Synthetic people on the fast path.")
@click.option(
    "--reports", type=COUNT, default=6, show_default=True, help="Synthetic reports: L2, L3, L4, for each office."
)
@click.option("--hours", type=HOURS, default=8.0, show_default=True, help="How long the night is, from now on.")
@click.option("--answer", "minutes", type=MINUTES, default=3.0, show_default=True, help="Average minutes to an answer.")
@click.option("--asleep", type=SHARE, default=0.2, show_default=True, help="Share of alerts that an officer misses.")
@click.option("--seed", default=1, show_default=True, help="The same number plays the same night.")
@click.option("--really-page", "wait", type=MINUTES, metavar="MINUTES", help="Page who is on duty now, and wait.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def drill(  # noqa: PLR0913, PLR0917 - the options of the command line
    cooperators: int, reports: int, hours: float, minutes: float, asleep: float, seed: int, wait: float | None,
    as_json: bool,  # noqa: FBT001 - a flag of the command line
) -> None:  # fmt: skip
    """Play a night against the roster, apart from all real cases, and score the desk's times."""
    from bot.commands.drill_night import Night  # noqa: PLC0415 - keeps `--help` quick

    if wait is not None:
        _call("drill", "page_really", wait, as_json=as_json)
    _call("drill", "drill", Night(cooperators, hours, minutes, asleep, seed, reports), as_json=as_json)


@cli.command()
@click.argument("name")
def trust(name: str) -> None:
    """Let an officer's words count again after their identity key changed, once you have checked who they are."""
    _call("officers", "trust", name)


@cli.command()
def diagram() -> None:
    """Print the dialog as a Mermaid diagram."""
    _call("setup", "diagram")


@cli.command()
@click.argument("name", type=click.Choice(BENCHMARKS), default="turn")
@click.option("--people", type=POSITIVE, default=10_000, show_default=True, help="Conversations, or what is counted.")
@click.option("--rounds", type=POSITIVE, default=5, show_default=True, help="Rounds; median and range are printed.")
@click.option("--database", default="", help="An empty PostgreSQL database to measure, instead of SQLite.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench(name: str, people: int, rounds: int, database: str, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Measure against a bare reference of the same work, in the same run (docs/performance.md)."""
    _call("bench.run", "bench", name, people=people, rounds=rounds, database=database, as_json=as_json)


@cli.group()
def directory() -> None:
    """The signed directory of offices and their public keys."""


@directory.command("root")
@click.option("-o", "--output", type=FILE, required=True, help="File of the new root key; keep it offline.")
def directory_root(output: Path) -> None:
    """Make the root key that signs the directory, and print the fingerprint to pin as LEEWARD_ROOT_KEY."""
    _call("directories", "make_root", output)


@directory.command("add-office")
@click.argument("office")
@click.option("--name", required=True, help="Public name, as people will read it.")
@click.option("--kind", required=True, help="Kind of UN entity, for example ENT-FLD.")
@click.option("--country", help="Where it sits, when it sits in a country it covers (two letters).")
@click.option("--tz", "zone", default="Etc/UTC", show_default=True, help="Time zone, for example Africa/Nairobi.")
@click.option("--mailbox", required=True, help="Mail address of the office.")
@click.option("-d", "--folder", type=FILE, help="Folder with directory.yaml (default: LEEWARD_HOME).")
def directory_add_office(  # noqa: PLR0913, PLR0917 - the options of the command line
    office: str, name: str, kind: str, country: str | None, zone: str, mailbox: str, folder: Path | None
) -> None:
    """Add an office. The directory must be signed again afterwards."""
    _call(
        "directories", "add_office", office, name=name, kind=kind, country=country, zone=zone, mailbox=mailbox,
        folder=folder,
    )  # fmt: skip


@directory.command("add-key")
@click.argument("office")
@click.argument("recipient")
@click.option("--use", type=click.Choice(["report", "recovery", "identity"]), default="report", show_default=True)
@click.option("--days", type=DAYS, default=730, show_default=True, help="How long the key is valid.")
@click.option("-d", "--folder", type=FILE, help="Folder with directory.yaml (default: LEEWARD_HOME).")
def directory_add_key(office: str, recipient: str, use: str, days: int, folder: Path | None) -> None:
    """Add a public key (age1pq1…, or a file with it) to an office. Sign again afterwards."""
    _call("directories", "add_key", office, recipient, use=use, days=days, folder=folder)


@directory.command("sign")
@click.option("-k", "--key", type=FILE, required=True, help="File of the root key.")
@click.option("--days", type=DAYS, default=90, show_default=True, help="How long the signature is valid.")
@click.option("-d", "--folder", type=FILE, help="Folder with directory.yaml (default: LEEWARD_HOME).")
def directory_sign(key: Path, days: int, folder: Path | None) -> None:
    """Sign the directory."""
    _call("directories", "sign", key, days=days, folder=folder)


@directory.command("verify")
@click.option("--root", help="Fingerprint of the root key (default: LEEWARD_ROOT_KEY).")
@click.option("-d", "--folder", type=FILE, help="Folder with directory.yaml (default: LEEWARD_HOME).")
def directory_verify(root: str | None, folder: Path | None) -> None:
    """Check the signature of the directory and what stands in it."""
    _call("directories", "verify", root, folder=folder)


@directory.command("diff")
@click.argument("other", type=FILE)
@click.option("-d", "--folder", type=FILE, help="Folder with directory.yaml (default: LEEWARD_HOME).")
def directory_diff(other: Path, folder: Path | None) -> None:
    """Show which offices and keys differ from another directory file. Exit code 1: they differ."""
    _call("directories", "diff", other, folder=folder)


def main() -> None:
    """Run the command line: in UTF-8 whatever the locale, leaving nothing for others behind."""
    gc.disable()  # searching what is imported for garbage, again and again, takes a fifth of the start of a command
    harden()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli()
