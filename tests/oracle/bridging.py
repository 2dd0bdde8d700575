"""The second evaluator's bridge: every deal in its bucket, as the definitions say in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tests.oracle.evaluator import Evaluator
from tests.oracle.world import Answer, Asked, State


class Bridging(Evaluator):
    """An evaluator that answers questions about two instants, too."""

    def flows(self, asked: Asked, since: datetime) -> Iterator[tuple[str, str, Decimal]]:
        """Yield (deal, bucket, signed amount) for the scope as a whole, from `since` to the instant asked for."""
        for deal in self.log:
            a, b = self.alive(deal, since), self.alive(deal, asked.at)
            yield from ((deal, bucket, amount) for bucket, amount in self._buckets(deal, a, b, asked, since))

    def in_pipe(self, deal: str, state: State | None, asked: Asked) -> bool:
        return state is not None and self.in_scope(deal, state, asked) and self.is_open(asked)(state)

    def _worth(self, state: State | None, asked: Asked) -> Decimal:
        return Decimal(0) if state is None else self.value(state, asked) or Decimal(0)

    def _buckets(
        self, deal: str, a: State | None, b: State | None, asked: Asked, since: datetime
    ) -> list[tuple[str, Decimal]]:
        before, after = self._worth(a, asked), self._worth(b, asked)
        changed = (
            [("increased" if after > before else "decreased", after - before)] if after != before else []
        )
        in0, in1 = self.in_pipe(deal, a, asked), self.in_pipe(deal, b, asked)
        closed = (
            b is not None
            and self.in_scope(deal, b, asked)
            and b.status in {"won", "lost"}
            and b.close is not None
            and self.day_ends(b.close) > since
            and b.close <= self.day(asked.at)
        )
        if in0 and in1:
            return changed
        if in0:
            return self._exit(deal, b, asked, before, after, changed, closed=closed)
        if in1:
            kind = self._entry(deal, a, asked, since)
            if kind in {"pulled_in", "pushed_in"}:
                return [(kind, before), *changed]
            return [(kind, after)]
        if b is None or not closed or not self._passed(a, b, asked):
            return []
        return [(self._entry(deal, a, asked, since), after), (b.status, -after)]

    def _passed(self, a: State | None, b: State, asked: Asked) -> bool:
        """Say whether a deal that closed in the window came and went between its ends."""
        if not self.due(asked)(b):
            return False
        if a is None:
            return True
        if a.status == b.status:
            return False
        lost_elsewhere = b.status == "lost" and a.status == "open" and not self.due(asked)(a)
        return not lost_elsewhere

    def _exit(
        self,
        deal: str,
        b: State | None,
        asked: Asked,
        before: Decimal,
        after: Decimal,
        changed: list[tuple[str, Decimal]],
        *,
        closed: bool,
    ) -> list[tuple[str, Decimal]]:
        if b is None:
            return [("deleted", -before)]
        if closed:
            return [*changed, (b.status, -after)]
        if not self.in_scope(deal, b, asked):
            return [("left_scope", -before)]
        if b.status == "open":
            later = b.close is not None and b.close >= asked.end
            return [("pushed_out" if later else "pulled_out", -before)]
        return [("closed_undated", -before)]

    def _entry(self, deal: str, a: State | None, asked: Asked, since: datetime) -> str:
        if a is None and any(
            self.alive(deal, event.valid_at) for event in self.log[deal] if event.valid_at <= since
        ):
            return "returned"
        if a is None or self.world.created[deal] > since:
            return "created"
        if a.status != "open":
            return "reopened"
        if not self.in_scope(deal, a, asked):
            return "entered_scope"
        return "pulled_in" if a.close is not None and a.close >= asked.end else "pushed_in"

    def opening(self, asked: Asked, since: datetime) -> Decimal:
        at_start = [(deal, self.alive(deal, since)) for deal in self.log]
        return sum(
            (self._worth(s, asked) for deal, s in at_start if self.in_pipe(deal, s, asked)), Decimal(0)
        )

    def slip_rate(self, asked: Asked, since: datetime) -> Answer:
        cohort = [deal for deal in self.log if self.in_pipe(deal, self.alive(deal, since), asked)]
        whole = self.opening(asked, since)
        slipped = [
            (deal, -amount) for deal, bucket, amount in self.flows(asked, since) if bucket == "pushed_out"
        ]
        return Answer(
            by=(),
            value=sum((amount for _, amount in slipped), Decimal(0)) / whole if whole else None,
            n=len(cohort),
            records=len(slipped),
        )
