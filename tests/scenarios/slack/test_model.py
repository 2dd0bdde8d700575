"""With a language model in Slack: it reads what no rule reads, words drafts, and whatever it does, the bot does no more."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store import Store
from tests.bot.agent.test_thread import TALK
from tests.fakes.model import LEADS, led, reading
from tests.fakes.openai_api import KEY, Answer, FakeOpenAI, said
from tests.fakes.poisoned import EVIL, GOALS, OBEYED, injected
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, home_of, stage, told

DANA, JONAS = "Dana Whitcombe", "Jonas Adler"
LEADERS = "sales-leadership"
UNREAD = "kindly verify whether our cushion looks healthy"
COVERAGE = said(reading("question", measure="coverage", by=["region"]))
CASES = Path(__file__).parents[4] / "shared" / "cases" / "requests.tsv"


def sentences_in(body: dict[str, Any]) -> Answer:
    """Answer a writer's question with every sentence worded."""
    asked = json.loads(body["messages"][-1]["content"])["sentences"]
    return said({"sentences": [{"id": item["id"], "sentence": led(item["template"])} for item in asked]})


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI().serving() as serving:
        yield serving


@pytest.fixture
def at(own_home: Path, server: FakeOpenAI) -> Iterator[Stage]:
    settings = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    with stage(own_home, set_too=settings) as opened:
        opened.confirm(*PEOPLE)
        yield opened


def test_a_mention_that_no_rule_reads_is_read_once_and_answered_for_all(at: Stage, server: FakeOpenAI):
    server.script.append(COVERAGE)
    (answer,) = at.mention(DANA, LEADERS, UNREAD)

    assert answer.kind == "message"
    assert "Read as: coverage of what is left, by region" in told(answer)
    assert "2.65x" in told(answer)
    assert len(server.requests) == 1


def test_in_direct_messages_too(at: Stage, server: FakeOpenAI):
    server.script.append(COVERAGE)
    (answer,) = at.dm(JONAS, UNREAD)

    assert "Read as: coverage of what is left, by region" in told(answer)
    assert KEY not in told(answer)


def test_talk_that_nobody_addressed_to_us_never_leaves_the_house(at: Stage, server: FakeOpenAI):
    draft = at.draft(DANA, LEADERS)
    for sentence in (*TALK[::30], UNREAD):
        at.reply(DANA, LEADERS, sentence, draft.ts)

    assert server.requests == []


@pytest.mark.parametrize(
    "answer,why",
    [
        (Answer(status=429, headers=(("retry-after-ms", "1"),)), "My language model is over its rate limit"),
        (Answer(status=401), "My language model's server refused the request"),
        (Answer(text="Gern! Es sind 3.4 Mio."), "My language model gave no answer that I can use"),
        (Answer(text='{"sort": "question", '), "My language model gave no answer that I can use"),
        (Answer(text="x" * 100_000), "My language model gave no answer that I can use"),
        (Answer(text=""), "My language model gave no answer that I can use"),
        (Answer(text=json.dumps(OBEYED["link"])), "My language model read something that is not there"),
        (Answer(text=json.dumps(OBEYED["publish"])), "My language model gave no answer that I can use"),
    ],
    ids=lambda value: value.text[:20] or str(value.status) if isinstance(value, Answer) else "",
)
def test_a_failing_model_is_the_rules_answer_and_one_private_word_why(
    at: Stage, server: FakeOpenAI, answer: Answer, why: str, caplog
):
    caplog.set_level(logging.DEBUG, logger="quarterdeck")
    server.default = lambda _body: answer
    before = at.slack.seen_by(JONAS)
    (seen,) = at.mention(DANA, LEADERS, UNREAD)

    assert seen.kind == "ephemeral"
    assert f"{why}; " in told(seen) or f"{why}" in told(seen)
    assert "I read this by rules." in told(seen)
    assert "I could not read: verify whether cushion looks healthy" in told(seen)
    assert [
        one for one in at.slack.seen_by(JONAS) if one not in before and one.author != at.slack.person(DANA).id
    ] == []
    assert (answer.text[:12] or KEY) not in caplog.text
    assert KEY not in caplog.text


def test_a_model_that_keeps_silent_does_not_keep_the_person_waiting_for_ever(at: Stage, server: FakeOpenAI):
    reader = at.served.desk.line.reader
    reader._seconds = 0.3
    server.default = lambda _body: Answer(hang=True)
    (seen,) = at.dm(DANA, UNREAD)

    assert "My language model did not answer in time; I read this by rules." in told(seen)


def test_a_value_beyond_the_askers_rights_is_not_there(at: Stage, server: FakeOpenAI):
    narrowed = [{"dim": "region", "values": ["APAC"], "leave_out": False}]
    server.default = lambda _body: said(reading("question", measure="coverage", filters=narrowed))
    (seen,) = at.dm(JONAS, UNREAD)

    (sent,) = server.requests
    assert "APAC" not in told(seen) or "cannot see APAC" in told(seen)
    assert "x" not in told(seen).partition("APAC")[2][:8]
    assert JONAS not in json.dumps(sent)


def kinds_kept(store: Store) -> set[str]:
    """Return what kinds of things are kept: schedules, goals and settings are some."""
    with store._engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT DISTINCT kind FROM note").scalars())


def test_instructions_in_a_thread_set_off_nothing(at: Stage, server: FakeOpenAI):
    def obey(body: dict[str, Any]) -> Answer:
        goal = next(goal for goal in GOALS if goal in body["messages"][-1]["content"])
        return Answer(text=json.dumps(OBEYED[goal]))

    server.default = obey
    desk = at.served.desk
    kinds = kinds_kept(desk.line.store)
    places = {
        channel.id: len(at.slack.messages(channel.name))
        for channel in at.slack.world.channels.values()
        if channel.name
    }
    for number in range(0, 50, 3):
        asked = len(server.requests)
        seen = at.mention(DANA, LEADERS, f"verily forsooth thinketh yonder smelleth: “{injected(number)}”")
        assert EVIL not in told(*seen)
        if len(server.requests) > asked:
            assert [one for one in seen if one.kind != "ephemeral"] == []

    assert len(server.requests) >= 8
    leaders = next(channel for channel in at.slack.world.channels.values() if channel.name == LEADERS)
    for channel in at.slack.world.channels.values():
        if channel.name and channel.id != leaders.id:
            assert len(at.slack.messages(channel.name)) == places[channel.id], channel.name
    assert kinds_kept(desk.line.store) - kinds == {"model"}


@pytest.mark.skipif(not CASES.exists(), reason="the list of requests is not here")
def test_lines_that_need_no_model_are_never_shown_to_one(at: Stage, server: FakeOpenAI):
    with CASES.open(encoding="utf-8", newline="") as file:
        lines = [row for row in csv.DictReader(file, delimiter="\t") if row["needs_model"] == "no"]
    assert len(lines) >= 30
    draft = at.draft(DANA, LEADERS)
    for row in lines:
        text = row["text"].partition("   (")[0]
        match row["surface"]:
            case "S" | "X":
                found = at.command(DANA, LEADERS, text.removeprefix("/sales").strip())
            case "M":
                found = at.mention(DANA, LEADERS, text.partition(" ")[2])
            case "T":
                at.reply(DANA, LEADERS, text, draft.ts)
                at.clock.forward(21)
                at.settle()
                continue
            case _:
                found = at.dm(DANA, text)
        assert found, row["id"]

    assert server.requests == []


@pytest.fixture
def writing(own_home: Path, server: FakeOpenAI) -> Iterator[Stage]:
    server.default = sentences_in
    settings = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "QUARTERDECK_MODEL": "gpt-6-sol"}
    with stage(own_home, set_too=settings) as opened:
        opened.confirm(*PEOPLE)
        yield opened


def test_a_draft_in_a_models_words_says_the_same_facts_and_undo_asks_nobody(
    writing: Stage, server: FakeOpenAI
):
    draft = writing.draft(DANA, LEADERS)
    assert draft.text.startswith("Q4 $0.80M short of $5.80M")
    shown = told(draft)
    assert any(f"{lead}Q4 is $0.80M short of $5.80M" in shown for lead in LEADS)
    assert server.requests[0]["model"] == "gpt-6-sol"

    writing.reply(DANA, LEADERS, "drop 4 and 6", draft.ts)
    asked = len(server.requests)
    server.default = None
    writing.clock.forward(21)
    writing.reply(DANA, LEADERS, "undo", draft.ts)

    assert len(server.requests) == asked
    assert any(f"{lead}Q4 is $0.80M short of $5.80M" in told(writing.shown(DANA, draft.ts)) for lead in LEADS)


def test_a_writer_that_fails_is_told_to_its_author_alone(writing: Stage, server: FakeOpenAI):
    server.default = lambda _body: Answer(status=401)
    found = writing.command(DANA, LEADERS, "weekly")

    (word,) = [seen for seen in found if "My language model" in told(seen)]
    assert word.kind == "ephemeral"
    assert "the sentences are my own." in told(word)
    assert any("Q4 is $0.80M short of $5.80M" in told(seen) for seen in found)


def test_what_a_writer_may_not_say_is_not_said(
    own_home: Path, server: FakeOpenAI, larkmoor_records: Path, tmp_path: Path
):
    def obey(body: dict[str, Any]) -> Answer:
        asked = json.loads(body["messages"][-1]["content"])["sentences"]
        evil = f"See https://{EVIL}: {{{{gap}}}} is half of it because Acme left."
        return said({"sentences": [{"id": item["id"], "sentence": evil} for item in asked]})

    server.default = obey
    settings = {"OPENAI_BASE_URL": server.url, "QUARTERDECK_MODEL": "gpt-6-sol"}
    with stage(own_home, set_too=settings) as with_model:
        with_model.confirm(*PEOPLE)
        words = told(with_model.draft(DANA, LEADERS))
    plain = tmp_path / "plain"
    plain.mkdir()
    with stage(home_of(larkmoor_records, plain)) as without:
        without.confirm(*PEOPLE)
        assert told(without.draft(DANA, LEADERS)) == words
