"""The list of calls for one person: who called what when, what stood before it, and how far past calls were off."""

from __future__ import annotations

from bot import flows
from bot.agent.reply import Reply
from bot.slack import calling_book as book
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from connectors.access import Access
from reports import words
from reports.context import Call, Context
from reports.facts import Filter, Unit
from reports.kinds import KINDS
from reports.kinds.forecast.calls import Called, calls, may_show
from reports.kinds.forecast.record import record
from reports.kinds.forecast.trajectory import told_calls
from reports.kinds.ledger import Ledger
from reports.kinds.page import Page
from reports.kinds.scene import Scene

# So many calls are listed, so many that stood before each.
_LISTED, _BEFORE, _PAST = 10, 3, 4
_OFF = "(Called - what the quarter ended with) / what it ended with"


def listed(desk: Desk, known: Known, filters: tuple[Filter, ...]) -> Answer:
    """Return the calls of this quarter that somebody may see, beside what won and commit come to."""
    access = Access(workspace=desk.workspace, asker=known.grant)
    context = book.context(desk)
    with flows.pull(desk.under(access)) as view:
        seen = view.where(*filters)
        scene = Scene(view=seen, period=seen.calendar.quarter(seen.today))
        found = calls(scene, context, at=desk.line.now())[:_LISTED]
        if not found:
            return Answer(
                to="alone", why=f"Nobody has called {scene.period.label} where you see it. {book.EXAMPLE}"
            )
        ledger = scene.ledger()
        lines = [_line(desk, scene, call, context, ledger, number) for number, call in enumerate(found)]
        past = _past(scene, context, ledger)
    said = [ledger.say(template).text for template in (*lines, *past)]
    head = f"{words.plural(len(found), 'Call')} of {scene.period.label}:"
    return Answer(
        to="alone",
        reply=Reply(intent="call", lines=(head, *said), facts=ledger.facts, private=True),
    )


def _line(desk: Desk, scene: Scene, call: Called, context: Context, ledger: Ledger, number: int) -> str:
    """Return a sentence's template of one call, with those of the same caller before it."""
    zone = scene.company.zone
    series = [
        one
        for one in context.calls
        if (one.caller_id, one.region, one.period) == (call.caller_id, call.region, scene.period.label)
    ]
    newest = series[-1]
    who = ledger.name(f"caller{number}", call.caller, source="call")
    where = ledger.name(f"where{number}", book.where(desk, call.region), source="region")
    when = ledger.name(f"when{number}", words.instant(newest.at, zone), source="when it was called")
    part = _part(scene, call.region)
    stands = book.roll_up(part, ledger, f"rollup{number}")
    told = f"{who}, {where}: {book.bound(desk, newest, ledger, f'call{number}')}, {when}; {stands}."
    before = [
        f"{book.bound(desk, one, ledger, f'call{number}.{place}')} on "
        f"{ledger.name(f'when{number}.{place}', words.instant(one.at, zone), source='when it was called')}"
        for place, one in enumerate(reversed(series[:-1][-_BEFORE:]))
    ]
    return f"{told} Before: {words.joined(before)}." if before else told


def _part(scene: Scene, region: str | None) -> Scene:
    """Return the scene of what was called."""
    if region is None:
        return scene
    return Scene(view=scene.view.where(Filter(dim="region", values=(region,))), period=scene.period)


def _past(scene: Scene, context: Context, ledger: Ledger) -> list[str]:
    """Return how far the calls on this day of past quarters were off, one sentence's template each, newest first."""
    if not any(_is_past(scene, call) for call in context.calls):
        return []
    spec = KINDS["forecast"].spec(period=scene.period.label)
    page = Page(spec=spec, slide=spec.slides[0], scene=scene, context=context, ledger=ledger)
    lines = []
    for number, (call, period, ended) in enumerate(told_calls(page, record(scene))[:_PAST]):
        error = (call.commit - ended) / ended
        who = ledger.name(f"past{number}", call.caller, source="call")
        off = ledger.value(
            f"past{number}.error",
            error,
            Unit.SHARE,
            words.share(error, signed=True),
            source=f"Past error of {call.caller}",
            definition=_OFF,
        )
        quarter = ledger.name(f"past{number}.period", period.label, source="fiscal calendar")
        lines.append(f"On this day of {quarter}, {who} was off by {off}.")
    return lines


def _is_past(scene: Scene, call: Call) -> bool:
    return call.period != scene.period.label and may_show(scene, call.region)
