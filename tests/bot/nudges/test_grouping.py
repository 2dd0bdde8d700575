"""Deals to messages: every deal once, one message an owner, at most five open ones in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bot.nudges.grouping import AT_ONCE, by_owner, shown


@dataclass(frozen=True)
class Owned:
    id: str
    owner_id: str


_DEALS = st.lists(
    st.builds(Owned, id=st.integers(0, 999).map(str), owner_id=st.sampled_from("ABCDEF")),
    unique_by=lambda deal: deal.id,
    max_size=80,
)


@given(_DEALS)
def test_every_deal_is_in_exactly_one_owners_group_in_the_order_given(deals: list[Owned]):
    groups = by_owner(deals)

    assert Counter(deal for theirs in groups.values() for deal in theirs) == Counter(deals)
    assert all(deal.owner_id == owner for owner, theirs in groups.items() for deal in theirs)
    assert all(list(theirs) == [deal for deal in deals if deal in theirs] for theirs in groups.values())
    assert list(groups) == list(dict.fromkeys(deal.owner_id for deal in deals))


@given(_DEALS, st.data())
def test_a_message_shows_at_most_five_open_deals_and_loses_none(deals: list[Owned], data: st.DataObject):
    ids = [deal.id for deal in deals]
    settled = {one: data.draw(st.booleans()) for one in ids}
    found = shown([*ids, *ids], settled)

    assert len(found.open) <= AT_ONCE
    assert len(found.open) + len(found.closed) + found.waiting == len(ids)
    assert found.waiting == 0 or len(found.open) == AT_ONCE
    assert not any(settled[one] for one in found.open)
    assert all(settled[one] for one in found.closed)
    assert list(found.open) == [one for one in ids if not settled[one]][:AT_ONCE]
