"""The records behind a number, as a file for the one who asks: only those, and only what, that person may see."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from bot import flows
from bot.agent.answers.headlines import looking
from bot.agent.turn import newest_of
from bot.flows import Line
from bot.slack.desk import Desk
from bot.slack.people import Known
from bot.store import Thread
from connectors.access import Access
from reports.facts import Fact, Filter
from reports.view import Deal, PipelineView

HEADINGS = ("id", "name", "account", "region", "segment", "stage", "category", "close", "amount", "currency")
# A cell that begins so would be a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A file of records: its name, its bytes, and one sentence on what is in it."""

    name: str
    data: bytes
    told: str


def records(desk: Desk, known: Known, conversation: str, fact_id: str) -> Records | None:
    """Return the deals behind a number that a conversation has shown, under one person's rights; None for no such number."""
    line = desk.under(Access(workspace=desk.workspace, asker=known.grant))
    thread = desk.thread(conversation)
    fact = next((fact for fact in _shown(line, thread) if fact.id == fact_id), None)
    if fact is None:
        return None
    with flows.pull(line) as newest:
        view = newest.at(fact.as_of).everything()
        deals = view.deals(ids=_ids(view, thread, fact), counted=False)
    left = "" if len(deals) >= fact.record_count else f" of {fact.record_count:,}"
    return Records(
        name=f"records-{fact.as_of.astimezone(line.company.zone):%Y-%m-%d}.csv",
        data=_csv(deals, names=line.access.names),
        told=f"{len(deals):,}{left} records behind {fact.text}, as far as you may see them.",
    )


def _shown(line: Line, thread: Thread) -> tuple[Fact, ...]:
    """Return the facts that were shown in a conversation, those that were read under wider rights than these left out."""
    newest, access = newest_of(line, thread), line.access
    deck = newest.deck.slides if newest is not None and access.covers(newest.limits) else ()
    shown = thread.shown if access.covers(thread.limits) else ()
    return (*shown, *(fact for slide in deck for fact in slide.facts))


def _ids(view: PipelineView, thread: Thread, fact: Fact) -> tuple[str, ...]:
    """Return the ids of a fact's deals: all of them where its question is the thread's last, else those that it names.

    Facts name the largest deals only; a row for each account names them all.
    """
    question = thread.question
    if question is None or len(fact.records) >= fact.record_count:
        return fact.records
    value = fact.id.rpartition(":")[2]
    row = (Filter(dim=question.by[0], values=(value,)),) if value and len(question.by) == 1 else ()
    if not fact.id.startswith(f"{question.measure}:"):
        return fact.records
    rows = (
        looking(view.where(*question.filters, *row), question).measured(question.measure, ("account",)).rows
    )
    ids = tuple(dict.fromkeys(record for each in rows for record in each.records))
    return ids if len(ids) == fact.record_count and set(fact.records) <= set(ids) else fact.records


def _csv(deals: tuple[Deal, ...], *, names: bool) -> bytes:
    """Return deals as a table that spreadsheets open, owners only where names may stand."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*HEADINGS, *(("owner",) if names else ())))
    for deal in deals:
        cells = (deal.id, deal.name, deal.account, deal.region, deal.segment, deal.stage, deal.category)
        amount = (
            deal.close.isoformat() if deal.close else "",
            "" if deal.amount is None else format(deal.amount, ".2f"),
            deal.currency,
        )
        owner = (_inert(deal.owner),) if names else ()
        writer.writerow((*(_inert(str(cell or "")) for cell in cells), *amount, *owner))
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
