"""trends: the tables of the annual report, made once for a period and printed as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.app import command_service, installation
from bot.commands.failure import Refused
from bot.commands.keys import identities_of
from bot.commands.trend_formats import SHAPES
from config.load import load_settings
from config.trends import load_trends
from dialogs.trend_plan import Period
from handlers.trends import Trends
from storage.crypto.errors import CryptoError
from storage.crypto.sealing import open_report
from storage.releases import FOLDER, ReleaseFiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.crypto.age.keys import AgeIdentity


@dataclass(frozen=True, slots=True)
class Keys:
    """handlers.trends.Opener over key files."""

    identities: Sequence[AgeIdentity]

    def open(self, sealed: bytes) -> bytes | None:
        """Return what is sealed, or None when these keys do not open it."""
        try:
            return open_report(sealed, self.identities)
        except CryptoError:
            return None


def trends(year: int, key_files: Sequence[Path], shape: str) -> int:
    """Print the release of a year."""
    settings = load_settings()
    home = installation(settings)
    if home != settings.home:
        raise Refused(
            f"Only a practice installation is in {settings.home}, and practice is never counted: set LEEWARD_HOME to "
            "the folder of the service."
        )
    keys = Keys([identity for path in key_files for identity in identities_of(path)])
    plan, lists = load_trends(settings.policy_dir)
    releases = ReleaseFiles(home / FOLDER)
    with command_service(settings) as service:
        counting = Trends(service.store, service.policy, plan, lists, releases, service.reception.clock)
        release = counting.release(Period(year), keys)
    click.echo(SHAPES[shape](release), nl=False)
    return 0
