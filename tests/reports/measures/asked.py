"""Short ways to ask a measure of a company of seven deals."""

from __future__ import annotations

from datetime import date

from reports.measures import measure
from tests.reports.small import Small, State, deal

OPEN = State()
WON = State(since=5, status="won", close=date(2026, 11, 18))
LOST = State(since=5, status="lost", close=date(2026, 11, 18))
NEXT_QUARTER = date(2027, 1, 15)


def company():
    """AMER: 100 open, 200 commit, 300 won. EMEA: 50 best case, 400 won. One deal is due next quarter."""
    return Small([
        deal("open", OPEN),
        deal("commit", OPEN.at(9, category="commit", amount="200", stage="Proposal")),
        deal("best", OPEN.at(9, category="best_case", amount="40", currency="EUR", region="EMEA", owner="u2")),
        deal("won", OPEN, WON.at(5, amount="300")),
        deal("won2", OPEN, WON.at(5, amount="400", region="EMEA", owner="u2")),
        deal("lost", OPEN, LOST.at(5, amount="1000")),
        deal("later", OPEN.at(9, close=NEXT_QUARTER, amount="70")),
    ])  # fmt: skip


def value(name, small=None, *filters, **more):
    return measure((small or company()).view(*filters), name, **more).value


def split(name, *by, small=None, **more):
    found = measure((small or company()).view(), name, by=by, **more)
    return {tuple(item for _, item in row.by): row.value for row in found.rows}
