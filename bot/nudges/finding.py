"""From a search to its deals: under somebody's rights, by the code that answers the same question."""

from __future__ import annotations

from bot.agent.answers.deals import matching, view_of
from bot.agent.answers.found import flagged, one_a_deal
from bot.agent.intents import DealFilter, FindingsAsk
from bot.nudges.values import Search
from connectors.records import Status
from reports.view import Deal, PipelineView


def found(view: PipelineView, search: Search, person: str | None) -> tuple[Deal, ...]:
    """Return the open deals of a search that the view may show, worst first; `person` is who asks, in the CRM.

    Raises:
        BadInput: a value that the search names is not known any more.
    """
    match search.asked:
        case FindingsAsk() as asked:
            ids = [item.deal_id for item in one_a_deal(flagged(view.where(*asked.filters), asked, person))]
            deals = in_order(view, ids)
        case DealFilter() as asked:
            deals = matching(view_of(view, asked), asked)
        case None:
            deals = in_order(view, search.deals)
    chosen = (deal for deal in deals if deal.status is Status.OPEN and _fits(view, search, deal))
    mine = tuple(deal for deal in chosen if not search.own or deal.owner_id == person)
    return mine[: search.limit]


def in_order(view: PipelineView, ids: list[str] | tuple[str, ...]) -> tuple[Deal, ...]:
    """Return these deals in the order given; those that the view does not show are left out."""
    known = {deal.id: deal for deal in view.deals(ids=ids, counted=False)} if ids else {}
    return tuple(known[deal_id] for deal_id in ids if deal_id in known)


def _fits(view: PipelineView, search: Search, deal: Deal) -> bool:
    """Say whether a deal meets what the record itself tells, besides the question."""
    if search.overdue and (deal.close is None or deal.close >= view.today):
        return False
    if search.stepless and (deal.next_step or "").strip():
        return False
    return not (search.priceless and deal.amount is not None)
