"""Where a number comes from: its definition, and its records as a file for the one who asks, under that person's rights."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, home_of, stage, told

DANA, JONAS, KATRIN = "Dana Whitcombe", "Jonas Adler", "Katrin Vogelsang"
LEADERS, EMEA = "sales-leadership", "emea-sales"


@pytest.fixture(scope="module")
def at(larkmoor_records: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return one stage for all of these: reading records changes none."""
    with stage(home_of(larkmoor_records, tmp_path_factory.mktemp("records"))) as opened:
        opened.confirm(*PEOPLE)
        yield opened


def rows_of(at: Stage, who: str) -> tuple[list[dict[str, str]], Seen]:
    """Return the rows of the newest file in somebody's direct messages, and the message that shows it."""
    place = at.slack.im_with(who).id
    shown = [seen for seen in at.slack.seen_by(who) if seen.channel == place and seen.files][-1]
    text = shown.files[0].content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text))), shown


def test_r24_a_number_is_traced_to_its_definition_and_all_of_its_records(at: Stage):
    at.dm(DANA, "pipeline")
    (answer,) = at.dm(DANA, "where does 5.49 come from")

    assert answer.text == "$5.49M is Open pipeline, FY26-Q4."
    assert "(definitions v3)" in told(answer)
    assert "212 records, $5,490,000 exactly, as of 23 Nov 08:30 ET." in told(answer)

    at.slack.click(DANA, answer, "CSV")
    at.settle()
    rows, shown = rows_of(at, DANA)
    assert told(shown).startswith("212 records behind $5.49M")
    assert shown.files[0].name == "records-2026-11-23.csv"
    assert len(rows) == 212
    assert sum(float(row["amount"] or 0) for row in rows) == pytest.approx(5_490_000)
    assert {row["region"] for row in rows} == {"AMER", "EMEA", "APAC"}


def test_r24_in_a_channel_the_answer_and_the_file_are_the_askers_alone(at: Stage):
    (asked,) = at.mention(DANA, LEADERS, "pipeline by region")
    before = at.slack.seen_by(KATRIN)
    (answer,) = at.mention(DANA, LEADERS, "where does 1.76 come from", asked.thread_ts)
    assert answer.kind == "ephemeral"
    at.slack.click(DANA, answer, "CSV")
    at.settle()

    rows, _ = rows_of(at, DANA)
    assert len(rows) == 67
    assert {row["region"] for row in rows} == {"EMEA"}
    assert at.slack.seen_by(DANA)[-1].text == "I sent you the records directly."
    new = [seen for seen in at.slack.seen_by(KATRIN) if seen not in before]
    assert [seen.author for seen in new] == [at.slack.person(DANA).id]


def test_r24_only_records_that_the_one_who_presses_may_see_are_in_the_file(at: Stage):
    at.dm(JONAS, "pipeline")
    (answer,) = at.dm(JONAS, "where does 1.76 come from")
    at.slack.click(JONAS, answer, "CSV")
    at.settle()

    rows, _ = rows_of(at, JONAS)
    assert len(rows) == 67
    assert {row["region"] for row in rows} == {"EMEA"}


def test_r24_somebody_elses_button_gives_nothing_that_they_may_not_see(at: Stage):
    at.dm(DANA, "pipeline")
    (answer,) = at.dm(DANA, "where does 5.49 come from")
    at.dm(JONAS, "pipeline")
    (own,) = at.dm(JONAS, "where does 1.76 come from")
    value = next(
        element["value"]
        for block in answer.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "csv"
    )
    at.slack.world.messages[own.channel, own.ts].blocks[-1]["elements"][0]["value"] = value
    before = at.slack.seen_by(JONAS)
    at.slack.click(JONAS, own, "CSV")
    at.settle()

    new = [seen for seen in at.slack.seen_by(JONAS) if seen not in before]
    assert "I no longer have that number." in told(*new)
    assert not any(seen.files for seen in new)


def test_r24_a_number_that_was_not_shown_is_not_explained(at: Stage):
    (answer,) = at.dm(KATRIN, "where does 9.99 come from")

    assert answer.text == "I have not shown 9.99 here."


def test_a_number_that_is_worked_out_from_others_is_not_said_to_be_of_no_records(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(DANA, draft, "Where from?")
    at.settle()
    answer = at.slack.seen_by(DANA)[-1]

    assert answer.text.startswith("$0.80M is ")
    assert "target minus won and commit" in told(answer).casefold()
    assert "By that definition, without records of its own, $800,000 exactly, as of" in told(answer)
    assert "0 records" not in told(answer)
