"""What real records look like: deals reopened, entered after the fact, without an account, learned of late; small doses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from connectors.demo import calendar, clock
from connectors.demo.clock import Ints
from connectors.demo.population import TYPES
from connectors.demo.simulate import CLOSED, LOST, OPEN, Past
from connectors.mirror.schema import BIT

_REOPENED = 0.008
_AFTER_THE_FACT = 0.008
_LATE = 0.01
_RENEWED = 0.02
# Which deals are renewals is drawn apart from everything else, so that it can be chosen without changing the rest.
_RENEWALS = 0
_END = BIT["stage"] | BIT["status"] | BIT["category"] | BIT["close"] | BIT["reason"]


def soiled(past: Past, *, seed: int, until: int) -> Past:
    """Return the history with its dirt; nothing of it falls into the last half year before the week `until`."""
    rng = np.random.default_rng([seed, 6, past.deals.first])
    old = past.state["close"] < (until - 26) * 7
    lost = np.flatnonzero(old & (past.state["status"] == LOST))
    closed = np.flatnonzero(old & (past.state["status"] != OPEN))
    past = _renewals(past, closed)
    past = _reopened(past, rng, lost[rng.random(len(lost)) < _REOPENED])
    past = _entered_late(past, rng, closed[rng.random(len(closed)) < _AFTER_THE_FACT])
    behind = np.where(
        rng.random(len(past.events["deal"])) < _LATE, rng.integers(1, 4, len(past.events["deal"])), 0
    )
    behind = np.where(past.events["at"] < clock.week_start(until - 1), behind, 0)
    return replace(past, events=past.events | {"behind": behind * calendar.DAY})


def _renewals(past: Past, places: Ints) -> Past:
    """Return the history in which some of these deals are renewals, which do not count as new business."""
    chosen = np.random.default_rng([_RENEWALS, past.deals.first]).random(len(places)) < _RENEWED
    kind = past.deals.type.copy()
    kind[places[chosen]] = TYPES.index("Renewal")
    return replace(past, deals=replace(past.deals, type=kind))


def _reopened(past: Past, rng: np.random.Generator, places: Ints) -> Past:
    """Return the history in which these lost deals came back for some weeks, and were lost again."""
    n = len(places)
    if not n:
        return past
    last = past.events["at"][np.searchsorted(past.events["deal"], places, side="right") - 1]
    back = last + rng.integers(14, 40, n) * calendar.DAY
    again = back + rng.integers(14, 50, n) * calendar.DAY
    close = clock.company_day(again)
    events = past.events
    fields = np.full(n, _END, dtype=np.int64)
    zeros = np.zeros(n, dtype=np.int64)
    amount = past.state["amount"][places]
    opened = (places, back, fields, zeros + 1, zeros + OPEN, zeros, amount, close, zeros, zeros, zeros)
    ended = (
        places,
        again,
        fields,
        zeros + 5,
        zeros + LOST,
        zeros + CLOSED,
        amount,
        close,
        zeros,
        zeros,
        zeros,
    )
    # Both come after everything else of their deal, so each goes to the end of its rows.
    end = np.searchsorted(events["deal"], places, side="right")
    columns = {
        name: np.insert(events[name], np.repeat(end, 2), np.stack([one, other], axis=1).ravel())
        for name, one, other in zip(events, opened, ended, strict=True)
    }
    closes = past.state["close"].copy()
    closes[places] = close
    return replace(
        past,
        events=columns,
        state=past.state | {"close": closes},
    )


def _entered_late(past: Past, rng: np.random.Generator, places: Ints) -> Past:
    """Return the history in which these deals were entered days after they had been closed."""
    created = past.deals.created.copy()
    last = np.searchsorted(past.events["deal"], places, side="right") - 1
    created[places] = past.events["at"][last] + rng.integers(1, 6, len(places)) * calendar.DAY
    return replace(past, deals=replace(past.deals, created=created))
