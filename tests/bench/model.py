"""What the second reader and the writer add to a model's own time: the same work with a model of fixed latency, less that."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot import flows
from bot.agent.answers.asking import Asker
from bot.agent.model.client import Client, Endpoint
from bot.agent.model.limits import Allowance, Limits
from bot.agent.model.reader import ModelReader
from bot.agent.model.writer import ModelWriter
from bot.agent.turn import turn
from bot.flows import Line
from bot.settings import Settings
from bot.wiring import Installation
from reports.kinds import KINDS
from tests.bench.commands import _seconds
from tests.fakes.model import led, reading
from tests.fakes.openai_api import KEY, Answer, FakeOpenAI, said

LATENCY, RUNS = 0.2, 15
# A request that the rules read, and one that they do not, which a model reads as the same.
TYPED, UNREAD = "coverage by region", "kindly verify whether our cushion looks healthy"
PLENTY = Allowance(person_requests=10**6, person_tokens=10**9, requests=10**6, tokens=10**9)


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    yield "quarterdeck --help, which needs no model (goal < 0.3 s)", _seconds("--help")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), crm="demo", values={})
        with Installation(settings, progress=lambda _step: None) as opened:
            line = opened.line()
            for api in ("responses", "chat"):
                with FakeOpenAI(default=_answered).serving() as server:
                    names = {"reader": "small", "writer": "large"}
                    client = Client(Endpoint(key=KEY, base_url=server.url, api=api, names=names))  # type: ignore[arg-type]
                    try:
                        yield from _measured(line, client, api)
                    finally:
                        client.close()


def _measured(line: Line, client: Client, api: str) -> Iterator[tuple[str, str]]:
    limits = Limits(line.store.notes, lambda: date(2026, 11, 23), PLENTY)

    def typed(number: int) -> None:
        turn(line, TYPED, thread_id=f"typed{number}", asker=Asker(name="Dana"))

    def read(number: int) -> None:
        found = replace(line, reader=ModelReader(client, limits, clock=time.monotonic))
        reply, _ = turn(found, UNREAD, thread_id=f"read{number}", asker=Asker(name="Dana"))
        if reply.intent != "ask":
            raise RuntimeError(f"the model's reading was not used: {reply.lines}")

    spec = KINDS["weekly"].spec(period="this-quarter")

    def drafted(number: int) -> None:
        flows._BUILT._kept.clear()
        flows._COMPOSED._kept.clear()
        flows.draft(line, spec, author="Dana", key=f"{api} plain {number}")

    def worded(number: int) -> None:
        flows._BUILT._kept.clear()
        flows._COMPOSED._kept.clear()
        found = replace(line, writer=ModelWriter(client, limits, clock=time.monotonic))
        made = flows.draft(found, spec, author="Dana", key=f"{api} worded {number}")
        if not made.wording:
            raise RuntimeError("the model's sentences were not used")

    yield f"reader over {api}, beside the rules and the model (goal < 100 ms)", _added(typed, read)
    yield f"writer over {api}, beside the templates and the model (goal < 100 ms)", _added(drafted, worded)


def _added(without: Any, with_model: Any) -> str:
    """Return the medians of what a model adds beyond its own latency, on the clock and of the processor."""
    taken: dict[Any, list[tuple[float, float]]] = {without: [], with_model: []}
    for number in range(RUNS + 1):
        for work, times in taken.items():
            start, used = time.perf_counter(), time.process_time()
            work(number)
            times.append((time.perf_counter() - start, time.process_time() - used))
    # The first of each pays for what is made once.
    plain, asked = (
        [statistics.median(column) for column in zip(*times[1:], strict=True)]
        for times in (taken[without], taken[with_model])
    )
    wall, processor = asked[0] - plain[0] - LATENCY, asked[1] - plain[1]
    return f"{wall * 1000:.0f} ms ({processor * 1000:.0f} ms of the processor, the server's with it)"


def _answered(body: dict[str, Any]) -> Answer:
    if body["model"] == "small":
        return replace(
            said(reading("question", measure="coverage", by=["region"])), seconds=LATENCY, letters=2_000
        )
    shown = body["messages"][-1]["content"] if "messages" in body else body["input"][-1]["content"]
    text = shown if isinstance(shown, str) else shown[-1]["text"]
    asked = json.loads(text)["sentences"]
    told = {"sentences": [{"id": item["id"], "sentence": led(item["template"])} for item in asked]}
    return replace(said(told), seconds=LATENCY, letters=2_000)
