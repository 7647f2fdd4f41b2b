"""What a line of the log says beside its event."""

from __future__ import annotations

import json
import logging

import pytest

from bot.logs import set_up_logs


@pytest.mark.usefixtures("talkative")
def test_lines_say_the_minute_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    """An exact time beside those of a network would tell who wrote (INV-10)."""
    set_up_logs("json")
    record = logging.LogRecord("leeward", logging.INFO, __file__, 1, "Telegram: receiving", None, None)
    record.created = 1_790_000_030.7
    logging.getLogger("leeward").handle(record)

    line = json.loads(capsys.readouterr().err)
    assert line == {"time": 1_790_000_000 // 60 * 60, "level": "info", "event": "Telegram: receiving"}
