"""Every measure on companies of a few deals, edge by edge."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.errors import BadInput, NothingThere
from reports.facts import DIMS, RECORD_CAP, Unit
from reports.measures import CATALOGUE, measure
from tests.reports.measures.asked import OPEN, company, split, value
from tests.reports.measures.companies import companies
from tests.reports.small import NOW, WEEK_AGO, Small, State, deal, only, sees


@pytest.mark.parametrize(
    "name, expected",
    [
        ("open_pipeline", 350),
        ("commit", 200),
        ("best_case", 50),
        ("most_likely", 0),
        ("pipeline", 100),
        ("deal_count", 3),
        ("overdue", 0),
        ("bookings", 700),
        ("lost", 1000),
        ("won_plus_commit", 900),
        ("won_plus_most_likely", 900),
        ("won_plus_best_case", 950),
        ("target", 1000),
        ("gap", 100),
        ("attainment", Decimal("0.7")),
        ("coverage", Decimal(350) / 300),
        ("required_pipeline", 2200),
        ("win_rate", Decimal(2) / 3),
        ("win_rate_value", Decimal(700) / 1700),
        ("average_deal_size", 350),
        ("sales_cycle", 25),
    ],
)
def test_a_measure_counts_what_its_line_says(name, expected):
    assert value(name) == expected


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_measure_answers_with_its_provenance(name):
    found = measure(company().view(), name)

    assert (found.measure, found.definition, found.version) == (name, CATALOGUE[name].definition, 3)
    assert found.as_of == NOW
    assert (found.currency == "USD") == (found.unit is Unit.MONEY)
    assert (found.since == WEEK_AGO) == CATALOGUE[name].compares
    assert all(len(row.records) <= row.record_count for row in found.rows)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "bridge"])
def test_every_measure_of_an_empty_company_has_one_row_and_invents_nothing(name):
    found = measure(Small([deal("elsewhere", OPEN.at(60, type="Renewal"))]).view(), name)

    assert len(found.rows) == 1
    assert found.rows[0].n == 0
    if found.unit in {Unit.SHARE, Unit.RATIO, Unit.DAYS} and name not in {"attainment", "coverage"}:
        assert found.value is None


def test_rows_stand_in_the_company_s_order_and_name_what_is_not_filled_in_last():
    small = Small(
        [deal(f"d{n}", OPEN.at(9, region=region)) for n, region in enumerate(("LATAM", None, "EMEA", "AMER"))]
    )

    assert list(split("open_pipeline", "region", small=small)) == [("AMER",), ("EMEA",), ("LATAM",), (None,)]


def test_rows_without_an_order_stand_largest_first():
    small = Small(
        [
            deal(name, OPEN.at(9, source=name, amount=amount))
            for name, amount in (("a", "1"), ("b", "3"), ("c", "2"))
        ]
    )

    assert split("open_pipeline", "source", small=small) == {("b",): 3, ("c",): 2, ("a",): 1}
    assert list(split("open_pipeline", "source", small=small)) == [("b",), ("c",), ("a",)]


def test_people_and_accounts_are_rows_by_name_and_namesakes_stay_apart():
    small = Small(
        [
            deal("1", OPEN, account="a2"),
            deal("2", OPEN.at(9, owner="u2")),
            deal("3", OPEN.at(9, owner="u3", amount="5")),
        ]
    )

    assert set(split("open_pipeline", "owner", small=small)) == {
        ("Bo Ax",),
        ("Cy Dee (u2)",),
        ("Cy Dee (u3)",),
    }
    assert split("open_pipeline", "manager", "team", small=small) == {
        ("Mia Lead", "East"): 100,
        ("Mia Lead", "West"): 100,
        (None, None): 5,
    }
    assert split("open_pipeline", "account", small=small) == {("Ärmel AG",): 105, ("Northgate Foods",): 100}


def test_records_are_the_largest_first_and_capped_while_their_count_is_not():
    small = Small([deal(f"d{n:03}", OPEN.at(9, amount=str(n))) for n in range(RECORD_CAP + 10)])
    row = measure(small.view(), "open_pipeline").rows[0]

    assert (row.n, row.record_count, len(row.records)) == (RECORD_CAP + 10, RECORD_CAP + 10, RECORD_CAP)
    assert row.records[:2] == ("d059", "d058")


# Amounts


def test_a_missing_amount_is_counted_and_disclosed_but_not_valued():
    found = measure(Small([deal("1", OPEN), deal("2", OPEN.at(9, amount=None))]).view(), "open_pipeline")

    assert (found.value, found.rows[0].n) == (100, 2)
    assert "1 deal without an amount: counted, not valued" in found.notes


def test_a_sum_of_nothing_known_is_not_zero():
    assert value("open_pipeline", Small([deal("1", OPEN.at(9, amount=None))])) is None


def test_a_missing_rate_is_disclosed_and_never_one():
    found = measure(Small([deal("1", OPEN), deal("2", OPEN.at(9, currency="CHF"))]).view(), "open_pipeline")

    assert found.value == 100
    assert "1 deal in a currency without a plan rate: counted, not valued" in found.notes


def test_amounts_in_another_currency_add_up_to_their_total():
    small = Small(
        [
            deal(str(n), OPEN.at(9, amount="33.33", region=region))
            for n, region in enumerate(("AMER", "EMEA", "APAC"))
        ]
    )
    view = small.view(currency="GBP")

    assert measure(view, "open_pipeline").value == sum(
        row.value for row in measure(view, "open_pipeline", by=("region",)).rows
    )
    assert measure(view, "open_pipeline").currency == "GBP"
    assert abs(measure(view, "open_pipeline").value * Decimal("1.5") - Decimal("99.99")) < Decimal("0.0001")


# Periods


def test_a_period_has_its_first_day_and_not_the_day_after():
    small = Small(
        [
            deal(str(day), OPEN.at(60, close=day))
            for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1))
        ]
    )

    assert value("deal_count", small) == 2


def test_overdue_deals_of_the_period_are_in_it_and_disclosed():
    small = Small(
        [
            deal("late", OPEN.at(60, close=date(2026, 11, 20))),
            deal("older", OPEN.at(60, close=date(2026, 9, 20))),
            deal("today", OPEN.at(60, close=date(2026, 11, 23))),
        ]
    )
    found = measure(small.view(), "open_pipeline")

    assert found.value == 200
    assert found.notes == (
        "past the close date by now: 1 deal, $100; what was due before the period is not counted here",
    )
    assert value("overdue", small) == 200


def test_before_history_begins_nothing_is_said_to_be_zero():
    view = Small([deal("1", OPEN)]).view()
    found = measure(view, "bookings", period=view.calendar.parse("2019-Q1", view.today))

    assert found.value is None
    assert found.notes == ("history begins 24 Oct 2026, after this period",)


# Questions that cannot be answered


def test_an_unknown_measure_or_dimension_lists_the_nearest():
    with pytest.raises(BadInput, match=r"unknown measure 'win_rte'; try: win_rate, "):
        measure(company().view(), "win_rte")
    with pytest.raises(BadInput, match=r"unknown dimension 'regoin'; try: region, "):
        measure(company().view(), "win_rate", by=("regoin",))


@pytest.mark.parametrize("name", ["bridge", "slip_rate"])
def test_a_comparison_before_history_is_refused_with_its_beginning(name):
    with pytest.raises(NothingThere, match="history begins 20 Nov 2026"):
        measure(Small([deal("1", OPEN.at(3))]).view(), name)


def test_rights_narrow_every_measure():
    for name in CATALOGUE:
        found = measure(company().view(access=sees(regions=["EMEA"])), name)
        records = {record for row in found.rows for record in row.records}

        assert records <= {"best", "won2"}, name


# Whatever the company


SUMS = (
    "open_pipeline",
    "commit",
    "best_case",
    "most_likely",
    "pipeline",
    "deal_count",
    "overdue",
    "bookings",
    "lost",
    "won_plus_commit",
    "won_plus_most_likely",
    "won_plus_best_case",
    "pipeline_created",
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(companies, st.sampled_from(DIMS))
def test_rows_of_any_dimension_add_up_to_the_whole(deals, dim):
    view = Small(deals).view()
    for name in SUMS:
        whole, parts = measure(view, name), measure(view, name, by=(dim,))

        assert sum(row.n for row in parts.rows) == whole.rows[0].n, name
        assert sum((row.value or 0 for row in parts.rows), Decimal(0)) == (whole.value or 0), name


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(companies, st.sampled_from(["AMER", "EMEA"]))
def test_seeing_one_region_only_is_the_same_as_asking_for_it(deals, region):
    small = Small(deals)
    asked, limited = small.view(only("region", region)), small.view(access=sees(regions=[region]))
    for name in CATALOGUE:
        assert measure(limited, name).rows == measure(asked, name).rows, name


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(companies)
def test_rates_lie_between_nothing_and_all(deals):
    view = Small(deals).view()
    for name in ("win_rate", "win_rate_value", "slip_rate", "slip_rate_average"):
        for row in measure(view, name, by=("owner",)).rows:
            assert row.value is None or 0 <= row.value <= 1, name


def test_coverage_is_unknown_while_no_won_deal_has_an_amount():
    small = Small([deal("d1", State(amount="350")), deal("d2", State(status="won", amount=None))])

    covered = measure(small.view(), "coverage")

    assert covered.value is None


@pytest.mark.parametrize("name", ["open_pipeline", "overdue"])
def test_open_deals_without_a_close_date_are_disclosed_where_they_count_in_no_period(name):
    undated = [deal("u1", State(close=None)), deal("u2", State(close=None, region="EMEA"))]
    view = Small([deal("d", State()), *undated]).view()

    assert "2 open deals have no close date and count in no period" in measure(view, name).notes
    told = measure(view.where(only("region", "EMEA")), name).notes
    assert "1 open deal has no close date and count in no period" not in told
    assert "1 open deal has no close date and counts in no period" in told
    assert not any(
        "no close date" in note for note in measure(Small([deal("d", State())]).view(), name).notes
    )
