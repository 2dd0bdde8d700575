"""What stood at many instants, read at once, is what the measures say at each of them; and who buys at an account."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.measures import measure
from reports.view.contacts import Buyer, buyers
from reports.view.standings import Mark, standings
from tests.reports.measures.companies import companies
from tests.reports.small import NOW, WEEK_AGO, Small, State, deal, only, sees


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(companies, st.lists(st.integers(0, 80), min_size=1, max_size=6), st.sampled_from([(), ("AMER",)]))
def test_every_mark_is_what_the_measures_say_there(deals, back, regions):
    view = Small(deals).view(*(only("region", name) for name in regions))
    quarter = view.calendar.quarter(view.today)
    periods = (quarter, view.calendar.previous(quarter))
    marks = [Mark(at=NOW - timedelta(days=day), period=period) for day in back for period in periods]

    for mark, stood in zip(marks, standings(view, marks), strict=True):
        names = ("bookings", "won_plus_commit", "won_plus_best_case")
        meant = [measure(view.at(mark.at), name, period=mark.period).value or 0 for name in names]

        assert [stood.won, stood.called, stood.at_best] == meant


def test_nothing_is_known_before_history_begins_or_after_today():
    view = Small([deal("d", State(since=10))]).view()
    quarter = view.calendar.quarter(view.today)
    marks = [Mark(at=NOW + timedelta(days=days), period=quarter) for days in (-11, 0, 1)]

    assert [stood is None for stood in standings(view, marks)] == [True, False, True]


def test_what_is_due_on_the_first_day_after_the_period_is_not_in_it():
    view = Small([deal("d", State(category="commit", close=date(2027, 1, 1)))]).view()
    this = view.calendar.quarter(view.today)

    found = standings(view, [Mark(at=NOW, period=period) for period in (this, view.calendar.next(this))])

    assert [stood.called for stood in found] == [0, 100]


def test_rights_hold_at_every_mark():
    view = Small([deal("d", State(category="commit"))]).view(access=sees(regions=["EMEA"]))
    quarter = view.calendar.quarter(view.today)

    (stood,) = standings(view, [Mark(at=WEEK_AGO, period=quarter)])

    assert (stood.called, stood.n) == (0, 0)


CONTACTS = (
    "('c1', 'a1', 'Ada Zell', NULL, 'CFO', 'Economic buyer'), ('c2', 'a1', 'Bo Yule', NULL, 'IT', NULL), "
    "('c3', 'a2', 'Cy Xu', NULL, NULL, 'Champion')"
)


def test_those_with_a_part_in_the_decision_come_first():
    small = Small([deal("d", State()), deal("e", State(region="EMEA"), account="a2")])
    small.con.execute(f"INSERT INTO contact VALUES {CONTACTS}")

    found = buyers(small.view(), ["a1", "a2", "a3"])

    assert found["a1"] == (
        Buyer(name="Ada Zell", title="CFO", role="Economic buyer"),
        Buyer(name="Bo Yule", title="IT", role=None),
    )
    assert set(found) == {"a1", "a2"}


def test_contacts_of_an_account_are_for_those_who_may_see_a_deal_with_it():
    small = Small([deal("d", State()), deal("e", State(region="EMEA"), account="a2")])
    small.con.execute(f"INSERT INTO contact VALUES {CONTACTS}")

    assert set(buyers(small.view(access=sees(regions=["EMEA"])), ["a1", "a2"])) == {"a2"}
