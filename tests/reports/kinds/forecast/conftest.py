"""The forecast of the demo company: as the records alone give it, and with what managers have called."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reports.compose import compose
from reports.context import Call, Context
from reports.kinds import forecast

# What the slides of the demo company's forecast are called where nobody has called.
TITLES = (
    "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M; best case reaches $6.98M.",
    "Q4 needs $0.80M of its $1.98M best case, two-fifths of it, besides all of commit.",
    "Eight swing deals carry $1.61M of the $3.92M still called; one of them has a warning sign.",
    "Won + commit is $5.00M, $1.11M above the same week last year; in the past it was off by 13 %.",
    "Open commit fell $0.73M this week to $1.94M; $0.42M of it was won.",
)


def called(key, who, person, commit, *, best=None, region=None, day=(2026, 11, 20), period="FY26-Q4"):
    return Call(
        id=key,
        caller=who,
        caller_id=person,
        period=period,
        region=region,
        commit=Decimal(commit),
        best=None if best is None else Decimal(best),
        at=datetime(*day, 14, tzinfo=UTC),
    )


CALLS = (
    called("old", "Dana Whitcombe", "u01", "5600000", day=(2026, 8, 20), period="FY26-Q3"),
    called("older", "Dana Whitcombe", "u01", "4600000", day=(2026, 5, 20), period="FY26-Q2"),
    called("emea3", "Katrin Vogelsang", "u06", "1500000", region="EMEA", day=(2026, 8, 20), period="FY26-Q3"),
    called("first", "Dana Whitcombe", "u01", "5500000", day=(2026, 11, 10)),
    called("dana", "Dana Whitcombe", "u01", "5300000", best="5900000"),
    called("amer", "Renee Calloway", "u04", "3150000", best="3400000", region="AMER"),
    called("emea", "Katrin Vogelsang", "u06", "1500000", best="1700000", region="EMEA"),
    called("apac", "Mei Hartono", "u08", "640000", region="APAC"),
)
# Of the regions that two lead, the call of who leads both.
WHOLE = (
    called("amer-all", "Dana Whitcombe", "u01", "3150000", best="3400000", region="AMER", day=(2026, 11, 19)),
    called("emea-all", "Dana Whitcombe", "u01", "1500000", best="1700000", region="EMEA", day=(2026, 11, 19)),
)


@pytest.fixture(scope="session")
def known(last_week):
    """What people took on a week before, and what managers have called."""
    return Context(actions=last_week.actions, calls=CALLS)


@pytest.fixture(scope="session")
def rolled_up(larkmoor_view, last_week):
    """The default forecast where nobody has called."""
    return compose(forecast.spec(), larkmoor_view, last_week)


@pytest.fixture(scope="session")
def with_calls(larkmoor_view, known):
    """The default forecast with managers' calls."""
    return compose(forecast.spec(), larkmoor_view, known)


@pytest.fixture(scope="session")
def with_regions(larkmoor_view, known):
    """The default forecast where every region has a call by who leads all of it."""
    return compose(forecast.spec(), larkmoor_view, known.model_copy(update={"calls": (*CALLS, *WHOLE)}))


@pytest.fixture
def composed(larkmoor_view, known):
    """Compose a forecast in another scope, with managers' calls."""

    def made(view=larkmoor_view, context=known, **changes):
        return compose(forecast.spec().model_copy(update=changes), view, context)

    return made
