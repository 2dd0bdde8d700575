"""Which language model an installation has, what doctor says of it, and that a command reaches it over HTTP."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import BadSetting
from bot.settings import SMALL_MODEL, ModelSettings, model_settings, read_settings
from tests.bot.test_cli import run as run_command
from tests.fakes.model import reading
from tests.fakes.openai_api import KEY, Answer, FakeOpenAI, said

Run = Callable[..., tuple[int, str, str]]
run = run_command
UNREAD = "kindly verify whether our cushion looks healthy"


def settings_of(folder: Path, **values: str) -> ModelSettings | None:
    return model_settings(read_settings(values, folder=folder))


def test_without_a_key_or_a_server_there_is_no_model(tmp_path):
    assert settings_of(tmp_path) is None
    assert settings_of(tmp_path, QUARTERDECK_MODEL="gpt-6-sol") is None


def test_a_key_alone_reads_and_leaves_the_words_to_templates(tmp_path):
    found = settings_of(tmp_path, OPENAI_API_KEY=KEY)

    assert found is not None
    assert (found.base_url, found.api, found.reader, found.writer) == (None, "responses", SMALL_MODEL, None)


def test_a_server_of_ones_own_needs_no_key_and_speaks_the_older_api(tmp_path):
    found = settings_of(tmp_path, OPENAI_BASE_URL="http://localhost:11434/v1", QUARTERDECK_MODEL="qwen")

    assert found is not None
    assert (found.api, found.reader, found.writer) == ("chat", "qwen", "qwen")


def test_the_smaller_model_reads_and_the_larger_one_words(tmp_path):
    names = {"QUARTERDECK_MODEL": "large", "QUARTERDECK_MODEL_SMALL": "small"}
    found = settings_of(tmp_path, OPENAI_API_KEY=KEY, QUARTERDECK_MODEL_API="chat", **names)

    assert found is not None
    assert (found.api, found.reader, found.writer) == ("chat", "small", "large")


def test_an_api_that_is_not_spoken_is_refused(tmp_path):
    with pytest.raises(BadSetting, match=r"QUARTERDECK_MODEL_API is 'grpc'; use responses or chat"):
        settings_of(tmp_path, OPENAI_API_KEY=KEY, QUARTERDECK_MODEL_API="grpc")


def test_settings_do_not_show_the_key(tmp_path):
    assert KEY not in repr(settings_of(tmp_path, OPENAI_API_KEY=KEY))


@pytest.fixture
def server(monkeypatch):
    with FakeOpenAI().serving() as serving:
        for name, value in (("OPENAI_BASE_URL", serving.url), ("OPENAI_API_KEY", KEY)):
            monkeypatch.setitem(os.environ, name, value)
        yield serving


def test_doctor_names_who_reads_and_who_words(run: Run, server: FakeOpenAI, monkeypatch):
    monkeypatch.setitem(os.environ, "QUARTERDECK_MODEL", "gpt-6-sol")
    monkeypatch.setitem(os.environ, "QUARTERDECK_MODEL_SMALL", "gpt-6-luna")
    code, out, err = run("doctor")

    assert code == 0
    assert "language model at 127.0.0.1, chat: gpt-6-luna reads, gpt-6-sol words" in out
    assert KEY not in out + err
    assert server.keys == [KEY]


def test_doctor_names_a_model_that_is_not_offered(run: Run, server: FakeOpenAI, monkeypatch):
    monkeypatch.setitem(os.environ, "QUARTERDECK_MODEL", "gpt-6-sun")
    code, out, _ = run("doctor")

    assert code == 1
    assert "does not offer the model 'gpt-6-sun' → set QUARTERDECK_MODEL: gpt-6-luna, gpt-6-sol" in out
    assert "reads" not in out


def test_doctor_says_what_to_do_about_a_server_that_is_not_there(run: Run, monkeypatch):
    monkeypatch.setitem(os.environ, "OPENAI_BASE_URL", "http://name:secret@127.0.0.1:9/v1")
    code, out, err = run("doctor")

    assert code == 1
    assert "language model at 127.0.0.1: away → check the network" in out
    assert "secret" not in out + err


def test_doctor_says_what_a_model_without_a_server_wants(run: Run, monkeypatch):
    monkeypatch.setitem(os.environ, "QUARTERDECK_MODEL", "gpt-6-sol")
    code, out, _ = run("doctor")

    assert code == 1
    assert "QUARTERDECK_MODEL without a key or a server → set OPENAI_API_KEY" in out


def test_a_command_is_read_by_the_model_and_answered_by_code(run: Run, server: FakeOpenAI, caplog):
    caplog.set_level(logging.DEBUG)
    server.script.append(said(reading("question", measure="coverage", by=["region"])))
    code, out, err = run("ask", UNREAD)

    assert code == 0
    assert "Read as: coverage of what is left, by region" in out
    assert "2.65x" in out
    assert KEY not in out + err + caplog.text
    assert KEY not in json.dumps(server.requests)


def test_a_model_that_fails_is_the_rules_answer_and_a_word_why(run: Run, server: FakeOpenAI):
    server.default = lambda _body: Answer(text="Gern! Das Polster ist gut, 3.4 Mio.")
    code, out, _ = run("ask", UNREAD)

    assert code == 0
    assert "My language model gave no answer that I can use; I read this by rules." in out
    assert "3.4" not in out


def test_without_the_packages_the_rules_answer_and_say_what_installs_them(home: Path):
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('openai', 'pydantic_ai'))); "
        f"from bot.cli import main; sys.exit(main(['ask', {UNREAD!r}, '--home', {str(home)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENAI_API_KEY": KEY},
    )

    assert done.returncode == 0, done.stderr
    assert "is not installed (make setup installs it)" in done.stdout
