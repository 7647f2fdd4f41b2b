"""Errors of ours as one clear line; a traceback is only for our own mistakes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from bot.practice.persona import PersonaMistake
from bot.practice.player import Unanswered
from config.documents import PolicyMistakes
from handlers.errors import HandlerError
from storage.crypto.errors import CryptoError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED, WRONG_USE = 1, 2


class Refused(Exception):
    """The command cannot do that; the message says what to do."""


def explained(run: Callable[[], int]) -> int:
    """Return the exit code of a command, having said what went wrong."""
    try:
        return run()
    except Unanswered as exc:
        click.echo("These questions need an answer; name them under `answers:`", err=True)
        click.echo("\n".join(exc.nodes), err=True)
        return WRONG_USE
    except PersonaMistake as exc:
        click.echo(str(exc), err=True)
        return WRONG_USE
    except PolicyMistakes as exc:
        click.echo(f"{len(exc.mistakes)} mistake(s) in policy or settings:", err=True)
        click.echo(str(exc), err=True)
        return FAILED
    except (StorageError, CryptoError, HandlerError, Refused) as exc:
        click.echo(str(exc), err=True)
        return FAILED
    except BrokenPipeError:
        # Whoever reads has enough: nothing is said, also not when the interpreter flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except FileNotFoundError as exc:
        click.echo(f"{exc.filename}: there is no such file.", err=True)
        return FAILED
    except PermissionError as exc:
        click.echo(f"{exc.filename}: may not be read or written. Check its owner and mode.", err=True)
        return FAILED
    except OSError as exc:
        where = f"{exc.filename}: the" if exc.filename else "The"
        said = f"{where} file system refused: {exc.strerror}. Check the path, its mode and the free space."
        click.echo(said, err=True)
        return FAILED
