"""The forecast asked for in words and on the command line, changed in its thread, and opened again as people get it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from pptx import Presentation

from bot.agent.answers.asking import Asker
from bot.agent.reply import Reply
from bot.agent.turn import turn
from bot.cli import main
from bot.flows import file_of
from bot.store import Revision
from bot.wiring import Installation
from tests.reports.kinds.forecast.conftest import CALLS, TITLES

DANA = Asker(name="Dana Whitcombe")


def said(installation: Installation, *texts: str) -> list[tuple[Reply, Revision | None]]:
    """Return what is answered to one message after the other, in one thread."""
    line = installation.line()
    return [turn(line, text, thread_id="t", asker=DANA) for text in texts]


def made(installation: Installation, *texts: str) -> Revision:
    """Return the revision that the last of these messages made."""
    reply, revision = said(installation, *texts)[-1]
    assert revision is not None, reply.lines
    return revision


def titles(revision: Revision) -> list[str]:
    return [slide.title.text for slide in revision.deck.slides]


def test_the_file_holds_the_five_slides_whose_titles_tell_the_story(installation: Installation) -> None:
    revision = made(installation, "forecast")
    content = file_of(installation.line(), revision, "deck").read_bytes()
    slides = Presentation(io.BytesIO(content)).slides

    assert [slide.shapes.title.text.replace("\u00a0", " ") for slide in slides] == list(TITLES)
    assert revision.problems == ()
    assert file_of(installation.line(), revision, "card").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "asked,title",
    [
        ("forecast emea", "EMEA rolls up to $1.33M in Q4, $0.57M short of $1.90M; best case reaches $1.89M."),
        ("fcst for APAC", "APAC rolls up to $650k in Q4, $50k short of $700k; best case reaches $830k."),
        ("forecast next quarter", "Q1 rolls up to $0.44M committed, $3.56M short of $4.00M; best case reaches $1.35M."),
        ("forecast call for mid-market", "Mid-market rolls up to $1.65M in Q4, without a target; best case reaches $2.67M."),
        ("show me the forecast of last quarter", "Q3 closed $0.21M ahead of $5.20M."),
    ],
)  # fmt: skip
def test_a_forecast_is_asked_for_in_peoples_words(installation: Installation, asked: str, title: str) -> None:
    assert titles(made(installation, asked))[0] == title


def test_its_thread_changes_it_as_the_weeklys_does(installation: Installation) -> None:
    asked = (
        "forecast",
        "drop the swing slide",
        "only EMEA",
        "slide 1 in eur",
        "note on velde: legal call Tue",
    )
    dropped, narrowed, in_euro, noted = (
        revision for _, revision in said(installation, *asked)[1:] if revision is not None
    )

    assert [slide.key for slide in dropped.deck.slides] == ["call", "path", "trajectory", "changes"]
    assert titles(narrowed)[1] == "Even with all $0.56M of best case EMEA stays $0.01M short of $1.90M."
    assert titles(in_euro)[0].startswith("EMEA rolls up to €1.06M in Q4")
    assert titles(in_euro)[1] == titles(narrowed)[1]
    assert noted.changes


def test_a_slide_that_was_dropped_comes_back_by_its_name(installation: Installation) -> None:
    back = made(installation, "forecast", "drop the trajectory slide", "bring back the trajectory slide")

    assert "trajectory" in [slide.key for slide in back.deck.slides]


def test_a_note_stands_on_the_swing_deals_row(installation: Installation) -> None:
    noted = made(installation, "forecast", "note on velde: legal call Tue")
    swing = next(block for block in noted.deck.slides[2].blocks if block.type == "table")
    row = next(row for row in swing.rows if "Velde" in row.cells[0].text)

    assert row.cells[0].note.startswith("Dana Whitcombe, ")
    assert row.cells[0].note.endswith(": legal call Tue")


def test_what_managers_called_stands_in_it(installation: Installation) -> None:
    line = installation.line()
    before = made(installation, "forecast")
    for call in CALLS:
        line.store.notes.write(line.workspace, "call", call.id, call.model_dump(mode="json"))

    after = made(installation, "fresh data")

    assert line.store.calls(line.workspace)[0].id == "older"
    assert titles(before)[0] == TITLES[0]
    assert titles(after)[0] == (
        "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M; Dana Whitcombe calls $5.30M."
    )


def test_the_command_line_writes_the_deck_it_tells_of(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})

    code = main(["report", "forecast", "--json", "--out", "f.pptx", "--home", str(home)])
    shown = json.loads(capfd.readouterr().out)

    assert code == 0
    assert [slide["title"] for slide in shown["slides"]] == list(TITLES)
    assert shown["problems"] == []
    assert len(Presentation(tmp_path / "f.pptx").slides) == 5
