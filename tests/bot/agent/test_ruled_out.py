"""What is asked for without a part of it leaves that part out, and nothing else."""

from __future__ import annotations

import pytest

from reports.facts import Filter
from tests.bot.agent.world import said

NOT_EMEA = Filter(dim="region", values=("EMEA",), negate=True)


@pytest.mark.parametrize(
    "text, filters",
    [
        ("weekly without emea", (NOT_EMEA,)),
        ("weekly except emea", (NOT_EMEA,)),
        ("weekly all but emea", (NOT_EMEA,)),
        ("weekly excluding apac", (Filter(dim="region", values=("APAC",), negate=True),)),
        ("weekly ent without emea", (NOT_EMEA, Filter(dim="segment", values=("ENT",)))),
        ("weekly without jonas", (Filter(dim="owner", values=("Jonas Brenner",), negate=True),)),
        ("deals not in emea", (NOT_EMEA,)),
        ("deals not in commit", (Filter(dim="category", values=("commit",), negate=True),)),
        ("why is pipeline low without emea", (NOT_EMEA,)),
        ("nudge everyone except emea", (NOT_EMEA,)),
    ],
)
def test_what_is_ruled_out_is_left_out(text: str, filters: tuple[Filter, ...]):
    meant = said(text)

    assert (meant.filters, meant.unread) == (filters, ())


def test_other_readings_of_a_question_leave_the_same_part_out():
    meant = said("pipeline without emea and apac")
    again = said(meant.alternatives[0].text)

    assert again.question.filters == meant.question.filters
    assert again.question.filters[0].negate


@pytest.mark.parametrize("text", ["deals without next step", "deals with no amount"])
def test_what_is_missing_in_a_deal_rules_out_no_value(text: str):
    assert said(text).filters == ()
