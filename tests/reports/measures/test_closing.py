"""What closed and what was created: rates, sizes, days, and the instant that counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reports.measures import measure, wilson
from tests.reports.measures.asked import LOST, OPEN, WON, company, split, value
from tests.reports.small import Small, deal, only


def test_nothing_closed_gives_no_rate():
    small = Small([deal("1", OPEN)])

    assert (value("win_rate", small), value("win_rate_value", small), value("sales_cycle", small)) == (
        None,
        None,
        None,
    )
    assert measure(small.view(), "win_rate").notes == ("nothing closed in the period",)


def test_the_win_rate_states_its_denominator_and_interval():
    assert measure(company().view(), "win_rate").notes == (
        "2 won of 3 closed; 95 % Wilson interval 20.8 to 93.9 %",
    )


def test_the_interval_agrees_with_a_published_value():
    # Newcombe (1998), Statistics in Medicine 17: 857, table I: 81 of 263.
    low, high = wilson(81, 263)

    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_deal_size_leaves_out_what_is_not_above_zero_and_notes_the_median():
    small = Small(
        [
            deal(str(n), OPEN, WON.at(5, amount=amount))
            for n, amount in enumerate(("10", "20", "90", "0", None, "-5"))
        ]
    )
    found = measure(small.view(), "average_deal_size")

    assert (found.value, found.rows[0].n) == (40, 3)
    assert found.notes == ("3 deals won with no amount above zero: left out", "median $20")


def test_a_median_of_an_even_number_is_the_mean_of_the_middle_two():
    small = Small(
        [deal(str(n), OPEN, WON.at(5, amount=amount)) for n, amount in enumerate(("10", "20", "50", "1000"))]
    )

    assert "median $35" in measure(small.view(), "average_deal_size").notes


def test_a_cycle_counts_days_in_the_organisation_s_zone_and_drops_negative_ones():
    late_evening = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)  # 9 November in New York
    small = Small([
        deal("1", OPEN.at(late_evening), WON),
        deal("2", OPEN, WON.at(4, close=date(2026, 10, 1))),
    ])  # fmt: skip
    found = measure(small.view(), "sales_cycle")

    assert (found.value, found.rows[0].n) == (9, 1)
    assert "1 deal closed before creation: dropped" in found.notes


def test_a_cycle_is_not_known_where_no_record_says_when_it_was_created():
    small = Small([deal("1", OPEN, WON.at(5)), deal("2", OPEN, WON.at(4))])
    small.con.execute("UPDATE deal SET created_at = NULL")
    found = measure(small.view(), "sales_cycle")

    assert (found.value, found.rows[0].n) == (None, 0)
    assert found.notes == ("2 deals without a creation date: dropped",)


def test_a_rate_by_value_needs_a_lost_deal_with_an_amount():
    lost = [deal("1", OPEN, LOST.at(5, amount=None)), deal("2", OPEN, LOST.at(5, amount="0"))]
    found = measure(Small([*lost, deal("3", OPEN, WON.at(5))]).view(), "win_rate_value")

    assert (found.value, found.rows[0].n) == (None, 3)
    assert "none of the 2 lost deals has an amount: a rate by value is not known" in found.notes


def test_created_is_valued_at_the_end_of_the_first_day_and_never_again():
    noon = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
    evening = datetime(2026, 11, 11, 3, 0, tzinfo=UTC)
    next_day = datetime(2026, 11, 11, 17, 0, tzinfo=UTC)
    small = Small(
        [
            deal(
                "1",
                OPEN.at(noon, amount="10"),
                OPEN.at(evening, amount="20", region="EMEA"),
                OPEN.at(next_day, amount="90", region="APAC"),
            )
        ]
    )

    assert split("pipeline_created", "region", small=small) == {("EMEA",): 20}
    assert value("pipeline_created", small, only("region", "APAC")) == 0


def test_created_counts_from_the_first_instant_that_counts():
    september = datetime(2026, 9, 10, 17, 0, tzinfo=UTC)
    small = Small([
        deal("omitted at first", OPEN.at(september, category="omitted"), OPEN.at(9)),
        deal("reopened", OPEN.at(september), LOST.at(30), OPEN.at(9)),
        deal("merged away", OPEN.at(9), OPEN.at(3, deleted=True)),
        deal("created and won", OPEN.at(9, amount="7"), WON),
    ])  # fmt: skip

    assert value("pipeline_created", small) == 107


def test_what_stops_counting_on_the_day_it_was_created_stays_created():
    noon = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
    evening = datetime(2026, 11, 11, 3, 0, tzinfo=UTC)
    small = Small([deal("1", OPEN.at(noon, amount="10"), OPEN.at(evening, amount="20", category="omitted"))])

    assert value("pipeline_created", small) == 20


def test_what_was_created_today_is_valued_as_it_stands_now():
    assert value("pipeline_created", Small([deal("1", OPEN.at(0.1, amount="5"))])) == 5
