"""The demo company in a mirror of its own, once for all tests of the kinds."""

from __future__ import annotations

from contextlib import closing

import pytest

from connectors.access import Access
from connectors.demo import DemoCrm, actions, company
from connectors.mirror import Mirror, open_generation
from reports.compose import compose
from reports.context import Action, Context
from reports.kinds import weekly
from reports.view import open_view


@pytest.fixture(scope="session")
def larkmoor_records(tmp_path_factory):
    """The published mirror of the demo company; it is only ever read and copied."""
    return Mirror(tmp_path_factory.mktemp("larkmoor"), "demo").load(DemoCrm())


@pytest.fixture(scope="session")
def larkmoor_view(larkmoor_records):
    """The whole demo company as of Monday 23 November 2026, 08:30 in New York."""
    with closing(open_generation(larkmoor_records)) as connection:
        yield open_view(connection, company(), Access.operator("demo"), generation=larkmoor_records.name)


@pytest.fixture(scope="session")
def last_week():
    """What was taken on at Larkmoor a week before."""
    return Context(
        actions=tuple(
            Action(
                id=item.id,
                text=item.text,
                owner=item.owner,
                due=item.due,
                state=item.state,
                deal_id=item.deal_id,
                owner_id=item.owner_id,
                source=item.source,
            )
            for item in actions()
        )
    )


@pytest.fixture(scope="session")
def larkmoor(larkmoor_view, last_week):
    """The default weekly of the demo company."""
    return compose(weekly.spec(), larkmoor_view, last_week)


@pytest.fixture
def composed(larkmoor_view, last_week):
    """Compose a weekly in another scope."""

    def made(**changes):
        spec = weekly.spec().model_copy(update=changes)
        return compose(spec, larkmoor_view, last_week)

    return made
