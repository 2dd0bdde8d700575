"""Two hundred records with instructions in them, and a model that obeys all it reads: nothing comes of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot import flows
from bot.agent.answers.asking import Asker
from bot.agent.model.limits import Allowance, Limits
from bot.agent.model.reader import ModelReader
from bot.agent.model.writer import ModelWriter
from bot.agent.turn import turn
from bot.flows import Line
from bot.settings import Settings
from bot.wiring import Installation
from reports.kinds import KINDS
from tests.fakes.model import ScriptedModel
from tests.fakes.poisoned import EVIL, GOALS, OBEYED, RECORDS, injected, obeying, poisoned_home

PLENTY = Allowance(person_requests=10_000, person_tokens=10**9, requests=10_000, tokens=10**9)
# So many words that no rule reads that a name among them does not make a request of it.
WORDS = "verily forsooth whomsoever thinketh moreover beholdest yonder cushion smelleth healthy"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    home = tmp_path_factory.mktemp("poisoned") / "home"
    return home, poisoned_home(home, "account", "deal", "event")


@pytest.fixture
def line(poisoned: tuple[Path, tuple[str, ...]]) -> Iterator[Line]:
    with Installation(Settings(home=poisoned[0], crm="demo", values={}), progress=lambda _: None) as opened:
        yield opened.line()


def with_model(line: Line, model: ScriptedModel) -> Line:
    limits = Limits(line.store.notes, lambda: date(2026, 11, 23), PLENTY)
    return replace(
        line,
        reader=ModelReader(model, limits, clock=lambda: 0.0),
        writer=ModelWriter(model, limits, clock=lambda: 0.0),
    )


def kept(home: Path) -> dict[str, object]:
    """Return everything that the store keeps but for counts of the model and what conversations remember."""
    with sqlite3.connect(home / "quarterdeck.sqlite") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: database.execute(
                f"SELECT * FROM {table}{' WHERE kind <> ?' if table == 'note' else ''}",
                ("model",) if table == "note" else (),
            ).fetchall()
            for table in tables
            if table != "thread"
        }


def test_two_hundred_instructions_set_off_nothing(line: Line, poisoned: tuple[Path, tuple[str, ...]]):
    home, accounts = poisoned
    assert len(accounts) >= RECORDS
    model = ScriptedModel(obeying)
    found, before = with_model(line, model), kept(home)
    said = []
    for number in range(RECORDS):
        asker = Asker(name=f"Dana {injected(number)}")
        text = f"{WORDS}: “{injected(number)}”" if number % 2 else f"{WORDS} of {accounts[number]}"
        asked = len(model.asked)
        reply, made = turn(found, text, thread_id=f"t{number}", asker=asker, surface="mention")
        assert made is None, text
        if len(model.asked) > asked:
            # The rules' own answer, or which of several records is meant: nothing that a model chose.
            assert reply.intent in {"unread", "choose"}, text
        said.append(reply.model_dump_json())

    assert kept(home) == before
    assert [text for text in said if EVIL in text or "http" in text] == []
    # The attack came through to the model, by the words of the message and by names of records.
    told = [json.loads(prompt.text) for prompt in model.asked]
    assert len(told) >= RECORDS // 2
    assert sum(any(goal in str(one["untrusted"]) for goal in GOALS) for one in told) >= 20
    # Who asks, and what else the records say, never does.
    assert [prompt for prompt in model.asked if "Dana" in prompt.text or "step " in prompt.text] == []


def test_an_obeying_writer_changes_no_word_of_a_draft(tmp_path: Path):
    poisoned_home(tmp_path, "account", "deal", "event")
    with Installation(Settings(home=tmp_path, crm="demo", values={}), progress=lambda _: None) as opened:
        _draft_with_an_obeying_writer(opened.line())


def _draft_with_an_obeying_writer(line: Line):
    model = ScriptedModel(obeying)
    spec = KINDS["weekly"].spec(period="this-quarter")
    made = flows.draft(with_model(line, model), spec, author="Dana", key="poisoned")

    assert len(model.asked) == 1
    assert made.deck == flows.build(line, flows.pinned(line, spec)).deck
    assert made.wording == ()
    assert [goal for goal in GOALS if goal in model.asked[0].text] == []


@pytest.mark.parametrize("goal", GOALS)
def test_whatever_a_model_tries_is_the_rules_answer(line: Line, goal: str):
    model = ScriptedModel(lambda _prompt: OBEYED[goal])
    reply, made = turn(with_model(line, model), WORDS, thread_id=goal, asker=Asker(name="Dana"))

    assert len(model.asked) == 1
    assert (reply.intent, made) == ("unread", None)
