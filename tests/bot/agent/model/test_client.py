"""The client over HTTP, both APIs: what it sends, and what every failure of a server comes to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bot.agent.model.client import Client, Endpoint
from bot.agent.model.later import Later
from bot.agent.model.ports import NoAnswer, Prompt, Reading, Trouble, Usage
from tests.fakes.model import ScriptedModel, reading
from tests.fakes.openai_api import KEY, Answer, FakeOpenAI, said

COVERAGE = reading("question", measure="coverage", by=["region"])
APIS = ("responses", "chat")


@contextmanager
def client_of(server: FakeOpenAI, api: str, *, timeout: float = 20, retries: int = 0) -> Iterator[Client]:
    names = {"reader": "gpt-6-luna", "writer": "gpt-6-sol"}
    with server.serving():
        at = Endpoint(key=KEY, base_url=server.url, api=api, names=names, timeout=timeout, retries=retries)
        client = Client(at)
        try:
            yield client
        finally:
            client.close()


def prompt(*, seconds: float = 20, letters: int = 8_000) -> Prompt:
    return Prompt(
        which="reader",
        instructions="Read this.",
        text="how much cushion has europe got",
        person="hash-of-dana",
        workspace="hash-of-t1",
        seconds=seconds,
        letters=letters,
    )


@pytest.mark.parametrize("api", APIS)
def test_an_answer_comes_back_in_its_shape_and_says_what_it_cost(api):
    with client_of(FakeOpenAI([said(COVERAGE)]), api) as client:
        found, usage = client.ask(prompt(), Reading)

    assert found == Reading.model_validate(COVERAGE)
    assert usage == Usage(requests=1, tokens=1000)


@pytest.mark.parametrize("api", APIS)
def test_nothing_is_stored_and_the_person_is_a_hash(api):
    server = FakeOpenAI([said(COVERAGE)])
    with client_of(server, api) as client:
        client.ask(prompt(), Reading)

    (sent,) = server.requests
    assert sent["store"] is False
    assert sent["stream"] is True
    assert sent["safety_identifier"] == "hash-of-dana"
    assert sent["prompt_cache_key"] == "hash-of-t1"
    assert "previous_response_id" not in sent
    assert "conversation" not in sent
    if api == "responses":
        assert sent["include"] == ["reasoning.encrypted_content"]
        assert sent["reasoning"]["effort"] == "low"


@pytest.mark.parametrize("api", APIS)
def test_a_model_that_is_not_known_to_think_is_not_told_how_much(api):
    server = FakeOpenAI([said(COVERAGE)])
    with server.serving():
        names = {"reader": "qwen3:4b", "writer": "qwen3:4b"}
        client = Client(Endpoint(key=KEY, base_url=server.url, api=api, names=names))
        client.ask(prompt(), Reading)
        client.close()

    (sent,) = server.requests
    assert "reasoning" not in sent
    assert "reasoning_effort" not in sent


@pytest.mark.parametrize("api", APIS)
def test_the_shape_is_strict_without_defaults_or_discriminators(api):
    server = FakeOpenAI([said(COVERAGE)])
    with client_of(server, api) as client:
        client.ask(prompt(), Reading)

    (sent,) = server.requests
    shape = sent["text"]["format"] if api == "responses" else sent["response_format"]["json_schema"]
    written = json.dumps(shape["schema"])
    assert shape["strict"] is True
    assert '"default"' not in written
    assert "discriminator" not in written
    assert set(shape["schema"]["required"]) == set(Reading.model_fields)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "answer,trouble",
    [
        (Answer(status=429), Trouble.BUSY),
        (Answer(status=401), Trouble.REFUSED),
        (Answer(status=404), Trouble.REFUSED),
        (Answer(status=400), Trouble.REFUSED),
        (Answer(status=500), Trouble.AWAY),
        (Answer(status=503), Trouble.AWAY),
        (Answer(text="I would love to help you with that!"), Trouble.NONSENSE),
        (Answer(text='{"sort": "question", "measure": '), Trouble.NONSENSE),
        (Answer(text='{"sort": "publish"}'), Trouble.NONSENSE),
        (Answer(text="Das kann ich leider nicht beantworten."), Trouble.NONSENSE),
        (Answer(text="x" * 100_000), Trouble.NONSENSE),
        (Answer(text=""), Trouble.NONSENSE),
        (Answer(text="null"), Trouble.NONSENSE),
        (Answer(text="COVERAGE", cut=3), Trouble.AWAY),
    ],
    ids=lambda value: getattr(value, "name", None) or f"{value.status}{value.text[:12]}{value.cut or ''}",
)
def test_every_failure_has_a_name_and_no_text_of_the_models(api, answer, trouble, caplog):
    caplog.set_level(logging.DEBUG)
    with (
        client_of(FakeOpenAI(default=lambda _body: answer), api) as client,
        pytest.raises(NoAnswer) as failed,
    ):
        client.ask(prompt(), Reading)

    assert failed.value.trouble is trouble
    assert str(failed.value) == trouble.value
    assert KEY not in caplog.text
    assert (answer.text[:20] or "cushion") not in caplog.text


@pytest.mark.parametrize("api", APIS)
def test_an_answer_of_the_wrong_shape_is_asked_for_once_more(api):
    server = FakeOpenAI([Answer(text="well…"), said(COVERAGE)])
    with client_of(server, api) as client:
        found, usage = client.ask(prompt(), Reading)

    assert found.measure == "coverage"
    assert usage.requests == len(server.requests) == 2


@pytest.mark.parametrize("api", APIS)
def test_a_cut_stream_is_begun_once_more(api):
    server = FakeOpenAI([Answer(text=json.dumps(COVERAGE), cut=4), said(COVERAGE)])
    with client_of(server, api) as client:
        found, _ = client.ask(prompt(), Reading)

    assert found.measure == "coverage"
    assert len(server.requests) == 2


@pytest.mark.parametrize("api", APIS)
def test_a_server_that_is_over_its_limit_is_asked_again_when_it_says_so(api):
    server = FakeOpenAI([Answer(status=429, headers=(("retry-after-ms", "1"),)), said(COVERAGE)])
    with client_of(server, api, retries=1) as client:
        found, _ = client.ask(prompt(), Reading)

    assert found.measure == "coverage"


@pytest.mark.parametrize("api", APIS)
def test_a_server_that_keeps_silent_is_given_up_in_time(api):
    server = FakeOpenAI(default=lambda _body: Answer(hang=True))
    with client_of(server, api) as client, pytest.raises(NoAnswer) as failed:
        client.ask(prompt(seconds=0.3), Reading)

    assert failed.value.trouble is Trouble.LATE


def test_a_server_that_is_not_there_is_away():
    at = Endpoint(
        key=KEY, base_url="http://127.0.0.1:9/v1", api="chat", names={"reader": "m", "writer": "m"}, retries=0
    )
    client = Client(at)
    with pytest.raises(NoAnswer) as failed:
        client.ask(prompt(), Reading)
    client.close()

    assert failed.value.trouble is Trouble.AWAY


def test_a_client_that_was_closed_is_away():
    with client_of(FakeOpenAI(), "chat") as client:
        client.close()
        with pytest.raises(NoAnswer) as failed:
            client.ask(prompt(), Reading)

    assert failed.value.trouble is Trouble.AWAY


def test_an_answer_is_not_read_to_its_end_when_it_is_too_long():
    server = FakeOpenAI([Answer(text="x" * 100_000)])
    with client_of(server, "chat") as client, pytest.raises(NoAnswer):
        client.ask(prompt(letters=500), Reading)

    assert len(server.requests) == 1


def test_the_servers_models_are_listed():
    with client_of(FakeOpenAI(), "chat") as client:
        assert client.names(5) == ("gpt-6-luna", "gpt-6-sol")


def test_an_endpoint_does_not_show_its_key():
    at = Endpoint(key=KEY, base_url=None, api="chat", names={"reader": "m", "writer": "m"})

    assert KEY not in repr(at)


@pytest.mark.parametrize("api", APIS)
def test_many_threads_ask_at_once_and_each_gets_an_answer(api):
    server = FakeOpenAI(default=lambda _body: said(COVERAGE))
    with client_of(server, api) as client, ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: client.ask(prompt(), Reading)[0].measure, range(36)))

    assert found == ["coverage"] * 36


def test_a_model_that_nobody_asks_is_never_opened():
    opened = []
    later = Later(lambda: opened.append(1))
    later.close()

    assert opened == []


def test_a_model_is_opened_once_and_closed_with_its_installation():
    model = ScriptedModel(lambda _prompt: COVERAGE)
    opened = []
    later = Later(lambda: opened.append(1) or model)
    for _ in range(3):
        later.ask(prompt(), Reading)
    later.close()

    assert (opened, model.closed) == ([1], True)
