"""What a draft's readers are told when others read it than before."""

from __future__ import annotations

import pytest

from bot.slack.standing import shown_now
from connectors.access import Access, Grant


def limits(regions: set[str] | None = None, owners: set[str] | None = None, *, names: bool = True) -> str:
    grant = Grant(
        person="p1",
        regions=None if regions is None else frozenset(regions),
        owners=None if owners is None else frozenset(owners),
        names=names,
    )
    return Access(workspace="local", asker=grant).limits


@pytest.mark.parametrize(
    "before, after, told",
    [
        (limits(), limits(), ""),
        ("", limits(), ""),
        (limits(), limits({"EMEA"}), "shows EMEA only now: that is what everybody here may see"),
        (
            limits(),
            limits({"EMEA", "APAC"}),
            "shows APAC and EMEA only now: that is what everybody here may see",
        ),
        (limits({"EMEA"}), limits(), "shows all regions now: that is what everybody here may see"),
        (
            limits(),
            limits(owners={"u1"}),
            "shows what everybody here may see by now, and that is other people's deals than before",
        ),
        (limits(), limits(names=False), "shows no rep names now: not everybody here may see them"),
        (limits(names=False), limits(), "shows rep names now: everybody here may see them"),
    ],
)
def test_what_is_shown_by_now_is_said_where_it_differs(before: str, after: str, told: str):
    assert shown_now(before, after) == told
