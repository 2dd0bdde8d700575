"""Targets: whose they are, in which currency, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.company import Target
from reports.measures import measure
from tests.reports.measures.asked import OPEN, WON, company, split, value
from tests.reports.small import COMPANY, Small, deal, only, sees


def test_targets_follow_regions_owners_and_rights():
    assert split("target", "region") == {("AMER",): 600, ("EMEA",): 400}
    assert value("target", None, only("region", "EMEA")) == 400
    assert value("target", None, only("region", "EMEA", negate=True)) is None  # APAC has none
    assert value("target", None, only("owner", "Bo Ax")) == 250
    assert measure(company().view(access=sees(regions=["EMEA"])), "target").value == 400
    assert measure(company().view(access=sees(owners=["u2"])), "target").value is None


def test_without_a_company_line_the_regions_add_up():
    lines = tuple(line for line in COMPANY.targets if line.region or line.owner)

    assert value("target", Small([deal("1", OPEN)], company=replace(COMPANY, targets=lines))) == 1000


def test_a_target_of_a_region_that_nobody_knows_is_not_the_companys():
    lines = (
        *(line for line in COMPANY.targets if line.region),
        Target(period="FY26-Q4", amount=Decimal(7), region="EMAE"),
    )
    mistaken = replace(COMPANY, targets=lines)
    listed = replace(mistaken, dimensions={"region": ("AMER", "EMEA", "EMAE")})

    assert value("target", Small([deal("1", OPEN)], company=mistaken)) == 1000
    assert split("target", "region", small=Small([deal("1", OPEN)], company=mistaken)).keys() == {
        ("AMER",),
        ("EMEA",),
    }
    assert value("target", Small([deal("1", OPEN)], company=listed)) == 1007
    assert value("target", Small([deal("1", replace(OPEN, region="EMAE"))], company=mistaken)) == 1007


def test_targets_are_converted_like_amounts():
    assert measure(company().view(currency="EUR"), "target").value == 800


@pytest.mark.parametrize("name", ["target", "gap", "attainment", "coverage", "required_pipeline"])
def test_without_a_target_there_is_no_ratio_but_a_reason(name):
    view = company().view()
    by_segment = measure(company().view(only("segment", "SMB")), name)
    by_month = measure(view, name, period=view.calendar.parse("this-month", view.today))
    next_quarter = measure(view, name, period=view.calendar.parse("next-quarter", view.today))

    assert (by_segment.value, by_month.value, next_quarter.value) == (None, None, None)
    assert "no target: targets are set by region and owner, not by segment" in by_segment.notes
    assert (
        "no target: targets are set per fiscal quarter, and Nov 2026 is not made of whole ones"
        in by_month.notes
    )
    assert "no target for FY27-Q1 in the company file for this scope" in next_quarter.notes


def test_a_region_without_bookings_still_has_its_row():
    small = Small([deal("1", OPEN, WON)])

    assert split("attainment", "region", small=small) == {("AMER",): Decimal(100) / 600, ("EMEA",): 0}
    assert split("gap", "region", small=small) == {("AMER",): 500, ("EMEA",): 400}


def test_a_met_target_leaves_nothing_to_cover():
    found = measure(Small([deal("1", OPEN, WON.at(5, amount="1000")), deal("2", OPEN)]).view(), "coverage")

    assert found.value is None
    assert "target met: nothing is left to cover, no ratio" in found.notes


@pytest.mark.parametrize("name", ["target", "gap", "attainment", "coverage"])
def test_deals_of_no_region_are_not_held_against_the_target_of_all(name):
    small = Small(
        [
            deal("1", OPEN, WON),
            deal("2", OPEN),
            deal("3", replace(OPEN, region=None), replace(WON, region=None)),
        ]
    )

    assert split(name, "region", small=small).get((None,)) is None
    found = measure(small.view(), name, by=("region",))
    assert name == "target" or "no target for FY26-Q4 in the company file for 1 row" in found.notes
