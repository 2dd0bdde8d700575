"""Which record a name means: one deal, one of several to choose from, or a filter by person or account."""

from __future__ import annotations

from bot.agent.intents import Candidate, Choose, DealCard, DealFilter, Problem
from bot.agent.names import SHOWN, Named
from bot.agent.scan import Scan
from reports.facts import Filter

Found = DealCard | Choose | DealFilter | Filter | Problem | None


def one_record(found: Scan, *, measured: bool) -> Found:
    """Return what the named records come to.

    `measured` says that something is asked about them (a measure, a topic, conditions): then a person or an account is
    a filter. Alone, one open deal is a card, several accounts are a choice, one account is a list of its deals.
    """
    people: list[Filter] = []
    for named, start, end in found.named:
        if not named.people or named.accounts or named.deals:
            return _of_records(found, named, start, end, measured=measured)
        person = _person(found, named, start, end)
        if not isinstance(person, Filter):
            return person
        people.append(person)
    if not people:
        return None
    same = [item for item in people if item.dim == people[0].dim]
    return Filter(
        dim=people[0].dim, values=tuple(dict.fromkeys(value for item in same for value in item.values))
    )


def candidates(named: Named) -> tuple[Candidate, ...]:
    """Return the deals that a name means, open ones first."""
    deals = (*named.deals, *named.account_deals)
    return tuple(sorted(deals, key=lambda deal: deal.id not in named.open_ids))


def choose(found: Scan, named: tuple[Candidate, ...], start: int, end: int) -> Choose:
    """Return the question which of several is meant; the answer's name takes the place of the words."""
    said = found.said
    before, after = said.text[: said.tokens[start].start], said.text[said.tokens[end - 1].end :]
    template = f"{before}{{}}{after}" if "{" not in before + after and "}" not in before + after else "{}"
    return Choose(
        name=said.raw(start, end),
        candidates=named[:SHOWN],
        more=max(0, len(named) - SHOWN),
        text=template,
        unread=found.unread(),
    )


def _of_records(found: Scan, named: Named, start: int, end: int, *, measured: bool) -> Found:
    deals = candidates(named)
    open_deals = tuple(deal for deal in deals if deal.id in named.open_ids)
    if measured:
        if len(named.accounts) == 1:
            return Filter(dim="account", values=(named.accounts[0].name,))
        if len(named.accounts) > 1:
            return choose(found, _owned(named), start, end)
        return _card_or_choice(found, open_deals or deals, start, end)
    if named.deals and not named.accounts:
        return _card_or_choice(found, open_deals or deals, start, end)
    if len(named.accounts) == 1:
        if len(open_deals) == 1:
            return DealCard(deal=open_deals[0], unread=found.unread())
        if not open_deals and len(deals) == 1:
            return DealCard(deal=deals[0], unread=found.unread())
        return DealFilter(
            filters=(Filter(dim="account", values=(named.accounts[0].name,)),),
            status="open" if open_deals else "any",
            unread=found.unread(),
        )
    if len(named.accounts) > 1:
        return choose(found, _owned(named), start, end)
    return _card_or_choice(found, open_deals or deals, start, end)


def _card_or_choice(found: Scan, deals: tuple[Candidate, ...], start: int, end: int) -> Found:
    if len(deals) == 1:
        return DealCard(deal=deals[0], unread=found.unread())
    return choose(found, deals, start, end) if deals else None


def _owned(named: Named) -> tuple[Candidate, ...]:
    """Return the accounts; each with the owner of its first open deal, which tells it from the others."""
    return named.accounts


def _person(found: Scan, named: Named, start: int, end: int) -> Filter | Choose | Problem:
    if len(named.people) > 1:
        return choose(found, named.people, start, end)
    name = named.people[0].name
    values = found.said.lexicon.values
    if name in values["owner"]:
        return Filter(dim="owner", values=(name,))
    if name in values["manager"]:
        return Filter(dim="manager", values=(name,))
    message = f"{name} owns no deals, and manages nobody who does."
    return Problem(kind="person", value=name, known=values["owner"], message=message)
