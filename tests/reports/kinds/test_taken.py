"""Last week's actions stand in the decks that they concern, and in no other."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from connectors.access import Access, Grant
from reports.compose import compose
from reports.context import Action
from reports.facts import Filter
from reports.kinds import weekly
from reports.kinds.weekly.taken import concerning, owner_name
from reports.view import open_view


def scope(dim, *values, negate=False):
    return Filter(dim=dim, values=values, negate=negate)


@pytest.mark.parametrize(
    "filters,owners",
    [
        ((), ["Priya Raman", "Birgit Sommerfeld", "Deshawn Ellery", "Tom Okafor", "Luc Fournel"]),
        ((scope("region", "AMER"),), ["Priya Raman", "Deshawn Ellery", "Tom Okafor"]),
        ((scope("region", "EMEA"),), ["Birgit Sommerfeld", "Luc Fournel"]),
        ((scope("region", "APAC"),), []),
        ((scope("account", "Brandt & Söhne"),), ["Birgit Sommerfeld"]),
        ((scope("account", "Tannholm Getränke"),), []),
    ],
    ids=str,
)
def test_an_action_concerns_the_scope_of_its_deal_or_of_its_owners_deals(
    larkmoor_view, last_week, filters, owners
):
    found = concerning(larkmoor_view.where(*filters), last_week.actions)

    assert [action.owner for action in found] == owners


def test_a_regional_deck_counts_its_own_actions(larkmoor_view, last_week):
    deck = compose(weekly.spec(filters=(scope("region", "EMEA"),)), larkmoor_view, last_week)
    slide = next(slide for slide in deck.slides if slide.key == "appendix")
    actions = next(block for block in slide.blocks if block.id == "actions")

    assert slide.title.text.startswith("One of two actions done; 20 close dates")
    assert [row.cells[0].text for row in actions.rows] == [
        "Second sponsor at Brandt & Söhne",
        "Sense price list for partners",
    ]


def test_a_deck_without_actions_of_its_own_says_nothing_of_them(larkmoor_view, last_week):
    deck = compose(weekly.spec(filters=(scope("region", "APAC"),)), larkmoor_view, last_week)
    slide = next(slide for slide in deck.slides if slide.key == "appendix")

    assert slide.title.text == "Seven close dates are past due ($141k)."
    assert "actions" not in {block.id for block in slide.blocks}


def test_who_may_see_one_owner_sees_the_actions_on_that_owners_deals_only(larkmoor_view, last_week):
    birgit = next(person.id for person in larkmoor_view.people.values() if person.name == "Birgit Sommerfeld")
    access = Access(workspace="demo", asker=Grant(person="b", owners=frozenset({birgit})))
    view = open_view(larkmoor_view.session.con, larkmoor_view.company, access)

    assert [action.id for action in concerning(view, last_week.actions)] == ["action-2"]


def test_an_action_without_ids_is_placed_by_its_owners_name(larkmoor_view):
    action = Action(id="a", text="Call", owner="Tane Rewiri", due=date(2026, 11, 20))

    assert concerning(larkmoor_view.where(scope("region", "APAC")), (action,)) == (action,)
    assert concerning(larkmoor_view.where(scope("region", "EMEA")), (action,)) == ()


def test_an_owner_is_called_as_the_view_calls_people():
    action = Action(id="a", text="Call", owner="Jonas Adler", due=date(2026, 11, 20), owner_id="u25")
    view = SimpleNamespace(people={"u25": SimpleNamespace(name="EMEA Central")})

    assert owner_name(view, action) == "EMEA Central"


@pytest.mark.parametrize(
    "filters,line",
    [
        ((), "4 of 5 actions done; open: Second sponsor at Brandt & Söhne (B. Sommerfeld)."),
        ((scope("region", "AMER"),), "3 of 3 actions done."),
        ((scope("region", "APAC"),), None),
    ],
    ids=str,
)
def test_the_message_says_what_became_of_the_actions_of_its_scope(larkmoor_view, last_week, filters, line):
    message = compose(weekly.spec(filters=filters), larkmoor_view, last_week).message

    assert (message.followed.text if message.followed else None) == line


def test_what_is_somebodys_alone_stands_in_no_message(larkmoor_view, last_week):
    own = last_week.actions[0].model_copy(
        update={"id": "own", "text": "Ask about the budget", "private": True}
    )
    context = last_week.model_copy(update={"actions": (*last_week.actions, own)})

    assert "budget" not in compose(weekly.spec(), larkmoor_view, context).model_dump_json()
