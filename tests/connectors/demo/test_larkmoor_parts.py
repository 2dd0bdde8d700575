"""The parts that the demo company is made of."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.demo import calendar, clock, fit, goals, population, season, simulate
from connectors.demo.larkmoor import Larkmoor
from connectors.demo.names import account_name, slug
from connectors.demo.people import REPS, email
from connectors.demo.population import RATES, REGIONS
from connectors.demo.story import Event, Story

LARKMOOR = Larkmoor()


def story(number: int, amount: int, currency: int) -> Story:
    first = {"stage": 0, "status": 0, "category": 0, "amount": amount, "close": 1080}
    return Story(
        id=f"d{number:06d}",
        name="A deal",
        account=None,
        owner=0,
        region=0,
        segment=0,
        product=0,
        source=0,
        type=0,
        currency=currency,
        created=number * 1_000,
        events=[Event(number * 1_000, first)],
    )


amounts = st.lists(
    st.tuples(st.integers(10, 400).map(lambda k: k * 50_000), st.integers(0, 3)), min_size=3, max_size=40
)


@given(amounts, st.integers(50, 3_000))
def test_round_amounts_add_up_to_the_cent(deals, thousands):
    # A deal in the company's own currency can always carry the rest.
    stories = [story(place, *deal) for place, deal in enumerate([*deals, (2_000_000, 0)])]
    fit.fit_round(stories, thousands * 10_000)

    assert fit.total(stories) == thousands * 10_000 * fit.DOLLAR
    assert all(told.last("amount") > 0 for told in stories)


@given(amounts, st.integers(50, 3_000))
def test_signed_amounts_add_up_with_what_was_won_before(deals, thousands):
    stories = [story(place, *deal) for place, deal in enumerate([*deals, (2_000_000, 0)])]
    given_before = 12_345_50 * 1_000
    fit.fit_exact(stories, thousands * 10_000, given=given_before)

    assert fit.total(stories) + given_before == thousands * 10_000 * fit.DOLLAR


def test_nothing_to_carry_an_amount_is_an_error():
    with pytest.raises(ValueError, match="no deal"):
        fit.fit_round([], 1_000)


def test_scaling_a_story_moves_its_earlier_amounts_along():
    told = story(1, 10_000_000, 0)
    told.tell(5_000, amount=8_000_000)
    told.scale(4_000_000)

    assert [event.values["amount"] for event in told.events] == [5_000_000, 4_000_000]


def test_an_instant_is_office_time_whatever_the_season():
    summer, winter = date(2026, 7, 6), date(2026, 11, 23)

    assert calendar.moment(clock.at(summer, "08:30"), 0) == datetime(2026, 7, 6, 12, 30, tzinfo=UTC)
    assert calendar.moment(clock.at(winter, "08:30"), 0) == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert calendar.moment(clock.at(winter, "09:00", "APAC"), 0) == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


@given(st.integers(0, 1_200))
def test_a_day_is_the_same_day_there_and_back(number):
    assert calendar.number(calendar.day(number)) == number


TALE = "Some & Sons | Priya Raman | MM EUR | Yard, Outbound | {touched} | won\n    {told}\n"


def told(text, touched="6 until 30 Oct"):
    tales = season.read(TALE.format(told=text, touched=touched))
    return season.stories(tales, ["d1"], ["a1"])[0]


def test_a_tale_reads_as_it_is_written():
    deal = told(
        "9 Jun: Discovery 248k due 29 Jan; 8 Sep: Negotiation best case step call, then sign; 20 Nov: won"
    )
    states = [event.values for event in deal.events]

    assert states[0]["amount"] == 24_800_000
    assert calendar.day(states[0]["close"]) == date(2027, 1, 29)
    assert (states[1]["category"], states[1]["next_step"]) == (1, "call, then sign")
    assert (states[2]["status"], states[2]["amount"]) == (simulate.WON, 24_800_000)
    assert calendar.day(states[2]["close"]) == date(2026, 11, 20)


def test_the_last_touch_is_on_the_day_that_was_written():
    deal = told("9 Jun: Discovery 248k due 29 Jan")

    assert calendar.moment(deal.touches[-1].at, 0).date() == date(2026, 10, 30)


@pytest.mark.parametrize(
    "heading", ["Some & Sons | Priya Raman", "Some & Sons | Priya Raman | MM EUR | Yard | 6 until 30 Oct"]
)
def test_a_heading_that_is_not_whole_is_named(heading):
    with pytest.raises(ValueError, match="Some & Sons"):
        season.read(heading + "\n    9 Jun: Discovery 1k due 29 Jan\n")


def test_a_word_that_cannot_happen_is_named():
    with pytest.raises(ValueError, match="'Nigotiation'"):
        told("9 Jun: Nigotiation 248k due 29 Jan")


def test_a_touch_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="sometimes"):
        told("9 Jun: Discovery 248k due 29 Jan", touched="sometimes")


def test_names_are_never_repeated():
    for region in REGIONS:
        names = [account_name(n, region) for n in range(20_000)]

        assert len(set(names)) == len(names)


def test_no_invented_customer_begins_like_one_of_the_season():
    roots = {tale.account.split()[0] for tale in season.season()}
    names = LARKMOOR.account_names

    assert len(set(names)) == len(names)
    assert not {name.split()[0] for name in names} & roots


def test_addresses_are_plain_letters():
    assert email("Zoë van Rijn") == "zoe.van.rijn@larkmoor.example"
    assert email("Colleen O'Hare") == "colleen.ohare@larkmoor.example"
    assert slug("Brandt & Söhne") == "brandtsohne"


def test_every_region_sells_to_every_segment():
    for region in REGIONS:
        sold = {
            letter for rep in REPS if rep.region == region and rep.started is None for letter in rep.segments
        }

        assert sold == set("SME")


def test_amounts_by_segment_have_their_medians():
    n = 40_000
    share = (np.arange(n) + 0.5) / n
    deals = population.deals(0, share * 700, share, population.accounts(8_000, 3), 3)
    dollars = deals.amount * RATES[deals.currency] / fit.DOLLAR
    core = deals.product == 0

    for segment, median in enumerate((9_000, 34_000, 130_000)):
        assert np.median(dollars[core & (deals.segment == segment)]) == pytest.approx(median, rel=0.05)


def test_deals_are_won_and_lost_at_believable_rates():
    (past,) = Larkmoor(size=20_000, seed=3).pasts()
    closed = Counter(past.state["status"].tolist())
    rate = closed[simulate.WON] / (closed[simulate.WON] + closed[simulate.LOST])

    assert 0.19 < rate < 0.28
    assert closed[simulate.OPEN] / 20_000 < 0.12


def test_slices_do_not_depend_on_how_they_are_asked_for():
    first = [past.events["at"].sum() for past in Larkmoor(size=3_000, seed=8).pasts()]
    again = [past.events["at"].sum() for past in Larkmoor(size=3_000, seed=8).pasts()]

    assert first == again


def test_who_updates_everything_on_friday_does_it_at_ten_to_five():
    nadia = next(place for place, rep in enumerate(REPS) if rep.habit == "friday")
    (past,) = Larkmoor(size=3_000, seed=8).pasts()
    events = past.events
    hers = (past.deals.owner[events["deal"]] == nadia) & (events["fields"] != events["fields"].max())
    local = events["at"][hers] + clock.offsets(calendar.COMPANY_ZONE)[events["at"][hers] // 86_400 + 40]
    at_that_time = (local % 86_400 >= 16 * 3600 + 50 * 60) & (local // 86_400 % 7 == 4)

    assert at_that_time.mean() > 0.9


def test_the_story_holds_for_other_seeds_too():
    for seed in (1, 2, 3):
        stories = Larkmoor(seed=seed).told.stories
        due = [
            s for s in stories if s.is_open and calendar.QUARTER <= s.last("close") < calendar.NEXT_QUARTER
        ]

        assert len(due) == 212
        assert fit.total(due) == sum(sum(row) for row in goals.OPEN.values()) * fit.DOLLAR
