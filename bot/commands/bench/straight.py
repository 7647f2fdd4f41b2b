"""The bare reference of a start: the straight line as a program of its own, from nothing to its first answer.

`python -m bot.commands.bench.straight FILE KEY PORT CHAT NUMBER` opens a reference database, takes one update of this
chat, commits, and sends the reply over one plain HTTP connection.
"""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path

from bot.commands.bench.reference import Sizes, SqliteReference


def main(path: str, key: str, port: str, chat: str, number: str) -> None:
    """Answer once."""
    reference = SqliteReference(Path(path), Sizes(0, 0), bytes.fromhex(key))
    update = {"update_id": int(number), "message": {"message_id": 1, "chat": {"id": int(chat)}, "text": "1"}}
    reference.group([json.dumps(update).encode()])
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    connection.request("POST", "/bot1:A/sendMessage", json.dumps({"chat_id": int(chat), "text": "a prompt"}))
    connection.getresponse().read()
    reference.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
