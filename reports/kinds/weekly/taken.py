"""What people took on last week, as far as it concerns a slide's scope, and what became of it."""

from __future__ import annotations

from datetime import timedelta

from reports import words
from reports.context import Action, Context
from reports.deck import Cell, Column, Table, TableRow, Words
from reports.facts import Tone
from reports.kinds.ledger import Ledger
from reports.kinds.page import Page, short_name
from reports.kinds.scene import Scene
from reports.view import PipelineView
from reports.view.names import open_owners

MOST = 6
# So many open actions are named in the message, each with so many letters.
NAMED, NAMED_LETTERS = 2, 60
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
    return around(page.scene, page.context)


def around(scene: Scene, context: Context) -> tuple[Action, ...]:
    """Return the actions due around a scene's day that concern its scope, in the order given; empty for none."""
    last, first = scene.today + timedelta(days=AHEAD), scene.today - timedelta(days=BACK)
    return concerning(scene.view, tuple(action for action in context.actions if first < action.due <= last))


def followed(scene: Scene, context: Context, ledger: Ledger) -> Words | None:
    """Return what became of the actions as one line, `4 of 5 actions done; open: …`; None for none."""
    found = around(scene, context)
    if not found:
        return None
    done = [action for action in found if action.state == "done"]
    still = sorted(
        (action for action in found if action.state in {"open", "moved"}),
        key=lambda action: (action.due, action.id),
    )
    ledger.digits("followed.done", len(done), source="Actions done")
    ledger.digits("followed.all", len(found), source="Actions of last week")
    line = f"{{{{followed.done}}}} of {{{{followed.all}}}} {words.plural(len(found), 'action')} done"
    names = []
    for number, action in enumerate(still[:NAMED]):
        text = ledger.name(f"followed.text{number}", action.text, source="action", limit=NAMED_LETTERS)
        owner = ledger.name(
            f"followed.owner{number}", short_name(owner_name(scene.view, action)), source="action"
        )
        names.append(f"{text} ({owner})")
    if len(still) > NAMED:
        more = ledger.digits("followed.more", len(still) - NAMED, source="Actions open besides")
        names.append(f"{more} more")
    return ledger.say(f"{line}; open: {words.joined(names)}." if names else f"{line}.")


def concerning(view: PipelineView, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Return the actions that concern the view's scope; all of them where nothing narrows it.

    An action on a deal concerns the scopes that the deal is in; one without a deal concerns those in which its owner,
    or somebody the owner leads, has an open deal. A private one concerns no report.
    """
    actions = tuple(action for action in actions if not action.private)
    if not actions or not (view.filters or view.access.partial):
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
