"""The words that docs/slack.md gives to admins do what it says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.slack.stage import Stage, told

MARCUS, DANA = "Marcus Bell", "Dana Whitcombe"
PAGE = (Path(__file__).parents[3] / "docs/slack.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Modes of a channel")[1].split("## Besides")[0]
ANSWERS = {
    "allow": "From now on I may post in #sales-leadership",
    "disallow": "#sales-leadership",
    "link": "Linked: that person is Dana Whitcombe",
    "listen": "Here I act on",
    "stop": "All writes, sends and schedules are off",
    "resume": "I go on",
    "who": "In the CRM you are Marcus Bell",
}


def test_every_word_for_admins_that_is_written_about_is_understood(at: Stage):
    said = re.findall(r"`/sales ([^`]+)`", SECTION)
    assert {words.split()[0] for words in said} == set(ANSWERS)

    for words in said:
        found = at.command(MARCUS, "sales-leadership", words.replace("U0123ABCD", at.slack.person(DANA).id))
        assert ANSWERS[words.split()[0]] in told(*found), words


def test_a_person_may_be_linked_by_the_name_that_slack_puts_beside_the_id(at: Stage):
    user = at.slack.person("Paula Renner").id

    for words in (
        f"link <@{user}|paula renner> to Birgit Sommerfeld",
        f"link <@{user}> to Birgit Sommerfeld",
    ):
        found = at.command(MARCUS, "sales-leadership", words)
        assert "Linked: that person is Birgit Sommerfeld" in told(*found)
    (answer,) = at.dm("Paula Renner", "who am i")
    assert "In the CRM you are Birgit Sommerfeld" in told(answer)
