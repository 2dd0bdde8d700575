"""What people took on last week, as far as it concerns a slide's scope, and what became of it."""

from __future__ import annotations

from datetime import timedelta

from reports import words
from reports.context import Action
from reports.deck import Cell, Column, Table, TableRow
from reports.facts import Tone
from reports.kinds.page import Page, short_name
from reports.view import PipelineView
from reports.view.names import open_owners

MOST = 6
# Actions count from so many days before today to so many days after it.
BACK, AHEAD = 14, 7
STATES: dict[str, tuple[str, Tone]] = {
    "open": ("open", "warn"),
    "moved": ("moved", "neutral"),
    "dropped": ("dropped", "muted"),
    "done": ("done", "good"),
}


def taken(page: Page) -> tuple[Action, ...]:
    """Return the actions due around the slide's day that concern its scope, in the order given; empty for none."""
    today = page.scene.today
    last, first = today + timedelta(days=AHEAD), today - timedelta(days=BACK)
    return concerning(
        page.scene.view, tuple(action for action in page.context.actions if first < action.due <= last)
    )


def concerning(view: PipelineView, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Return the actions that concern the view's scope; all of them where nothing narrows it.

    An action on a deal concerns the scopes that the deal is in; one without a deal concerns those in which its owner,
    or somebody the owner leads, has an open deal. A private one concerns no report.
    """
    actions = tuple(action for action in actions if not action.private)
    if not actions or not (view.filters or view.access.owners is not None):
        return actions
    asked = [action.deal_id for action in actions if action.deal_id]
    deals = {deal.id for deal in view.deals(ids=asked, counted=False)} if asked else set()
    owners = open_owners(view)
    concerned = owners | {view.people[owner].manager_id for owner in owners if owner in view.people}
    return tuple(
        action
        for action in actions
        if (action.deal_id in deals if action.deal_id else _id_of(view, action) in concerned)
    )


def owner_name(view: PipelineView, action: Action) -> str:
    """Return who took the action on, as the view may call them: where reps are not named, only a known leader is."""
    person = view.people.get(action.owner_id or "")
    if person is not None:
        return person.name
    known = view.session.names or any(one.name == action.owner for one in view.people.values())
    return action.owner if known else "a rep"


def _id_of(view: PipelineView, action: Action) -> str | None:
    if action.owner_id is not None:
        return action.owner_id
    found = [person for person in view.people.values() if person.name == action.owner]
    return found[0].id if len(found) == 1 else None


def table(page: Page, actions: tuple[Action, ...]) -> Table:
    """Return the actions with owner, due date and state; what is not done comes first."""
    order = tuple(STATES)
    ranked = sorted(actions, key=lambda action: (order.index(action.state), action.due, action.id))
    rest = len(ranked) - MOST
    return Table(
        id="actions",
        slot="right",
        heading="Taken on last week",
        columns=(
            Column(heading="Action", weight=3.6),
            Column(heading="Owner", weight=1.1),
            Column(heading="Due", weight=0.8),
            Column(heading="Now", weight=0.7),
        ),
        rows=tuple(
            TableRow(
                record=action.deal_id,
                cells=(
                    Cell(text=words.line(action.text, 60)),
                    Cell(text=short_name(owner_name(page.scene.view, action))),
                    Cell(text=words.day(action.due, page.scene.today)),
                    Cell(text=STATES[action.state][0], tone=STATES[action.state][1], bold=True),
                ),
            )
            for action in ranked[:MOST]
        ),
        more=f"and {rest} more" if rest > 0 else "",
        alt="Actions of last week with owner, due date and state.",
    )
