from __future__ import annotations

from dataclasses import replace
from datetime import date

from connectors.mirror.schema import BIT
from connectors.records import ForecastClass, Status
from reports.findings import inspect, signs
from reports.findings.signs import SEEN_FROM
from reports.view import PipelineView
from tests.reports.findings.company import Q4, SOUND, past_quarters, regular, view_of
from tests.reports.small import Deal, deal


def looked(*deals: Deal, activities: object = (), past: tuple[Deal, ...] = ()) -> dict[str, list[str]]:
    view = view_of(*deals, *past, activities=activities)
    return {
        key: [sign.kind.value for sign in found]
        for key, found in signs(view, commits(view), period=Q4).items()
    }


def commits(view: PipelineView) -> tuple[object, ...]:
    return view.deals(status=Status.OPEN, category=ForecastClass.COMMIT, due=Q4)


def test_a_sound_commit_deal_has_no_sign() -> None:
    assert looked(deal("d", SOUND), activities=regular("d", every=5)) == {"d": []}


def test_a_silent_moved_and_planless_deal_shows_three_signs_worst_first() -> None:
    first = replace(SOUND, since=70, close=date(2026, 9, 25), next_step=None)
    moved = deal("d", first, first.at(62, close=date(2026, 10, 30)), first.at(30, close=date(2026, 12, 11)))
    others = [deal(f"o{n}", SOUND) for n in range(5)]
    activities = [entry for each in others for entry in regular(each.id, every=6)]

    found = looked(moved, *others, activities=[*activities, *regular("d", every=6, until=28, start=68)])
    assert found["d"] == ["stale", "pushed", "no_next_step"]
    assert all(found[each.id] == [] for each in others)


def test_one_move_of_the_date_is_no_sign() -> None:
    first = replace(SOUND, close=date(2026, 9, 25))

    assert looked(
        deal("d", first, first.at(50, close=date(2026, 12, 18))), activities=regular("d", every=5)
    ) == {"d": []}


def test_slow_alone_is_no_sign_but_slow_without_a_plan_is() -> None:
    old = replace(SOUND, since=200)
    fine, planless = deal("fine", old), deal("planless", replace(old, next_step=None))
    activities = [*regular("fine", every=5, start=190), *regular("planless", every=5, start=190)]

    past = tuple(past_quarters(won=8, lost=2))
    assert looked(fine, planless, activities=activities, past=past) == {
        "fine": [],
        "planless": ["no_next_step", "long_in_stage"],
    }


def test_an_inspection_tells_days_in_stage_against_what_won_deals_needed() -> None:
    view = view_of(deal("d", SOUND), *past_quarters(won=8, lost=2), activities=regular("d", every=5, until=2))

    look = inspect(view, commits(view), period=Q4)["d"]
    assert look.days_in_stage == 60
    assert look.norm_days == 80
    assert look.norm_n >= 20
    assert look.idle_days == 2
    assert look.pushes == 0


def test_no_deals_give_no_inspections() -> None:
    assert inspect(view_of(), ()) == {}


def test_of_exports_a_deal_is_at_least_so_long_in_its_stage() -> None:
    old = replace(SOUND, since=200)
    planless = deal("planless", replace(old, next_step=None))
    view = view_of(
        deal("fine", old),
        planless,
        *past_quarters(won=8, lost=2),
        activities=regular("planless", every=5, start=190),
    )
    view.session.con.execute("INSERT INTO meta VALUES ('snapshots', 'yes')")
    view.session.con.execute(
        f"INSERT INTO event BY NAME SELECT DISTINCT valid_from AS valid_at, {BIT['next_step']} AS fields FROM state"
    )

    (sign,) = [
        one for one in signs(view, commits(view), period=Q4)["planless"] if one.kind == "long_in_stage"
    ]
    (told,) = sign.evidence
    assert told.text.startswith("At least 200 days in ")
    assert [fact.definition for fact in told.facts if fact.id.endswith(".stay")] == [SEEN_FROM]
