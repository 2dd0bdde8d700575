"""The last slide: what is wrong with the records beside the hygiene of open deals, in its scope and for its eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.check import check
from reports.compose import compose
from reports.kinds import weekly
from reports.kinds.weekly.records import ROWS
from reports.measures.quality import CHECKS, quality
from reports.render import render
from reports.view.hygiene import WRONG
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region
from tests.reports.small import COMPANY, Small, State, deal, sees

FINE = State(next_step="call")


def appendix_of(*deals, **more):
    deck = compose(weekly.spec(), Small(deals).view(**more))
    return deck, next(slide for slide in deck.slides if slide.id == "appendix")


def test_beside_the_actions_it_is_one_sentence_with_who_mends_it(larkmoor):
    line = block(larkmoor, "appendix", "records").lines[0]

    assert line.text == (
        "27 open duplicates, by account and name ($439k, RevOps); 5 won before they were created ($285k, RevOps); "
        "1 open with a close date far off ($45k, owner); 1 more kind."
    )


def test_its_facts_carry_the_deals_behind_them(larkmoor):
    slide = next(slide for slide in larkmoor.slides if slide.id == "appendix")
    found = {fact.id: fact for fact in slide.facts}["wrong.same_name"]

    assert (found.value, found.record_count, len(found.records)) == ("27", 27, 27)
    assert found.definition == CHECKS["same_name"].definition


def test_without_actions_it_is_a_table_most_money_first(larkmoor_view):
    table = block(compose(weekly.spec(), larkmoor_view), "appendix", "records")

    assert [tuple(cell.text for cell in row.cells) for row in table.rows] == [
        ("Open duplicates, by account and name", "27", "$439k", "RevOps"),
        ("Won before they were created", "5", "$285k", "RevOps"),
        ("Open with a close date far off", "1", "$45k", "owner"),
        ("Open without an account", "4", "$36k", "owner"),
    ]


def test_what_hygiene_counts_does_not_stand_there_again(larkmoor_view):
    found = quality(larkmoor_view)
    deck = compose(weekly.spec(), larkmoor_view)
    slide = next(slide for slide in deck.slides if slide.id == "appendix")

    assert {fault.check.name for fault in found.faults} >= set(WRONG)
    assert not {f"wrong.{name}" for name in WRONG} & {fact.id for fact in slide.facts}


@pytest.mark.parametrize("name", ["AMER", "EMEA", "APAC"])
def test_the_slide_counts_what_is_in_its_scope(composed, larkmoor_view, name):
    deck = composed(filters=(region(name),))
    slide = next(slide for slide in deck.slides if slide.id == "appendix")
    shown = {fact.id: int(fact.value) for fact in slide.facts if fact.id.removeprefix("wrong.") in CHECKS}
    counted = {fault.check.name: fault.n for fault in quality(larkmoor_view.where(region(name))).faults}

    assert shown
    assert shown == {name: counted[name.removeprefix("wrong.")] for name in shown}
    assert_every_number_is_a_fact(deck)


def test_the_regions_add_up_to_the_whole(larkmoor_view):
    parts = [quality(larkmoor_view.where(region(name))) for name in COMPANY.dimensions["region"]]
    for whole in quality(larkmoor_view).faults:
        found = [fault for part in parts if (fault := part.fault(whole.check.name)) is not None]
        assert sum(fault.n for fault in found) == whole.n
        assert sum((fault.value or Decimal(0) for fault in found), Decimal(0)) == (whole.value or 0)


def test_nobody_sees_what_is_wrong_with_deals_of_others():
    mine = replace(FINE, amount="-5")
    deals = (deal("d1", mine), deal("d2", replace(mine, owner="u2", region="EMEA", amount="-900")))
    _, slide = appendix_of(*deals, access=sees(owners={"u1"}))
    table = next(item for item in slide.blocks if item.id == "records")

    assert [tuple(cell.text for cell in row.cells[:3]) for row in table.rows] == [
        ("With an amount below zero", "1", "−$5")
    ]


def test_records_without_a_fault_leave_the_slide_as_it_was():
    _, slide = appendix_of(deal("d1", FINE), deal("d2", FINE, account="a2"))

    assert [item.id for item in slide.blocks] == ["hygiene", "omitted", "definitions"]


def test_a_slide_full_of_faults_fits_and_says_how_many_more_there_are():
    late = State(close=date(2019, 1, 4), amount="-3", owner="ghost", region=None, segment=None, stage="Odd")
    won = State(status="won", close=date(2027, 1, 4), amount=None, category="commit", stage="Discovery")
    deals = (
        *(deal(f"d{n}", late, account=None) for n in range(3)),
        *(deal(f"w{n}", won) for n in range(2)),
        *(deal(f"f{n}", replace(FINE, currency="XXX", category="closed")) for n in range(2)),
        deal("ok", FINE, account="a2"),
    )
    deck, slide = appendix_of(*deals)
    table = next(item for item in slide.blocks if item.id == "records")

    assert len(table.rows) == ROWS
    kinds = {fault.check.name for fault in quality(Small(deals).view()).faults} - set(WRONG)
    assert table.more.startswith(f"and {len(kinds) - ROWS} more kinds.")
    assert check(render(deck), deck) == ()
