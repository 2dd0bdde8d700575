"""What doctor says of companies whose records are perfect, and of those that keep little."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.quality import told
from reports.measures.quality import quality
from tests.reports.small import COMPANY, PEOPLE, Small, State, deal, only, sees

CLEAN = State(next_step="call")


def said(small: Small, *filters, **more) -> list[str]:
    view = small.view(*filters, **more)
    names = {each.id: f"Deal {each.id}" for each in small.deals}
    return [
        f"{item.state} {item.what}{f' → {item.do}' if item.do else ''}"
        for item in told(quality(view), view.currency, names)
    ]


def test_records_without_a_fault_are_said_to_be_so():
    assert said(Small((deal("d1", CLEAN), deal("d2", CLEAN, account="a2")))) == [
        "ok records: nothing wrong was found in 2 open or won deals"
    ]


def test_what_no_record_has_is_said_and_not_counted():
    bare = replace(COMPANY, types_in_scope=(), stages=())
    small = Small(
        (deal("d1", State(region=None, segment=None, type=None, close=None), account=None),), company=bare
    )

    assert said(small) == [
        "ok records: nothing wrong was found in 1 open or won deal",
        (
            "note records: no close date, next step, list of stages, account, type, region or segment is known, so 14 of the "
            "checks were not made"
        ),
    ]


def test_a_deal_that_is_wrong_in_two_ways_is_told_in_both():
    late = State(close=date(2026, 11, 1), amount="500", next_step="call")
    lines = said(Small((deal("d1", late), deal("d2", replace(CLEAN, amount=None, currency="XXX")))))

    assert lines == [
        "note records: 1 open with a close date in the past, $500 (first: Deal d1, d1) → their owners mend them: East 1",
        "note records: 1 open without an amount (first: Deal d2, d2) → their owners mend them: East 1",
    ]


def test_filters_and_rights_narrow_what_is_told():
    late = State(close=date(2026, 11, 1), next_step="call")
    small = Small(
        (deal("d1", late), deal("d2", replace(late, region="EMEA", owner="u2", amount="900"), account="a2"))
    )

    assert said(small)[0].startswith(
        "note records: 2 open with a close date in the past, $1k (first: Deal d2"
    )
    assert "1 open with a close date in the past, $900" in said(small, only("region", "EMEA"))[0]
    assert "1 open with a close date in the past, $100" in said(small, access=sees(owners={"u1"}))[0]
    assert PEOPLE[1][0] == "u1"


def test_a_deal_that_is_called_by_its_id_is_named_once():
    small = Small((deal("d1", State(close=date(2026, 11, 1), next_step="call")),))
    view = small.view()
    lines = [item.what for item in told(quality(view), view.currency, {"d1": "d1"})]

    assert lines == ["records: 1 open with a close date in the past, $100 (first: d1)"]
