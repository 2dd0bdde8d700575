"""What limits a view, for people to read: rights as a filter, and the deal types that count in this company."""

from __future__ import annotations

from connectors.access import Access
from connectors.company import Company
from reports.errors import NothingThere
from reports.facts import Filter


def narrowed(filters: tuple[Filter, ...], access: Access) -> tuple[Filter, ...]:
    """Return the filters with the access's limit on regions among them, so that every scope line names it.

    A region that was asked for stays, and so does a filter that rules regions out: the view's rights apply besides.
    Without a limit on regions the same filters come back.
    """
    regions = access.regions
    if regions is None or any(item.dim == "region" and not item.negate for item in filters):
        return filters
    return (*filters, Filter(dim="region", values=tuple(sorted(regions)))) if regions else filters


def widest(access: Access) -> str:
    """Return how a view without filters is called: `all regions`, or of how many people it shows the deals."""
    if access.owners is None:
        return "all regions"
    count = len(access.owners)
    return f"deals of {count} {'person' if count == 1 else 'people'}"


def outside(filters: tuple[Filter, ...], access: Access) -> tuple[str, ...]:
    """Return the regions that the filters ask for and the access does not cover, in the order asked; mostly none."""
    regions = access.regions
    if regions is None:
        return ()
    return tuple(
        value
        for item in filters
        if item.dim == "region" and not item.negate
        for value in item.values
        if value not in regions
    )


def must_count(filters: tuple[Filter, ...], company: Company) -> None:
    """Do nothing where deals of a type that was asked for count in this company.

    Raises:
        NothingThere: none of the types counts, so that a zero would look like an answer; the message lists those that do.
    """
    counted = company.types_in_scope
    for item in filters:
        if counted and item.dim == "type" and not item.negate and not set(item.values) & set(counted):
            asked = " and ".join(company.label(value) for value in item.values)
            raise NothingThere(
                f"deals of type {asked} do not count by the company file (scope: {_types(company)})"
            )


def counts_only(company: Company) -> str:
    """Return which deal types are counted, `Counts New business and Expansion only`; empty where all are."""
    return f"Counts {' and '.join(_types(company).rsplit(', ', 1))} only" if company.types_in_scope else ""


def _types(company: Company) -> str:
    return ", ".join(company.label(name) for name in company.types_in_scope)
