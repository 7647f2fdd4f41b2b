"""Metrics: counts of this process on this machine, and nothing of a person."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.metrics import CONTENT_TYPE, metrics_app
from config.documents import PolicyMistakes
from config.load import load_settings
from tests.matrix import in_this_process


def test_the_counts_of_a_conversation_are_there_and_nothing_of_who_had_it(tmp_path: Path) -> None:
    """Received, sent, waiting, dead letters, gaps; no address, no text."""

    async def play() -> tuple[str, str]:
        async with in_this_process(tmp_path, "signal") as here:
            person = here.server.person("aci-canary")
            await here.answered(person, "CanaryWords")
            await here.answered(person, "1")
            await here.clock.until(lambda: here.runtime.outbox_counts() == (0, 0))
            transport = httpx.ASGITransport(metrics_app(here.runtime))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                answer = await client.get("/metrics")
            return answer.text, answer.headers["content-type"]

    text, kind = asyncio.run(play())
    assert kind == CONTENT_TYPE
    for line in (
        "leeward_received_total 2", 'leeward_sends_total{channel="signal",outcome="sent"} 2', "leeward_gaps_total 1",
        "leeward_waiting 0", "leeward_dead_letters 0", 'leeward_channel_up{channel="signal"} 1',
        "# TYPE leeward_received_total counter", "# TYPE leeward_waiting gauge",
    ):  # fmt: skip
        assert line in text.splitlines(), text
    assert "canary" not in text.lower()


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "metrics.example.org:9464", "10.0.0.5:9464"])
def test_metrics_are_for_this_machine_alone(address: str, tmp_path: Path) -> None:
    """Whoever counts messages over a network could see when somebody wrote."""
    with pytest.raises(PolicyMistakes, match="no address of this machine"):
        load_settings({"LEEWARD_METRICS_LISTEN": address}, tmp_path)
    assert load_settings({"LEEWARD_METRICS_LISTEN": "127.0.0.1:9464"}, tmp_path).metrics_listen
