"""Tie-out: ten planted differences each explained by name, any subset of them exactly, and the totals to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from connectors.files.claim import Claim
from connectors.records import ForecastClass, Status
from reports.errors import BadInput
from reports.measures import measure
from reports.tieout import SELECTIONS, Reason, TieOut, Where, tie_out
from reports.tieout.said import between, summary
from reports.view import PipelineView
from tests.depth import share
from tests.reports.small import NOW, Small, State, deal, only, sees
from tests.reports.tieout.planted import LAST, MORE, PLANTS, TEN, claim, company, numbered, report


@pytest.fixture(scope="module")
def small():
    return company()


@pytest.fixture(scope="module")
def view(small) -> PipelineView:
    return small.view()


def planted(view: PipelineView, *names: str) -> TieOut:
    claims = report(view)
    for name in names:
        claims = (PLANTS | MORE)[name][0](view, claims)
    return tie_out(numbered(claims), view)


def found(tied: TieOut) -> set[tuple[str | None, Where, Reason, Decimal]]:
    return {(item.deal_id, item.where, item.reason, item.delta) for item in tied.shown}


def expected(*names: str) -> set[tuple[str | None, Where, Reason, Decimal]]:
    return {
        (deal, where, reason, Decimal(delta))
        for deal, where, reason, delta in ((PLANTS | MORE)[name][1:] for name in names)
    }


def foots(tied: TieOut) -> bool:
    value = sum((item.delta for item in tied.differences), Decimal(0))
    n = sum(item.counted for item in tied.differences)
    sides = [side for _reason, side in tied.by_reason()]
    return (
        value == sum((side.value for side in sides), Decimal(0)) == tied.yours.value - tied.ours.value
        and n == sum(side.n for side in sides) == tied.yours.n - tied.ours.n
    )


def test_a_report_that_agrees_has_no_difference(view):
    tied = planted(view)

    assert tied.shown == ()
    assert (tied.yours.n, tied.ours.n) == (127, 127)
    assert abs(tied.yours.value - tied.ours.value) < Decimal("0.01")
    assert foots(tied)


def test_ten_planted_differences_are_each_explained_by_name(view):
    tied = planted(view, *TEN)

    assert found(tied) == expected(*TEN)
    assert len(tied.shown) == 10
    assert tied.unexplained == ()
    assert foots(tied)


def test_an_eleventh_shows_as_unexplained(view):
    tied = planted(view, *PLANTS)

    assert found(tied) == expected(*PLANTS)
    assert [item.deal_id for item in tied.unexplained] == ["p020"]
    assert foots(tied)


@settings(max_examples=share(30, of=100))
@given(names=st.sets(st.sampled_from(sorted(PLANTS))))
def test_any_subset_gives_exactly_that(view, names):
    tied = planted(view, *sorted(names))

    assert found(tied) == expected(*names)
    assert len(tied.shown) == len(names)
    assert foots(tied)


@pytest.mark.parametrize("name", sorted(MORE))
def test_other_differences_have_their_reason_too(view, name):
    tied = planted(view, name)

    assert found(tied) == expected(name)
    assert foots(tied)


@settings(max_examples=share(30, of=100))
@given(names=st.sets(st.sampled_from(sorted(PLANTS))))
def test_without_ids_names_and_amounts_find_the_same(view, names):
    claims = report(view)
    for name in sorted(names):
        claims = PLANTS[name][0](view, claims)
    tied = tie_out(numbered(replace(item, id=None) for item in claims), view)

    assert found(tied) == expected(*names)
    assert foots(tied)


def test_names_and_amounts_alone_are_enough(view):
    bare = [Claim(line=0, name=item.name, amount=item.amount) for item in report(view)]
    tied = tie_out(numbered(bare), view)

    assert tied.shown == ()
    assert (tied.yours.n, tied.ours.n) == (127, 127)
    assert "none of its lines has a close date: all of them count" in tied.notes

    fewer = tie_out(numbered(bare[1:]), view)
    assert [(item.where, item.name) for item in fewer.shown] == [(Where.OURS, bare[0].name)]


def test_of_namesakes_the_one_that_fits_is_meant():
    twin = deal("d2", State(amount="90"), State(since=3, amount="90", status="won"))
    view = Small([deal("d1", State(amount="5")), twin, *company().deals[:20]]).view()
    claims = [
        replace(item, id=None, name="Deal d1" if item.id == "d1" else item.name) for item in report(view)
    ]
    view.session.con.execute("UPDATE deal SET name = 'Deal d1' WHERE id = 'd2'")

    tied = tie_out(numbered([*claims, claims[0]]), view)

    assert found(tied) == {("d1", Where.YOURS, Reason.DUPLICATE, Decimal(5))}


def test_ids_of_fifteen_and_eighteen_letters_are_the_same_deal():
    renewal, gone = State(type="Renewal", amount="7"), State(since=3, deleted=True)
    names = ("0065g00000AbCdEAAV", "0065g00000AbCdFAAV", "0065g00000AbCdGAAV")
    states = ((State(amount="5"),), (renewal,), (State(), gone))
    small = Small([deal(name, *each) for name, each in zip(names, states, strict=True)])
    before = small.view(as_of=NOW - timedelta(days=5))
    claims = [
        claim(before, name, id=name[:15], name=f"renamed {number}") for number, name in enumerate(names)
    ]

    tied = tie_out(numbered(claims), small.view())

    assert {(item.deal_id, item.reason) for item in tied.shown} == {
        (names[1], Reason.TYPE),
        (names[2], Reason.DELETED),
    }


@pytest.mark.parametrize("name", sorted(SELECTIONS))
def test_ours_is_the_measure(view, name):
    tied = tie_out((), view, name)
    measured = measure(view, name)

    assert tied.ours.n == measured.rows[0].n
    if tied.money:
        assert tied.ours.value == (measured.value or 0)
    assert (tied.period, tied.label) == (measured.period, measured.label)


def test_a_measure_that_adds_nothing_up_is_refused(view):
    with pytest.raises(BadInput, match="measure to tie out 'win_rate'; try: "):
        tie_out((), view, "win_rate")


def test_filters_are_a_reason(small, view):
    narrow = small.view(only("region", "AMER"))
    tied = tie_out(report(view), narrow)

    assert found(tied) == {("west", Where.YOURS, Reason.FILTERS, Decimal(45))}
    assert tied.shown[0].detail == "region is AMER"
    assert foots(tied)


def test_an_unknown_owner_explains_what_a_filter_on_people_leaves_out(small, view):
    narrow = small.view(only("team", "East"))
    tied = tie_out(report(view), narrow)

    assert found(tied) == {("stranger", Where.YOURS, Reason.OWNER, Decimal(521))}


def test_rights_tell_a_hidden_deal_from_none_by_no_word(small, view):
    claims = MORE["unknown deal"][0](view, report(view))
    deleted = replace(claims[0], id="gone west", name="Deal gone west")
    tied = tie_out(numbered((*claims, deleted)), small.view(access=sees(regions=["AMER"])))

    assert {item.name for item in tied.shown} == {"Deal west", "Deal x1", "Deal gone west"}
    assert {(item.reason, item.detail, item.deal_id) for item in tied.shown} == {
        (Reason.RIGHTS, "not among the deals that you may see", None)
    }
    assert foots(tied)


def test_a_deal_created_after_our_as_of_is_named_so(small, view):
    before = small.view(as_of=NOW - timedelta(days=2))
    claims = numbered([*report(before), claim(view, "later")])
    tied = tie_out(claims, before)

    assert found(tied) == {("later", Where.YOURS, Reason.LATER, Decimal(55))}


def edged(view: PipelineView) -> tuple[list[Claim], list[Claim]]:
    """Return a report's lines due on the quarter's last day, and the others."""
    claims = report(view)
    return [item for item in claims if item.close == LAST], [item for item in claims if item.close != LAST]


@pytest.fixture(scope="module")
def at_the_edge() -> PipelineView:
    last = [deal(f"l{n}", State(amount=str(10 + n), close=LAST)) for n in range(4)]
    return Small([*(deal(f"p{n:03d}", State(amount="5")) for n in range(30)), *last]).view()


def test_a_report_without_any_deal_of_the_last_day_was_cut_there(at_the_edge):
    _last, others = edged(at_the_edge)
    tied = tie_out(others, at_the_edge)

    assert [(item.where, item.reason) for item in tied.shown] == [(Where.OURS, Reason.EDGE)] * 4
    assert tied.shown[0].detail == "closes 31 Dec, the last day of the period; none of yours does"
    assert foots(tied)


def test_a_report_with_a_deal_of_the_last_day_was_not_cut_there(at_the_edge):
    (kept, *_gone), others = edged(at_the_edge)
    tied = tie_out([*others, kept], at_the_edge)

    assert [(item.where, item.reason) for item in tied.shown] == [(Where.OURS, Reason.UNEXPLAINED)] * 3


def test_one_missing_deal_of_the_last_day_is_no_cut():
    view = Small([*(deal(f"p{n:03d}", State()) for n in range(30)), deal("l0", State(close=LAST))]).view()
    tied = tie_out(edged(view)[1], view)

    assert [(item.deal_id, item.reason) for item in tied.shown] == [("l0", Reason.UNEXPLAINED)]


@pytest.mark.parametrize(
    "made, reason",
    [(None, Reason.NEWER), (date(2026, 11, 20), Reason.NEWER), (date(2026, 11, 22), Reason.UNEXPLAINED)],
)
def test_a_deal_created_after_the_report_is_named_so(view, made, reason):
    claims = [item for item in report(view) if item.id != "later"]
    assert view.calendar.day(NOW - timedelta(days=1)) == date(2026, 11, 22)
    tied = tie_out(claims, view, made=made)

    assert found(tied) == {("later", Where.OURS, reason, Decimal(-55))}
    assert foots(tied)


def test_an_amount_that_we_had_before_has_changed_since():
    grown = deal("g", State(amount="400", currency="EUR"), State(since=3, amount="600", currency="EUR"))
    view = Small([deal("p", State()), grown]).view()
    same_day = [item for item in report(view) if item.id == "p"]

    def told(**changed: object) -> list[tuple[Reason, str]]:
        tied = tie_out([*same_day, replace(claim(view, "g"), **changed)], view)
        assert foots(tied)
        return [(item.reason, item.detail) for item in tied.shown]

    before = [(Reason.CHANGED, "$500 with us until 20 Nov")]
    assert told(amount=Decimal(500), entered=(Decimal(400), "EUR")) == before
    assert told(amount=Decimal(400), currency="EUR", entered=None) == before
    assert told(amount=Decimal("511.11"), entered=None) == [(Reason.UNEXPLAINED, "another amount")]


def test_of_a_wide_export_only_what_the_measure_asks_for_counts(view):
    closed = [
        replace(item, id=f"c{item.line}", status=Status.LOST, stage="Closed Lost") for item in report(view)
    ]
    next_year = [replace(item, id=f"n{item.line}", close=date(2027, 6, 1)) for item in report(view)]
    tied = tie_out(numbered([*report(view), *closed, *next_year]), view)

    assert (tied.shown, tied.yours.n) == ((), 127)
    assert tied.notes == (
        "127 of its 381 lines set aside: not of the status or category",
        "127 of its lines set aside: not due in the period",
    )


def test_what_a_wide_export_says_otherwise_is_a_reason(view):
    lines = {item.id: item for item in report(view)}
    lines["p001"] = replace(lines["p001"], status=Status.LOST, stage="Closed Lost")
    lines["p002"] = replace(lines["p002"], close=date(2027, 3, 1))
    wide = [replace(item, id=f"n{key}", close=date(2027, 6, 1)) for key, item in lines.items()]
    shut = [replace(item, id=f"s{key}", status=Status.WON) for key, item in lines.items()]
    tied = tie_out(numbered([*lines.values(), *wide, *shut]), view)

    assert found(tied) == {
        ("p001", Where.OURS, Reason.STAGE, Decimal(-1001)),
        ("p002", Where.OURS, Reason.MOVED, Decimal(-1002)),
    }


def test_another_category_is_a_reason(view):
    claims = numbered([claim(view, "p001", category=ForecastClass.COMMIT)])
    tied = tie_out(claims, view, "commit")

    assert found(tied) == {("p001", Where.YOURS, Reason.CATEGORY, Decimal(1001))}


def test_a_report_in_other_currencies_is_converted_at_plan_and_says_so(view):
    claims = [
        replace(item, amount=item.entered[0], currency=item.entered[1], entered=None)
        if item.entered
        else item
        for item in report(view)
    ]
    tied = tie_out(claims, view)

    assert tied.shown == ()
    assert tied.yours == tied.ours
    assert tied.notes == ("amounts in EUR at the company file's plan rates",)


def test_a_rate_with_more_digits_is_a_reason():
    small = Small([deal("euro", State(amount="987654321", currency="EUR"))])
    small.company = replace(small.company, rates={"USD": Decimal(1), "EUR": Decimal("1.17647")})
    seen = small.view()
    exact = (Decimal(987654321) / Decimal("0.85")).quantize(Decimal("0.01"))
    [difference] = tie_out(numbered([claim(seen, "euro", amount=exact, entered=None)]), seen).differences

    assert (difference.reason, difference.detail) == (
        Reason.CURRENCY,
        "€987.65M at 1.17647, with more digits in yours",
    )


def test_a_report_in_whole_units_differs_by_rounding_alone(view):
    claims = [
        item if item.amount is None else replace(item, amount=item.amount.quantize(Decimal(1)), entered=None)
        for item in report(view)
    ]
    tied = tie_out(claims, view)

    assert tied.shown == ()
    assert [reason for reason, _ in tied.by_reason()] == [Reason.ROUNDING]
    assert foots(tied)


def test_the_summary_names_both_totals_and_every_difference(view):
    assert summary(planted(view)) == snapshot("Yours $129k (127), ours $129k (127). They agree deal by deal.")
    assert summary(planted(view, *PLANTS)).split(". ") == snapshot(
        [
            "Yours $131k (133), ours $129k (127)",
            (
                "Only in yours: 1 renewal, 1 omitted, 1 on the period's edge, 1 a day off (time zone), 1 duplicate, "
                "1 deleted with us"
            ),
            "Only in ours: 1 with an inactive or unknown owner",
            "Amount differs: 3 (1 currency, 1 without an amount, 1 unexplained)",
            "Several lines of one deal: 1 split.",
        ]
    )
    assert summary(planted(view, "type", "duplicate", "left out")) == snapshot(
        "Yours $130k (128), ours $129k (127). Only in yours: 1 renewal, 1 duplicate. Only in ours: 1 unexplained."
    )
    assert between(planted(view, *TEN)) == snapshot(
        (
            ("type not in scope", "+1", "+700.00"),
            ("omitted category", "+1", "+610.00"),
            ("inactive or unknown owner", "−1", "−520.00"),
            ("currency", "0", "−100.00"),
            ("close date on the period's edge", "+1", "+310.00"),
            ("time zone", "+1", "+140.00"),
            ("duplicate in the file", "+1", "+1,007.00"),
            ("split", "+1", "0.00"),
            ("deleted with us", "+1", "+230.00"),
            ("no amount", "0", "−1,011.00"),
            ("rounding", "0", "0.00"),
            ("yours - ours", "+6", "+1,366.00"),
        )
    )
