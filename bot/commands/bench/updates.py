"""Updates as Telegram sends them."""

from __future__ import annotations

import json

DATE = 1_790_000_000


def update_bytes(update_id: int, chat: str, text: str) -> bytes:
    """Return an update with a text message."""
    person = {"id": int(chat), "is_bot": False, "first_name": "P"}
    message = {
        "message_id": update_id, "date": DATE, "chat": {"id": int(chat), "type": "private", "first_name": "P"},
        "from": person, "text": text,
    }  # fmt: skip
    return json.dumps({"update_id": update_id, "message": message}).encode()
