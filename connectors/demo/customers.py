"""What customers own: a pair of products that go together, planted, beside one that is merely popular."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from connectors.demo import calendar, fit
from connectors.demo.population import PRODUCTS
from connectors.demo.simulate import WON, Past

# Who owns the first tends to own the second. Many own Yard and Premier too, but not because of one another.
PAIR = ("Flow", "Premier")
POPULAR = ("Yard", "Premier")
_TOGETHER = 0.55
_SUPPORT = 0.4


def cross_sold(past: Past, *, seed: int) -> Past:
    """Return the history in which most customers who bought twice before this quarter bought the pair."""
    deals = past.deals
    plain = deals.product != PRODUCTS.index("Sense")
    won = np.flatnonzero((past.state["status"] == WON) & (past.state["close"] < calendar.QUARTER) & plain)
    won = won[np.lexsort((past.state["close"][won], deals.account[won]))]
    account = deals.account[won]
    again = np.flatnonzero(
        (account[1:] == account[:-1]) & np.concatenate([[True], account[1:-1] != account[:-2]])
    )
    chosen = again[np.random.default_rng([seed, 9, deals.first]).random(len(again)) < _TOGETHER]
    product = deals.product.copy()
    product[won[chosen]] = PRODUCTS.index(PAIR[0])
    product[won[chosen + 1]] = PRODUCTS.index(PAIR[1])
    # Support costs less than what it supports.
    factor = np.ones(len(deals))
    factor[won[chosen + 1]] = _SUPPORT
    return fit.scaled(replace(past, deals=replace(deals, product=product)), factor)
