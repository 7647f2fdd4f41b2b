"""Sockets that listen. Light: a start opens them long before it has loaded what answers there."""

from __future__ import annotations

import socket
from typing import Final

BACKLOG: Final = 512


class PortTaken(Exception):
    """Nothing can listen at this address."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} cannot be used: something else has it.")
        self.port = port


def listen_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0: any free one. Raises: PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        # A second program that had bound it too would be found only here.
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as exc:
        listening.close()
        raise PortTaken(port) from exc
    return listening
