"""No token and no word of the CRM is ever logged, however much is logged."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.scenarios.slack.stage import Stage, stage

DANA = "Dana Whitcombe"


def test_at_its_most_talkative_the_log_holds_no_secret_and_no_record(
    at: Stage, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        draft = at.draft(DANA, "sales-leadership")
        at.reply(DANA, "sales-leadership", "note on ostrander: legal call tues", draft.ts)
        at.mention(DANA, "sales-leadership", "what slipped last week")
        at.dm(DANA, "ostrander")

    seen = at.slack.all_bytes_visible_to(DANA)
    assert b"Ostrander" in seen
    secrets = (at.slack.bot_token, at.slack.signing_secret, "Ostrander", "Brandt", "legal call", "$310k")
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_over_a_socket_too_the_log_holds_nothing_that_was_said(
    own_home: Path, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG), stage(own_home, transport="socket") as at:
        at.confirm(DANA)
        at.mention(DANA, "sales-leadership", "what slipped last week")

    assert "slipped last week" not in caplog.text
    assert [record.name for record in caplog.records if record.name.startswith("slack_bolt")] == []
