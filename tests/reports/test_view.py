"""The view: rights, filters, currencies and instants, on companies of a few deals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.access import Access
from connectors.records import ForecastClass, Money, Status
from reports.errors import BadInput, NothingThere
from reports.view import push_count
from reports.view.hygiene import hygiene
from tests.reports.small import NOW, WEEK_AGO, Small, State, deal, grant, only, sees

OPEN = State()


def ids(view, **more):
    return [each.id for each in view.deals(**more)]


def test_a_deal_has_everything_a_slide_needs():
    one = OPEN.at(30, amount="80", currency="EUR", next_step="call", category="commit", stage="Proposal")
    (found,) = Small([deal("d1", one, account="a1")]).view().deals()

    assert (found.name, found.account, found.owner, found.manager, found.team) == (
        "Deal d1",
        "Ärmel AG",
        "Bo Ax",
        "Mia Lead",
        "East",
    )
    assert (found.amount, found.currency) == (Decimal(100), "USD")
    assert found.local == Money(amount=Decimal(80), currency="EUR")
    assert (found.stage, found.stage_order, found.category, found.status) == (
        "Proposal",
        2,
        ForecastClass.COMMIT,
        Status.OPEN,
    )
    assert (found.created_on, found.close, found.next_step) == (
        date(2026, 10, 24),
        date(2026, 12, 11),
        "call",
    )


def test_the_largest_deal_comes_first_and_those_without_an_amount_last():
    small = Small([deal("a", OPEN.at(9, amount=None)), deal("b", OPEN), deal("c", OPEN.at(9, amount="300"))])

    assert ids(small.view()) == ["c", "b", "a"]
    assert ids(small.view(), limit=1) == ["c"]


def test_a_deal_is_what_it_was_at_the_instant():
    small = Small([deal("d1", OPEN, OPEN.at(3, owner="u2", region="EMEA", amount="50"))])

    now, then = small.view(), small.view().at(WEEK_AGO)

    assert [(each.owner_id, each.region, each.amount) for each in now.deals()] == [("u2", "EMEA", 50)]
    assert [(each.owner_id, each.region, each.amount) for each in then.deals()] == [("u1", "AMER", 100)]


def test_a_state_holds_from_its_first_instant_to_just_before_the_next():
    turn = NOW - timedelta(days=3)
    small = Small([deal("d1", OPEN, OPEN.at(turn, amount="50"))])

    assert small.view().at(turn).deals()[0].amount == 50
    assert small.view().at(turn - timedelta(microseconds=1)).deals()[0].amount == 100


@pytest.mark.parametrize(
    "state",
    [
        OPEN.at(9, deleted=True),
        OPEN.at(9, type="Renewal"),
        OPEN.at(9, type=None),
        OPEN.at(9, category="omitted"),
    ],
    ids=["deleted", "type out of scope", "no type", "omitted"],
)
def test_what_does_not_count_is_not_there(state):
    assert ids(Small([deal("d1", OPEN.at(20), state)]).view()) == []


def test_a_closed_deal_counts_whatever_its_category_says():
    assert ids(Small([deal("d1", OPEN.at(9, status="lost", category="omitted"))]).view()) == ["d1"]


def test_what_does_not_count_can_be_looked_up_all_the_same():
    small = Small([deal("d1", OPEN.at(9, category="omitted")), deal("d2", OPEN.at(9, deleted=True))])

    assert ids(small.view(), ids=["d1", "d2", "d3"], counted=False) == ["d1"]


# Rights


def company():
    return Small([
        deal("us", OPEN),
        deal("de", OPEN.at(9, region="EMEA", owner="u2"), account="a2"),
        deal("none", OPEN.at(9, region=None, owner="u3"), account=None),
    ])  # fmt: skip


def test_only_what_asker_and_audience_may_all_see_is_read():
    both = Access(
        workspace="test",
        asker=grant(regions=["AMER", "EMEA"]),
        audience=(grant(regions=["EMEA", "APAC"]), grant(owners=["u1", "u2"])),
    )

    assert ids(company().view(access=both)) == ["de"]


def test_an_empty_right_shows_nothing_and_no_limit_shows_all():
    assert ids(company().view(access=sees(regions=[]))) == []
    assert ids(company().view(access=sees(owners=[]))) == []
    assert len(ids(company().view())) == 3


def test_rights_hold_for_records_asked_for_by_id_and_for_their_history():
    view = company().view(access=sees(regions=["AMER"]))

    assert ids(view, ids=["de"], counted=False) == []
    assert view.everything().deals(ids=["de"]) == ()
    assert view.close_moves(["de"]) == view.touches(["de"]) == {}


def test_names_are_those_of_visible_deals_only():
    names = company().view(access=sees(regions=["EMEA"])).names()

    assert [each.id for each in names.deals] == ["de"]
    assert names.accounts == (("a2", "Northgate Foods"),)
    assert names.people == (("m1", "Mia Lead"), ("u2", "Cy Dee"))
    assert names.values["owner"] == ("Cy Dee",)


def test_an_account_that_may_not_be_seen_is_not_offered():
    view = company().view(access=sees(regions=["AMER"]))

    with pytest.raises(BadInput, match=r"unknown account 'Northgate Foods'; try: Ärmel AG$"):
        view.where(only("account", "Northgate Foods"))


# Filters


@pytest.mark.parametrize(
    "chosen",
    [
        only("region", "emea"),
        only("region", "Europe"),
        only("owner", "u2"),
        only("owner", "CY@x.example"),
        only("team", "west"),
        only("account", "northgate foods"),
        only("account", "a2"),
        only("region", "AMER", "(none)", negate=True),
    ],
    ids=str,
)
def test_a_value_is_known_by_id_name_label_or_synonym_in_any_case(chosen):
    assert ids(company().view(chosen)) == ["de"]


def test_a_name_that_two_people_have_means_both_and_an_id_one():
    small = company()

    assert ids(small.view(only("owner", "cy dee"))) == ["de", "none"]
    assert ids(small.view(only("manager", "Mia Lead"))) == ["de", "us"]


def test_what_is_not_filled_in_can_be_chosen_and_survives_a_negation():
    assert ids(company().view(only("region", "(none)"))) == ["none"]
    assert ids(company().view(only("region", "EMEA", negate=True))) == ["none", "us"]
    assert ids(company().view(only("account", "(none)"))) == ["none"]


def test_labels_are_read_and_filters_are_written_as_the_records_have_them():
    small = Small([deal("e", OPEN.at(9, segment="ENT")), deal("s", OPEN)])

    view = small.view(only("segment", "enterprise"))

    assert view.filters == (only("segment", "ENT"),)
    assert ids(view) == ["e"]


def test_filters_on_one_dimension_add_up_and_a_later_one_replaces_them():
    view = company().view(only("region", "AMER"), only("region", "EMEA"))

    assert ids(view) == ["de", "us"]
    assert ids(view.where(only("region", "EMEA"))) == ["de"]
    assert ids(view.where(only("owner", "u2"))) == ["de"]
    assert len(ids(view.everything())) == 3


@pytest.mark.parametrize(
    "chosen, message",
    [
        (only("region", "EMAE"), r"unknown region 'EMAE'; try: EMEA, "),
        (only("owner", "Bo Axe"), r"unknown owner 'Bo Axe'; try: Bo Ax, "),
        (
            only("account", "northgate"),
            r"unknown account 'northgate'; try: Northgate Cold, Northgate Foods, Ärmel AG",
        ),
        (only("stage", "Proposel"), r"unknown stage 'Proposel'; try: Proposal, "),
        (only("region"), r"a filter on 'region' needs a value"),
    ],
    ids=str,
)
def test_an_unknown_value_is_named_with_the_nearest_known(chosen, message):
    with pytest.raises(BadInput, match=message):
        company().view(chosen)


def test_a_value_that_looks_like_sql_is_only_a_value():
    with pytest.raises(BadInput, match="unknown region"):
        company().view(only("region", "x'); DROP TABLE state; --"))


# Currencies and instants


def test_amounts_are_converted_at_plan_rates_exactly():
    small = Small([deal("d1", OPEN.at(9, amount="0.01", currency="GBP"))])

    assert small.view().deals()[0].amount == Decimal("0.015")
    assert small.view().in_currency("gbp").deals()[0].amount == Decimal("0.01")
    assert small.view(currency="EUR").deals()[0].amount == Decimal("0.012")


def test_an_amount_without_a_rate_is_not_valued():
    (found,) = Small([deal("d1", OPEN.at(9, currency="CHF"))]).view().deals()

    assert found.amount is None
    assert found.local == Money(amount=Decimal(100), currency="CHF")


def test_a_currency_without_a_rate_is_refused_with_those_that_have_one():
    with pytest.raises(BadInput, match=r"no plan rate for currency 'CHF'.*EUR, GBP, USD"):
        Small([deal("d1", OPEN)]).view().in_currency("CHF")


def test_nothing_is_known_before_history_begins():
    with pytest.raises(NothingThere, match="history begins 24 Oct 2026"):
        Small([deal("d1", OPEN)]).view().at(NOW - timedelta(days=31))


def test_the_end_of_today_is_now_and_tomorrow_is_not_known():
    view = Small([deal("d1", OPEN)]).view()

    assert view.at(view.calendar.end_of(view.today)).as_of == NOW
    with pytest.raises(BadInput, match="records are known up to 23 Nov 2026"):
        view.at(view.calendar.end_of(date(2026, 11, 24)))


def test_a_mirror_without_records_says_so():
    small = Small([])
    small.con.execute("DELETE FROM meta")

    with pytest.raises(NothingThere, match="no records yet"):
        small.view()


# What happened to a deal


def test_close_moves_leave_out_typing_at_the_start_and_what_closing_does():
    december, january = date(2026, 12, 11), date(2027, 1, 15)
    small = Small([
        deal(
            "d1",
            OPEN.at(30, close=date(2026, 11, 30)),
            OPEN.at(29.5, close=december),
            OPEN.at(20, close=january),
            OPEN.at(10, close=date(2027, 1, 29)),
            OPEN.at(5, close=date(2026, 11, 18), status="won"),
        )
    ])  # fmt: skip

    moves = small.view().close_moves(["d1"])["d1"]

    assert [(move.old, move.new) for move in moves] == [(december, january), (january, date(2027, 1, 29))]
    assert push_count(moves) == 1


def test_history_does_not_look_past_the_instant():
    january = date(2027, 1, 15)
    small = Small([deal("d1", OPEN, OPEN.at(20, close=january), OPEN.at(2, close=OPEN.close))])
    moves = small.view().at(WEEK_AGO).close_moves(["d1"])

    assert [move.new for move in moves["d1"]] == [january]


def test_touches_count_the_buyer_apart():
    day = timedelta(days=1)
    small = Small(
        [deal("d1", OPEN), deal("d2", OPEN)],
        activities=[
            ("d1", "u1", NOW - 20 * day, True),
            ("d1", "u1", NOW - 14 * day, True),
            ("d1", "u1", NOW - 8 * day, True),
            ("d1", "u1", NOW - 2 * day, False),
            ("d1", "u1", NOW + day, True),
        ],
    )
    found = small.view().touches(["d1", "d2"])

    assert (found["d1"].last_buyer, found["d1"].last) == (NOW - 8 * day, NOW - 2 * day)
    assert (found["d1"].count, found["d1"].buyer_count, found["d1"].usual_gap) == (4, 3, 6)
    assert (found["d2"].last, found["d2"].count, found["d2"].usual_gap) == (None, 0, None)


def test_the_newest_instant_is_the_view_s_own():
    view = Small([deal("d1", OPEN)]).view(as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))

    assert (view.as_of.day, view.today) == (20, date(2026, 11, 20))


def test_hygiene_counts_what_to_mend_by_team():
    late = date(2026, 11, 20)
    small = Small([
        deal("1", OPEN.at(60, close=late, next_step="call")),
        deal("2", OPEN.at(60, amount=None, owner="u2")),
        deal("3", OPEN.at(60, stage="Proposal", next_step=" ", owner="u3")),
        deal("4", OPEN.at(60, status="won", close=late)),
        deal("5", OPEN.at(60, type="Renewal", close=late)),
    ])  # fmt: skip
    found = hygiene(small.view(), first_stages=1)

    assert [
        (each.team, each.deals, each.overdue, each.overdue_value, each.no_amount, each.no_step)
        for each in found
    ] == [
        ("East", 1, 1, 100, 0, 0),
        ("West", 1, 0, 0, 1, 0),
        (None, 1, 0, 0, 0, 1),
    ]
