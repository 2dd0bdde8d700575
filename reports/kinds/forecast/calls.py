"""What managers call: which calls a scope may show, the newest of each caller, and how far they are from the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connectors.visibility import below
from reports import words
from reports.context import Call, Context
from reports.facts import Period
from reports.kinds.ledger import Ledger
from reports.kinds.page import short_name
from reports.kinds.scene import Scene
from reports.measures.groups import exact
from reports.view import cross_rates

DEFINITION = (
    "What the caller expects the period to end with, won and still to be won together, as kept on that day"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One manager's call as the scene shows it: the name that may be shown, amounts in the scene's currency."""

    id: str
    caller: str
    caller_id: str
    region: str | None
    commit: Decimal
    best: Decimal | None
    at: datetime


def calls(
    scene: Scene, context: Context, *, period: Period | None = None, at: datetime | None = None
) -> tuple[Called, ...]:
    """Return the calls of a period that the scene may show, one for each caller and region, newest first.

    Args:
        scene: whose scope and rights apply; no call is shown whose deals are not all in them.
        context: what is known of calls.
        period: the period called; None is the scene's.
        at: only calls made up to then; None is the view's instant, on the newest records any call.
    """
    wanted, until = (period or scene.period).label, at or _until(scene)
    newest: dict[tuple[str, str | None], Call] = {}
    for call in sorted(context.calls, key=lambda call: (call.at, call.id)):
        if call.period == wanted and (until is None or call.at <= until) and may_show(scene, call.region):
            newest[call.caller_id or call.caller, call.region] = call
    company = scene.company
    rate = cross_rates(company, scene.currency)[company.currency]
    found = [
        Called(
            id=call.id,
            caller=_name(scene, call),
            caller_id=call.caller_id,
            region=call.region,
            commit=exact(call.commit * rate),
            best=None if call.best is None else exact(call.best * rate),
            at=call.at,
        )
        for call in newest.values()
    ]
    return tuple(sorted(found, key=lambda call: (call.at, call.id), reverse=True))


def may_show(scene: Scene, region: str | None) -> bool:
    """Say whether all deals of a region (None: of the company) are in the scene's scope and may be seen."""
    view = scene.view
    access = view.access
    if access.owners is not None or access.sights or "region" in access.hidden:
        return False
    if any(item.dim != "region" for item in view.filters):
        return False
    if region is None:
        return not view.filters and access.regions is None
    allowed = access.regions
    return (allowed is None or region in allowed) and (not view.filters or region in scene.values("region"))


def in_order(scene: Scene, found: Iterable[Called]) -> tuple[Called, ...]:
    """Return calls as they are listed: the company's first, then those of the regions in their order, newest first."""
    known = scene.company.dimensions.get("region", ())
    order = {region: place for place, region in enumerate(known, start=1)}
    newest = sorted(found, key=lambda call: (call.at, call.id), reverse=True)
    return tuple(
        sorted(newest, key=lambda call: 0 if call.region is None else order.get(call.region, len(order) + 1))
    )


def listed(scene: Scene, found: Iterable[Called], most: int) -> tuple[tuple[Called, ...], int]:
    """Return at most so many calls in their order, of each scope one before any has a second, and how many are left out."""
    ordered = in_order(scene, found)
    first = {
        region: of_region(scene, ordered, region) for region in dict.fromkeys(call.region for call in ordered)
    }
    leading = [call for call in ordered if call is (first[call.region] or _newest(ordered, call.region))]
    chosen = [*leading, *(call for call in ordered if call not in leading)][:most]
    return tuple(call for call in ordered if call in chosen), len(ordered) - len(chosen)


def of_scope(scene: Scene, found: tuple[Called, ...]) -> Called | None:
    """Return the call that counts for exactly the scene's scope: the company, or the one region; None without one."""
    return of_region(scene, found, scope_region(scene))


def of_region(scene: Scene, found: tuple[Called, ...], region: str | None) -> Called | None:
    """Return the newest call for a region (None: the company) by who leads all of it; None without one.

    Where several lead a part of a region each, none of their calls is the region's.
    """
    led = (call for call in found if call.region == region and (region is None or _leads_all(scene, call)))
    return next(iter(sorted(led, key=lambda call: (call.at, call.id), reverse=True)), None)


def _newest(found: tuple[Called, ...], region: str | None) -> Called:
    return max((call for call in found if call.region == region), key=lambda call: (call.at, call.id))


def _leads_all(scene: Scene, call: Called) -> bool:
    """Say whether a caller leads everybody of the region, or is the only one known to lead anybody there."""
    people = scene.view.people
    active = [person for person in people.values() if person.active]
    there = {person.id for person in active if person.region == call.region}
    leads = {person.manager_id for person in active}
    others = {person for person in there if person in leads} - {call.caller_id}
    if not others:
        return True
    return there - {call.caller_id} <= below(call.caller_id, people.values())


def scope_region(scene: Scene) -> str | None:
    """Return the one region that the scene is about; None where it is about more."""
    if not scene.view.filters:
        return None
    values = scene.values("region")
    return values[0] if len(values) == 1 else None


def rolled_up(scene: Scene, region: str | None) -> Decimal:
    """Return what the records come to where a call was made: won and commit, won alone once the period is over."""
    name = "bookings" if scene.is_over else "won_plus_commit"
    value = scene.amount(name) if region == scope_region(scene) else scene.part(name, region)
    return value or Decimal(0)


def bind(scene: Scene, ledger: Ledger, key: str, call: Called) -> tuple[str, str, str]:
    """Bind who called what and when, and return the three tokens."""
    day = scene.view.calendar.day(call.at)
    return (
        ledger.name(f"{key}.caller", call.caller, source="call"),
        ledger.money(key, call.commit, source=f"Call of {call.caller}", definition=DEFINITION, n=0),
        ledger.day(f"{key}.day", day, source="day of the call"),
    )


def signed(scene: Scene, call: Called) -> str:
    """Return who called and when as a cell shows it, `K. Vogelsang, 20 Nov`."""
    return f"{short_name(call.caller)}, {words.day(scene.view.calendar.day(call.at), scene.today)}"


def _until(scene: Scene) -> datetime | None:
    """Return up to when calls count: a call of today may be younger than the newest records, and stands beside them."""
    return None if scene.view.as_of >= scene.view.session.newest() else scene.view.as_of


def _name(scene: Scene, call: Call) -> str:
    """Return the caller's name as it may be shown: where reps are not named, only a known leader is."""
    view = scene.view
    person = view.people.get(call.caller_id)
    if person is not None:
        return words.line(person.name, 60)
    known = view.session.names or any(one.name == call.caller for one in view.people.values())
    return words.line(call.caller, 60) if known else "a manager"
