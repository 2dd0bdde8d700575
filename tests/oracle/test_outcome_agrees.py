"""What became of a call against plain Python, on random companies, scopes and rights; its parts always foot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, event, given, seed, settings

from reports.errors import BadInput, NothingThere
from reports.facts import Period
from reports.measures import measure, outcome
from tests.oracle.bridging import Bridging
from tests.oracle.test_measures_agree import EXAMPLES, cases, rounded
from tests.oracle.world import Asked, State, World
from tests.oracle.worlds import let_go, mirror_of, view_of

SHARDS = 4
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Ending(Bridging):
    """Tells what became of each deal that was won or commit. No SQL, no code of the product."""

    def ends(self, asked: Asked, since: datetime) -> Iterator[tuple[str, str, Decimal]]:
        """Yield (deal, bucket, signed amount) for the scope as a whole, from `since` to the instant asked for."""
        for deal in self.log:
            a, b = self.alive(deal, since), self.alive(deal, asked.at)
            before, after = self._worth(a, asked), self._worth(b, asked)
            was, won = self.called_then(deal, a, asked), self.won_now(deal, b, asked)
            if was and won:
                if before != after:
                    yield deal, "changed", after - before
            elif won:
                yield deal, "beyond", after
            elif was:
                yield deal, self.end_of(deal, a, b, asked), -before

    def end_of(self, deal: str, a: State | None, b: State | None, asked: Asked) -> str:
        if b is None or not self.in_scope(deal, b, asked) or a is None or a.status == "won":
            return "gone"
        if b.status == "lost":
            return "lost"
        return "slipped" if b.status == "open" or (b.close is not None and b.close >= asked.end) else "gone"

    def called_then(self, deal: str, state: State | None, asked: Asked) -> bool:
        held = state is not None and self.in_scope(deal, state, asked) and self.due(asked)(state)
        return held and (state.status == "won" or (state.status == "open" and state.category == "commit"))

    def won_now(self, deal: str, state: State | None, asked: Asked) -> bool:
        held = state is not None and self.in_scope(deal, state, asked)
        return held and state.status == "won" and self.due(asked)(state)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_each_deal_ends_as_a_loop_over_the_deals_says_and_the_parts_foot(shard: int) -> None:
    @seed(shard)
    @MANY
    @given(cases())
    def agree(case: tuple[World, Asked]) -> None:
        check(*case)

    agree()


def check(world: World, asked: Asked) -> None:
    con = mirror_of(world)
    plain = Ending(world)
    since = plain.days_back(asked.at, 21)
    try:
        view = view_of(con, world, asked)
        period = Period(label="P", start=asked.start, end=asked.end)
        found = outcome(view, period, since.replace(tzinfo=UTC))
    except (BadInput, NothingThere) as refusal:
        event(f"refused: {refusal}")
        let_go(con)
        return

    assert Counter((move.deal_id, move.bucket, rounded(move.value)) for move in found.movements) == Counter(
        (deal, bucket, rounded(value)) for deal, bucket, value in plain.ends(asked, since)
    )
    assert found.opening.value + sum((step.value for step in found.steps), Decimal(0)) == found.closing.value
    assert sum(step.n for step in found.steps) == len(found.movements)
    then = measure(view.at(since.replace(tzinfo=UTC)), "won_plus_commit", period=period).rows[0]
    now = measure(view, "bookings", period=period).rows[0]
    assert (rounded(found.opening.value), found.opening.n) == (rounded(then.value or Decimal(0)), then.n)
    assert (rounded(found.closing.value), found.closing.n) == (rounded(now.value or Decimal(0)), now.n)
    let_go(con)
