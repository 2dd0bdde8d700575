"""What became of a nudge, told to its asker the next working morning; every figure is counted from what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pydantic import JsonValue

from bot import flows
from bot.agent.answers.asking import amount
from bot.agent.reply import Grid, Reply
from bot.nudges.counts import Told, became, summary
from bot.nudges.limits import tidy
from bot.nudges.rows import Row
from bot.nudges.values import Asked, Nudge
from bot.runs.ports import Payload, Steps, Work
from bot.slack import message as m
from bot.slack.blocks import ROWS
from bot.slack.desk import Desk
from bot.slack.nudging_letters import book, rows_of
from bot.slack.nudging_message import REPORTED
from bot.slack.telling import mark_of
from connectors.access import Access
from reports import words
from reports.facts import Frozen
from reports.kinds.owners import said
from reports.view import Deal

REPORT = "nudge_report"


class Count(Frozen):
    """What became of the deals that were asked about: in a sentence, deal by deal, and how many were not asked."""

    text: str
    answered: int
    deals: int
    grid: Grid | None
    not_asked: str = ""


def work_of(desk: Desk, nudge: Nudge) -> Work:
    """Return the work that tells a nudge's asker what became of it; one that did not come to its end is tried the next day."""
    return Work(
        kind=REPORT,
        key=f"{REPORT}:{nudge.id}:{desk.clock().date()}",
        lane=f"{desk.workspace}:{REPORT}:{nudge.asker}",
        payload={"nudge": nudge.id},
    )


def report(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Tell a nudge's asker what became of it, once; who has left, or may see nothing any more, is told nothing."""
    nudge_id = str(payload["nudge"])

    def counted() -> JsonValue:
        nudge = book(desk).nudges.get(nudge_id)
        known = desk.directory.known(nudge.asker, fresh=True) if nudge else None
        if nudge is None or known is None or nudge.state != "running" or known.person is None:
            return None
        access = Access(workspace=desk.workspace, asker=known.grant)
        return cast("JsonValue", count(desk, nudge.id, access).model_dump(mode="json"))

    found = steps.step("count", counted)
    if found is not None:
        told = _told(desk, nudge_id, Count.model_validate(found))
        key = mark_of(f"{REPORT}:{nudge_id}")
        steps.step("tell", lambda: _post(desk, nudge_id, told, key=key))
    steps.step("close", lambda: _close(desk, nudge_id))


def count(desk: Desk, cause: str, access: Access) -> Count:
    """Count what became of the deals that a nudge or a goal asked about, as far as those with such rights may see them."""
    kept = book(desk)
    told: dict[str, Told] = {}
    rows: dict[str, tuple[Row, Deal | None]] = {}
    asked_for = kept.asked_for(cause)
    with flows.pull(desk.under(access)) as view:
        for asked in (one for one in asked_for if one.state == "sent"):
            items = tuple(item for item in asked.items if item.cause == cause)
            for deal_id, (row, deal) in rows_of(view, kept, asked, items).items():
                rows[deal_id] = (row, deal)
                given = kept.given.get(deal_id)
                told[deal_id] = Told(deal_id=deal_id, owner=asked.owner, became=became(row, given))
    names = {key: words.line(deal.name, 60) for key, (_, deal) in rows.items() if deal}
    answered = [one for one in told.values() if one.became not in {"open", "mended"}]
    return Count(
        text=summary(told.values(), names) if told else "Nobody could be asked.",
        answered=len(answered),
        deals=len(told),
        grid=_grid(desk, told, rows) if told else None,
        not_asked=_not_asked(asked_for, cause),
    )


def _grid(desk: Desk, told: dict[str, Told], rows: dict[str, tuple[Row, Deal | None]]) -> Grid:
    """Return the deals with their answers, the open ones first."""
    given = book(desk).given
    lines = []
    for one in sorted(told.values(), key=lambda item: item.became != "open"):
        row, deal = rows[one.deal_id]
        if deal is None:
            continue
        note = given.get(one.deal_id)
        written = f", in {desk.writes}" if note and note.note.written and desk.writes else ""
        answer = f"{said(note.note)}{written}" if row.state == "kept" and note else "settled in the CRM"
        close = words.day(deal.close, desk.line.now().date())
        lines.append((deal.name, deal.owner, amount(deal), close, "open" if row.state == "open" else answer))
    return Grid(
        headings=("Deal", "Owner", "Amount", "Close in the CRM", "Answer"), rows=tuple(lines), right=(2,)
    )


def _not_asked(asked_for: Iterable[Asked], cause: str) -> str:
    """Return which messages did not get to their owners, and why; empty where all did."""
    said = {
        "stopped": "not asked: at their hour everything was stopped, or I was not running",
        "unreachable": "not delivered: Slack does not reach their owners",
        "void": "closed or moved before their owners were asked",
        "waiting": "still to be asked",
        "sealed": "still to be asked",
    }
    numbers: dict[str, int] = {}
    for asked in asked_for:
        if asked.state in said:
            deals = {item.deal_id for item in asked.items if item.cause == cause}
            numbers[said[asked.state]] = numbers.get(said[asked.state], 0) + len(deals)
    return " ".join(f"{number} {words.plural(number, 'deal')} {why}." for why, number in numbers.items())


def _told(desk: Desk, nudge_id: str, found: Count) -> m.Outgoing:
    nudge = book(desk).nudges.get(nudge_id)
    about = words.line(nudge.search.words, 80) if nudge else ""
    rows = len(found.grid.rows) if found.grid else 0
    small = (
        *((f"Shown: the first {ROWS - 1} of {rows}.",) if rows >= ROWS else ()),
        f"Your nudge about {about}. {REPORTED.format(system=desk.writes)}"
        if desk.writes
        else f"Your nudge about {about}. Nothing of it is in the CRM before somebody writes it there.",
    )
    lines = tuple(line for line in (found.text, found.not_asked) if line)
    return m.answer(Reply(intent="nudge", private=True, lines=lines, grid=found.grid, small=small))


def _post(desk: Desk, nudge_id: str, told: m.Outgoing, *, key: str) -> str:
    nudge = book(desk).nudges.get(nudge_id)
    return (
        "" if nudge is None else desk.poster.post(desk.poster.direct(nudge.asker), told, key=key, look=True)
    )


def _close(desk: Desk, nudge_id: str) -> bool:
    def reported(nudge: Nudge | None) -> Nudge | None:
        running = nudge is not None and nudge.state == "running"
        return nudge.model_copy(update={"state": "reported"}) if nudge and running else nudge

    book(desk).nudges.change(nudge_id, reported)
    tidy(book(desk), desk.clock())
    return True
