from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from reports.deck import Words
from reports.findings import Finding, Move, find, moves
from reports.findings.customers import lifted
from reports.narrative import guard
from reports.view import PipelineView
from reports.view.accounts import Pair
from tests.reports.findings.company import Q4, SOUND, one, past_quarters, regular, touches, view_of
from tests.reports.small import Deal, State, deal

NEXT = date(2027, 1, 22)


def history() -> list[Deal]:
    """Return past quarters: commits mostly won, best case mostly lost, except that u2 wins it as commits are won."""
    return [
        *past_quarters(won=8, lost=2, prefix="c", owner="u3"),
        *past_quarters(won=2, lost=6, prefix="b", category="best_case"),
        *past_quarters(won=3, lost=1, prefix="s", category="best_case", owner="u2"),
    ]


def pasts_touched() -> list[tuple[str, str, object, bool]]:
    """Return a buyer touch on every past deal a few days before its landmark."""
    return [(each.id, "u1", each.states[0].begins + timedelta(days=50), True) for each in history()]


def seen(*deals: Deal, activities: object = ()) -> PipelineView:
    return view_of(*deals, *history(), activities=[*activities, *pasts_touched()])


def kinds(view: PipelineView) -> set[tuple[str, str]]:
    return {(f.deal_id, f.kind.value) for f in find(view, Q4) if f.is_chance}


def test_a_late_deal_due_next_quarter_whose_buyer_was_seen_this_week_can_be_pulled_in() -> None:
    ready = replace(SOUND, close=NEXT)
    view = seen(deal("d", ready), activities=regular("d", every=5, until=3))

    assert kinds(view) == {("d", "ready_to_pull_in")}
    finding = one(view, "ready_to_pull_in")
    assert finding.odds_now is not None
    assert finding.odds_peer is not None
    assert finding.odds_now < finding.odds_peer
    assert finding.stake == finding.amount * finding.odds_peer
    assert finding.by < Q4.end


def test_it_is_not_ready_with_a_harm_an_early_stage_or_a_silent_buyer() -> None:
    ready = replace(SOUND, close=NEXT)
    early = deal("early", replace(ready, stage="Proposal"))
    planless = deal("planless", replace(ready, next_step=None))
    silent = deal("silent", ready)
    pushed = deal("pushed", replace(ready, close=date(2026, 12, 11)), ready.at(30))
    ids = ("early", "planless", "pushed")
    activities = [entry for each in ids for entry in regular(each, every=5)]
    activities += regular("silent", every=5, until=8)

    assert kinds(seen(early, planless, silent, pushed, activities=activities)) == set()


def test_a_deal_that_slipped_this_week_and_is_alive_can_be_saved() -> None:
    slipped = deal("d", SOUND, SOUND.at(4, close=NEXT))
    view = seen(slipped, activities=regular("d", every=6, until=24))

    assert kinds(view) == {("d", "save")}
    finding = one(view, "save")
    assert finding.act == "Sponsor call"
    assert finding.by == date(2026, 11, 25)
    assert finding.evidence[0].text == "Left Q4: 18 Dec → 22 Jan (first move)"
    assert "no buyer touch for 24 days" in finding.evidence[1].text.lower()


def test_a_deal_that_slipped_earlier_went_back_or_has_no_plan_is_not_to_be_saved() -> None:
    earlier = deal("earlier", SOUND, SOUND.at(9, close=NEXT))
    back = deal("back", SOUND, SOUND.at(4, close=NEXT, stage="Proposal"))
    planless = deal("planless", SOUND, SOUND.at(4, close=NEXT, next_step=None))
    silent = deal("silent", SOUND, SOUND.at(4, close=NEXT))
    activities = [entry for each in ("earlier", "back", "planless") for entry in regular(each, every=5)]

    assert (
        kinds(seen(earlier, back, planless, silent, activities=[*activities, *touches("silent", 50)]))
        & {
            ("earlier", "save"),
            ("back", "save"),
            ("planless", "save"),
            ("silent", "save"),
        }
        == set()
    )


def test_best_case_of_an_owner_whose_best_case_is_won_like_commit_is_better_than_called() -> None:
    best = replace(SOUND, category="best_case")
    sandbag, honest = deal("sandbag", replace(best, owner="u2")), deal("honest", best)
    activities = [*regular("sandbag", every=5, person="u2"), *regular("honest", every=5)]

    view = seen(sandbag, honest, activities=activities)
    assert kinds(view) == {("sandbag", "better_than_called")}
    assert (
        "wins 75 % of best case at this point of the quarter (n = 32)"
        in one(view, "better_than_called").evidence[0].text
    )


def test_best_case_that_does_not_behave_like_won_commits_is_called_as_it_should_be() -> None:
    best = replace(SOUND, category="best_case", owner="u2")
    early = deal("early", replace(best, stage="Evaluation"))
    moved = deal("moved", replace(best, close=date(2026, 10, 30)), best.at(20))
    silent = deal("silent", best)
    activities = [*regular("early", every=5, person="u2"), *regular("moved", every=5, person="u2")]

    assert kinds(seen(early, moved, silent, activities=activities)) == set()


def young(*deals: Deal, activities: object = ()) -> PipelineView:
    """Return a view of deals of this quarter alone: history shows no past quarter."""
    return view_of(*deals, activities=activities)


LATELY = replace(SOUND, since=40)
READY, SLIPPED = deal("ready", replace(LATELY, close=NEXT)), deal("slipped", LATELY, LATELY.at(4, close=NEXT))


def test_a_young_history_tells_what_the_records_show_without_odds() -> None:
    activities = [*regular("ready", every=5, until=3), *regular("slipped", every=6, until=24)]
    view = young(READY, SLIPPED, activities=activities)

    assert kinds(view) == {("ready", "ready_to_pull_in"), ("slipped", "save")}
    for finding in (item for item in find(view, Q4) if item.is_chance):
        assert (finding.odds_now, finding.odds_peer, finding.n) == (None, None, 0)
        assert (finding.stake, finding.score) == (finding.amount, 0)
        assert finding.unknown == ("odds need at least a quarter of history, and here it begins 14 Oct",)
        assert "odds" not in {evidence.label for evidence in finding.evidence}
    assert one(view, "save").evidence[0].text == "Left Q4: 18 Dec → 22 Jan"


def test_of_a_young_history_that_knows_only_days_the_last_activity_is_told_and_no_buyer() -> None:
    activities = [*touches("ready", 9, 3, buyer=False), *touches("slipped", 24, buyer=False)]
    view = young(READY, SLIPPED, activities=activities)

    assert one(view, "ready_to_pull_in").evidence[1].text == "Last activity 3 days ago"
    assert one(view, "save").evidence[1].text == "No activity for 24 days"
    assert "buyer" not in "".join(evidence.text for item in find(view, Q4) for evidence in item.evidence)


def test_a_young_history_without_any_activity_still_tells_what_slipped() -> None:
    view = young(READY, SLIPPED)

    assert kinds(view) == {("slipped", "save")}
    assert [evidence.label for evidence in one(view, "save").evidence] == ["left the period", "next step"]


def test_a_young_history_holds_to_the_rules_of_each_chance() -> None:
    best = deal("best", replace(LATELY, category="best_case"))
    late = deal("late", replace(LATELY, close=NEXT))
    planless = deal("planless", LATELY, LATELY.at(4, close=NEXT, next_step=None))
    silent = deal("silent", replace(LATELY, since=58), LATELY.at(4, close=NEXT))
    activities = [entry for each in ("best", "planless") for entry in touches(each, 3, buyer=False)]
    activities += [*touches("late", 8, buyer=False), *touches("silent", 43, buyer=False)]

    assert kinds(young(best, late, planless, silent, activities=activities)) == set()


def test_past_quarters_too_thin_for_odds_tell_no_chance() -> None:
    activities = [*regular("ready", every=5, until=3), *regular("slipped", every=6, until=24)]
    thin = past_quarters(won=1, lost=1)

    assert kinds(view_of(READY, SLIPPED, *thin, activities=activities)) == set()


def lost(
    identity: str, *, reason: str = "Timing", when: date = date(2026, 3, 20), account: str = "a2"
) -> Deal:
    since = (date(2026, 11, 23) - when).days
    first = State(since=since + 90, stage="Proposal", close=when)
    ended = first.at(since, status="lost", stage="Closed Lost", category="closed", reason=reason)
    return deal(identity, first, ended, account=account)


def test_a_deal_lost_on_timing_whose_buyer_is_in_touch_again_can_be_revived() -> None:
    view = seen(lost("d"), activities=touches("d", 12, 5))

    assert kinds(view) == {("d", "revive")}
    assert "again since 11 Nov (2 times), last 18 Nov" in one(view, "revive").evidence[1].text


def test_no_other_lost_deal_is_revived() -> None:
    other = lost("price", reason="Price")
    long_ago, just_now = lost("old", when=date(2025, 10, 1)), lost("new", when=date(2026, 7, 1))
    quiet, busy = lost("quiet"), lost("busy", account="a3")
    running = deal("running", SOUND, account="a3")
    ids = ("price", "old", "new", "busy")
    activities = [entry for each in ids for entry in touches(each, 12, 5)] + regular("running", every=5)

    assert kinds(seen(other, long_ago, just_now, quiet, busy, running, activities=activities)) == set()


def test_a_pair_of_products_counts_only_when_it_is_more_than_popular() -> None:
    linked = Pair(
        segment="ENT",
        industry=None,
        has="Yard",
        wants="Flow",
        customers=400,
        with_has=100,
        with_wants=120,
        with_both=80,
    )
    popular = linked.__class__(
        segment="SMB",
        industry=None,
        has="Yard",
        wants="Flow",
        customers=400,
        with_has=100,
        with_wants=320,
        with_both=80,
    )
    rare = linked.__class__(
        segment="MM",
        industry=None,
        has="Yard",
        wants="Flow",
        customers=400,
        with_has=100,
        with_wants=40,
        with_both=24,
    )
    few = linked.__class__(
        segment=None,
        industry=None,
        has="Yard",
        wants="Flow",
        customers=60,
        with_has=19,
        with_wants=18,
        with_both=18,
    )

    assert lifted((linked, popular, rare, few)) == {("ENT", "Yard", "Flow"): (Decimal("0.8000"), 100)}


def chance(identity: str, kind: str = "save", **changed: object) -> Finding:
    values = {
        "id": f"{kind}:{identity}",
        "kind": kind,
        "deal_id": identity,
        "deal": identity.title(),
        "account": None,
        "owner": "Bo Ax",
        "owner_id": "u1",
        "amount": Decimal(100),
        "currency": "USD",
        "stake": Decimal(50),
        "score": Decimal(50),
        "severity": "info",
        "evidence": (),
        "act": "Call",
        "by": date(2026, 11, 25),
        "odds_now": Decimal("0.1"),
        "odds_peer": Decimal("0.5"),
        "n": 30,
    }
    return Finding.model_validate({**values, **changed})


def move_of(*findings: Finding) -> tuple[Move, ...]:
    return moves(view_of(), Q4, findings)


def test_best_case_deals_of_one_owner_are_one_move_and_slips_are_not() -> None:
    better = [chance("b1", "better_than_called"), chance("b2", "better_than_called", amount=Decimal(200))]
    slips = [chance("s1"), chance("s2")]

    found = move_of(*better, *slips)
    assert [(move.deal_ids, move.value) for move in found] == [
        (("b2", "b1"), Decimal(300)),
        (("s1",), Decimal(100)),
        (("s2",), Decimal(100)),
    ]
    assert found[0].weighted == Decimal(150)
    assert found[0].odds_peer == Decimal("0.5")


def test_the_three_moves_with_the_most_weighted_money_are_shown() -> None:
    found = move_of(*(chance(f"d{n}", amount=Decimal(n * 10)) for n in range(1, 7)))

    assert [move.deals[0] for move in found] == ["D6", "D5", "D4"]


def test_a_move_needs_an_owner_a_day_before_the_period_ends_and_odds_that_rise() -> None:
    found = move_of(
        chance("nobody", owner=None),
        chance("late", by=date(2027, 1, 1)),
        chance("no better", odds_now=Decimal("0.5")),
        chance("small", amount=Decimal(9)),
        chance("revived", "revive"),
    )

    assert found == ()


def test_moves_without_odds_stand_in_the_order_of_their_values() -> None:
    bare = {"odds_now": None, "odds_peer": None, "n": 0}
    found = move_of(*(chance(f"d{n}", amount=Decimal(n * 10), **bare) for n in (1, 3, 2)))

    assert [(move.value, move.weighted, move.odds_now, move.odds_peer) for move in found] == [
        (Decimal(amount), None, None, None) for amount in (30, 20, 10)
    ]


def test_every_number_of_a_chance_comes_from_a_fact() -> None:
    best = replace(SOUND, category="best_case", owner="u2")
    deals = [
        deal("ready", replace(SOUND, close=NEXT)),
        deal("slipped", SOUND, SOUND.at(4, close=NEXT)),
        deal("best", best),
        lost("lost"),
    ]
    activities = [*regular("ready", every=5), *regular("slipped", every=6, until=24), *touches("lost", 12, 5)]
    activities += regular("best", every=5, person="u2")

    findings = [finding for finding in find(seen(*deals, activities=activities), Q4) if finding.is_chance]
    assert {finding.kind.value for finding in findings} == {
        "ready_to_pull_in",
        "save",
        "better_than_called",
        "revive",
    }
    for finding in findings:
        for evidence in finding.evidence:
            assert guard(Words(text=evidence.text, template=evidence.template), evidence.facts) == ()
