"""End to end against a third party's mock of both OpenAI APIs: streamed answers, rate limits, streams that break."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bot.conftest import home, larkmoor_records
from tests.bot.test_cli import Run
from tests.bot.test_cli import run as run_command
from tests.fakes.model import reading
from tests.tools import aimock

__all__ = ["home", "larkmoor_records"]

pytestmark = pytest.mark.slow
run = run_command
APIS = ("responses", "chat")
COVERAGE = json.dumps(reading("question", measure="coverage", by=["region"]))
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "cushion"}, "response": {"content": COVERAGE}, "chunkSize": 7},
    {
        "match": {"userMessage": "tortoise"},
        "response": {"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429},
    },
    {
        "match": {"userMessage": "porcupine"},
        "response": {"content": COVERAGE},
        "chunkSize": 7,
        "truncateAfterChunks": 5,
    },
    {"match": {"userMessage": "parrot"}, "response": {"content": "Polly computes 3.4M!"}},
    # What is said where an answer had the wrong shape.
    {
        "match": {"userMessage": "failed the application's validation"},
        "response": {"content": "Polly still computes 3.4M!"},
    },
]


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with aimock(FIXTURES, tmp_path_factory.mktemp("aimock")) as url:
        yield url


@pytest.fixture(params=APIS)
def asking(request: pytest.FixtureRequest, run: Run, mock: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in (
        ("OPENAI_BASE_URL", mock),
        ("OPENAI_API_KEY", "mock"),
        ("QUARTERDECK_MODEL_API", request.param),
    ):
        monkeypatch.setitem(os.environ, name, value)
    return run


def test_a_streamed_answer_is_read_and_the_facts_are_computed(asking: Run):
    code, out, _ = asking("ask", "kindly verify whether our cushion looks healthy")

    assert code == 0
    assert "Read as: coverage of what is left, by region" in out
    assert "2.65x" in out


@pytest.mark.parametrize(
    "animal,why",
    [
        ("tortoise", "My language model is over its rate limit; I read this by rules."),
        ("porcupine", "I read this by rules."),
        ("parrot", "My language model gave no answer that I can use; I read this by rules."),
        ("unicorn", "My language model cannot be reached; I read this by rules."),
    ],
)
def test_whatever_goes_wrong_the_rules_answer_and_say_why(asking: Run, animal: str, why: str):
    code, out, _ = asking("ask", f"kindly verify whether our {animal} looks healthy")

    assert code == 0
    assert why in out
    assert "I could not read" in out
    assert "3.4M" not in out
