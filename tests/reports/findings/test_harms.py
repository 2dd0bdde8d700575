from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.company import Thresholds
from reports.deck import Words
from reports.findings import Severity, find, silence_rule
from reports.narrative import guard
from tests.reports.findings.company import (
    FOUR,
    Q4,
    SOUND,
    Touches,
    ago,
    found,
    one,
    past_quarters,
    regular,
    touches,
    view_of,
)
from tests.reports.small import deal, only, sees


def test_a_sound_deal_has_no_finding() -> None:
    view = view_of(deal("d", SOUND), activities=regular("d", every=5))

    assert find(view, Q4) == ()


def test_an_empty_mirror_has_no_finding() -> None:
    assert find(view_of(), Q4) == ()


@pytest.mark.parametrize(
    "close, severity",
    [(date(2026, 11, 23), None), (date(2026, 11, 22), Severity.WARN), (date(2026, 11, 9), Severity.WARN)],
)
def test_a_date_that_has_passed_is_overdue_from_the_next_day_on(
    close: date, severity: Severity | None
) -> None:
    view = view_of(deal("d", replace(SOUND, close=close)), activities=regular("d", every=5))

    severities = [finding.severity for finding in find(view, Q4) if finding.kind == "overdue"]
    assert severities == ([severity] if severity else [])


def test_fourteen_days_overdue_is_a_risk_once_there_is_a_second_kind_of_evidence() -> None:
    late = replace(SOUND, close=date(2026, 11, 9), next_step=None)

    assert (
        one(view_of(deal("d", late), activities=regular("d", every=5)), "overdue").severity is Severity.RISK
    )


def test_a_deal_overdue_from_an_earlier_quarter_is_found_too() -> None:
    view = view_of(deal("d", replace(SOUND, close=date(2026, 8, 14))), activities=regular("d", every=5))

    finding = one(view, "overdue")
    assert "101 days ago" in finding.evidence[0].text
    assert finding.slipping == 0


def test_one_push_inside_the_quarter_is_none_two_are() -> None:
    first = replace(SOUND, close=date(2026, 10, 30))
    once = deal("once", first, first.at(20, close=date(2026, 11, 27)))
    twice = deal(
        "twice", first, first.at(20, close=date(2026, 11, 27)), first.at(10, close=date(2026, 12, 18))
    )
    activities = [*regular("once", every=5), *regular("twice", every=5)]

    assert found(view_of(once, twice, activities=activities)) == {"twice": {"pushed"}}


def test_one_push_out_of_a_quarter_is_a_push() -> None:
    first = replace(SOUND, close=date(2026, 9, 25))
    view = view_of(deal("d", first, first.at(58, close=date(2026, 12, 18))), activities=regular("d", every=5))

    assert found(view) == {"d": {"pushed"}}
    assert one(view, "pushed").evidence[0].text == "Close date moved 25 Sep → 18 Dec (first move)"


def test_a_date_mended_on_the_first_day_is_no_move() -> None:
    first = replace(SOUND, close=date(2026, 9, 25))
    view = view_of(
        deal("d", first, first.at(59.5, close=date(2026, 12, 18))), activities=regular("d", every=5)
    )

    assert found(view) == {}


def test_the_third_push_is_severe_when_something_else_speaks_as_well() -> None:
    first = replace(SOUND, since=120, close=date(2026, 9, 25), next_step=None)
    moved = deal(
        "d",
        first,
        first.at(60, close=date(2026, 10, 30)),
        first.at(30, close=date(2026, 11, 27)),
        first.at(5, close=date(2026, 12, 18)),
    )

    finding = one(view_of(moved, activities=regular("d", every=5)), "pushed")
    assert finding.severity is Severity.SEVERE
    assert finding.act == "Sponsor call"
    assert finding.by == date(2026, 11, 25)


def test_silence_is_judged_against_the_habit_of_the_rep() -> None:
    chatty = [deal(f"c{n}", SOUND) for n in range(8)]
    quiet = [deal(f"q{n}", replace(SOUND, owner="u2")) for n in range(8)]
    activities = [entry for each in chatty[1:] for entry in regular(each.id, every=3)]
    activities += regular("c0", every=3, until=25)
    activities += [entry for each in quiet[1:] for entry in regular(each.id, every=29, until=2, person="u2")]
    activities += touches("q0", 25, person="u2")

    kinds = found(view_of(*chatty, *quiet, activities=activities))
    assert kinds == {"c0": {"stale"}}


def test_a_rep_who_logs_nothing_any_more_is_not_blamed_deal_by_deal() -> None:
    deals = [deal(f"c{n}", SOUND) for n in range(8)]
    activities = [entry for each in deals for entry in regular(each.id, every=3, until=25)]

    assert found(view_of(*deals, activities=activities)) == {}


def test_a_silence_shorter_than_ten_days_is_none_however_chatty_the_rep() -> None:
    deals = [deal(f"c{n}", SOUND) for n in range(8)]
    activities = [entry for each in deals[1:] for entry in regular(each.id, every=1)]

    assert found(view_of(*deals, activities=[*activities, *regular("c0", every=1, until=9)])) == {}
    assert found(view_of(*deals, activities=[*activities, *regular("c0", every=1, until=11)])) == {
        "c0": {"stale"}
    }


def test_without_activity_data_nothing_is_told_of_silence() -> None:
    view = view_of(deal("old", SOUND), deal("worse", replace(SOUND, next_step=None)))

    assert found(view) == {"worse": {"no_next_step"}}
    assert one(view, "no_next_step").unknown == ("too little history to compare with",)
    assert silence_rule(view) == "there is no activity data, so nothing is told of silence"


def days_only(**last: float) -> Touches:
    """The day of the last activity of each deal, as an export has it: who took part is not known."""
    return [entry for name, days in last.items() for entry in touches(name, days, buyer=False)]


def test_where_only_days_are_known_silence_is_a_fixed_number_of_them() -> None:
    deals = [deal(name, SOUND) for name in ("fresh", "quiet", "silent", "never")]

    view = view_of(*deals, activities=days_only(fresh=2, quiet=20, silent=22))

    assert found(view) == {"silent": {"stale"}, "never": {"stale"}}
    told = {finding.deal_id: finding.evidence[0].text for finding in find(view, Q4)}
    assert told == {
        "silent": "No activity for 22 days",
        "never": "No activity since it was created, 60 days",
    }
    finding = next(finding for finding in find(view, Q4) if finding.deal_id == "silent")
    assert finding.unknown[0] == "it is not known who took part in the last activity"
    assert finding.began == date(2026, 11, 22)
    assert silence_rule(view) == (
        "only the day of the last activity is known, not who took part, so a deal is silent after 21 days without any"
    )


def test_where_only_days_are_known_a_rep_who_logs_nothing_any_more_is_not_blamed() -> None:
    theirs = replace(SOUND, owner="u2")
    deals = [deal("a", SOUND), deal("b", SOUND), deal("c", theirs), deal("d", theirs)]

    view = view_of(*deals, activities=days_only(a=40, b=22, c=40, d=3))

    assert found(view) == {"c": {"stale"}}


def test_a_company_may_say_after_how_many_days_without_activity_or_that_none_count() -> None:
    deals = [deal("a", SOUND), deal("b", SOUND)]
    ten, none = (replace(FOUR, thresholds=Thresholds(stale_days=days)) for days in (10, 0))
    activities = days_only(a=1, b=12)

    assert found(view_of(*deals, activities=activities, company=ten)) == {"b": {"stale"}}
    off = view_of(*deals, activities=activities, company=none)
    assert found(off) == {}
    assert silence_rule(off).endswith("and no rule speaks of it")


def test_a_next_step_is_asked_for_from_the_second_stage_on() -> None:
    empty = replace(SOUND, next_step="  ", category="pipeline", close=date(2026, 12, 18))
    early, late = deal("e", replace(empty, stage="Discovery")), deal("l", replace(empty, stage="Evaluation"))
    activities = [*regular("e", every=5), *regular("l", every=5)]

    assert found(view_of(early, late, activities=activities)) == {"l": {"no_next_step"}}


def test_an_amount_that_fell_by_a_tenth_is_told_with_both_amounts() -> None:
    fell = deal("fell", SOUND, SOUND.at(10, amount="360"))
    held = deal("held", SOUND, SOUND.at(10, amount="361"))
    activities = [*regular("fell", every=5), *regular("held", every=5)]

    view = view_of(fell, held, activities=activities)
    assert found(view) == {"fell": {"amount_drop"}}
    assert one(view, "amount_drop").evidence[0].text == "Amount fell from $400 to $360 on 13 Nov"


def test_going_back_a_stage_counts_for_thirty_days_and_only_while_it_lasts() -> None:
    back = SOUND.at(20, stage="Proposal")
    recent = deal("recent", SOUND, back)
    mended = deal("mended", SOUND, back, back.at(10, stage="Negotiation"))
    old = deal("old", replace(SOUND, since=90), SOUND.at(40, stage="Proposal"))
    activities = [entry for each in ("recent", "mended", "old") for entry in regular(each, every=5)]

    assert found(view_of(recent, mended, old, activities=activities)) == {"recent": {"regress"}}


def test_due_within_two_weeks_in_an_early_stage_is_early_for_its_date() -> None:
    early = replace(SOUND, stage="Evaluation", category="pipeline", close=date(2026, 12, 7))
    deals = deal("soon", early), deal("later", replace(early, close=date(2026, 12, 8)))
    activities = [*regular("soon", every=5), *regular("later", every=5)]

    assert found(view_of(*deals, activities=activities)) == {"soon": {"early_for_date"}}


def test_one_kind_of_evidence_warns_and_two_kinds_are_a_risk() -> None:
    first = replace(SOUND, close=date(2026, 9, 25))
    pushed = first.at(58, close=date(2026, 12, 18))
    alone = view_of(deal("d", first, pushed), activities=regular("d", every=5))
    both = view_of(deal("d", first, pushed, pushed.at(5, next_step=None)), activities=regular("d", every=5))

    assert one(alone, "pushed").severity is Severity.WARN
    assert one(both, "pushed").severity is Severity.RISK


def test_little_money_is_for_information_only() -> None:
    small, large = replace(SOUND, amount="3", next_step=None), replace(SOUND, amount="900", next_step=None)
    deals = [deal("small", small), *(deal(f"l{n}", large) for n in range(3))]
    activities = [entry for each in deals for entry in regular(each.id, every=5)]

    severity = {
        finding.deal_id: finding.severity for finding in find(view_of(*deals, activities=activities), Q4)
    }
    assert severity["small"] is Severity.INFO
    assert severity["l0"] is Severity.WARN


def test_what_cannot_be_compared_is_said_and_has_no_odds() -> None:
    finding = one(
        view_of(deal("d", replace(SOUND, next_step=None)), activities=regular("d", every=5)), "no_next_step"
    )

    assert finding.odds_now is None
    assert finding.stake == 0
    assert "too little history to compare with" in finding.unknown


def test_money_at_stake_is_the_amount_times_what_odds_fell_by() -> None:
    history = past_quarters(won=8, lost=2)
    doubtful = past_quarters(won=1, lost=9, prefix="n", next_step=None)
    view = view_of(deal("d", replace(SOUND, next_step=None, amount="1000")), *history, *doubtful)

    finding = one(view, "no_next_step")
    assert finding.odds_now is not None
    assert finding.odds_peer is not None
    assert finding.odds_now < Decimal("0.2") < finding.odds_peer
    assert finding.stake == 1000 * (finding.odds_peer - finding.odds_now)
    assert finding.n >= 160
    assert 0 < finding.score <= finding.stake


def test_findings_come_with_the_most_money_first() -> None:
    history = [*past_quarters(won=8, lost=2), *past_quarters(won=1, lost=9, prefix="n", next_step=None)]
    deals = [deal(f"d{n}", replace(SOUND, next_step=None, amount=str(n * 100))) for n in range(1, 5)]

    ranked = find(view_of(*deals, *history), Q4)
    assert [finding.deal_id for finding in ranked if finding.kind == "no_next_step"] == [
        "d4",
        "d3",
        "d2",
        "d1",
    ]


def test_a_deal_without_amount_is_found_and_not_valued() -> None:
    finding = one(
        view_of(deal("d", replace(SOUND, next_step=None, amount=None)), activities=regular("d", every=5)),
        "no_next_step",
    )

    assert finding.amount is None
    assert finding.stake == 0
    assert "no amount: it is counted, not valued" in finding.unknown


def test_nothing_is_found_of_deals_that_may_not_be_seen() -> None:
    deals = (
        deal("a", replace(SOUND, next_step=None)),
        deal("e", replace(SOUND, next_step=None, region="EMEA")),
    )
    activities = [*regular("a", every=5), *regular("e", every=5)]

    assert found(view_of(*deals, activities=activities, access=sees(regions=["EMEA"]))) == {
        "e": {"no_next_step"}
    }
    assert found(view_of(*deals, activities=activities, access=sees(owners=["u2"]))) == {}


def test_filters_choose_deals_and_leave_the_peers_as_they_are() -> None:
    history = [*past_quarters(won=8, lost=2), *past_quarters(won=1, lost=9, prefix="n", next_step=None)]
    deals = (
        deal("a", replace(SOUND, next_step=None)),
        deal("e", replace(SOUND, next_step=None, region="EMEA")),
    )

    everywhere = {f.id: f for f in find(view_of(*deals, *history), Q4)}
    emea = find(view_of(*deals, *history, filters=(only("region", "EMEA"),)), Q4)
    assert {finding.deal_id for finding in emea} == {"e"}
    assert {finding.id: finding for finding in emea}.items() <= everywhere.items()


def test_findings_are_those_of_the_instant_looked_at() -> None:
    view = view_of(deal("d", SOUND, SOUND.at(3, next_step=None)), activities=regular("d", every=5))

    assert found(view) == {"d": {"no_next_step"}}
    assert found(view.at(ago(4))) == {}


def test_an_act_is_due_before_the_deal_closes() -> None:
    soon = replace(SOUND, close=date(2026, 11, 25), next_step=None)

    assert one(view_of(deal("d", soon), activities=regular("d", every=5)), "no_next_step").by == date(
        2026, 11, 24
    )


def test_every_number_in_evidence_comes_from_a_fact() -> None:
    first = replace(SOUND, since=120, close=date(2026, 9, 25), amount="500")
    worst = deal(
        "d",
        first,
        first.at(60, close=date(2026, 10, 30), amount="400"),
        first.at(20, close=date(2026, 11, 20), amount="400", stage="Proposal", next_step=None),
    )
    history = [*past_quarters(won=8, lost=2), *past_quarters(won=1, lost=9, prefix="n", next_step=None)]
    others = [deal(f"o{n}", replace(SOUND, stage="Proposal")) for n in range(5)]
    activities = [*regular("d", every=4, until=30, start=118)]
    activities += [entry for each in others for entry in regular(each.id, every=4)]

    findings = find(view_of(worst, *others, *history, activities=activities), Q4)
    assert {"overdue", "pushed", "stale", "no_next_step", "amount_drop", "regress"} <= {
        f.kind.value for f in findings
    }
    for finding in findings:
        for evidence in finding.evidence:
            assert guard(Words(text=evidence.text, template=evidence.template), evidence.facts) == ()


@pytest.mark.parametrize("close", [date(2026, 11, 22), date(2026, 11, 23)])
def test_what_is_due_before_a_close_date_at_the_weekend_is_due_on_the_friday(close: date) -> None:
    wednesday = view_of(deal("d", replace(SOUND, close=close, next_step=None))).at(ago(5))

    assert max(finding.by for finding in find(wednesday, Q4)) == date(2026, 11, 20)
