"""What a place is cleared for shows in the view itself: its region stands among the filters, reps go by their team."""

from __future__ import annotations

import pytest

from connectors.access import Access, Grant
from reports.errors import BadInput
from reports.facts import Dim, Filter
from reports.view.narrow import narrowed, outside, widest
from reports.view.pipeline import open_view
from tests.reports.small import COMPANY, OPERATOR, Small, State, deal, sees

OPEN = State()


def access(*regions: str, names: bool = True) -> Access:
    limit = frozenset(regions) if regions else None
    return Access(
        workspace="w", asker=Grant(person="ana"), audience=(Grant(person="b", regions=limit, names=names),)
    )


def test_a_limit_on_regions_is_a_filter_that_every_scope_line_names():
    view = Small([deal("d1", OPEN), deal("d2", OPEN.at(9, region="EMEA"))]).view(access=access("EMEA"))

    assert view.filters == (Filter(dim="region", values=("EMEA",)),)
    assert view.everything().filters == view.filters
    assert [found.id for found in view.deals()] == ["d2"]


def test_without_a_limit_nothing_is_added():
    assert Small([deal("d1", OPEN)]).view(access=access()).filters == ()


def test_what_was_asked_for_stays_and_is_told_apart_from_what_may_be_seen():
    asked = (Filter(dim="region", values=("AMER", "EMEA")), Filter(dim="segment", values=("ENT",)))

    assert narrowed(asked, access("EMEA")) == asked
    assert outside(asked, access("EMEA")) == ("AMER",)
    assert outside(asked, access()) == ()


def test_reps_go_by_their_team_and_leaders_by_their_name():
    view = Small([deal("d1", OPEN)]).view(access=access(names=False))
    (found,) = view.deals()

    assert (found.owner, found.manager) == ("East", "Mia Lead")
    assert "Bo Ax" not in {person.name for person in view.people.values()}
    assert "Bo Ax" not in str(view.names())


@pytest.mark.parametrize(
    "narrow, dim, hidden",
    [
        (sees(regions=["EMEA"]), "source", "Fair"),
        (sees(owners=["u2"]), "source", "Fair"),
        (sees(owners=["u2"]), "owner", "Bo Ax"),
    ],
)
def test_what_one_may_see_is_not_told_to_the_next_who_reads_by_the_same_session(
    narrow: Access, dim: Dim, hidden: str
):
    small = Small([deal("d1", State(source="Fair")), deal("d2", State(region="EMEA", owner="u2"))])
    everything = small.view(asked := Filter(dim=dim, values=(hidden,)))
    both = everything.present(dim)
    assert hidden in both

    seen = open_view(everything.session, COMPANY, narrow)

    assert hidden not in seen.present(dim)
    assert everything.present(dim) == both
    with pytest.raises(BadInput, match=f"unknown {dim}"):
        open_view(everything.session, COMPANY, narrow, filters=(asked,))


@pytest.mark.parametrize(
    "limits, said",
    [
        (OPERATOR, "all regions"),
        (sees(owners=("u1",)), "deals of 1 person"),
        (sees(owners=("u1", "u2")), "deals of 2 people"),
    ],
)
def test_a_view_of_some_peoples_deals_does_not_pass_for_all_of_them(limits: Access, said: str):
    assert widest(limits) == said
